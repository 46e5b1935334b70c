import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

/// A gateway that sees simulated scanners, and a till that hears them.
final class ScannerCounter {
  let rig: USBRig
  let gateway: LiveGateway
  let till: GatewayClient

  /// Starts all three; devices that `prepare` plugs are there when the gateway starts.
  init(
    _ scanners: String = "",
    views: Int = 1,
    prepare: (USBRig) throws -> Void = { _ in }
  ) throws {
    rig = try USBRig.launch(views: views)
    try prepare(rig)
    gateway = try LiveGateway(usb: rig, scanners: scanners)
    try gateway.start()
    till = try gateway.client("till", lane: "1")
    try till.subscribe(["device.status"])
  }

  deinit {
    if gateway.hasDied { Issue.record("the gateway died: \(gateway.log.prefix(4000))") }
    gateway.kill()
    rig.close()
  }

  /// Waits until a device is as `isWanted` asks, and answers it.
  @discardableResult
  func device(
    _ id: String,
    seconds: Int = 30,
    where isWanted: (JSON) -> Bool = { $0["verdict"] == "used" }
  ) throws -> JSON {
    let list = try till.wait("device.list", seconds: seconds) { list in
      Self.device(id, in: list).map(isWanted) ?? false
    }
    return Self.device(id, in: list) ?? .null
  }

  /// Waits until a device is gone.
  func gone(_ id: String) throws {
    try device(id) { $0[path: "power.name"] == "PS_OFF_OFFLINE" }
  }

  private static func device(_ id: String, in list: JSON) -> JSON? {
    list["devices"]?.array?.first { $0["deviceId"]?.string == id }
  }

  /// A counter of a device, by its UnifiedPOS name.
  func statistic(_ name: String, of id: String) throws -> Int64 {
    let answer = try till.call("device.statistics", ["deviceId": .string(id)])
    return answer["statistics"]?[name]?.integer ?? -1
  }

  /// The next scan's data.
  func scan(seconds: Int = 30) throws -> String {
    try till.event("scan.data", seconds: seconds)["data"]?.string ?? ""
  }

  /// Waits until a device's health has a finding: unlike its description, it is not throttled.
  func waitForHealth(_ code: String, of id: String) throws {
    _ = try till.wait("device.checkHealth", ["deviceId": .string(id)]) { report in
      report["findings"]?.array?.contains { $0["code"]?.string == code } ?? false
    }
  }

  /// Waits until a device of the rig has noted what `isWanted` asks for.
  func waitForNotes(of name: String, where isWanted: ([USBRig.Note]) -> Bool) throws {
    let deadline = System.monotonicMicroseconds + 30_000_000
    while try !isWanted(rig.log(name)) {
      guard System.monotonicMicroseconds < deadline else {
        throw NotInTime(description: "\(name) did not note it within 30 s")
      }
      _ = try till.nextEvent(timeoutMilliseconds: 20)
    }
  }

  /// The codes of a device's health findings.
  func findings(_ id: String) throws -> [String] {
    let answer = try till.call("device.checkHealth", ["deviceId": .string(id)])
    return answer["findings"]?.array?.compactMap { $0["code"]?.string } ?? []
  }
}
