import Testing

@testable import TapgateModel
@testable import TapgateReports

@Suite("Report of sales")
struct SalesReportTests {
  private static func record(
    _ lines: [SaleRecord.Line],
    _ tenders: [(String, SaleRecord.Tender.Kind, Int64)],
    parts: [Int64],
    base: Int64,
    isMembers: Bool = true
  ) -> SaleRecord {
    SaleRecord(
      revision: 1,
      date: SmallLedger.day("2026-02-01"),
      lines: lines,
      tenders: tenders.map { SaleRecord.Tender(kind: $0.1, name: $0.0, amountMinor: $0.2) },
      parts: parts,
      rules: [],
      spending: isMembers ? SaleRecord.Basis() : nil,
      multipliers: [10_000],
      points: 0,
      growth: 0,
      baseMinor: base,
      pointsSpent: 0,
      coupons: [],
      tierBefore: "normal",
      tierAfter: "normal"
    )
  }

  private static func line(
    _ sku: String,
    _ category: String,
    _ quantity: Int64,
    _ list: Int64,
    _ net: Int64
  ) -> SaleRecord.Line {
    SaleRecord.Line(
      sku: sku,
      category: category,
      quantity: quantity,
      listMinor: list,
      netMinor: net
    )
  }

  /// M1 buys two teas and a cup (70.00, ten of it by stored value), a guest one tea;
  /// M1 gives one tea back (18.00), then buys a cup that is reversed. M2 has a receipt without
  /// lines.
  private static func ledger() throws -> SmallLedger {
    var ledger = try SmallLedger()
    ledger.enrol(1, "2026-01-05")
    ledger.enrol(2, "2026-01-05")
    let day = SmallLedger.day("2026-02-01")
    let first = record(
      [line("TEA", "drink", 2, 4000, 3600), line("CUP", "goods", 1, 3400, 3400)],
      [("sv_principal", .principal, 1000), ("cash", .external, 6000)],
      parts: [514, 3086, 486, 2914],
      base: 7000
    )
    let sale = ledger.append(.checkout, "2026-02-01", member: 1) { _ in
      [.spent(date: day, amountMinor: 7000), .sale(first.packed())]
    }
    let guest = record(
      [line("TEA", "drink", 1, 2000, 2000)],
      [("cash", .external, 2000)],
      parts: [2000],
      base: 0,
      isMembers: false
    )
    ledger.append(.checkout, "2026-02-02", store: "S2") { _ in [.sale(guest.packed())] }
    var progress = RefundProgress()
    progress.entries = [RefundProgress.Entry(line: 0, quantity: 1, parts: [514, 1286])]
    ledger.append(.refund, "2026-02-03", member: 1, store: "S2") { _ in
      [
        .spent(date: day, amountMinor: -1800),
        .refunded(receipt: sale, progress: progress.packed()),
      ]
    }
    let wrong = record(
      [line("CUP", "goods", 1, 3400, 3400)],
      [("cash", .external, 3400)],
      parts: [3400],
      base: 3400
    )
    let mistake = ledger.append(.checkout, "2026-02-04", member: 1) { _ in
      [.spent(date: day, amountMinor: 3400), .sale(wrong.packed())]
    }
    ledger.append(.reverse, "2026-02-05", member: 1, reference: mistake) { _ in
      [.spent(date: day, amountMinor: -3400)]
    }
    ledger.buy(2, "2026-02-06", 5000)
    return ledger
  }

  @Test("by category, with discounts and what went back")
  func categories() throws {
    let report = try Self.ledger().report("sales")
    #expect(report.isProven)
    let table = report.table("categories")
    #expect(table.cell("drink", "receipts") == .integer(2))
    #expect(table.cell("drink", "quantity") == .integer(3))
    #expect(table.cell("drink", "listMinor") == .money(6000))
    #expect(table.cell("drink", "discountMinor") == .money(400))
    #expect(table.cell("drink", "discountRate") == .basisPoints(666))
    #expect(table.cell("drink", "netMinor") == .money(5600))
    #expect(table.cell("drink", "returnedQuantity") == .integer(1))
    #expect(table.cell("drink", "returnedMinor") == .money(1800))
    #expect(table.cell("goods", "netMinor") == .money(6800))
    #expect(table.cell("goods", "returnedMinor") == .money(3400))
    #expect(report.table("articles").cell("CUP", "priceMinor") == .money(3400))
    #expect(report.table("articles").cell("TEA", "priceMinor") == .money(1866))
  }

  @Test("by tender and by hour")
  func tenders() throws {
    let report = try Self.ledger().report("sales")
    let table = report.table("tenders")
    #expect(table.cell("cash", "amountMinor") == .money(11_400))
    #expect(table.cell("stored value", "amountMinor") == .money(1000))
    #expect(table.cell("stored value", "share") == .basisPoints(806))
    let hours = report.table("hours")
    #expect(hours.rows.count == 1)
    // Ten o'clock in Greenwich is six in the evening here.
    #expect(hours.cell("18:00", "receipts") == .integer(3))
    #expect(hours.cell("18:00", "spentMinor") == .money(10_400))
    #expect(hours.proofs[0].parts.map(\.amount) == [10_400, -1800 - 3400 + 5000])
    #expect(hours.proofs[0].ledger == 10_200)
  }

  @Test("returns count where and when they happened, on the article of their receipt")
  func scoped() throws {
    let report = try Self.ledger().report("sales", from: "2026-02-03", stores: ["S2"])
    #expect(report.isProven)
    #expect(report.table("categories").cell("drink", "returnedMinor") == .money(1800))
    #expect(report.table("categories").cell("drink", "netMinor") == .money(0))
  }

  @Test("a second refund counts only what is new")
  func twice() throws {
    var ledger = try Self.ledger()
    var progress = RefundProgress()
    progress.entries = [
      RefundProgress.Entry(line: 0, quantity: 1, parts: [514, 1286]),
      RefundProgress.Entry(line: 1, quantity: 1, parts: [486, 2914]),
    ]
    let sale = try #require(ledger.entries.first { $0.kind == .checkout }).sequence
    ledger.append(.refund, "2026-02-07", member: 1) { _ in
      [
        .spent(date: SmallLedger.day("2026-02-01"), amountMinor: -3400),
        .refunded(receipt: sale, progress: progress.packed()),
      ]
    }
    let table = try ledger.report("sales").table("categories")
    #expect(table.cell("goods", "returnedMinor") == .money(6800))
    #expect(table.cell("drink", "returnedMinor") == .money(1800))
    // Of a receipt of which a part went back, the rest counts as its visit's amount.
    let list = try ledger.report("abcd").table("members")
    #expect(list.cell(1, "memberId") == .text("M1"))
    #expect(list.cell(1, "spentMinor") == .money(1800))
    #expect(try ledger.report("abcd").isProven)
  }

  @Test("a record that cannot be read is told")
  func damaged() throws {
    var ledger = try Self.ledger()
    let index = try #require(ledger.entries.firstIndex { $0.kind == .checkout })
    ledger.entries[index].effects[1] = .sale([9])
    #expect(try !ledger.report("sales").isProven)
  }
}
