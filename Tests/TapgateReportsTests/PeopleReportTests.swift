import TapgateModel
import Testing

@testable import TapgateReports

@Suite("Reports of people")
struct PeopleReportTests {
  private let ledger: SmallLedger

  init() throws { ledger = try SmallLedger.sample() }

  @Test("tiers: members, spending before the receipt's raise, migration")
  func tiers() throws {
    let report = try ledger.report("tiers")
    let table = report.table("tiers")
    #expect(table.cell("普通会员", "members") == .integer(1))
    #expect(table.cell("银卡", "members") == .integer(3))
    #expect(table.cell("普通会员", "spentMinor") == .money(48_000))
    #expect(table.cell("银卡", "spentMinor") == .money(10_000))
    #expect(table.cell("普通会员", "perBuyerMinor") == .money(24_000))
    #expect(table.cell("银卡", "ratio") == .basisPoints(2083))
    #expect(table.cell("银卡", "points") == .integer(1000))
    let matrix = report.table("migration")
    #expect(matrix.cell("普通会员", "to_silver") == .integer(1))
    #expect(matrix.cell("银卡", "to_gold") == .none)
    #expect(matrix.cell("普通会员", "moves") == .integer(1))
    let march = try ledger.report("tiers", from: "2026-03-01").table("migration")
    #expect(march.cell("普通会员", "moves") == .integer(0))
  }

  @Test("classes by spending")
  func classes() throws {
    let report = try ledger.report("abcd")
    let list = report.table("members")
    #expect(list.rows.map { $0[1] } == [.text("M2"), .text("M1"), .text("M3"), .text("M4")])
    #expect(list.rows.map { $0[3] } == [.text("A"), .text("B"), .text("C"), .text("D")])
    let table = report.table("classes")
    #expect(table.cell("A", "spentMinor") == .money(38_000))
    #expect(table.cell("A", "spentShare") == .basisPoints(6551))
    #expect(table.cell("D", "spentMinor") == .money(0))
    let cuts = try ledger.report("abcd", ["aShare": 5000, "bShare": 5000, "cShare": 0])
    #expect(
      cuts.table("members").rows.map { $0[3] }
        == [.text("A"), .text("A"), .text("B"), .text("D")]
    )
  }

  @Test("who spent the same has the same place by receipts, then by id")
  func classTies() throws {
    var ledger = try SmallLedger()
    for member in [3, 1, 2] as [Int64] { ledger.enrol(member, "2026-01-01") }
    ledger.buy(1, "2026-01-02", 1000)
    ledger.buy(2, "2026-01-02", 500)
    ledger.buy(2, "2026-01-03", 500)
    ledger.buy(3, "2026-01-02", 1000)
    let list = try ledger.report("abcd").table("members")
    #expect(list.rows.map { $0[1] } == [.text("M2"), .text("M1"), .text("M3")])
  }

  @Test("recency, frequency, monetary value")
  func recency() throws {
    let report = try ledger.report("rfm")
    let list = report.table("members")
    #expect(list.rows.count == 3)
    // M2: last visit 11 March, two receipts, 380.00.
    #expect(list.cell("M2", "recencyDays") == .integer(111))
    #expect(
      Array(list.row("M2")?.suffix(3) ?? []) == [.integer(5), .integer(4), .integer(5)]
    )
    #expect(
      Array(list.row("M1")?.suffix(3) ?? []) == [.integer(4), .integer(5), .integer(4)]
    )
    #expect(
      Array(list.row("M3")?.suffix(3) ?? []) == [.integer(2), .integer(2), .integer(2)]
    )
    let groups = report.table("segments")
    #expect(groups.cell("champions", "members") == .integer(2))
    #expect(groups.cell("champions", "spentMinor") == .money(56_000))
    #expect(groups.cell("lost or small", "members") == .integer(1))
    #expect(report.table("scores").sum("frequency") == 3)
  }

  @Test("quintiles are fifths, and equal values are equal")
  func quintiles() {
    #expect(
      RecencyFrequency.quintiles((1...10).map { Int128($0) })
        == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    )
    #expect(RecencyFrequency.quintiles([7, 7, 7, 7]) == [5, 5, 5, 5])
    #expect(RecencyFrequency.quintiles([5, 1, 5, 1, 1]) == [5, 3, 5, 3, 3])
    #expect(RecencyFrequency.quintiles([]) == [])
  }

  @Test("stages of membership")
  func lifecycle() throws {
    let report = try ledger.report("lifecycle", ["activeDays": 120])
    let table = report.table("stages")
    // M2 came 111 days ago for the second time, M1 126, M3 161, M4 never since 2020.
    #expect(table.rows.map { $0[1] } == [0, 1, 0, 2, 1].map { .integer($0) })
    #expect(table.sum("spentMinor") == 58_000)
    let warnings = report.table("warnings")
    #expect(warnings.rows.map { $0[0] } == [.text("M1"), .text("M3")])
    let mature = try ledger.report("lifecycle", ["activeDays": 120, "matureVisits": 2])
    #expect(mature.table("stages").cell("maturity", "members") == .integer(1))
  }

  @Test(
    "absence counts by the member's own interval",
    arguments: [("2026-03-16", 0), ("2026-03-17", 1)]
  )
  func absence(_ day: String, _ count: Int) throws {
    // M1 came on 4, 14 and 24 February: every ten days. The twentieth day is not more than twice.
    let table = try ledger.report("absence", today: day).table("absent")
    #expect(table.rows.count == count)
    if count == 1 {
      #expect(table.cell("M1", "median") == .integer(10))
      #expect(table.cell("M1", "expected") == .date(SmallLedger.day("2026-03-06")))
      #expect(table.cell("M1", "days") == .integer(21))
    }
  }

  @Test("the median of intervals, doubled")
  func median() {
    func days(_ numbers: [Int32]) -> [BusinessDate] { numbers.map { BusinessDate(day: $0) } }
    #expect(Absence.doubledMedian(days([0, 10])) == 20)
    #expect(Absence.doubledMedian(days([0, 1, 101])) == 101)
    #expect(Absence.doubledMedian(days([0, 1, 4, 104])) == 6)
    #expect(Absence.doubledMedian(days([5])) == 0)
  }

  @Test("birthdays and anniversaries, those of 29 February included")
  func occasions() throws {
    let july = try ledger.report("occasions").table("occasions")
    #expect(july.rows.count == 1)
    #expect(july.cell(0, "memberId") == .text("M1"))
    #expect(july.cell(0, "years") == .none)
    let february = try ledger.report("occasions", from: "2027-02-01", through: "2027-02-28")
    let table = february.table("occasions")
    #expect(
      table.rows.map { $0[0] } == Array(repeating: .date(SmallLedger.day("2027-02-28")), count: 3)
    )
    #expect(table.cell(0, "memberId") == .text("M2"))
    #expect(table.cell(1, "years") == .integer(7))
    let leap = try ledger.report("occasions", from: "2028-02-28", through: "2028-02-29")
    #expect(leap.table("occasions").cell(0, "date") == .date(SmallLedger.day("2028-02-29")))
    let turn = try ledger.report("occasions", from: "2026-12-20", through: "2027-01-10")
    // M1 joined on 5 January, M2 on the tenth.
    #expect(turn.table("occasions").rows.count == 2)
  }

  @Test("key figures")
  func figures() throws {
    let all = try ledger.report("kpi").table("figures")
    #expect(all.cell("members", "count") == .integer(4))
    #expect(all.cell("registrations", "count") == .integer(2))
    #expect(all.cell("imported members", "count") == .integer(2))
    #expect(all.cell("active members, of all", "rate") == .basisPoints(7500))
    #expect(all.cell("new members who bought", "rate") == .basisPoints(10_000))
    #expect(all.cell("members who bought again", "rate") == .basisPoints(6666))
    #expect(all.cell("lifetime value", "amountMinor") == .money(19_333))
    #expect(all.cell("average receipt", "amountMinor") == .money(9666))
    #expect(all.row("retained") == nil)
    let spring = try ledger.report("kpi", from: "2026-02-01", through: "2026-03-31")
    let figures = spring.table("figures")
    #expect(figures.cell("active in the period before", "count") == .integer(1))
    #expect(figures.cell("retained", "rate") == .basisPoints(0))
    #expect(figures.cell("receipts and spending", "count") == .integer(5))
    #expect(figures.cell("receipts and spending", "amountMinor") == .money(56_000))
    let march = try ledger.report("kpi", from: "2026-03-01", through: "2026-03-31")
    #expect(march.table("figures").cell("retained", "rate") == .basisPoints(5000))
    let months = spring.table("months")
    #expect(months.cell("2026-02", "spentMinor") == .money(48_000))
    #expect(months.cell("2026-03", "receipts") == .integer(1))
  }

  @Test("member days against the other days")
  func memberDays() throws {
    let report = try ledger.report("memberDay", from: "2026-02-01", through: "2026-02-28")
    let table = report.table("effect")
    #expect(table.cell("member days", "days") == .integer(4))
    #expect(table.cell("member days", "spentMinor") == .money(10_000))
    #expect(table.cell("other days", "days") == .integer(24))
    #expect(table.cell("other days", "spentMinor") == .money(38_000))
    #expect(table.cell("member days", "lift") == .basisPoints(5789))
    let week = report.table("weekdays")
    #expect(week.cell("Tuesday", "spentMinor") == .money(33_000))
    #expect(week.sum("days") == 28)
    let tuesdays = try ledger.report(
      "memberDay",
      from: "2026-02-01",
      through: "2026-02-28",
      ["weekday": 2]
    )
    #expect(tuesdays.table("effect").cell("member days", "spentMinor") == .money(33_000))
  }

  @Test("the leaderboard counts what was earned less what was taken back")
  func leaderboard() throws {
    let table = try ledger.report("leaderboard").table("members")
    #expect(table.rows.map { $0[1] } == [.text("M2"), .text("M1"), .text("M3")])
    #expect(table.rows.map { $0[4] } == [380, 180, 20].map { .integer($0) })
    #expect(try ledger.report("leaderboard", ["rows": 1]).table("members").omittedRowCount == 2)
  }

  @Test("what cannot be asked is refused by name")
  func problems() {
    #expect(throws: ReportProblem.unknown(name: "nope")) { try ledger.report("nope") }
    #expect(throws: ReportProblem.illegal(field: "to", problem: "is before from")) {
      try ledger.report("kpi", from: "2026-02-02", through: "2026-02-01")
    }
    #expect(throws: ReportProblem.illegal(field: "high", problem: "must be 1 to 5")) {
      try ledger.report("rfm", ["high": 6])
    }
    #expect(
      throws: ReportProblem.illegal(field: "bogus", problem: "is no parameter of this report")
    ) {
      try ledger.report("rfm", ["bogus": 6])
    }
    #expect(throws: ReportProblem.illegal(field: "memberId", problem: "does not apply")) {
      try ledger.report("kpi", memberID: "M1")
    }
  }
}
