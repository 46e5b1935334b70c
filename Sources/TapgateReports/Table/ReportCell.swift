public import TapgateModel

/// What a column holds; it decides on alignment, on the number format of a workbook and on whether
/// the column can be summed.
public enum ReportColumnKind: String, Hashable, Sendable, CaseIterable {
  case text
  case date
  /// An instant in the store's local time.
  case instant
  case integer
  /// Fen.
  case money
  /// Hundredths of a per cent.
  case basisPoints

  /// Whether cells of the column are numbers.
  public var isNumber: Bool { self == .integer || self == .money || self == .basisPoints }
}

/// One cell. Sums of many 64-bit numbers fit 128 bits, so that no sum of a report can overflow.
public enum ReportCell: Hashable, Sendable {
  /// Nothing to tell.
  case none
  case text(String)
  case word(Wording)
  case date(BusinessDate)
  /// Shown so many seconds east of Greenwich.
  case instant(Timestamp, offsetSeconds: Int)
  case integer(Int128)
  /// Fen.
  case money(Int128)
  /// Hundredths of a per cent.
  case basisPoints(Int128)

  /// An integer of any width.
  public static func whole(_ value: some BinaryInteger) -> ReportCell { .integer(Int128(value)) }

  /// A text, or nothing where there is none.
  public static func optional(_ text: String?) -> ReportCell {
    guard let text, !text.isEmpty else { return .none }
    return .text(text)
  }

  /// A date, or nothing where there is none.
  public static func optional(_ date: BusinessDate?) -> ReportCell {
    date.map(ReportCell.date) ?? .none
  }

  /// `part` of `whole` in basis points, rounded down; nothing where there is no whole.
  public static func share(_ part: Int128, of whole: Int128) -> ReportCell {
    whole <= 0 ? .none : .basisPoints(part * 10_000 / whole)
  }

  /// Fen for each of `count`, rounded down; nothing where there are none.
  public static func average(_ minor: Int128, over count: Int128) -> ReportCell {
    count <= 0 ? .none : .money(minor.flooringDivision(by: count))
  }

  /// The number in it, if it holds one.
  public var number: Int128? {
    switch self {
    case .integer(let value), .money(let value), .basisPoints(let value): value
    case .none, .text, .word, .date, .instant: nil
    }
  }
}
