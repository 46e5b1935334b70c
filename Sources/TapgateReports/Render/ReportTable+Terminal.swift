extension Report {
  /// The report for a terminal of `width` cells: long texts are cut so that a line fits, numbers
  /// never are. With `plots`, distributions are drawn as bars below their tables.
  public func terminalLines(
    _ language: ReportLanguage,
    width: Int? = nil,
    plots: Bool = true
  ) -> [ReportLine] {
    let head = title.text(language) + "  " + scope.text(language)
    var lines = [ReportLine(.title, DisplayWidth.printable(head))]
    for table in tables {
      lines.append(ReportLine(.note, ""))
      lines += table.terminalLines(language, width: width)
      if plots, let chart = table.chart, chart.kind != .line {
        lines += table.plotLines(chart, language, width: width)
      }
    }
    return lines
  }
}

extension ReportTable {
  /// What stands between two columns.
  private static var gap: String { "  " }
  /// The fewest cells to which a column of texts is cut.
  private static var textCellMin: Int { 8 }

  /// The table for a terminal: title, headings, rows, totals, notes and proofs. Chinese characters
  /// take two cells.
  public func terminalLines(_ language: ReportLanguage, width: Int? = nil) -> [ReportLine] {
    func shown(_ cells: [ReportCell]) -> [String] {
      cells.map { DisplayWidth.printable(CellText.text($0, language)) }
    }
    let headings = columns.map { DisplayWidth.printable($0.heading.text(language)) }
    let body = rows.map(shown)
    let sums = totals.map(shown)
    let widths = fitted(headings, body + (sums.map { [$0] } ?? []), width: width)
    func line(_ cells: [String]) -> String {
      let parts = zip(zip(cells, widths), columns).map { cell, column in
        let text = DisplayWidth.truncated(cell.0, to: cell.1)
        return DisplayWidth.padded(text, to: cell.1, isRight: column.kind.isNumber)
      }
      return parts.joined(separator: Self.gap).trimmedAtEnd
    }
    let cellCount = widths.reduce(0, +) + Self.gap.count * max(0, widths.count - 1)
    let rule = ReportLine(.rule, String(repeating: "─", count: cellCount))
    var lines = [
      ReportLine(.title, DisplayWidth.printable(title.text(language))),
      ReportLine(.heading, line(headings)), rule,
    ]
    lines += body.map { ReportLine(.row, line($0)) }
    if body.isEmpty { lines.append(ReportLine(.note, Self.nothing.text(language))) }
    if omittedRowCount > 0 { lines.append(ReportLine(.note, omission.text(language))) }
    if let sums { lines += [rule, ReportLine(.totals, line(sums))] }
    lines += notes.map { ReportLine(.note, DisplayWidth.printable($0.text(language))) }
    for proof in proofs {
      let text = DisplayWidth.printable(proof.text(language))
      lines.append(ReportLine(.proof(isEqual: proof.isEqual), text))
    }
    return lines
  }

  private static var nothing: Wording { Wording("（无记录）", "(no rows)") }

  /// What is said where rows are left out.
  package var omission: Wording {
    Wording(
      "… 另有 \(omittedRowCount) 行未列出，已计入合计",
      "… \(omittedRowCount) more rows are not listed; the totals count them"
    )
  }

  /// How wide each column is: as wide as its widest cell, but texts give way where the line is too
  /// narrow for all, the widest first.
  private func fitted(_ headings: [String], _ body: [[String]], width: Int?) -> [Int] {
    var widths = headings.map { DisplayWidth.cells(of: $0) }
    for row in body {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], DisplayWidth.cells(of: cell))
      }
    }
    guard let width else { return widths }
    let gaps = Self.gap.count * max(0, widths.count - 1)
    while widths.reduce(gaps, +) > width {
      let texts = widths.indices.filter { columns[$0].kind == .text }
      guard let widest = texts.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > Self.textCellMin
      else { break }
      widths[widest] -= 1
    }
    return widths
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
