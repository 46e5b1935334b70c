extension Report {
  /// The charts of all tables, one below the other, as one picture; `nil` where none has anything
  /// to draw. Series of different kinds have scales of their own, so a chart each.
  public func svg(_ language: ReportLanguage) -> [UInt8]? {
    let panels = tables.flatMap { table in
      table.chart.map { ChartPanel.panels(of: table, $0, language) } ?? []
    }
    guard !panels.isEmpty else { return nil }
    var canvas = SVGCanvas(width: ChartPanel.width)
    canvas.text(title.text(language), x: 24, y: 36, size: 20)
    canvas.text(scope.text(language), x: 24, y: 58)
    var top = 76
    for panel in panels { top += panel.draw(on: &canvas, from: top) }
    return canvas.document(height: top)
  }
}

/// One chart with one scale.
struct ChartPanel {
  struct Series {
    var name: String
    var values: [Int128?]
  }

  static let width = 960
  private static let colours = ["#2b6cb0", "#dd8a2e", "#3a8f5c", "#8a5aa8"]
  /// Pixels of a cell of text at 12 px: a wide character takes two.
  private static let cellWidth = 7
  private static let rowCountMax = 60
  private static let pointCountMax = 400

  var title: String
  var kind: ReportChart.Kind
  var labels: [String]
  var series: [Series]
  var column: ReportColumnKind

  /// The panels of a table: its series by the kind of their column.
  static func panels(
    of table: ReportTable,
    _ chart: ReportChart,
    _ language: ReportLanguage
  ) -> [ChartPanel] {
    let count = chart.kind == .line ? pointCountMax : rowCountMax
    let rows = table.rows.prefix(count)
    var panels: [ChartPanel] = []
    for index in chart.values where table.columns.indices.contains(index) {
      let column = table.columns[index]
      let series = Series(
        name: column.heading.text(language),
        values: rows.map { $0[index].number }
      )
      guard series.values.contains(where: { $0 ?? 0 != 0 }) else { continue }
      // Lying bars have a row each, so no room for a second series.
      let isShared = chart.kind == .column || chart.kind == .line
      if isShared, let place = panels.firstIndex(where: { $0.column == column.kind }) {
        panels[place].series.append(series)
        continue
      }
      panels.append(
        ChartPanel(
          title: table.title.text(language),
          kind: chart.kind,
          labels: rows.map { CellText.text($0[chart.labels], language) },
          series: [series],
          column: column.kind
        )
      )
    }
    return panels
  }

  /// Draws the panel below `top`; returns its height.
  func draw(on canvas: inout SVGCanvas, from top: Int) -> Int {
    canvas.text(title, x: 24, y: top + 20, size: 15)
    var left = 24
    for (index, one) in series.enumerated() {
      canvas.rectangle(
        x: left,
        y: top + 32,
        width: 10,
        height: 10,
        colour: Self.colour(index),
        hint: one.name
      )
      canvas.text(one.name, x: left + 16, y: top + 42)
      left += 40 + DisplayWidth.cells(of: one.name) * Self.cellWidth
    }
    switch kind {
    case .bar, .pie: return 56 + drawBars(on: &canvas, from: top + 56) + 24
    case .column, .line: return 56 + drawPlot(on: &canvas, from: top + 56) + 24
    }
  }

  private static func colour(_ index: Int) -> String { colours[index % colours.count] }

  private func shown(_ value: Int128) -> String {
    switch column {
    case .money: CellText.yuan(value)
    case .basisPoints: CellText.yuan(value) + "%"
    default: value.description
    }
  }

  // MARK: Lying bars

  private func drawBars(on canvas: inout SVGCanvas, from top: Int) -> Int {
    let values = series[0].values.map { $0 ?? 0 }
    let names = labels.map { DisplayWidth.truncated($0, to: 32) }
    let nameWidth = (names.map { DisplayWidth.cells(of: $0) }.max() ?? 0) * Self.cellWidth
    let left = 24 + nameWidth + 12
    let room = Self.width - left - 140
    let largest = values.map(\.magnitude).max() ?? 0
    for (index, value) in values.enumerated() {
      let y = top + index * 24
      let length = largest == 0 ? 0 : Int(value.magnitude * UInt128(room) / largest)
      canvas.text(names[index], x: left - 12, y: y + 14, anchor: .end)
      canvas.rectangle(
        x: left,
        y: y + 2,
        width: max(length, value == 0 ? 0 : 1),
        height: 16,
        colour: value < 0 ? "#b0b0b0" : Self.colour(0),
        hint: "\(labels[index]): \(shown(value))"
      )
      canvas.text(shown(value), x: left + length + 6, y: y + 14)
    }
    return values.count * 24
  }

  // MARK: Columns and lines

  private func drawPlot(on canvas: inout SVGCanvas, from top: Int) -> Int {
    let all = series.flatMap(\.values).compactMap { $0 }
    let scale = ChartScale(least: all.min() ?? 0, most: all.max() ?? 0)
    let (left, height) = (130, 240)
    let room = Self.width - left - 24
    func y(_ value: Int128) -> Int { top + height - scale.pixels(of: value, in: height) }
    for tick in scale.ticks {
      canvas.line((left, y(tick)), (left + room, y(tick)), colour: tick == 0 ? "#888" : "#ddd")
      canvas.text(shown(tick), x: left - 8, y: y(tick) + 4, anchor: .end)
    }
    let step = max(1, labels.count)
    func middle(_ index: Int) -> Int { left + (2 * index + 1) * room / (2 * step) }
    for (place, one) in series.enumerated() {
      if kind == .line {
        let points = one.values.enumerated().compactMap { index, value in
          value.map { (x: middle(index), y: y($0)) }
        }
        canvas.path(points, colour: Self.colour(place))
      }
      for (index, value) in one.values.enumerated() {
        guard let value else { continue }
        let hint = "\(labels[index]), \(one.name): \(shown(value))"
        if kind == .line {
          canvas.dot(x: middle(index), y: y(value), colour: Self.colour(place), hint: hint)
          continue
        }
        let slot = min(room / step * 4 / 5, 64 * series.count)
        let width = max(1, slot / series.count)
        let (high, low) = (min(y(value), y(0)), max(y(value), y(0)))
        canvas.rectangle(
          x: middle(index) - slot / 2 + place * width,
          y: high,
          width: max(1, width - 1),
          height: max(low - high, value == 0 ? 0 : 1),
          colour: Self.colour(place),
          hint: hint
        )
      }
    }
    drawLabels(on: &canvas, y: top + height + 18, middle: middle)
    return height + 24
  }

  /// As many labels as there is room for, the first one among them.
  private func drawLabels(on canvas: inout SVGCanvas, y: Int, middle: (Int) -> Int) {
    var end = 0
    for (index, label) in labels.enumerated() {
      let text = DisplayWidth.truncated(label, to: 20)
      let half = DisplayWidth.cells(of: text) * Self.cellWidth / 2
      guard middle(index) - half > end else { continue }
      canvas.text(text, x: middle(index), y: y, anchor: .middle)
      end = middle(index) + half + 6
    }
  }
}

/// A scale from or through zero, in steps of 1, 2 or 5 times a power of ten.
struct ChartScale {
  /// From the lowest to the highest; 0 is one of them.
  let ticks: [Int128]

  init(least: Int128, most: Int128) {
    let (low, high) = (min(least, 0), max(most, 0, least == most && most == 0 ? 1 : 0))
    let span = UInt128(bitPattern: high &- low)
    var step: UInt128 = 1
    var factors: [UInt128] = [2, 5, 10]
    var power: UInt128 = 1
    while span / step >= 6, power < UInt128(1) << 100 {
      step = power * factors.removeFirst()
      if factors.isEmpty {
        factors = [2, 5, 10]
        power *= 10
      }
    }
    let unit = Int128(step)
    let first = low / unit - (low % unit < 0 ? 1 : 0)
    let last = high / unit + (high % unit > 0 ? 1 : 0)
    ticks = (Int(clamping: first)...Int(clamping: last)).map { Int128($0) * unit }
  }

  /// How far above the lowest tick `value` stands where the ticks span `height` pixels.
  func pixels(of value: Int128, in height: Int) -> Int {
    guard let low = ticks.first, let high = ticks.last, high > low else { return 0 }
    let (span, above) = (UInt128(bitPattern: high &- low), UInt128(bitPattern: value &- low))
    return Int(clamping: above.multipliedReportingOverflow(by: UInt128(height)).partialValue / span)
  }
}
