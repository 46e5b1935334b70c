import Foundation
import TapgateJSON
import TapgateModel
import TapgateReports
import Testing

@testable import TapgateWorkbook

@Suite("Workbooks")
struct WorkbookTests {
  private static let columns = [
    ReportColumn("store", .text, Wording("门店", "Store")),
    ReportColumn("date", .date, Wording("日期", "Date")),
    ReportColumn("at", .instant, Wording("时间", "Time")),
    ReportColumn("members", .integer, Wording("会员数", "Members"), isSummed: true),
    ReportColumn("spentMinor", .money, Wording("消费", "Spent"), isSummed: true),
    ReportColumn("share", .basisPoints, Wording("占比", "Share")),
  ]

  private static func table() throws -> ReportTable {
    var table = ReportTable(
      id: "t",
      title: Wording("门店/日报", "Store: daily"),
      columns: columns
    )
    let day = try #require(BusinessDate("2026-03-01"))
    let noon = try #require(Timestamp(rfc3339: "2026-03-01T12:00:00+08:00"))
    table.rows = [
      [
        .text("=HYPERLINK(\"x\")"), .date(day), .instant(noon, offsetSeconds: 28_800), .integer(3),
        .money(123_456_789), .basisPoints(1234),
      ],
      [.text("海淀店"), .none, .none, .integer(-4), .money(-5), .none],
    ]
    table.totals = [
      .word(Wording("合计", "Total")), .none, .none, .integer(-1), .money(123_456_784), .none,
    ]
    table.proofs = [
      ReportProof(
        claim: Wording("消费", "spending"),
        kind: .money,
        parts: [ReportProof.Part(Wording("本表", "this table"), 123_456_784)],
        ledger: 123_456_784
      )
    ]
    table.chart = ReportChart(.column, labels: 0, values: [4])
    return table
  }

  /// Writes `tables` and opens the file again.
  private static func opened(_ tables: [ReportTable]) throws -> OpenedWorkbook {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tapgate-workbook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("r.xlsx").path
    let report = Report(
      id: "r",
      title: Wording("日报 & 核对", "Daily & proof"),
      scope: Wording("全部", "all"),
      tables: tables
    )
    try Workbook.write(report, language: .zh, to: path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["r.xlsx"])
    return try OpenedWorkbook(path)
  }

  @Test("texts, numbers, dates and money are what they are")
  func cells() throws {
    let book = try Self.opened([try Self.table()])
    #expect(book.sheets == ["门店 日报"])
    #expect(book.cell(0, "A1").value == "门店")
    #expect(book.cell(0, "A2").value == "=HYPERLINK(\"x\")")
    #expect(book.cell(0, "A2").formula == nil)
    // 1 March 2026 is day 46,082 of a workbook's calendar.
    #expect(book.cell(0, "B2").value == "46082")
    #expect(book.cell(0, "B2").format == "yyyy-mm-dd")
    #expect(book.cell(0, "C2").value == "46082.5")
    #expect(book.cell(0, "C2").format == "yyyy-mm-dd hh:mm:ss")
    #expect(book.cell(0, "D3").value == "-4")
    #expect(book.cell(0, "E2").value == "1234567.89")
    #expect(book.cell(0, "E3").value == "-0.05")
    #expect(book.cell(0, "E2").format == "#,##0.00;[Red]-#,##0.00")
    #expect(book.cell(0, "F2").value == "0.1234")
    #expect(book.cell(0, "B3").value == nil)
  }

  @Test("sums are formulas with their value, and the proof stands below")
  func totals() throws {
    let book = try Self.opened([try Self.table()])
    #expect(book.cell(0, "A4").value == "合计")
    #expect(book.cell(0, "D4").formula == "SUBTOTAL(9,D2:D3)")
    #expect(book.cell(0, "E4").value == "1234567.84")
    #expect(book.cell(0, "A6").value?.hasSuffix("相符") == true)
    var short = try Self.table()
    short.omittedRowCount = 7
    let cut = try Self.opened([short])
    #expect(cut.cell(0, "E4").formula == nil)
    #expect(cut.cell(0, "E4").value == "1234567.84")
    #expect(cut.cell(0, "A6").value?.contains("7") == true)
  }

  @Test("the heading stays in view, columns are wide enough, a chart is drawn")
  func layout() throws {
    let book = try Self.opened([try Self.table()])
    #expect(book.sheet(0)?["frozenRows"]?.string == "1")
    let widths =
      book.sheet(0)?["widths"]?.array?.compactMap { $0.string.flatMap(Double.init) } ?? []
    #expect(widths.count == 6)
    #expect((widths.first ?? 0) >= 16)
    #expect(book.sheet(0)?["hasChart"] == .bool(true))
    let chart = book.json["charts"]?.array?.first?.string ?? ""
    #expect(chart.contains("barChart"))
    #expect(chart.contains("'门店 日报'!$E$2:$E$3"))
    #expect(chart.contains("<a:t>门店/日报</a:t>"))
  }

  @Test("a number with more digits than a workbook keeps is written as text")
  func digits() throws {
    var table = try Self.table()
    table.rows[0][3] = .integer(999_999_999_999_999)
    table.rows[1][3] = .integer(1_000_000_000_000_001)
    table.rows[1][4] = .money(-1_234_567_890_123_456_789)
    let book = try Self.opened([table])
    #expect(book.cell(0, "D2").value == "999999999999999")
    #expect(book.sheet(0)?["cells"]?["D3"]?["type"]?.string == "s")
    #expect(book.cell(0, "D3").value == "1000000000000001")
    #expect(book.cell(0, "E3").value == "-12345678901234567.89")
  }

  @Test("sheets have names that Excel takes, each its own")
  func names() throws {
    var names = SheetNames()
    #expect(names.name(for: "A/B[1]*?:\\") == "A B 1")
    #expect(names.name(for: "a b 1") == "a b 1 2")
    #expect(names.name(for: "'quoted'") == "quoted")
    #expect(names.name(for: "History") == "Sheet")
    #expect(names.name(for: "") == "Sheet 2")
    #expect(names.name(for: String(repeating: "长", count: 40)).count == 31)
    #expect(names.name(for: String(repeating: "长", count: 40)).count == 31)
    let book = try Self.opened([try Self.table(), try Self.table()])
    #expect(book.sheets == ["门店 日报", "门店 日报 2"])
  }

  @Test("a folder that is not there is an error with the system's words")
  func noFolder() throws {
    let report = Report(
      id: "r",
      title: Wording(name: "r"),
      scope: Wording(name: ""),
      tables: [try Self.table()]
    )
    let missing = WorkbookError(code: 2, isSystem: true, problem: "No such file or directory")
    #expect(throws: missing) {
      try Workbook.write(report, language: .en, to: "/nonexistent/folder/r.xlsx")
    }
  }

  @Test("columns are named as a spreadsheet names them")
  func letters() {
    #expect(
      [0, 25, 26, 51, 52, 701, 702].map(SheetWriter.letters) == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
      ]
    )
  }
}
