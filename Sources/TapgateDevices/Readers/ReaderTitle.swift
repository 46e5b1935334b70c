internal import TapgateCore

/// What a reader's PC/SC name tells: `Maker Product [Interface] (serial) RR SS`, where RR counts
/// readers in the order of their plugging and SS the slots of one reader (pcsc-lite,
/// readerfactory.c).
struct ReaderTitle: Hashable, Sendable {
  /// Serial numbers that makers gave to many readers.
  private static let sharedSerials: Set<String> = ["A02014090501", "00000000", "12345678"]

  /// The name without the numbers at its end.
  let base: String
  /// The slot's number, 0 for a reader with one slot.
  let slot: Int
  /// Whether the name holds a serial number that tells this reader from its likes.
  let hasSerial: Bool
  let deviceClass: DeviceClass

  /// Reads a name.
  init(_ name: String) {
    var words = name.split(separator: " ", omittingEmptySubsequences: false)
    if words.count > 2, let slot = Self.number(words[words.count - 1]),
      Self.number(words[words.count - 2]) != nil
    {
      self.slot = slot
      words.removeLast(2)
    } else {
      slot = 0
    }
    base = words.joined(separator: " ")
    hasSerial = Self.serial(base).map { !Self.sharedSerials.contains($0) } ?? false
    deviceClass = Self.deviceClass(base)
  }

  /// The device id that the name asks for; the slot is part of it from the second slot on.
  var deviceID: String { slot == 0 ? "pcsc:\(base)" : "pcsc:\(base)#\(slot)" }

  private static func number(_ word: Substring) -> Int? {
    guard word.utf8.count == 2 else { return nil }
    return Int(word, radix: 16)
  }

  private static func serial(_ base: String) -> String? {
    guard base.hasSuffix(")"), let open = base.lastIndex(of: "(") else { return nil }
    let serial = base[base.index(after: open)...].dropLast()
    return serial.isEmpty ? nil : String(serial)
  }

  /// A reader is taken for a contactless one unless its name speaks of contacts only.
  private static func deviceClass(_ base: String) -> DeviceClass {
    let name = base.uppercased()
    let isContactless = ["PICC", "CONTACTLESS", " CL ", "NFC", "RFID"].contains {
      name.contains($0)
    }
    guard !isContactless else { return .rfidScanner }
    let isContact = [" ICC", "[ICC", "SAM", "CONTACT", "SMART CARD", "SMARTCARD"]
      .contains { name.contains($0) }
    return isContact ? .smartCardRW : .rfidScanner
  }
}

/// Gives readers their ids, the same one again after a replug.
struct ReaderDirectory: Sendable {
  /// Ids remembered of readers that left.
  private static let memoryCountMax = 64

  private var ids: [PCSCReaderName: String] = [:]

  /// The id of `name`, while the readers `present` have theirs. Where two readers have the same
  /// name and slot the later one gets `~2`: no more can be told from PC/SC's names.
  mutating func id(of name: PCSCReaderName, present: Set<PCSCReaderName>) -> String {
    let taken = Set(ids.filter { $0.key != name && present.contains($0.key) }.values)
    if let known = ids[name], !taken.contains(known) { return known }
    let wanted = ReaderTitle(name.description).deviceID
    var id = wanted
    var count = 1
    while taken.contains(id) {
      count += 1
      id = "\(wanted)~\(count)"
    }
    if ids.count >= Self.memoryCountMax { ids = ids.filter { present.contains($0.key) } }
    ids[name] = id
    return id
  }
}
