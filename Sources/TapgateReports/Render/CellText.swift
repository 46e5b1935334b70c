internal import TapgateModel

/// Cells as plain text: the same in the terminal and in CSV, but for what each adds.
package enum CellText {
  /// The text of `cell`.
  package static func text(_ cell: ReportCell, _ language: ReportLanguage) -> String {
    switch cell {
    case .none: ""
    case .text(let text): text
    case .word(let wording): wording.text(language)
    case .date(let date): date.description
    case .instant(let instant, let offsetSeconds):
      local(instant, offsetSeconds: offsetSeconds)
    case .integer(let value): value.description
    case .money(let value): yuan(value)
    case .basisPoints(let value): yuan(value) + "%"
    }
  }

  /// A number of the kind `money` or any other.
  package static func number(_ value: Int128, _ kind: ReportColumnKind) -> String {
    kind == .money ? yuan(value) : value.description
  }

  /// Hundredths as a decimal number with two digits after the point, from integers alone.
  static func yuan(_ hundredths: Int128) -> String {
    let size = hundredths.magnitude
    let rest = size % 100
    let sign = hundredths < 0 ? "-" : ""
    return "\(sign)\(size / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `YYYY-MM-DD hh:mm:ss` in local time.
  static func local(_ instant: Timestamp, offsetSeconds: Int) -> String {
    let text = instant.rfc3339(offsetSeconds: offsetSeconds)
    let parts = text.split(separator: "T", maxSplits: 1)
    guard parts.count == 2 else { return text }
    return parts[0] + " " + parts[1].prefix(8)
  }
}
