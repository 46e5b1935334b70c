internal import CXlsxWriter
internal import TapgateReports

/// Writes one table onto one sheet.
///
/// Safety: the pointers are the workbook's own; `Workbook.write` keeps the writer no longer than
/// the workbook.
struct SheetWriter {
  /// Cells of the widest column.
  private static let columnCellMax = 50
  /// Rows that are measured for the columns' widths.
  private static let measuredRowMax = 1000
  /// Rows that a chart shows; a picture of more is a blur.
  private static let chartRowMax = 60

  let book: UnsafeMutablePointer<lxw_workbook>
  let sheet: UnsafeMutablePointer<lxw_worksheet>
  let name: String
  let table: ReportTable
  let language: ReportLanguage
  let styles: SheetStyles

  func write(heading: String) throws(WorkbookError) {
    for (index, column) in table.columns.enumerated() {
      try text(column.heading.text(language), row: 0, column: index, styles.heading)
    }
    for (index, cells) in table.rows.enumerated() {
      try write(cells, row: index + 1, isTotal: false)
    }
    var next = table.rows.count + 1
    if let totals = table.totals {
      try write(totals, row: next, isTotal: true)
      next += 1
    }
    next += 1
    if table.omittedRowCount > 0 {
      try text(table.omission.text(language), row: next, column: 0, styles.remark)
      next += 1
    }
    for note in table.notes {
      try text(note.text(language), row: next, column: 0, styles.remark)
      next += 1
    }
    for proof in table.proofs {
      let style = proof.isEqual ? styles.equal : styles.unequal
      try text(proof.text(language), row: next, column: 0, style)
      next += 1
    }
    try layOut(heading: heading)
    if let chart = table.chart { try draw(chart) }
  }

  // MARK: Cells

  private func write(
    _ cells: [ReportCell],
    row: Int,
    isTotal: Bool
  ) throws(WorkbookError) {
    for (index, cell) in cells.enumerated() {
      let kind = table.columns[index].kind
      let style = styles.cell(kind, isTotal: isTotal)
      switch WorkbookValue(cell, language) {
      case .nothing:
        try Workbook.check(worksheet_write_blank(sheet, at(row), column(index), style))
      case .text(let shown): try text(shown, row: row, column: index, style)
      case .number(let value):
        // SUBTOTAL 9 sums what a filter shows, and follows corrections. Not where rows are missing.
        if isTotal, table.omittedRowCount == 0, !table.rows.isEmpty {
          let letters = Self.letters(index)
          let formula = "=SUBTOTAL(9,\(letters)2:\(letters)\(table.rows.count + 1))"
          try Workbook.check(
            worksheet_write_formula_num(sheet, at(row), column(index), formula, style, value)
          )
        } else {
          try Workbook.check(worksheet_write_number(sheet, at(row), column(index), value, style))
        }
      }
    }
  }

  private func text(
    _ text: String,
    row: Int,
    column index: Int,
    _ style: UnsafeMutablePointer<lxw_format>?
  ) throws(WorkbookError) {
    // A string is never a formula, whatever it begins with. Longer ones than a cell may hold, which
    // is 32,767 characters, are cut.
    let shown = text.utf8.count > 32_767 ? String(text.prefix(8000)) : text
    try Workbook.check(worksheet_write_string(sheet, at(row), column(index), shown, style))
  }

  private func at(_ row: Int) -> lxw_row_t { lxw_row_t(clamping: row) }

  private func column(_ index: Int) -> lxw_col_t { lxw_col_t(clamping: index) }

  /// The letters of column `index`, counted from 0: A, …, Z, AA, …
  static func letters(_ index: Int) -> String {
    var letters = ""
    var rest = index
    repeat {
      let scalar = Unicode.Scalar(UInt8(ascii: "A") + UInt8(rest % 26))
      letters = String(Character(scalar)) + letters
      rest = rest / 26 - 1
    } while rest >= 0
    return letters
  }

  // MARK: Sheet

  private func layOut(heading: String) throws(WorkbookError) {
    worksheet_freeze_panes(sheet, 1, 0)
    if !table.rows.isEmpty, !table.columns.isEmpty {
      try Workbook.check(
        worksheet_autofilter(
          sheet,
          0,
          0,
          at(table.rows.count),
          column(table.columns.count - 1)
        )
      )
    }
    for index in table.columns.indices {
      let width = Double(width(of: index))
      try Workbook.check(
        worksheet_set_column(sheet, column(index), column(index), width, nil)
      )
    }
    worksheet_set_landscape(sheet)
    worksheet_repeat_rows(sheet, 0, 0)
    worksheet_fit_to_pages(sheet, 1, 0)
    // An ampersand begins a code of the header; 255 characters are allowed.
    let title = heading.split(separator: "&", omittingEmptySubsequences: false).joined(
      separator: "&&"
    )
    _ = worksheet_set_header(sheet, "&L" + String(title.prefix(200)))
    _ = worksheet_set_footer(sheet, "&R&P / &N")
  }

  private func width(of index: Int) -> Int {
    let kind = table.columns[index].kind
    var cells = DisplayWidth.cells(of: table.columns[index].heading.text(language)) + 3
    for row in table.rows.prefix(Self.measuredRowMax) + (table.totals.map { [$0] } ?? []) {
      let shown = DisplayWidth.cells(of: CellText.text(row[index], language))
      // Numbers get separators of thousands.
      cells = max(cells, kind.isNumber ? shown + shown / 3 : shown)
    }
    return min(Self.columnCellMax, cells + 1)
  }

  // MARK: Chart

  private func draw(_ chart: ReportChart) throws(WorkbookError) {
    let count = min(table.rows.count, Self.chartRowMax)
    guard count > 0, let drawn = workbook_add_chart(book, Self.type(chart.kind)) else { return }
    for value in chart.values {
      guard let series = chart_add_series(drawn, nil, nil) else { continue }
      chart_series_set_categories(
        series,
        name,
        1,
        column(chart.labels),
        at(count),
        column(chart.labels)
      )
      chart_series_set_values(series, name, 1, column(value), at(count), column(value))
      chart_series_set_name(series, table.columns[value].heading.text(language))
    }
    chart_title_set_name(drawn, table.title.text(language))
    if chart.values.count == 1, chart.kind != .pie {
      chart_legend_set_position(drawn, Self.noLegend)
    }
    if chart.kind == .bar { chart_axis_set_reverse(drawn.pointee.y_axis) }
    try Workbook.check(
      worksheet_insert_chart(sheet, 1, column(table.columns.count + 1), drawn)
    )
  }

  private static let noLegend = UInt8(LXW_CHART_LEGEND_NONE.rawValue)

  private static func type(_ kind: ReportChart.Kind) -> UInt8 {
    switch kind {
    case .column: UInt8(LXW_CHART_COLUMN.rawValue)
    case .bar: UInt8(LXW_CHART_BAR.rawValue)
    case .line: UInt8(LXW_CHART_LINE.rawValue)
    case .pie: UInt8(LXW_CHART_PIE.rawValue)
    }
  }
}
