/// The generated members of a measurement, by index from 0: everything about one follows from its
/// index, so that the generator needs no table of them.
public struct Population: Sendable {
  /// How many members there are.
  public let count: Int

  /// Creates a population of `count` members, at least 1 and at most 99,999,999.
  public init(count: Int) { self.count = min(max(count, 1), 99_999_999) }

  /// Points that every member starts with.
  static let openingPoints: Int64 = 100
  /// What members start with who are to pay by points and stored value.
  static let richPoints: Int64 = 10_000
  static let richPrincipalMinor: Int64 = 320_000
  static let richBonusMinor: Int64 = 80_000

  /// The member that request `number` is about: uniform over the population, the same each time.
  func member(ofRequest number: UInt64) -> Int {
    Int(RandomNumbers.mix(number &+ 0x5851_F42D_4C95_7F2D) % UInt64(count))
  }

  /// The amount of request `number` in minor units: 10.00 to 209.99.
  func amountMinor(ofRequest number: UInt64) -> Int64 {
    1000 + Int64(RandomNumbers.mix(number &* 3) % 20_000)
  }

  /// Writes the id of member `index`: `M` and eight digits.
  func appendMemberID(_ index: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "M"))
    bytes.appendDecimal(UInt64(index), digitCount: 8)
  }

  /// Writes the UID of member `index`'s card: seven bytes, NXP's manufacturer code first, as 14
  /// upper-case hexadecimal digits. Different members have different UIDs.
  func appendUID(_ index: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "04".utf8)
    bytes.appendHexadecimal(Self.scatter(UInt64(index)), digitCount: 12)
  }

  /// A bijection on 48-bit numbers.
  private static func scatter(_ index: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << 48) - 1
    var value = index & mask
    value = (value ^ (value >> 25)) &* 0x9E37_79B9_7F4B & mask
    value = (value ^ (value >> 22)) &* 0xBF58_476D_1CE5 & mask
    return value ^ (value >> 26)
  }

  /// Member `index` as text, for a row of an import.
  func memberID(_ index: Int) -> String {
    var bytes: [UInt8] = []
    appendMemberID(index, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The UID as text, for a row of an import.
  func uid(_ index: Int) -> String {
    var bytes: [UInt8] = []
    appendUID(index, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What makes the operations of one run different from those of every other run.
public struct RunIdentity: Sendable {
  /// The run's start in milliseconds since 1970.
  let startMilliseconds: UInt64
  /// Random bits of the run.
  let salt: UInt64

  /// Creates an identity from the wall clock's milliseconds since 1970 and random bits.
  public init(startMilliseconds: UInt64, salt: UInt64) {
    self.startMilliseconds = startMilliseconds
    self.salt = salt
  }

  /// The 16 bytes of operation `number`'s UUIDv7 (RFC 9562 section 5.7) as two halves: 16
  /// operations bear the same millisecond, and an id sorts after those of earlier milliseconds.
  func operationID(_ number: UInt64) -> (high: UInt64, low: UInt64) {
    let milliseconds = (startMilliseconds &+ number >> 4) & 0xFFFF_FFFF_FFFF
    let high = milliseconds << 16 | 0x7000 | RandomNumbers.mix(number ^ salt) & 0x0FFF
    let low = RandomNumbers.mix(number &+ salt)
    return (high, low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  /// Writes operation `number`'s UUID in its text form, 36 characters.
  func appendOperationID(_ number: UInt64, to bytes: inout [UInt8]) {
    let (high, low) = operationID(number)
    bytes.appendHexadecimal(high >> 32, digitCount: 8)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHexadecimal(high >> 16 & 0xFFFF, digitCount: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHexadecimal(high & 0xFFFF, digitCount: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHexadecimal(low >> 48, digitCount: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHexadecimal(low & 0xFFFF_FFFF_FFFF, digitCount: 12)
  }

  /// Writes operation `number`'s receipt number, unlike any other run's: 20 characters.
  func appendReceiptNumber(_ number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "R"))
    bytes.appendHexadecimal(salt & 0xFFFF_FFFF, digitCount: 8)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDecimal(number, digitCount: 10)
  }
}

extension [UInt8] {
  /// Appends `value` in decimal with at least `digitCount` digits.
  mutating func appendDecimal(_ value: UInt64, digitCount: Int = 1) {
    let start = count
    var rest = value
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0 || count - start < digitCount
    self[start...].reverse()
  }

  /// Appends the low `digitCount` hexadecimal digits of `value`, upper case.
  mutating func appendHexadecimal(_ value: UInt64, digitCount: Int) {
    for position in stride(from: digitCount - 1, through: 0, by: -1) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(position * 4)) & 0x0F
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }
}
