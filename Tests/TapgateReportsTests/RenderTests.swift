import TapgateCodec
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateReports

@Suite("How reports are shown")
struct RenderTests {
  private static func table() -> ReportTable {
    var table = ReportTable(
      id: "t",
      title: Wording("门店", "Stores"),
      columns: [
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("count", .integer, Wording("数量", "Count"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("消费", "Spent"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
      ]
    )
    table.rows = [
      [.text("海淀店"), .integer(12), .money(123_405), .basisPoints(9876)],
      [.text("S2"), .integer(-3), .money(-5), .none],
    ]
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("消费", "spending"),
        kind: .money,
        parts: [
          ReportProof.Part(Wording("本表", "this table"), 123_400),
          ReportProof.Part(Wording("其他日期", "other dates"), 100),
        ],
        ledger: 123_500
      )
    ]
    return table
  }

  @Test("a table in a terminal: Chinese characters take two cells, numbers stand to the right")
  func terminal() {
    let lines = Self.table().terminalLines(.zh)
    #expect(
      lines.map(\.text) == [
        "门店",
        "门店    数量     消费    占比",
        "─────────────────────────────",
        "海淀店    12  1234.05  98.76%",
        "S2        -3    -0.05",
        "─────────────────────────────",
        "合计       9  1234.00",
        "核对（消费）：本表 1234.00 + 其他日期 1.00 = 1235.00；会员账户 1235.00；相符",
      ]
    )
    #expect(lines.last?.role == .proof(isEqual: true))
    #expect(lines[6].role == .totals)
  }

  @Test("texts give way where the terminal is narrow, numbers never")
  func narrow() {
    var table = Self.table()
    table.rows[0][0] = .text("一个名字很长很长很长的门店")
    let row = table.terminalLines(.zh, width: 36)[3].text
    #expect(row == "一个名字很长…    12  1234.05  98.76%")
    #expect(DisplayWidth.cells(of: row) <= 36)
    let least = table.terminalLines(.zh, width: 10)[3].text
    #expect(least == "一个名…     12  1234.05  98.76%")
  }

  @Test("nothing in a cell can steer the terminal")
  func control() {
    var table = Self.table()
    table.rows[0][0] = .text("a\u{1B}[31mb\u{202E}c\nd")
    let row = table.terminalLines(.en)[3].text
    #expect(row.hasPrefix("a\u{FFFD}[31mb\u{FFFD}c d"))
  }

  @Test("bars are as long as their share of the longest")
  func bars() {
    let lines = BarPlot.lines(
      [
        BarPlot.Bar(label: "普通", value: 80, shown: "80"),
        BarPlot.Bar(label: "gold", value: 45, shown: "45"),
        BarPlot.Bar(label: "x", value: 0, shown: "0"),
        BarPlot.Bar(label: "y", value: -20, shown: "-20"),
      ],
      width: 20
    )
    // Ten cells for the longest bar: 20 less 4 of labels, 3 of numbers and 3 between.
    #expect(lines == ["普通 ██████████ 80", "gold █████▋ 45", "x    0", "y    ░░░ -20"])
    #expect(BarPlot.lines([]).isEmpty)
    let huge = BarPlot.Bar(label: "h", value: .max / 1_000_000, shown: "")
    #expect(BarPlot.lines([huge], width: 30)[0].contains("█"))
  }

  @Test("a report draws its distributions")
  func plots() throws {
    let report = try SmallLedger.sample().report("lifecycle")
    let lines = report.terminalLines(.en, width: 80)
    #expect(lines.first?.text == "Stages of membership  all dates, all stores")
    #expect(lines.contains { $0.role == .plot && $0.text.contains("█") })
    #expect(!report.terminalLines(.en, plots: false).contains { $0.role == .plot })
  }

  private static func read(_ bytes: [UInt8]) throws -> [[String]] {
    var reader = CSVReader()
    let records = try reader.read(bytes) + reader.finish()
    return records.map(\.fields)
  }

  @Test("a CSV file comes back through the gateway's own reader")
  func csv() throws {
    var table = Self.table()
    table.rows[1][0] = .text("a,\"b\"\r\nc\td\u{1}")
    let bytes = table.csv(.zh)
    #expect(Array(bytes.prefix(3)) == [0xEF, 0xBB, 0xBF])
    let records = try Self.read(bytes)
    #expect(records.count == 5)
    #expect(records[0] == ["门店", "数量", "消费", "占比"])
    #expect(records[1] == ["海淀店", "12", "1234.05", "98.76%"])
    #expect(records[2] == ["a,\"b\"\nc\td ", "-3", "-0.05", ""])
    #expect(records[3] == ["合计", "9", "1234.00", ""])
    #expect(records[4].count == 4)
    #expect(records[4][0].hasSuffix("相符"))
    let plain = table.csv(.en, CSVStyle(hasByteOrderMark: false, hasSummary: false))
    #expect(plain.first == UInt8(ascii: "S"))
    #expect(try Self.read(plain).count == 3)
  }

  @Test("lines of a CSV file end with CR LF")
  func lineEnds() {
    let text = String(
      decoding: Self.table().csv(.en, CSVStyle(hasByteOrderMark: false)),
      as: UTF8.self
    )
    #expect(text.hasPrefix("Store,Count,Spent,Share\r\n海淀店,12,1234.05,98.76%\r\nS2,-3,-0.05,\r\n"))
  }

  @Test(
    "a text that a spreadsheet would take for a formula gets an apostrophe",
    arguments: ["=1+1", "+86138", "-x", "@sum", "\t=1", "＝1"]
  )
  func formula(_ text: String) throws {
    var table = Self.table()
    table.rows = [[.text(text), .integer(-1), .money(-100), .none]]
    let record = try Self.read(table.csv(.en, CSVStyle(hasSummary: false)))[1]
    #expect(record == ["'" + text, "-1", "-1.00", ""])
  }

  @Test("several tables stand in one file under their titles")
  func severalTables() throws {
    let report = try SmallLedger.sample().report("tiers")
    let records = try Self.read(report.csv(.en))
    #expect(records[0] == ["Tiers"])
    #expect(records.contains(["Tier migration"]))
  }

  @Test("a record of one empty field is a record")
  func oneEmptyField() throws {
    var table = ReportTable(
      id: "t",
      title: Wording(name: "t"),
      columns: [ReportColumn("a", .text, Wording(name: "a"))]
    )
    table.rows = [[.none], [.text("b")]]
    #expect(try Self.read(table.csv(.en)) == [["a"], [""], ["b"]])
  }

  @Test("every report comes back from its JSON as it was")
  func json() throws {
    for definition in ReportCatalogue.all {
      let report = try SmallLedger.sample().report(definition.id)
      let bytes = report.json.encoded()
      let back = try Report(json: try JSONParser.parse(bytes))
      #expect(back == report, "\(definition.id)")
    }
  }

  @Test("a number of more than 64 bits survives the wire")
  func wideNumbers() throws {
    var table = Self.table()
    table.rows[0][2] = .money(Int128(Int64.max) * 3)
    let report = Report(
      id: "r",
      title: Wording(name: "r"),
      scope: Wording(name: "s"),
      tables: [table]
    )
    let back = try Report(json: try JSONParser.parse(report.json.encoded()))
    #expect(back == report)
    #expect(CellText.text(back.tables[0].rows[0][2], .en) == "276701161105643274.21")
  }

  @Test(
    "JSON that is no report tells the place",
    arguments: [
      ("{}", "report.report"),
      (#"{"report":"r","title":{"zh":"a"}}"#, "report.title.en"),
      (
        #"{"report":"r","title":{"zh":"a","en":"b"},"scope":{"zh":"a","en":"b"},"tables":[{}]}"#,
        "report.tables[0].columns"
      ),
    ]
  )
  func damagedJSON(_ text: String, _ path: String) {
    #expect(throws: ReportReadingError(path: path)) {
      try Report(json: try JSONParser.parse(Array(text.utf8)))
    }
  }

  @Test("money is written from integers, whatever its sign and size")
  func money() {
    #expect(CellText.yuan(0) == "0.00")
    #expect(CellText.yuan(-1) == "-0.01")
    #expect(CellText.yuan(-100) == "-1.00")
    #expect(CellText.yuan(7) == "0.07")
    #expect(CellText.yuan(.min) == "-1701411834604692317316873037158841057.28")
  }
}
