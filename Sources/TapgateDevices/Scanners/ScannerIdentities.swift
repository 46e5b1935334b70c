/// What a device is called, the same again after a replug and after a restart.
struct ScannerIdentity: Hashable, Sendable {
  var id: String
  /// What the id rests on: `serial`, `port` or `configuration`.
  var basis: String
  /// What a technician should know about it; begins with a word for programs.
  var note: String?
}

/// Gives devices their names: by serial number where it tells one device from its likes, else by
/// the place where it is plugged in. Never by the order of coming.
struct ScannerIdentities: Sendable {
  /// Serial numbers that makers gave to many devices.
  private static let sharedSerials: Set<String> = [
    "0", "1", "00", "0000", "000000", "00000000", "000000000000", "0000000000000000", "0001",
    "0123456789", "0123456789ABCDEF", "1234", "123456", "12345678", "123456789", "1234567890",
    "N/A", "NONE", "NULL", "SN0001", "SERIAL",
  ]
  /// Places and serial numbers that are remembered.
  private static let memoryCountMax = 128

  private struct Kind: Hashable {
    var vendor: UInt16
    var product: UInt16
  }

  private struct Serial: Hashable {
    var kind: Kind
    var text: String
  }

  /// Serial numbers that two present devices had at one time.
  private var doubled: Set<Serial> = []
  /// Where the device of a serial number was seen last.
  private var places: [Serial: String] = [:]
  /// Places that a device without a serial number left, latest last.
  private var vacated: [(kind: Kind, port: String)] = []

  /// Names `facts`. `others` are the other devices that are there now.
  mutating func identify(_ facts: DeviceFacts, others: [DeviceFacts]) -> ScannerIdentity {
    switch facts.link {
    case .bluetooth(let address):
      return ScannerIdentity(id: "bluetooth:\(address)", basis: "serial")
    case .path(let path): return ScannerIdentity(id: "path:\(path)", basis: "port")
    case .serio(let port): return ScannerIdentity(id: port, basis: "port")
    case .usb(let port): return identify(facts, port: port, others: others)
    }
  }

  private mutating func identify(
    _ facts: DeviceFacts,
    port: String,
    others: [DeviceFacts]
  ) -> ScannerIdentity {
    let kind = Kind(vendor: facts.vendor, product: facts.product)
    guard let serial = Self.serial(of: facts) else {
      let from = vacated.last { old in
        old.kind == kind && old.port != port && !others.contains { $0.link == .usb(port: old.port) }
      }
      vacated.removeAll { $0.kind == kind && $0.port == port }
      let note = from.map {
        "relocated: a device of this kind was at port \($0.port) before; without a serial number"
          + " it cannot be told whether it is the same."
      }
      return ScannerIdentity(id: "usb:\(port)", basis: "port", note: note)
    }
    let twins = others.filter { Self.serial(of: $0) == serial }
    if !twins.isEmpty || doubled.contains(serial) {
      if doubled.count < Self.memoryCountMax { doubled.insert(serial) }
      return ScannerIdentity(
        id: "usb:\(port)",
        basis: "port",
        note: Self.doubleNote(twins.compactMap(\.port))
      )
    }
    let before = places[serial]
    if places.count >= Self.memoryCountMax { places = [:] }
    places[serial] = port
    let note = before.flatMap { $0 == port ? nil : "moved: from port \($0) to port \(port)." }
    return ScannerIdentity(
      id: "usb:\(facts.numbers):\(serial.text)",
      basis: "serial",
      note: note
    )
  }

  /// Two devices have one serial number: the sentence for either.
  static func doubleNote(_ ports: [String]) -> String {
    let places = ports.isEmpty ? "" : ", at port " + ports.sorted().joined(separator: " and ")
    return "duplicateSerial: another device has the same serial number\(places). To tell them"
      + " apart, give each a [[scanner]] with its port."
  }

  /// Whether `first` and `second` have the same serial number.
  static func areDoubles(_ first: DeviceFacts, _ second: DeviceFacts) -> Bool {
    guard let serial = serial(of: first) else { return false }
    return serial == Self.serial(of: second)
  }

  /// A device is gone.
  mutating func left(_ facts: DeviceFacts) {
    guard case .usb(let port) = facts.link, Self.serial(of: facts) == nil else { return }
    let kind = Kind(vendor: facts.vendor, product: facts.product)
    vacated.removeAll { $0.kind == kind && $0.port == port }
    vacated.append((kind, port))
    if vacated.count > Self.memoryCountMax { vacated.removeFirst() }
  }

  private static func serial(of facts: DeviceFacts) -> Serial? {
    guard let text = facts.serial?.trimmingSpaces, !text.isEmpty, text.utf8.count <= 126,
      !sharedSerials.contains(text.uppercased()),
      text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F || $0 == " " })
    else { return nil }
    return Serial(kind: Kind(vendor: facts.vendor, product: facts.product), text: text)
  }
}

extension DeviceFacts {
  /// The USB port; `nil` for what is on no USB.
  var port: String? {
    if case .usb(let port) = link { return port }
    return nil
  }
}
