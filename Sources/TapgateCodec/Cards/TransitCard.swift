/// What tells a transit card from a membership card. Such a card is a means of payment for fares
/// that its holder never gave to a shop, so it is no membership card unless the shop says so.
///
/// Sources: JT/T 978.2 (the Ministry of Transport's applications, RID A000000632: "T-Union"),
/// the city cards' own names as their readers select them, JIS X 6319-4 with the system codes that
/// Suica and the cards of its network (0003), Octopus (8008) and Shenzhen Tong (8005) answer to.
public enum TransitCard {
  /// The registered provider of the Ministry of Transport's applications.
  private static let provider: [UInt8] = [0xA0, 0x00, 0x00, 0x06, 0x32]

  /// Names that a card is asked for, most common first: T-Union, City Union, Shenzhen Tong and
  /// Lingnan Tong.
  public static let names: [[UInt8]] = [
    provider + [0x01, 0x01, 0x05],
    [0xA0, 0x00, 0x00, 0x00, 0x03, 0x86, 0x98, 0x07, 0x01],
    Array("PAY.SZT".utf8),
    Array("PAY.APPY".utf8),
  ]

  /// FeliCa systems of transit cards.
  public static let systems: Set<UInt16> = [0x0003, 0x8005, 0x8008]

  /// Those of them that answer Polling, but not Request System Code.
  public static let shySystems: [UInt16] = [0x8008, 0x8005]

  /// Whether a payment directory (EMV Contactless Book B section 3.3.2) lists transit applications
  /// and nothing else: such a card is no bank card.
  public static func isAllOf(directory: [UInt8]) -> Bool {
    var names: [ArraySlice<UInt8>] = []
    collect(directory[...], depth: 0, into: &names)
    return !names.isEmpty && names.allSatisfy { $0.starts(with: provider) }
  }

  /// The application names (tag 4F) below `bytes`, data objects of ISO/IEC 8825-1. What is cut off
  /// or nested too deep ends the search.
  private static func collect(
    _ bytes: ArraySlice<UInt8>,
    depth: Int,
    into names: inout [ArraySlice<UInt8>]
  ) {
    guard depth < 6 else { return cutOff(&names) }
    var rest = bytes
    while let first = rest.popFirst() {
      var isName = first == 0x4F
      if first & 0x1F == 0x1F {
        guard let second = rest.popFirst(), second & 0x80 == 0 else { return cutOff(&names) }
        isName = false
      }
      guard let count = length(&rest), count <= rest.count else { return cutOff(&names) }
      let value = rest.prefix(count)
      rest = rest.dropFirst(count)
      if isName {
        names.append(value)
      } else if first & 0x20 != 0 {
        collect(value, depth: depth + 1, into: &names)
      }
    }
  }

  /// A directory that cannot be read to its end may list anything: an empty name is nobody's.
  private static func cutOff(_ names: inout [ArraySlice<UInt8>]) { names.append([]) }

  private static func length(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.popFirst() else { return nil }
    switch first {
    case 0x00...0x7F: return Int(first)
    case 0x81: return bytes.popFirst().map { Int($0) }
    default: return nil
    }
  }
}
