import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Readers on a real pcscd with its own driver: some are plugged, pulled and made to blink, while
  /// others go on.
  @Suite(
    "Readers that come and go",
    .enabled(
      if: PcscdRig.isAvailable && USBRig.isAvailable,
      "no pcscd with vpcd, or no umockdev"
    ),
    .timeLimit(.minutes(5))
  )
  struct HotPlugTests {
    private static let uid: [UInt8] = [0x04, 0xDE, 0xC0, 0xDE, 0x00, 0x01, 0x02]
    private static let resting: [UInt8] = [0x04, 0xDE, 0xC0, 0xDE, 0x00, 0x05, 0x06]
    private static let other = "04DEC0DE000304"

    /// A USB rig, pcscd in it with two readers of vpcd's, and a gateway.
    private final class Counter {
      let usb: USBRig
      let rig: PcscdRig
      let gateway: LiveGateway
      let till: GatewayClient

      init(
        feedback: Bool = false,
        _ make: (USBRig) throws -> Void
      ) async throws {
        usb = try USBRig.launch()
        try make(usb)
        rig = try await PcscdRig.launch(pairs: 1, usb: usb)
        gateway = try LiveGateway(hasCardReaders: true)
        var text = try String(contentsOfFile: gateway.configurationPath, encoding: .utf8)
        if feedback {
          text = text.replacingOccurrences(of: "[pcsc]\n", with: "[pcsc]\nfeedback = \"acr122u\"\n")
        }
        try gateway.folder.write(text + "[input]\nbounceMs = 0\n", to: "tapgate.toml")
        try gateway.start()
        till = try gateway.client("till", lane: "1")
        for name in rig.readers { try awaitReader(named: name) }
        try till.subscribe(["device.status"])
      }

      deinit {
        gateway.kill()
        rig.close()
        usb.close()
      }

      func awaitReader(named part: String) throws {
        _ = try till.wait("device.list") { list in
          list["devices"]?.array?.contains {
            $0["name"]?.string?.contains(part) == true && $0[path: "power.name"] == "PS_ONLINE"
          } ?? false
        }
      }

      /// Waits until the till hears that a reader came or went: microseconds since `begin`.
      func hear(_ part: String, isOnline: Bool, since begin: Int64) throws -> (JSON, Int64) {
        let status = try till.event("device.status") { event in
          event[path: "device.name"]?.string?.contains(part) == true
            && (event[path: "device.power.name"] == "PS_ONLINE") == isOnline
        }
        return (status, System.monotonicMicroseconds - begin)
      }

      /// A card on the reader that stays.
      func tapBeside() throws {
        let card = rig.card(.ntag(HotPlugTests.uid))
        try card.insert()
        let tap = try till.event("credential.presented")
        #expect(tap["deviceId"] == "pcsc:Tapgate Sim")
        card.remove()
        _ = try till.event("credential.removed")
      }
    }

    @Test("a reader that comes and goes is told of within 1.5 s, and the others keep reading")
    func comesAndGoes() async throws {
      let counter = try await Counter { usb in
        try usb.make("lane", "ccid", ["serial": "LANE1"])
      }
      let (usb, till) = (counter.usb, counter.till)
      var ids: Set<String> = []
      var (slowestIn, slowestOut) = (Int64(0), Int64(0))
      // Every other time a card lies on the reader that stays, or on the one that goes.
      for cycle in 0..<(Program.isSoak ? 12 : 4) {
        let resting = counter.rig.card(.ntag(Self.resting), reader: 1)
        if cycle % 2 == 1 {
          try resting.insert()
          _ = try till.event("credential.presented")
        }
        var begin = System.monotonicMicroseconds
        try usb.plug("lane")
        let (added, after) = try counter.hear("ACR1252", isOnline: true, since: begin)
        slowestIn = max(slowestIn, after)
        ids.insert(added[path: "device.deviceId"]?.string ?? "")
        try counter.tapBeside()
        try usb.tell("lane", "insert \(Self.other)")
        let tap = try till.event("credential.presented")
        #expect(tap["deviceId"] == added[path: "device.deviceId"])
        if cycle % 2 == 0 {
          try usb.tell("lane", "remove")
          _ = try till.event("credential.removed")
        }
        begin = System.monotonicMicroseconds
        try usb.unplug("lane")
        slowestOut = max(
          slowestOut,
          try counter.hear("ACR1252", isOnline: false, since: begin).1
        )
        try usb.tell("lane", "remove")
        if cycle % 2 == 1 {
          resting.remove()
          _ = try till.event("credential.removed") { $0["deviceId"] == "pcsc:Tapgate Sim#1" }
        }
        try counter.tapBeside()
      }
      print("hot-plug: told after \(slowestIn) µs at most, and of the leaving after \(slowestOut)")
      #expect(slowestIn <= 1_500_000)
      #expect(slowestOut <= 1_500_000)
      #expect(ids == ["pcsc:ACS ACR1252 Dual Reader (LANE1)"], "\(ids)")
      #expect(!counter.gateway.log.contains("pcscd cannot be reached"))
      #expect(counter.gateway.stop() == 0)
    }

    @Test("an ACR122U blinks for its member and for a refusal, soon, and reads the next card")
    func feedback() async throws {
      let counter = try await Counter(feedback: true) { usb in
        try usb.make("reader", "acr122u", ["light_ms": "200"])
        try usb.plug("reader")
      }
      let (usb, till) = (counter.usb, counter.till)
      try counter.awaitReader(named: "ACR122U")
      try till.enrol("顾客", uid: "04DEC0DE000304")
      var delays: [Int64] = []
      var reads: [Int64] = []
      for _ in 0..<(Program.isSoak ? 20 : 4) {
        try usb.tell("reader", "insert \(Self.other)")
        let presented = try till.event("credential.presented")
        reads.append(
          System.monotonicMicroseconds - (presented["monotonicUs"]?.integer ?? 0)
        )
        _ = try till.event("member.resolved")
        let detected = try #require(presented["monotonicUs"]?.integer)
        delays.append(try light("ff0040ae", after: detected, counter) - detected)
        try usb.tell("reader", "remove")
        _ = try till.event("credential.removed")
        // A telephone follows while the light may still be on.
        try usb.tell("reader", "insert 08112233")
        let refused = try till.event("credential.refused")
        #expect(refused["reason"] == "randomUid")
        let second = try #require(refused["monotonicUs"]?.integer)
        delays.append(try light("ff00405e", after: second, counter) - second)
        try usb.tell("reader", "remove")
        _ = try till.event("device.status") { $0[path: "status.name"] == "SC_SUE_NO_CARD" }
      }
      let sorted = delays.sorted()
      print(
        "feedback: card noticed to light, µs: median \(sorted[sorted.count / 2]), largest"
          + " \(sorted.last ?? 0) of \(sorted.count); to the till, largest \(reads.max() ?? 0)"
      )
      if Program.isSoak { #expect(sorted[sorted.count * 99 / 100] <= 100_000) }
      #expect(counter.gateway.stop() == 0)
    }

    /// When the reader was told to light up, in monotonic microseconds.
    private func light(
      _ command: String,
      after detected: Int64,
      _ counter: Counter
    ) throws -> Int64 {
      var found: Int64?
      _ = try counter.till.wait("device.list") { _ in
        // A rig that does not answer fails the test by the time limit of `wait`.
        found = try? counter.usb.log("reader").first {
          $0.kind == "apdu" && $0.text.hasPrefix(command) && $0.microseconds >= detected
        }?.microseconds
        return found != nil
      }
      return found ?? .max
    }
  }
}
