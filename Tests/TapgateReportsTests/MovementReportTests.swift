import TapgateModel
import Testing

@testable import TapgateReports

@Suite("Reports of movements")
struct MovementReportTests {
  private let ledger: SmallLedger

  init() throws { ledger = try SmallLedger.sample() }

  @Test("every report of the sample is proven")
  func proven() throws {
    for definition in ReportCatalogue.all {
      let report = try ledger.report(definition.id)
      #expect(report.isProven, "\(definition.id)")
      for table in report.tables {
        #expect(!table.proofs.isEmpty, "\(definition.id) \(table.id)")
        for row in table.rows { #expect(row.count == table.columns.count) }
      }
    }
  }

  @Test("every report is proven for a part of the dates and stores")
  func scoped() throws {
    for definition in ReportCatalogue.all {
      for stores in [nil, ["S1"], ["S2"], ["S9"]] as [Set<String>?] {
        let report = try ledger.report(
          definition.id,
          from: "2026-02-01",
          through: "2026-02-28",
          stores: stores
        )
        #expect(report.isProven, "\(definition.id)")
      }
    }
  }

  @Test("a row that is missing breaks every report's proof")
  func droppedRow() throws {
    for definition in ReportCatalogue.all {
      for sequence in Set(ledger.entries.map(\.sequence)) {
        var damaged = ledger
        damaged.entries.removeAll { $0.sequence == sequence }
        #expect(try !damaged.report(definition.id).isProven, "\(definition.id) \(sequence)")
      }
    }
  }

  @Test("a receipt that is missing is told by its amount")
  func droppedAmount() throws {
    var damaged = ledger
    damaged.entries.removeAll { $0.receiptNo == "R5" }
    let table = try damaged.report("accruals").table("days")
    #expect(table.proofs[0].reported == 58_000 - 10_000)
    #expect(table.proofs[0].ledger == 58_000)
    #expect(!table.proofs[0].isEqual)
    #expect(table.proofs[0].text(.en).hasSuffix("NOT EQUAL by -100.00"))
    #expect(table.proofs[0].text(.zh).hasSuffix("不符，相差 -100.00"))
  }

  @Test("an amount that was tampered with breaks the proof, though no row is missing")
  func tampered() throws {
    var damaged = ledger
    let index = try #require(damaged.entries.firstIndex { $0.receiptNo == "R5" })
    damaged.entries[index].effects = damaged.entries[index].effects.map { effect in
      if case .spent(let date, _) = effect { return .spent(date: date, amountMinor: 9999) }
      return effect
    }
    for name in ["memberHistory", "accruals", "tiers", "abcd", "rfm", "kpi", "memberDay"] {
      #expect(try !damaged.report(name).isProven, "\(name)")
    }
  }

  @Test("receipts and points by day and store")
  func accruals() throws {
    let table = try ledger.report("accruals").table("days")
    #expect(table.rows.count == 8)
    #expect(table.sum("spentMinor") == 58_000)
    #expect(table.sum("receipts") == 7)
    #expect(table.sum("returns") == 1)
    #expect(table.sum("earned") == 620)
    #expect(table.sum("takenBack") == 40)
    #expect(table.cell(7, "businessDate") == .date(SmallLedger.day("2026-04-01")))
    #expect(table.cell(7, "store") == .text("S2"))
    #expect(table.cell(7, "spentMinor") == .money(-4000))
    #expect(table.totals?[5] == .money(58_000))
    let report = try ledger.report("accruals")
    #expect(report.table("stores").cell("S1", "spentMinor") == .money(21_000))
    #expect(report.table("stores").cell("S2", "members") == .integer(2))
    #expect(report.table("dates").rows.count == 8)
    let february = try ledger.report("accruals", from: "2026-02-01", through: "2026-02-28")
    #expect(february.table("days").sum("spentMinor") == 48_000)
    let second = try ledger.report("accruals", stores: ["S2"])
    #expect(second.table("days").sum("spentMinor") == 37_000)
  }

  @Test("enrolments by day, store, operator and channel")
  func enrolments() throws {
    let report = try ledger.report("enrolments")
    let table = report.table("enrolments")
    #expect(table.rows.count == 3)
    #expect(table.cell(0, "members") == .integer(2))
    #expect(table.cell(0, "channel") == .word(Wording("批量导入", "import")))
    #expect(table.cell(2, "channel") == .word(Wording(name: "web")))
    #expect(table.totals?[4] == .integer(4))
    #expect(report.table("byChannel").cell("import", "members") == .integer(2))
    #expect(report.table("byStore").cell("S2", "members") == .integer(1))
    #expect(report.table("byOperator").cell("op1", "members") == .integer(1))
  }

  @Test("points by store: issued, taken back, redeemed, expired, migrated")
  func points() throws {
    let report = try ledger.report("points")
    let table = report.table("byStore")
    #expect(table.cell("", "migrated") == .integer(1200))
    #expect(table.cell("S1", "issued") == .integer(210))
    #expect(table.cell("S1", "redeemed") == .integer(500))
    #expect(table.cell("S1", "expired") == .integer(100))
    #expect(table.cell("S1", "net") == .integer(-390))
    #expect(table.cell("S2", "issued") == .integer(410))
    #expect(table.cell("S2", "takenBack") == .integer(40))
    #expect(table.cell("S2", "net") == .integer(370))
    #expect(table.proofs[0].reported == 1180)
    #expect(table.proofs[0].ledger == 1180)
    let kinds = report.table("byOperation")
    #expect(kinds.cell("accrual", "issued") == .integer(620))
    #expect(kinds.cell("reversal", "takenBack") == .integer(40))
  }

  @Test("when points expire, and how they are used")
  func expiry() throws {
    let report = try ledger.report("points")
    let table = report.table("expiry")
    #expect(
      table.rows.map { CellText.text($0[0], .en) } == ["2027-01", "2027-02", "2027-03", "never"]
    )
    #expect(table.cell("2027-01", "points") == .integer(20))
    #expect(table.cell("2027-02", "points") == .integer(480))
    #expect(table.cell("2027-02", "members") == .integer(2))
    #expect(table.cell("2027-03", "points") == .integer(80))
    #expect(table.cell("never", "points") == .integer(600))
    let late = try ledger.report("points", today: "2027-02-05").table("expiry")
    #expect(late.cell("over, to be taken away", "points") == .integer(120))
    let use = report.table("use")
    #expect(use.cell("issued in the period, net", "value") == .integer(580))
    #expect(use.cell("redeemed, of what was issued", "share") == .basisPoints(8620))
    #expect(use.cell("expired, of what was issued", "share") == .basisPoints(1724))
    #expect(use.cell("dormant, 180 days without a movement", "value") == .integer(200))
    #expect(use.cell("dormant, 180 days without a movement", "share") == .basisPoints(1694))
    let first = try ledger.report("points", stores: ["S1"]).table("expiry")
    #expect(first.sum("points") == 600)
    #expect(first.proofs[0].parts.map(\.amount) == [600, 580])
  }

  @Test("one member's history with the balance after each row")
  func history() throws {
    let report = try ledger.report("memberHistory", memberID: "M1")
    let table = report.table("entries")
    #expect(table.rows.count == 5)
    #expect(table.cell(1, "pointsAfter") == .integer(100))
    #expect(table.cell(3, "pointsAfter") == .integer(180))
    #expect(table.cell(3, "store") == .text("S2"))
    #expect(
      table.cell(3, "at")
        == .instant(
          Timestamp(rfc3339: "2026-02-24T10:00:00Z") ?? Timestamp(microseconds: 0),
          offsetSeconds: 28_800
        )
    )
    #expect(table.totals?[9] == .money(18_000))
    #expect(report.isProven)
    let february = try ledger.report(
      "memberHistory",
      from: "2026-02-14",
      through: "2026-02-14",
      memberID: "M1"
    )
    let proof = try #require(february.table("entries").proofs.first)
    // 50 on that day; 100 before and 30 after it.
    #expect(proof.parts.map(\.amount) == [50, 130])
    #expect(proof.ledger == 180)
    let operators = try ledger.report("memberHistory", operatorName: "op2")
    #expect(operators.table("entries").rows.count == 1)
    #expect(operators.isProven)
    let short = try ledger.report("memberHistory", ["rows": 2]).table("entries")
    #expect(short.rows.count == 2)
    #expect(short.omittedRowCount == 13)
    #expect(short.totals?[9] == .money(58_000))
    #expect(short.isProven)
  }

  @Test("card operations with their reasons")
  func cards() throws {
    let report = try ledger.report("cardOperations")
    let table = report.table("cards")
    #expect(table.rows.count == 3)
    #expect(table.totals?[8] == .integer(2))
    #expect(table.cell(2, "status") == .word(Wording("冻结", "frozen")))
    #expect(table.cell(2, "reason") == .text("钱包丢失"))
    #expect(table.cell(0, "card") == .text("c00000000…"))
    #expect(report.table("byOperation").cell("card frozen", "count") == .integer(1))
  }

  @Test("refusals by reason")
  func refusals() throws {
    let report = try ledger.report("refusals")
    #expect(report.table("reasons").cell("cardLost", "count") == .integer(1))
    #expect(report.table("refusals").cell(0, "store") == .text("S2"))
    let proof = try #require(report.table("reasons").proofs.first)
    #expect(proof.parts.map(\.amount) == [1, 14])
    #expect(proof.ledger == 15)
    #expect(try ledger.report("refusals", stores: ["S1"]).table("reasons").rows.isEmpty)
  }
}
