/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: Hashable, Sendable, Comparable {
  public var microseconds: Int64

  /// Creates an instant.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Seconds since 1970, rounded down.
  public var seconds: Int64 { microseconds.flooringDivision(by: 1_000_000) }

  /// Earlier comes first.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Reads an RFC 3339 date-time, which must have an offset. `nil` for any other text.
  ///
  /// A leap second (`:60`) counts as the second before it; digits past microseconds are cut off.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40,
      let date = BusinessDate(Array(bytes[0..<10])),
      bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let hour = Self.number(bytes[11..<13]), hour < 24,
      let minute = Self.number(bytes[14..<16]), minute < 60,
      let second = Self.number(bytes[17..<19]), second <= 60
    else { return nil }
    var index = 19
    var fraction: Int64 = 0
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      var digits = 0
      while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
        if digits < 6 { fraction = fraction * 10 + Int64(bytes[index] - 0x30) }
        digits += 1
        index += 1
      }
      guard digits > 0 else { return nil }
      while digits < 6 {
        fraction *= 10
        digits += 1
      }
    }
    guard let offset = Self.offsetSeconds(bytes[index...]) else { return nil }
    let clock = Int64(hour * 3600 + minute * 60 + min(second, 59))
    microseconds = (Int64(date.day) * 86_400 + clock - Int64(offset)) * 1_000_000 + fraction
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in digits {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  private static func offsetSeconds(_ text: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(text)
    if bytes.count == 1, bytes[0] | 0x20 == UInt8(ascii: "z") { return 0 }
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
      let hours = number(bytes[1..<3]), hours < 24,
      let minutes = number(bytes[4..<6]), minutes < 60
    else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
    case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
    default: return nil
    }
  }

  /// RFC 3339 with milliseconds, shown `offsetSeconds` east of Greenwich.
  public func rfc3339(offsetSeconds: Int = 0) -> String {
    let local = microseconds + Int64(offsetSeconds) * 1_000_000
    let day = local.flooringDivision(by: 86_400_000_000)
    let rest = local - day * 86_400_000_000
    var text: [UInt8] = []
    text.reserveCapacity(32)
    BusinessDate(day: Int32(clamping: day)).append(to: &text)
    text.append(UInt8(ascii: "T"))
    text.append(rest / 3_600_000_000, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(rest / 60_000_000 % 60, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(rest / 1_000_000 % 60, digits: 2)
    text.append(UInt8(ascii: "."))
    text.append(rest / 1000 % 1000, digits: 3)
    if offsetSeconds == 0 {
      text.append(UInt8(ascii: "Z"))
    } else {
      let minutes = Int64(abs(offsetSeconds)) / 60
      text.append(UInt8(ascii: offsetSeconds < 0 ? "-" : "+"))
      text.append(minutes / 60, digits: 2)
      text.append(UInt8(ascii: ":"))
      text.append(minutes % 60, digits: 2)
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends the last `digits` decimal digits of a number that is not negative.
  mutating func append(_ value: Int64, digits: Int) {
    let start = count
    var rest = value
    for _ in 0..<digits {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
    // In place: a reversed slice would copy the buffer.
    var (low, high) = (start, count - 1)
    while low < high {
      swapAt(low, high)
      (low, high) = (low + 1, high - 1)
    }
  }
}

extension FixedWidthInteger {
  /// The quotient rounded towards minus infinity; `divisor` is positive.
  package func flooringDivision(by divisor: Self) -> Self {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
