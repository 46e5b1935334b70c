/// The fields of a financial track (ISO/IEC 7813:2006, sections 4.3 and 4.4).
///
/// For deciding what kind of card it is. The fields are a payment card's secrets: they are looked
/// at and wiped, and show in no description.
public struct TrackFields: Hashable, Sendable {
  /// Track 1 only: `B` for a bank card, others are the issuer's own.
  public private(set) var formatCode: UInt8?
  /// Up to the first separator, as recorded; digits on a financial card, with spaces on some.
  public private(set) var accountNumber: [UInt8] = []
  /// Track 1 only.
  public private(set) var name: [UInt8] = []
  /// YYMM, or empty where a separator stands for it.
  public private(set) var expiration: [UInt8] = []
  /// Three digits, or empty where a separator stands for it.
  public private(set) var serviceCode: [UInt8] = []
  public private(set) var discretionaryData: [UInt8] = []
  /// Separator, date and service code stand where the standard has them, in digits.
  public private(set) var isFinancial = false

  /// Reads track 1: `%`, format code, account number, `^`, name, `^`, date, service code and what
  /// the issuer likes, `?`. `nil` where the sentinels or the format code are not there.
  public static func track1(_ track: [UInt8]) -> TrackFields? {
    guard track.count >= 3, track.first == UInt8(ascii: "%"), track.last == UInt8(ascii: "?")
    else { return nil }
    var fields = TrackFields()
    fields.formatCode = track[1]
    let parts = track[2..<(track.count - 1)].split(
      separator: UInt8(ascii: "^"),
      maxSplits: 2,
      omittingEmptySubsequences: false
    )
    fields.accountNumber = Array(parts[0])
    guard parts.count == 3 else { return fields }
    fields.name = Array(parts[1])
    fields.readDates(parts[2], separator: UInt8(ascii: "^"))
    return fields
  }

  /// Reads track 2: `;`, account number, `=`, date, service code and what the issuer likes, `?`.
  /// `nil` where the sentinels are not there.
  public static func track2(_ track: [UInt8]) -> TrackFields? {
    guard track.count >= 2, track.first == UInt8(ascii: ";"), track.last == UInt8(ascii: "?")
    else { return nil }
    var fields = TrackFields()
    let parts = track[1..<(track.count - 1)].split(
      separator: UInt8(ascii: "="),
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    fields.accountNumber = Array(parts[0])
    guard parts.count == 2 else { return fields }
    fields.readDates(parts[1], separator: UInt8(ascii: "="))
    return fields
  }

  private mutating func readDates(_ rest: ArraySlice<UInt8>, separator: UInt8) {
    var rest = rest
    func field(_ count: Int) -> [UInt8] {
      if rest.first == separator {
        rest.removeFirst()
        return []
      }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    expiration = field(4)
    serviceCode = field(3)
    discretionaryData = Array(rest)
    isFinancial =
      expiration.count == 4 && serviceCode.count == 3
      && expiration.allSatisfy(Self.isDigit) && serviceCode.allSatisfy(Self.isDigit)
  }

  /// Zeroes what was read.
  public mutating func wipe() {
    accountNumber.wipe()
    name.wipe()
    expiration.wipe()
    serviceCode.wipe()
    discretionaryData.wipe()
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension TrackFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "fields of a track" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
