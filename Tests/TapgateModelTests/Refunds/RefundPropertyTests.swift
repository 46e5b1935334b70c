import Foundation
import TapgateModel
import Testing

/// What refunds of one receipt came to together.
private struct Sum: Equatable {
  var byTender: [String: Int64] = [:]
  var points: Int64 = 0
  var growth: Int64 = 0
  var spent: Int64 = 0
  var restored: Int64 = 0
  var coupons: [String] = []

  mutating func add(_ refund: RefundAmounts) {
    byTender["bonus", default: 0] += refund.value.bonusMinor
    byTender["principal", default: 0] += refund.value.principalMinor
    byTender["points", default: 0] += refund.pointsMinor
    for tender in refund.external { byTender[tender.kind, default: 0] += tender.amountMinor }
    points += refund.pointsTakenBack
    growth += refund.growthTakenBack
    spent += refund.spentMinor
    restored += refund.pointsRestored
    coupons += refund.couponsUnused
  }

  /// Without tenders that got nothing.
  var settled: Sum {
    var sum = self
    sum.byTender = byTender.filter { $0.value != 0 }
    return sum
  }
}

@Suite("Refunds: any order and any split end where one refund ends")
struct RefundPropertyTests {
  /// `TAPGATE_REFUND_CASES` and `TAPGATE_REFUND_SEED` run more of them, or one again.
  private static func setting(_ name: String, _ otherwise: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? otherwise
  }

  @Test("I7 and I8 over random sales, rules and refunds")
  func anySplit() throws {
    let count = Self.setting("TAPGATE_REFUND_CASES", 2_000)
    let first = Self.setting("TAPGATE_REFUND_SEED", 1)
    var steps = 0
    var sales = 0
    var earning = 0
    for seed in first..<first + count {
      var dice = CheckoutDice(seed: seed)
      guard let sale = try RandomSale(&dice) else { continue }
      sales += 1
      if sale.decision.record.points > 0 { earning += 1 }
      do { steps += try check(sale, &dice) } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
    }
    #expect(sales > Int(count) / 2)
    #expect(steps > sales)
    #expect(earning > sales / 2, "most sales earn points")
  }

  private func check(_ sale: RandomSale, _ dice: inout CheckoutDice) throws -> Int {
    let record = sale.decision.record
    try #require(try SaleRecord(packed: record.packed()) == record)
    let whole = try self.whole(of: record)
    var sum = Sum()
    var progress = RefundProgress()
    var left = record.netMinor
    var returned = [Int64](repeating: 0, count: record.lines.count)
    var steps = 0
    while let request = next(of: record, left: left, returned: returned, steps: steps, &dice) {
      let refund = try record.refund(request, after: progress)
      try expectNothingNegative(refund)
      sum.add(refund)
      left -= refund.amountMinor
      progress = try RefundProgress(packed: refund.progress.packed())
      try #require(progress == refund.progress)
      for entry in progress.entries { returned[entry.line] = entry.quantity }
      // I8: what was taken back so far is never more than what was earned, nor is what went back.
      try #require(sum.points <= record.points && sum.growth <= record.growth)
      try #require(sum.restored <= record.pointsSpent && left >= 0)
      steps += 1
    }
    try #require(progress == whole.progress)
    try #require(sum.settled == whole.sum.settled)
    try #require(sum.points == record.points && sum.growth == record.growth)
    try #require(sum.spent == record.baseMinor && sum.restored == record.pointsSpent)
    try #require(sum.coupons == record.coupons)
    try expectAllTenders(sum, record)
    return steps
  }

  private func whole(of record: SaleRecord) throws -> (sum: Sum, progress: RefundProgress) {
    let all = record.lines.indices.map {
      RefundLine(line: $0, quantity: max(1, record.lines[$0].quantity))
    }
    let refund = try record.refund(.lines(all))
    try #require(refund.isWhole)
    var sum = Sum()
    sum.add(refund)
    return (sum, refund.progress)
  }

  /// The next refund: some units, or some fen; after ten steps whatever is left.
  private func next(
    of record: SaleRecord,
    left: Int64,
    returned: [Int64],
    steps: Int,
    _ dice: inout CheckoutDice
  ) -> RefundRequest? {
    let open = record.lines.indices.filter { returned[$0] < max(1, record.lines[$0].quantity) }
    if steps < 10, left > 0, dice.oneIn(2) { return .amount(dice.number(1...left)) }
    if steps >= 10, left > 0 { return .amount(left) }
    guard !open.isEmpty else { return left > 0 ? .amount(left) : nil }
    let line = dice.pick(open)
    let units = max(1, record.lines[line].quantity) - returned[line]
    return .lines([RefundLine(line: line, quantity: dice.number(1...units))])
  }

  private func expectNothingNegative(_ refund: RefundAmounts) throws {
    let amounts =
      refund.byLine + refund.external.map(\.amountMinor) + [
        refund.amountMinor, refund.value.bonusMinor, refund.value.principalMinor,
        refund.pointsMinor, refund.pointsRestored, refund.pointsTakenBack, refund.growthTakenBack,
        refund.spentMinor, refund.spentLeftMinor,
      ]
    try #require(amounts.allSatisfy { $0 >= 0 })
    let given =
      refund.value.bonusMinor + refund.value.principalMinor + refund.pointsMinor
      + refund.externalMinor
    try #require(given == refund.amountMinor)
    try #require(refund.byLine.reduce(0, +) == refund.amountMinor)
  }

  private func expectAllTenders(_ sum: Sum, _ record: SaleRecord) throws {
    var paid: [String: Int64] = [:]
    for tender in record.tenders {
      let name =
        switch tender.kind {
        case .bonus: "bonus"
        case .principal: "principal"
        case .points: "points"
        case .external: tender.name
        }
      paid[name, default: 0] += tender.amountMinor
    }
    try #require(sum.settled.byTender == paid.filter { $0.value != 0 })
  }

  @Test("the same amount goes back the same way in one step and in many")
  func anySplitOfAnAmount() throws {
    for seed in UInt64(50_000)..<50_200 {
      var dice = CheckoutDice(seed: seed)
      guard let sale = try RandomSale(&dice), sale.decision.record.netMinor > 1 else { continue }
      let record = sale.decision.record
      let amount = dice.number(2...record.netMinor)
      let once = try record.refund(.amount(amount))
      var progress = RefundProgress()
      var points: Int64 = 0
      var rest = amount
      while rest > 0 {
        let refund = try record.refund(.amount(dice.number(1...rest)), after: progress)
        points += refund.pointsTakenBack
        rest -= refund.amountMinor
        progress = refund.progress
      }
      #expect(progress == once.progress, "seed \(seed)")
      #expect(points == once.pointsTakenBack, "seed \(seed)")
    }
  }

  @Test("units go back at the same worth in one step and in many")
  func anySplitOfUnits() throws {
    for seed in UInt64(60_000)..<60_200 {
      var dice = CheckoutDice(seed: seed)
      guard let sale = try RandomSale(&dice) else { continue }
      let record = sale.decision.record
      guard let line = record.lines.indices.first(where: { record.lines[$0].quantity > 1 }) else {
        continue
      }
      let units = record.lines[line].quantity - 1
      let once = try record.refund(.lines([RefundLine(line: line, quantity: units)]))
      var progress = RefundProgress()
      for _ in 0..<units {
        let one = RefundRequest.lines([RefundLine(line: line, quantity: 1)])
        progress = try record.refund(one, after: progress).progress
      }
      #expect(progress == once.progress, "seed \(seed)")
    }
  }

  @Test("more is taken back the more goes back (I8)")
  func monotone() throws {
    for seed in UInt64(70_000)..<70_060 {
      var dice = CheckoutDice(seed: seed)
      guard let sale = try RandomSale(&dice), sale.decision.record.netMinor > 0 else { continue }
      let record = sale.decision.record
      let step = max(1, record.netMinor / 40)
      var last: Int64 = 0
      for amount in stride(from: step, through: record.netMinor, by: Int(step)) {
        let back = try record.refund(.amount(amount)).pointsTakenBack
        #expect(back >= last, "seed \(seed)")
        last = back
      }
    }
  }
}
