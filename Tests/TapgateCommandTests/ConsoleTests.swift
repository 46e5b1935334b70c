import TapgateJSON
import TapgateReports
import Testing

@testable import tapgate

@Suite("Text for people")
struct ConsoleTests {
  @Test(
    "a text takes the cells that a terminal gives it",
    arguments: [
      ("", 0), ("abc", 3), ("会员", 4), ("王小明 A", 8), ("é", 1), ("e\u{301}", 1), ("ﾊﾝｶｸ", 4),
      ("￥28", 4), ("，。", 4), ("👍", 2), ("👨‍👩‍👧", 2), ("❤️", 2), ("한글", 4), ("—", 1),
      ("\u{200B}a", 1),
    ]
  )
  func width(text: String, cells: Int) { #expect(DisplayWidth.cells(of: text) == cells) }

  @Test("a text is cut at a whole character, with an ellipsis")
  func truncation() {
    #expect(DisplayWidth.truncated("会员积分", to: 8) == "会员积分")
    #expect(DisplayWidth.truncated("会员积分", to: 7) == "会员积…")
    #expect(DisplayWidth.truncated("会员积分", to: 6) == "会员…")
    #expect(DisplayWidth.truncated("abcdef", to: 3) == "ab…")
  }

  @Test("nothing in a name can steer the terminal")
  func control() {
    #expect(DisplayWidth.printable("a\u{1B}[31mb") == "a\u{FFFD}[31mb")
    #expect(DisplayWidth.printable("a\u{9B}31mb\u{202E}") == "a\u{FFFD}31mb\u{FFFD}")
    #expect(DisplayWidth.printable("two\nlines") == "two lines")
  }

  @Test("columns line up although characters differ in width")
  func table() {
    var table = Table(columns: [
      .init(title: "姓名"), .init(title: "points", alignment: .right), .init(title: "状态"),
    ])
    table.rows = [["王小明", "120", "active"], ["Ada", "7", "lost"]]
    #expect(
      table.lines() == [
        "姓名    points  状态",
        "王小明     120  active",
        "Ada          7  lost",
      ]
    )
  }

  @Test("the last column gives way to the width of the terminal")
  func narrow() {
    var table = Table(columns: [.init(title: "id"), .init(title: "reason")])
    table.rows = [["r1", "held by the process scdaemon"]]
    let lines = table.lines(width: 20)
    #expect(lines.allSatisfy { DisplayWidth.cells(of: $0) <= 20 })
    #expect(lines[1] == "r1  held by the pro…")
  }

  @Test("colours change no width and stand only where they are wanted")
  func colours() {
    var table = Table(columns: [.init(title: "status"), .init(title: "x")])
    table.rows = [["lost", "y"]]
    let plain = table.lines()
    let coloured = table.lines(style: Style(isColoured: true))
    #expect(coloured[1].contains("\u{1B}[31mlost\u{1B}[0m"))
    let stripped = coloured.map { line in
      ["\u{1B}[1m", "\u{1B}[31m", "\u{1B}[0m"].reduce(line) { text, code in
        text.split(separator: code, omittingEmptySubsequences: false).joined()
      }
    }
    #expect(stripped == plain)
  }

  @Test("a progress bar shows shares, and no share beyond all")
  func bar() {
    #expect(
      ProgressBar.text(thousandths: 500, count: 7, title: "rows")
        == "[###############---------------]  50%  7 rows"
    )
    #expect(ProgressBar.text(thousandths: 4000, count: 7, title: "rows").contains("100%"))
  }

  @Test("a column is called by what it shows; what would stand twice says of what it is")
  func titles() {
    let names = [
      "member.id", "member.displayName", "member.status", "member.tier.name", "card.status",
    ]
    let row = JSON.object([
      "member": .object([
        "id": .string("M1"), "status": .string("active"),
        "tier": .object(["name": .string("金卡")]),
      ]),
      "card": .null,
    ])
    let table = Details.table([row], columns: names)
    #expect(
      table.columns.map(\.title) == ["id", "name", "member status", "tier", "card status"]
    )
    #expect(
      Details.present(names, in: [row]) == ["member.id", "member.status", "member.tier.name"]
    )
  }

  @Test("answers become lines: money with decimals, null left out, lists of objects as tables")
  func details() {
    let answer = JSON.object([
      "member": .object(["id": .string("M1")]),
      "value": .object(["principalMinor": .integer(2805), "bonusMinor": .integer(-5)]),
      "card": .null,
      "lots": .array([.object(["lotId": .string("L1"), "points": .integer(28)])]),
    ])
    let lines = Details.lines(answer, on: Console(isJSON: false))
    #expect(lines.contains { $0.hasSuffix("  M1") })
    #expect(lines.contains { $0.hasSuffix("  28.05") })
    #expect(lines.contains { $0.hasSuffix("  -0.05") })
    #expect(lines.last?.split(separator: " ") == ["L1", "28"])
    #expect(lines.allSatisfy { !$0.contains("null") })
  }
}

@Suite("Amounts")
struct AmountTests {
  @Test(
    "decimal text becomes fen without floating point",
    arguments: [
      ("28", 2800), ("28.0", 2800), ("28.5", 2850), ("28.00", 2800), ("0.01", 1), ("0", 0),
      ("007.10", 710), ("92233720368547758.07", Int64.max),
    ]
  )
  func valid(text: String, minor: Int64) throws { #expect(try Amount(text: text).minor == minor) }

  @Test(
    "anything else is no amount",
    arguments: [
      "", ".", "28.", ".5", "28.005", "28.000", "-1", "+1", "1,000", " 28", "28 ", "2８", "1e3",
      "1.2.3", "0x10", "٣",
    ]
  )
  func invalid(text: String) {
    #expect(throws: Amount.Problem.malformed) { try Amount(text: text) }
  }

  @Test("an amount past 64 bits is told as such")
  func large() {
    #expect(throws: Amount.Problem.tooLarge) { try Amount(text: "92233720368547758.08") }
  }

  @Test("amounts are shown with two decimals")
  func shown() {
    #expect(Amount(minor: 5).description == "0.05")
    #expect(Amount(minor: -2850).description == "-28.50")
    #expect(Amount(minor: .min).description == "-92233720368547758.08")
  }
}

@Suite("Words")
struct WordsTests {
  @Test(
    "the locale's variables are asked in their order",
    arguments: [
      (["LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"], Language.zh),
      (["LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB"], .zh),
      (["LC_MESSAGES": "en_GB", "LANG": "zh_CN"], .en),
      (["LANG": "zh"], .zh), (["LANG": "C.UTF-8"], .en), ([:], .en), (["LANG": "zha_CN"], .en),
    ]
  )
  func language(environment: [String: String], expected: Language) {
    #expect(Language { environment[$0] } == expected)
  }

  @Test("what is put into a phrase is not itself looked at")
  func places() {
    let phrase = Phrase("{2} of {1} {x} {9}", "{1}的{2}")
    #expect(phrase.text(in: .en, ["{2}", "b"]) == "b of {2} {x} {9}")
    #expect(phrase.text(in: .zh, ["甲", "乙"]) == "甲的乙")
  }
}
