import TapgateCodec

/// Makes tracks, bits and reports by the standards and manuals that the decoders name.
enum MagstripeFixtures {
  /// A member's card: 13 digits that are no payment card's.
  static let member = ";9001234567890=00000?"
  /// A number that card schemes publish for tests.
  static let payment1 = "%B4111111111111111^DOE/JANE^25121010000?"
  static let payment2 = ";4111111111111111=25121010000?"

  /// Records characters as ISO/IEC 7811-2 section 10 says, with check character and clocking zeros.
  static func bits(
    _ text: String,
    encoding: MagstripeBits.Encoding,
    lead: Int = 20,
    trail: Int = 20
  ) -> [UInt8] {
    let count = encoding == .alphanumeric ? 6 : 4
    let base: UInt8 = encoding == .alphanumeric ? 0x20 : 0x30
    var bits = [UInt8](repeating: 0, count: lead)
    var check: UInt8 = 0
    for byte in text.utf8 {
      check ^= byte &- base
      bits += character(byte &- base, count)
    }
    return bits + character(check, count) + [UInt8](repeating: 0, count: trail)
  }

  private static func character(_ value: UInt8, _ count: Int) -> [UInt8] {
    let bits = (0..<count).map { value >> UInt8($0) & 1 }
    return bits + [bits.reduce(1, ^)]
  }

  /// MagTek D99875191 section 4, "Card data": status, lengths, encoding type, three tracks.
  static func sureSwipe(
    _ tracks: [String],
    status: [UInt8] = [0, 0, 0],
    type: UInt8 = 0
  ) -> [UInt8] {
    let data = (0..<3).map { $0 < tracks.count ? Array(tracks[$0].utf8) : [] }
    return status + data.map { UInt8($0.count) } + [type] + data.flatMap { padded($0, 110) }
  }

  static func padded(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }

  /// MagTek 99875475 section 2, "Card data (HID)": offsets 0 to 855.
  static func magneSafe(
    _ tracks: [[UInt8]],
    masked: [String] = [],
    encryptionStatus: [UInt8]
  ) -> [UInt8] {
    let data = (0..<3).map { $0 < tracks.count ? tracks[$0] : [] }
    let shown = (0..<3).map { $0 < masked.count ? Array(masked[$0].utf8) : [] }
    var report: [UInt8] = [0, 0, 0] + data.map { UInt8($0.count) } + [0]
    report += data.flatMap { padded($0, 112) }
    report += [UInt8](repeating: 0, count: 1 + 4 + 1 + 128 + 16)
    report += encryptionStatus + [UInt8](repeating: 0, count: 10)
    report += shown.map { UInt8($0.count) } + shown.flatMap { padded($0, 112) }
    return report + [UInt8](repeating: 0, count: 8 + 4)
  }

  /// ID TECH, "SecureMag User Manual": STX, length, card data, exclusive-or, sum, ETX.
  static func frame(_ card: [UInt8]) -> [UInt8] {
    [0x02, UInt8(card.count & 0xFF), UInt8(card.count >> 8)] + card
      + [card.reduce(0, ^), card.reduce(0, &+), 0x03]
  }

  /// The card data of the enhanced format with clear tracks.
  static func clearCard(_ tracks: [String], type: UInt8 = 0x83) -> [UInt8] {
    let data = (0..<3).map { $0 < tracks.count ? Array(tracks[$0].utf8) : [] }
    let present = data.indices.reduce(UInt8(0)) { data[$1].isEmpty ? $0 : $0 | 1 << UInt8($1) }
    return [type, present | present << 3] + data.map { UInt8($0.count) } + [present, 0]
      + data.flatMap(\.self)
  }
}
