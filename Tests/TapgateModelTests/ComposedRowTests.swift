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
