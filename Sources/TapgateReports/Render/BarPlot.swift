/// Bars of block characters for a terminal, an eighth of a cell exact.
public enum BarPlot {
  /// One bar.
  public struct Bar: Hashable, Sendable {
    public var label: String
    public var value: Int128
    /// The number as it is shown at the bar's end.
    public var shown: String

    /// Creates a bar.
    public init(label: String, value: Int128, shown: String) {
      self.label = label
      self.value = value
      self.shown = shown
    }
  }

  /// The most cells of a label.
  private static let labelCellMax = 24
  /// Cells of the longest bar where the terminal does not say how wide it is.
  private static let barCellDefault = 40
  /// The fewest and the most cells of the longest bar.
  private static let barCells = 8...60

  /// One line a bar. The longest bar fills the room; negative values have bars of a lighter shade.
  public static func lines(_ bars: [Bar], width: Int? = nil) -> [String] {
    let labels = bars.map {
      DisplayWidth.truncated(DisplayWidth.printable($0.label), to: labelCellMax)
    }
    let labelCells = labels.map { DisplayWidth.cells(of: $0) }.max() ?? 0
    let numberCells = bars.map { DisplayWidth.cells(of: $0.shown) }.max() ?? 0
    let room =
      width.map {
        min(max($0 - labelCells - numberCells - 3, barCells.lowerBound), barCells.upperBound)
      } ?? barCellDefault
    let largest = bars.map(\.value.magnitude).max() ?? 0
    return zip(labels, bars).map { label, bar in
      let eighths = largest == 0 ? 0 : bar.value.magnitude * UInt128(room * 8) / largest
      let drawn = Self.bar(eighths: Int(eighths), isNegative: bar.value < 0)
      return DisplayWidth.padded(label, to: labelCells) + " " + drawn
        + (drawn.isEmpty ? "" : " ") + bar.shown
    }
  }

  private static func bar(eighths: Int, isNegative: Bool) -> String {
    if isNegative { return String(repeating: "░", count: (eighths + 7) / 8) }
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }
}

extension ReportTable {
  /// Rows that are drawn; a picture of more is a wall.
  private static var plotRowMax: Int { 40 }

  /// The rows as bars, one block for each series of `chart` in which there is anything to draw.
  public func plotLines(
    _ chart: ReportChart,
    _ language: ReportLanguage,
    width: Int? = nil
  ) -> [ReportLine] {
    var lines: [ReportLine] = []
    for series in chart.values where columns.indices.contains(series) {
      let bars = rows.prefix(Self.plotRowMax).compactMap { row -> BarPlot.Bar? in
        guard let value = row[series].number else { return nil }
        return BarPlot.Bar(
          label: CellText.text(row[chart.labels], language),
          value: value,
          shown: CellText.text(row[series], language)
        )
      }
      guard bars.contains(where: { $0.value != 0 }) else { continue }
      let heading = columns[series].heading.text(language)
      lines.append(ReportLine(.note, DisplayWidth.printable(heading)))
      lines += BarPlot.lines(bars, width: width).map { ReportLine(.plot, $0) }
      if rows.count > Self.plotRowMax { lines.append(ReportLine(.plot, "…")) }
    }
    return lines
  }
}
