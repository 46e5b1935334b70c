import Testing

@testable import TapgateModel

@Suite("Rows that do several things")
struct ComposedRowTests {
  private struct Sale: Hashable {
    var points: [PointLot]
    var parts: ValueParts
    var coupon: CouponState
    var earned: Int64
  }

  /// 500 + 100 yuan, 100 points, a coupon, a double for the next receipt.
  private func filled() throws -> (TestLedger, CouponState) {
    var ledger = try TestLedger {
      $0.levels[1].gifts = [.counted(asset: "wash", quantity: 1)]
    }
    let done = try ledger.topUp(50_000)
    return (ledger, done.gift.coupons[0])
  }

  /// One receipt, with everything that a receipt can have.
  private func checkout(_ coupon: CouponState, hold: Int64? = nil) -> TestLedger.Rule<Sale> {
    { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      if let hold {
        _ = try draft.capture(hold, HoldLegs(points: 20), isFinal: true)
      }
      let used = try draft.useCoupon(coupon.code, amountMinor: 30_000)
      let points = try draft.takePoints(50, to: .pointsRedeemed)
      try draft.countCardSpending(6000)
      let parts = try draft.takeValue(6000)
      let boost = try draft.takeBoost()
      try draft.givePoints(300 * boost / 10_000)
      try draft.giveGrowth(300)
      try draft.countSpending(30_000)
      _ = try draft.raiseTier()
      try draft.add(.tendered(kind: "cash", amountMinor: 22_950, reference: ""))
      try draft.add(.sale([1, 2, 3]))
      let sale = Sale(
        points: points,
        parts: parts,
        coupon: used,
        earned: 300 * boost / 10_000
      )
      return try draft.finished(sale)
    }
  }

  @Test("a receipt is one row, and its mirror leaves nothing of it")
  func mirror() throws {
    var (ledger, coupon) = try filled()
    let before = ledger.state()
    let shop = ledger.shop
    let sale = try ledger.run(.checkout, checkout(coupon))
    #expect(sale.earned == 600)
    #expect(sale.parts == ValueParts(principalMinor: 5000, bonusMinor: 1000))
    #expect(ledger.state().tier == "silver")
    #expect(ledger.state().countedAvailable("wash", on: ledger.today) == 1)
    #expect(ledger.state().assets.boost == 0)
    let row = ledger.effects
    let mirrored = try ledger.reverse(row, .init(otherSingleMax: 0, tierBefore: "normal"))
    #expect(mirrored.points == -550)
    #expect(mirrored.growth == -300)
    #expect(mirrored.valueMinor == 6000)
    #expect(mirrored.tierAfter == "normal")
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
    #expect(ledger.shop.counts == shop.counts)
  }

  @Test("a receipt that captures a hold gives the points back to their lots, not to the hold")
  func capture() throws {
    var (ledger, coupon) = try filled()
    let before = ledger.state()
    let hold = try ledger.run(.holdCreate) {
      try $0.decideHold(.init(points: 40, valueMinor: 500), for: $1, in: $2)
    }
    try ledger.run(.checkout, checkout(coupon, hold: hold.id))
    #expect(ledger.state().assets.holds.isEmpty)
    #expect(ledger.all.sum(of: .pointsRedeemed) == 70)
    try ledger.reverse(ledger.effects, .init(otherSingleMax: 0, tierBefore: "normal"))
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
  }

  @Test("what was refunded in full stands where it stood, but for the tier")
  func refund() throws {
    var (ledger, coupon) = try filled()
    let before = ledger.state()
    let receipt = ledger.sequence
    let day = ledger.today
    let sale = try ledger.run(.checkout, checkout(coupon))
    ledger.pass(days: 3)
    try ledger.run(.refund) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      try draft.takeBackPoints(sale.earned, lotRow: receipt)
      try draft.giveGrowth(-300)
      try draft.restorePoints(sale.points, from: .pointsRedeemed, grace: programme.refund.grace)
      try draft.returnValue(sale.parts)
      _ = try draft.unuseCoupon(sale.coupon)
      try draft.uncountSpending(30_000, on: day)
      try draft.add(.singleMax(0))
      _ = try draft.reassessTier()
      try draft.add(.refunded(receipt: receipt, progress: [1]))
      return try draft.finished(0)
    }
    var after = ledger.state()
    #expect(after.tier == "silver")
    after.tier = before.tier
    after.tierSince = before.tierSince
    after.assets.boost = before.assets.boost
    after.assets.counted = before.assets.counted
    after.assets.limits = before.assets.limits
    #expect(LedgerInvariant.isRestored(before, by: after))
    #expect(
      ledger.reason { try $0.decideMirror(of: ledger.effects, for: $1, in: $2) }
        == .dependentOperations
    )
  }

  @Test("earning repays a debt, waits, raises the tier with its end, and ends an invitation")
  func earn() throws {
    var (ledger, _) = try filled()
    ledger.programme.pointsPending = .init(months: 0, days: 7)
    ledger.programme.tierRules.validity = .rolling(.init(months: 12, days: 0))
    #expect(ledger.programme.earnsByDraft(for: ledger.state("n")))
    #expect(ledger.state().boostGrant?.basisPoints == 20_000)
    #expect(ledger.state("n").boostGrant == nil)
    try ledger.run(.invite) { try $0.decideInvitation(by: "n", for: $1, in: $2) }
    try ledger.run(.refund) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      let short = try draft.takeBackPoints(130, lotRow: 0).short
      return try draft.finished(short)
    }
    let earned = try ledger.run(.accrue) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let earned = try draft.earn(points: 500, growth: 250, baseMinor: 25_000)
      return try draft.finished(earned)
    }
    #expect(earned.repaid == 30 && earned.boost == 20_000 && earned.inviter == "n")
    #expect(earned.lots.map(\.remaining) == [470])
    #expect(earned.lots[0].maturesOn == ledger.today.adding(days: 7))
    #expect(earned.tier.after == "silver")
    #expect(earned.tier.end == ledger.today.adding(months: 12))
    #expect(ledger.state().countedAvailable("wash", on: ledger.today) == 1)
    for bad in [Int64.min, -1, .max] {
      let field = ledger.field { programme, state, context in
        var draft = try LedgerDraft(programme, active: state, in: context)
        let earned = try draft.earn(points: bad, growth: 0, baseMinor: 0)
        return try draft.finished(earned)
      }
      #expect(field == "amountMinor")
    }
  }

  @Test("the draft's row of a plain accrual is the accrual's own, effect for effect")
  func plain() throws {
    let ledger = try TestLedger()
    var state = ledger.state("n")
    state.lots = [
      PointLot(
        id: 1,
        earnedOn: ledger.today.adding(days: -400),
        expiresOn: ledger.today.adding(days: -1),
        original: 9,
        remaining: 9
      )
    ]
    #expect(!ledger.programme.earnsByDraft(for: state))
    let context = ledger.context()
    let short = try ledger.programme.decide(
      Accrual(receiptNo: "1", amountMinor: 25_000, lines: nil),
      for: state,
      on: context.date,
      today: context.today,
      sequence: context.sequence
    )
    var draft = try LedgerDraft(ledger.programme, active: state, in: context)
    _ = try draft.earn(points: short.earned, growth: short.growth, baseMinor: 25_000)
    let long = try draft.finished(0)
    #expect(long.effects.filter { $0 != .swept } == short.effects)
    #expect(long.after == short.after)
  }

  @Test("points come back in parts, in the order in which they were taken, and not too many")
  func restoreInParts() throws {
    var ledger = try TestLedger()
    for quantity in [10, 20, 30] as [Int64] {
      try ledger.give(quantity)
      ledger.pass(days: 1)
    }
    let before = ledger.state()
    try ledger.run(.checkout) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let lots = try draft.takePoints(45, to: .pointsRedeemed)
      return try draft.finished(lots)
    }
    let sale = ledger.effects
    let refund: (Int64, Int64) -> TestLedger.Rule<Int64> = { quantity, skipped in
      { programme, state, context in
        var draft = try LedgerDraft(programme, for: state, in: context)
        try draft.restorePoints(quantity, skipping: skipped, takenBy: sale)
        return try draft.finished(quantity)
      }
    }
    #expect(ledger.reason(refund(46, 0)) == .refundExceedsReceipt)
    #expect(ledger.reason(refund(31, 15)) == .refundExceedsReceipt)
    #expect(ledger.field(refund(-1, 0)) == "points")
    try ledger.run(.refund, refund(15, 0))
    #expect(ledger.state().lots.map(\.remaining) == [10, 5, 15])
    try ledger.run(.refund, refund(0, 15))
    try ledger.run(.refund, refund(30, 15))
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
  }

  @Test("coupons of a refunded receipt come back, but for those that have expired")
  func unuse() throws {
    var ledger = try TestLedger()
    let issued = try ledger.programme.decideBearerCoupons(
      "open",
      count: 1,
      nonces: [5],
      in: ledger.context()
    )
    ledger.all.take(issued.effects)
    ledger.takeShop(issued.effects, issued.shop)
    let coupon = try ledger.run(.couponIssue) {
      try $0.decideCouponIssue("c10", count: 1, for: $1, in: $2)
    }[0]
    let bearer = issued.answer[0]
    try ledger.run(.checkout) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      try draft.useCoupon(coupon.code)
      try draft.useBearerCoupon(bearer)
      return try draft.finished(0)
    }
    let sale = ledger.effects
    func unuse(_ ledger: TestLedger) -> TestLedger.Rule<[CouponState]> {
      let rows = Array(ledger.bearers.values)
      return { programme, state, context in
        var draft = try LedgerDraft(programme, for: state, in: context)
        let back = try draft.unuseCoupons(usedBy: sale, bearers: rows)
        return try draft.finished(back)
      }
    }
    var late = ledger
    late.pass(days: 25)
    #expect(try late.run(.refund, unuse(late)) == [coupon])
    #expect(late.bearers[bearer.serial]?.status == .used)
    #expect(try ledger.run(.refund, unuse(ledger)) == [coupon, bearer])
    #expect(ledger.bearers[bearer.serial] == bearer)
    #expect(ledger.reason(unuse(ledger)) == .alreadyReversed)
  }

  @Test("a balance beyond what sums can bear is refused by its field, and a row has 256 lots")
  func bounds() throws {
    let ledger = try TestLedger()
    let field = ledger.field { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      try draft.givePoints(MemberState.balanceMax)
      try draft.givePoints(1)
      return try draft.finished(0, field: "points")
    }
    #expect(field == "points")
    let reason = ledger.reason { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      for _ in 0..<257 { try draft.givePoints(1) }
      return try draft.finished(0)
    }
    #expect(reason == .limitExceeded)
  }
}
