internal import TapgateModel
internal import TapgateReports

/// A cell as a workbook holds it. Numbers of a workbook are IEEE 754 doubles, of which Excel shows
/// 15 digits; what has more is written as text, so that no digit is lost.
enum WorkbookValue: Equatable {
  case nothing
  case text(String)
  case number(Double)

  /// The largest number of which every digit is kept.
  private static let digitsMax: UInt128 = 999_999_999_999_999
  /// Days between 1899-12-30, where the serial numbers of a workbook's dates begin, and 1970-01-01.
  private static let epochDay: Int64 = 25_569
  /// Serial numbers before 1 March 1900 are off by one in Excel, which takes 1900 for a leap year.
  private static let serialMin: Int64 = 61
  private static let serialMax: Int64 = 2_958_465
  private static let microsecondsPerDay: Int64 = 86_400_000_000

  init(_ cell: ReportCell, _ language: ReportLanguage) {
    let text = CellText.text(cell, language)
    switch cell {
    case .none: self = .nothing
    case .text, .word: self = text.isEmpty ? .nothing : .text(text)
    case .date(let date):
      let serial = Int64(date.day) + Self.epochDay
      let isSerial = (Self.serialMin...Self.serialMax).contains(serial)
      self = isSerial ? .number(Double(serial)) : .text(text)
    case .instant(let instant, let offsetSeconds):
      let local = instant.microseconds &+ Int64(offsetSeconds) &* 1_000_000
      let serial = Double(local) / Double(Self.microsecondsPerDay) + Double(Self.epochDay)
      let range = Double(Self.serialMin)..<Double(Self.serialMax + 1)
      self = range.contains(serial) ? .number(serial) : .text(text)
    case .integer(let value): self = Self.scaled(value, by: 1, text)
    case .money(let value): self = Self.scaled(value, by: 100, text)
    case .basisPoints(let value): self = Self.scaled(value, by: 10_000, text)
    }
  }

  private static func scaled(_ value: Int128, by divisor: Double, _ text: String) -> WorkbookValue {
    value.magnitude <= digitsMax ? .number(Double(value) / divisor) : .text(text)
  }
}
