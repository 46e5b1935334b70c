/// A calendar day of a store, counted from 1970-01-01 (proleptic Gregorian calendar).
public struct BusinessDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public var day: Int32

  /// Creates the date `day` days after 1970-01-01.
  public init(day: Int32) { self.day = day }

  /// Creates a date, or `nil` where the calendar has no such day.
  public init?(year: Int, month: Int, dayOfMonth: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), dayOfMonth >= 1,
      dayOfMonth <= Self.dayCount(year: year, month: month)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.flooringDivision(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    day = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// Reads `YYYY-MM-DD`.
  public init?(_ text: String) { self.init(Array(text.utf8)) }

  init?(_ bytes: [UInt8]) {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return nil
    }
    var values = [0, 0, 0]
    for (part, range) in [0..<4, 5..<7, 8..<10].enumerated() {
      for byte in bytes[range] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        values[part] = values[part] * 10 + Int(byte - 0x30)
      }
    }
    self.init(year: values[0], month: values[1], dayOfMonth: values[2])
  }

  /// Year, month (1 to 12) and day of the month.
  public var parts: (year: Int, month: Int, dayOfMonth: Int) {
    let shifted = Int(day) + 719_468
    let era = shifted.flooringDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
  }

  /// 1 is Monday, 7 is Sunday (ISO 8601).
  public var weekday: Int { (Int(day) + 3) - (Int(day) + 3).flooringDivision(by: 7) * 7 + 1 }

  /// The same day of the month `months` later; the month's last day where it has no such day, so 29
  /// February plus one year is 28 February.
  public func adding(months: Int) -> BusinessDate {
    let (year, month, dayOfMonth) = parts
    let index = year * 12 + month - 1 + months
    let newYear = index.flooringDivision(by: 12)
    let newMonth = index - newYear * 12 + 1
    let last = Self.dayCount(year: newYear, month: newMonth)
    return BusinessDate(year: newYear, month: newMonth, dayOfMonth: min(dayOfMonth, last))
      ?? BusinessDate(day: months < 0 ? .min : .max)
  }

  /// `days` later; stays at the last representable day where there is none.
  public func adding(days: Int) -> BusinessDate {
    BusinessDate(day: Int32(clamping: Int64(day) + Int64(clamping: days)))
  }

  /// Earlier comes first.
  public static func < (left: BusinessDate, right: BusinessDate) -> Bool { left.day < right.day }

  /// `YYYY-MM-DD`.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// `YYYY-MM-DD` in ASCII.
  var bytes: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(10)
    append(to: &text)
    return text
  }

  func append(to text: inout [UInt8]) {
    let (year, month, dayOfMonth) = parts
    text.append(Int64(year), digits: max(4, year > 9999 ? String(year).count : 4))
    text.append(UInt8(ascii: "-"))
    text.append(Int64(month), digits: 2)
    text.append(UInt8(ascii: "-"))
    text.append(Int64(dayOfMonth), digits: 2)
  }

  private static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
