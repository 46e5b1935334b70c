internal import TapgateReports

/// Text in columns, for people.
struct Table: Hashable, Sendable {
  /// How a column's text stands in its room.
  enum Alignment: Sendable { case left, right }

  /// A column's head.
  struct Column: Hashable, Sendable {
    var title: String
    var alignment: Alignment = .left
  }

  var columns: [Column]
  var rows: [[String]] = []

  /// Lays the table out.
  ///
  /// - Parameters:
  ///   - width: the cells of a line; the last column is cut to fit. `nil` for no limit.
  ///   - style: colours the heads and words that stand for a state; it must not change widths.
  /// - Returns: the lines, without trailing spaces.
  func lines(width: Int? = nil, style: Style = Style(isColoured: false)) -> [String] {
    let widths = columnWidths()
    var result: [String] = []
    let heads = columns.map(\.title)
    if heads.contains(where: { !$0.isEmpty }) {
      result.append(line(heads, widths: widths, limit: width) { _, text in style.heading(text) })
    }
    for row in rows {
      let cells = columns.indices.map { $0 < row.count ? DisplayWidth.printable(row[$0]) : "" }
      result.append(line(cells, widths: widths, limit: width) { _, text in style.state(text) })
    }
    return result
  }

  private func columnWidths() -> [Int] {
    columns.indices.map { index in
      let cells = rows.map { index < $0.count ? DisplayWidth.printable($0[index]) : "" }
      return cells.reduce(DisplayWidth.cells(of: columns[index].title)) {
        max($0, DisplayWidth.cells(of: $1))
      }
    }
  }

  private func line(
    _ cells: [String],
    widths: [Int],
    limit: Int?,
    paint: (Int, String) -> String
  ) -> String {
    var text = ""
    var used = 0
    for (index, cell) in cells.enumerated() {
      let isLast = index == cells.count - 1
      var shown = cell
      if isLast, let limit, used + DisplayWidth.cells(of: cell) > limit {
        shown = DisplayWidth.truncated(cell, to: max(8, limit - used))
      }
      let gap = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.cells(of: shown)))
      let painted = paint(index, shown)
      switch columns[index].alignment {
      case .left: text += painted + (isLast ? "" : gap)
      case .right: text += gap + painted
      }
      if !isLast { text += "  " }
      used += widths[index] + 2
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
