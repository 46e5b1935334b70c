import Foundation
import Testing

@testable import TapgateReports

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("Reports as pictures")
struct PictureTests {
  /// The elements of a picture, which a parser of XML must be able to read.
  private final class Elements: NSObject, XMLParserDelegate {
    var names: [String: [[String: String]]] = [:]
    var texts: [String] = []
    private var text = ""

    func parser(
      _ parser: XMLParser,
      didStartElement name: String,
      namespaceURI: String?,
      qualifiedName: String?,
      attributes: [String: String]
    ) {
      names[name, default: []].append(attributes)
      text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters more: String) { text += more }

    func parser(
      _ parser: XMLParser,
      didEndElement name: String,
      namespaceURI: String?,
      qualifiedName: String?
    ) {
      if name == "text" || name == "title" { texts.append(text) }
      text = ""
    }
  }

  private static func read(_ bytes: [UInt8]) throws -> Elements {
    let elements = Elements()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = elements
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return elements
  }

  private static func report(
    _ kind: ReportChart.Kind,
    _ values: [Int128],
    labels: [String] = ["海淀店", "a<b>&\"c\"", "S3\u{1}"]
  ) -> Report {
    var table = ReportTable(
      id: "t",
      title: Wording("门店", "Stores"),
      columns: [
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("spentMinor", .money, Wording("消费", "Spent"), isSummed: true),
        ReportColumn("count", .integer, Wording("数量", "Count"), isSummed: true),
      ]
    )
    table.rows = zip(labels, values).map { [.text($0), .money($1), .integer($1)] }
    table.chart = ReportChart(kind, labels: 0, values: [1, 2])
    return Report(
      id: "r",
      title: Wording("报表", "Report"),
      scope: Wording("全部", "all"),
      tables: [table]
    )
  }

  private static func heights(_ elements: Elements, _ colour: String) -> [Int] {
    (elements.names["rect"] ?? []).filter { $0["fill"] == colour }
      .compactMap { $0["height"].flatMap { Int($0) } }.filter { $0 != 10 }
  }

  @Test("columns stand on zero, each as high as its share, and money has a scale of its own")
  func columns() throws {
    let picture = try #require(Self.report(.column, [10_000, 5_000, -5_000]).svg(.zh))
    let elements = try Self.read(picture)
    let heights = Self.heights(elements, "#2b6cb0")
    // Two panels, fen and pieces: from -50 to 100 in 240 pixels.
    #expect(heights.count == 6)
    #expect(heights[0] == 2 * heights[1] && heights[1] == heights[2] && heights[0] > 100)
    #expect(elements.texts.contains("报表") && elements.texts.contains("海淀店"))
    #expect(elements.texts.contains("100.00"), "a tick in yuan")
    #expect(elements.texts.contains("10000"), "a tick in pieces")
  }

  @Test("whatever stands in a label is text and nothing else")
  func labels() throws {
    let elements = try Self.read(try #require(Self.report(.bar, [3, 2, 1]).svg(.en)))
    #expect(elements.texts.contains("a<b>&\"c\""))
    #expect(elements.names["b"] == nil)
    let document = String(decoding: try #require(Self.report(.bar, [1]).svg(.en)), as: UTF8.self)
    #expect(!document.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test("lying bars are as long as their share of the longest, and less than nothing is grey")
  func bars() throws {
    let elements = try Self.read(try #require(Self.report(.bar, [800, -400, 0]).svg(.en)))
    let widths = (elements.names["rect"] ?? []).filter { $0["height"] == "16" }
      .compactMap { $0["width"].flatMap { Int($0) } }
    #expect(widths.count == 6)
    #expect(widths[0] == 2 * widths[1] && widths[2] == 0)
    #expect((elements.names["rect"] ?? []).contains { $0["fill"] == "#b0b0b0" })
  }

  @Test("a line goes through every point that there is")
  func line() throws {
    let elements = try Self.read(try #require(Self.report(.line, [0, 7, 3]).svg(.en)))
    let points = elements.names["polyline"]?.first?["points"]?.split(separator: " ")
    #expect(points?.count == 3)
    #expect(elements.names["circle"]?.count == 6)
  }

  @Test("where there is nothing to draw there is no picture")
  func nothing() {
    #expect(Self.report(.bar, []).svg(.en) == nil)
    #expect(Self.report(.column, [0, 0]).svg(.en) == nil)
  }

  @Test(
    "a scale has zero in it, at most eight steps of 1, 2 or 5, and holds every value",
    arguments: [
      (0, 1), (0, 9), (0, 10), (0, 99), (-3, 4), (-100, 0), (0, 123_456_789),
      (-9_223_372_036_854_775_807, 9_223_372_036_854_775_807),
    ] as [(Int128, Int128)]
  )
  func scales(least: Int128, most: Int128) throws {
    let scale = ChartScale(least: least, most: most)
    #expect(scale.ticks.contains(0))
    #expect((2...9).contains(scale.ticks.count), "\(scale.ticks)")
    let (low, high) = (try #require(scale.ticks.first), try #require(scale.ticks.last))
    #expect(low <= least && high >= most)
    let step = String(scale.ticks[1] - scale.ticks[0])
    #expect(["1", "2", "5"].contains(step.prefix(1)) && step.dropFirst().allSatisfy { $0 == "0" })
    #expect(scale.pixels(of: low, in: 240) == 0 && scale.pixels(of: high, in: 240) == 240)
  }

  @Test("every report that has a chart can be drawn, in both languages")
  func sample() throws {
    let ledger = try SmallLedger.sample()
    var drawn = 0
    for definition in ReportCatalogue.all {
      let report = try ledger.report(definition.id)
      for language in ReportLanguage.allCases {
        guard let picture = report.svg(language) else { continue }
        drawn += 1
        let elements = try Self.read(picture)
        #expect(elements.texts.first == report.title.text(language))
      }
    }
    #expect(drawn > 20)
  }
}
