// Comma-separated values, RFC 4180 (October 2005), in UTF-8.
//
// What a spreadsheet would take for a formula is guarded as OWASP's page on CSV injection says: a
// text that begins with = + - @ (or their full-width forms), or with a tab or a line end, gets an
// apostrophe before it.

/// What a CSV file holds beside the rows.
public struct CSVStyle: Hashable, Sendable {
  /// Whether the file begins with a byte order mark, without which Excel takes UTF-8 for the
  /// system's code page.
  public var hasByteOrderMark: Bool
  /// Whether the totals and the proofs follow the rows, as records of the same number of fields.
  public var hasSummary: Bool

  /// Creates a style.
  public init(hasByteOrderMark: Bool = true, hasSummary: Bool = true) {
    self.hasByteOrderMark = hasByteOrderMark
    self.hasSummary = hasSummary
  }
}

extension Report {
  /// All tables in one file. Where there are several, each is headed by its title and an empty
  /// line stands between them.
  public func csv(_ language: ReportLanguage, _ style: CSVStyle = CSVStyle()) -> [UInt8] {
    var writer = CSVWriter(hasByteOrderMark: style.hasByteOrderMark)
    for (index, table) in tables.enumerated() {
      if tables.count > 1 {
        if index > 0 { writer.emptyLine() }
        writer.record([CSVWriter.guarded(table.title.text(language))])
      }
      table.write(into: &writer, language, style)
    }
    return writer.bytes
  }
}

extension ReportTable {
  /// The table as a file.
  public func csv(_ language: ReportLanguage, _ style: CSVStyle = CSVStyle()) -> [UInt8] {
    var writer = CSVWriter(hasByteOrderMark: style.hasByteOrderMark)
    write(into: &writer, language, style)
    return writer.bytes
  }

  fileprivate func write(
    into writer: inout CSVWriter,
    _ language: ReportLanguage,
    _ style: CSVStyle
  ) {
    func fields(_ cells: [ReportCell]) -> [String] {
      cells.map { cell in
        let text = CellText.text(cell, language)
        switch cell {
        case .text, .word: return CSVWriter.guarded(text)
        case .none, .date, .instant, .integer, .money, .basisPoints: return text
        }
      }
    }
    writer.record(columns.map { CSVWriter.guarded($0.heading.text(language)) })
    for row in rows { writer.record(fields(row)) }
    guard style.hasSummary else { return }
    func remark(_ text: String) {
      let rest = repeatElement("", count: max(0, columns.count - 1))
      writer.record([CSVWriter.guarded(text)] + rest)
    }
    if omittedRowCount > 0 { remark(omission.text(language)) }
    if let totals { writer.record(fields(totals)) }
    for proof in proofs { remark(proof.text(language)) }
  }
}

/// Writes records; lines end with CR LF (RFC 4180, section 2, rule 1).
struct CSVWriter {
  private(set) var bytes: [UInt8] = []

  init(hasByteOrderMark: Bool) {
    if hasByteOrderMark { bytes = [0xEF, 0xBB, 0xBF] }
  }

  mutating func emptyLine() { bytes += [0x0D, 0x0A] }

  mutating func record(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      // A record of one empty field would be an empty line, which is no record.
      append(field, isAlone: fields.count == 1)
    }
    bytes += [0x0D, 0x0A]
  }

  private mutating func append(_ field: String, isAlone: Bool) {
    let text = Self.clean(field)
    let needsQuotes =
      (isAlone && text.isEmpty) || text.hasPrefix(" ") || text.hasSuffix(" ")
      || text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x09 }
    guard needsQuotes else {
      bytes += text.utf8
      return
    }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  /// `text` without control characters: a line end becomes LF, the others but the tab spaces.
  private static func clean(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    var wasReturn = false
    for scalar in text.unicodeScalars {
      let isLineFeed = scalar == "\n"
      if !(isLineFeed && wasReturn) {
        switch scalar.value {
        case 0x0D: clean.append("\n")
        case 0x09, 0x0A: clean.append(scalar)
        case 0..<0x20, 0x7F: clean.append(" ")
        default: clean.append(scalar)
        }
      }
      wasReturn = scalar == "\r"
    }
    return String(clean)
  }

  /// `text` so that no spreadsheet takes it for a formula.
  static func guarded(_ text: String) -> String {
    switch text.unicodeScalars.first {
    case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": "'" + text
    default: text
    }
  }
}
