import Testing

@testable import TapgateModel

@Suite("Checkout and refund as rows of the ledger")
struct CheckoutRowTests {
  private func ledger(_ change: (inout Programme) -> Void = { _ in }) throws -> TestLedger {
    try TestLedger {
      $0.pointsAsCash = .init(points: 100, minor: 100, shareMaxBasisPoints: 5_000, step: 1)
      change(&$0)
    }
  }

  private func basket(_ amounts: [Int64]) -> CheckoutRequest {
    CheckoutRequest(
      lines: amounts.enumerated().map {
        BasketLine(sku: "s\($0)", category: "goods", quantity: 1, unitPriceMinor: $1)
      }
    )
  }

  @discardableResult
  private func checkout(
    _ ledger: inout TestLedger,
    _ request: CheckoutRequest,
    coupons: [CouponCode] = [],
    hold: Int64? = nil,
    card: CardReference? = nil
  ) throws -> CheckedOut {
    try ledger.run(.checkout, card: card) { programme, state, context in
      let pricing = try programme.quoteContext(for: state, hold: hold, in: context)
      let known = state.assets.coupons + state.assets.holds.flatMap(\.coupons)
      let offered = try coupons.map { code in
        let template = try #require(programme.template(code.template))
        return OfferedCoupon(code: code.description, template: template)
      }
      #expect(coupons.allSatisfy { code in known.contains { $0.code == code } })
      let quote = try programme.quote(request, for: state, coupons: offered, in: pricing)
      let tenders = [Tender(kind: "cash", amountMinor: quote.payment.dueMinor)]
      let decided = try programme.decideCheckout(
        CheckoutCommit(request: request, tenders: tenders, coupons: coupons, hold: hold),
        for: state,
        in: context
      )
      #expect(decided.answer.quote.payableMinor == quote.payableMinor)
      #expect(decided.answer.quote.earned.points == quote.earned.points)
      return decided
    }
  }

  @discardableResult
  private func refund(
    _ ledger: inout TestLedger,
    _ request: RefundRequest,
    _ facts: RefundFacts
  ) throws -> Refunded {
    try ledger.run(.refund) { try $0.decideRefund(request, of: facts, for: $1, in: $2) }
  }

  private func facts(_ ledger: TestLedger, _ out: CheckedOut) -> RefundFacts {
    RefundFacts(
      receipt: ledger.sequence - 1,
      record: out.record,
      effects: ledger.effects,
      otherSingleMax: 0
    )
  }

  @Test("one row pays with points, value and a coupon, earns, and goes back whole")
  func roundTrip() throws {
    var ledger = try ledger()
    try ledger.topUp(50_000)
    try ledger.give(700)
    let coupon = try #require(ledger.state().assets.coupons.first)
    let before = ledger.state()
    var request = basket([12_000, 8_000])
    request.usePoints = 750
    request.useValueMinor = 6_000
    let out = try checkout(&ledger, request, coupons: [coupon.code])
    #expect(out.quote.payableMinor == 19_000 && out.quote.payment.dueMinor == 12_250)
    #expect(
      out.record.packed()
        == ledger.effects.lazy.compactMap {
          if case .sale(let bytes) = $0 { bytes } else { nil }
        }.first
    )
    // Bonus money is 10,000 of 60,000: 1,000 of 6,000. 190.00 − 7.50 − 10.00, doubled by the
    // top-up.
    #expect(out.quote.payment.value == ValueSplit(principalMinor: 5_000, bonusMinor: 1_000))
    #expect(out.record.points == 345 && ledger.state().assets.boost == 0)
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 800 - 750 + 345)
    #expect(ledger.state().assets.coupons.isEmpty)
    var facts = facts(ledger, out)
    for amount in [1, 4_999, 7_000, 7_000] as [Int64] {
      let refunded = try refund(&ledger, .amount(amount), facts)
      facts.progress = refunded.amounts.progress
    }
    let after = ledger.state()
    #expect(after.pointsAvailable(on: ledger.today) == before.pointsAvailable(on: ledger.today))
    #expect(after.lots == before.lots)
    #expect(after.principalMinor == before.principalMinor && after.bonusMinor == before.bonusMinor)
    #expect(after.assets.coupons == before.assets.coupons && after.growth == before.growth)
    #expect(after.facts.lifetimeMinor == 0 && after.facts.singleMaxMinor == 0)
    #expect(
      ledger.reason { try $0.decideRefund(.amount(1), of: facts, for: $1, in: $2) }
        == .refundExceedsReceipt
    )
  }

  @Test("a hold pays first, and its rest is free again")
  func held() throws {
    var ledger = try ledger()
    try ledger.topUp(20_000)
    try ledger.give(1_000)
    let hold = try ledger.run(.holdCreate) {
      try $0.decideHold(.init(points: 600, valueMinor: 10_000), for: $1, in: $2)
    }
    var request = basket([20_000])
    request.usePoints = 500
    request.useValueMinor = 12_000
    try checkout(&ledger, request, hold: hold.id)
    let after = ledger.state()
    #expect(after.assets.holds.isEmpty && after.pointsHeld == 0)
    #expect(after.principalMinor + after.bonusMinor == 25_000 - 12_000)
    #expect(
      ledger.reason {
        try $0.decideCheckout(
          CheckoutCommit(request: request, tenders: [], hold: hold.id),
          for: $1,
          in: $2
        )
      } == .holdEnded
    )
  }

  @Test("points that were spent since become a debt, which the next receipt repays first")
  func debt() throws {
    var ledger = try ledger()
    let out = try checkout(&ledger, basket([50_000]))
    let sale = facts(ledger, out)
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 500)
    try ledger.run(.redeem) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      _ = try draft.takePoints(400, to: .pointsRedeemed)
      return try draft.finished(0)
    }
    let refunded = try refund(&ledger, .amount(50_000), sale)
    #expect(refunded.pointsTaken == 100 && refunded.pointsShort == 400)
    #expect(ledger.state().pointsDebt == 400)
    let decided = try ledger.run(.accrue) {
      try $0.decideAccrual(
        Accrual(receiptNo: "9", amountMinor: 45_000, lines: nil),
        for: $1,
        in: $2
      )
    }
    #expect(decided.decision.earned == 450 && decided.decision.lots.map(\.original) == [50])
    #expect(ledger.state().pointsDebt == 0)
  }

  @Test("an accrual of a member who has more gives the row that others have")
  func accrual() throws {
    var plain = try ledger()
    var rich = try ledger { $0.levels[1].gifts = [.points(7)] }
    let receipt = Accrual(receiptNo: "1", amountMinor: 19_999, lines: nil)
    for _ in 0..<2 {
      let one = try plain.run(.accrue) { try $0.decideAccrual(receipt, for: $1, in: $2) }
      let two = try rich.run(.accrue) { try $0.decideAccrual(receipt, for: $1, in: $2) }
      #expect(one.decision.effects == two.decision.effects && one.decision.after == plain.state())
      #expect(two.decision.after == rich.state())
    }
    let big = Accrual(receiptNo: "2", amountMinor: 20_000, lines: nil)
    let raised = try rich.run(.accrue) { try $0.decideAccrual(big, for: $1, in: $2) }
    #expect(raised.tier.after == "silver" && raised.tier.gift.points == 7)
  }

  @Test("random receipts and refunds keep the ledger's laws, and end where they began")
  func random() throws {
    for seed in UInt64(1)...60 {
      var dice = CheckoutDice(seed: seed)
      var ledger = try ledger { $0.valueOrder = [.proRata, .bonusFirst][Int(seed % 2)] }
      ledger.label = "seed \(seed)"
      try ledger.topUp(20_000)
      try ledger.give(2_000)
      let before = ledger.state()
      var sales: [RefundFacts] = []
      for _ in 0..<dice.number(1...4) {
        var request = basket((0..<dice.number(1...4)).map { _ in dice.number(1...9_000) })
        let sum = request.lines.reduce(0) { $0 + $1.unitPriceMinor }
        request.usePoints = min(dice.number(0...300), sum / 2)
        request.useValueMinor = min(dice.number(0...4_000), sum / 2)
        let out = try checkout(&ledger, request)
        sales.append(facts(ledger, out))
      }
      while let index = sales.indices.randomElement(using: &dice) {
        let left =
          sales[index].record.netMinor
          - sales[index].progress.entries.flatMap(\.parts).reduce(0, +)
        guard left > 0 else {
          sales.remove(at: index)
          continue
        }
        let refunded = try refund(&ledger, .amount(dice.number(1...left)), sales[index])
        sales[index].progress = refunded.amounts.progress
      }
      let after = ledger.state()
      let today = ledger.today
      #expect(after.pointsAvailable(on: today) == before.pointsAvailable(on: today), "\(seed)")
      #expect(after.principalMinor == before.principalMinor, "\(seed)")
      #expect(after.bonusMinor == before.bonusMinor && after.growth == before.growth, "\(seed)")
      #expect(after.facts.lifetimeMinor == before.facts.lifetimeMinor, "\(seed)")
    }
  }

  @Test("a receipt without a member is a row without one")
  func guest() throws {
    let ledger = try ledger()
    let decided = try ledger.programme.decideCheckout(
      CheckoutCommit(
        request: basket([500]),
        tenders: [Tender(kind: "cash", amountMinor: 500)]
      ),
      for: nil,
      in: ledger.context()
    )
    #expect(decided.effects == [.sale(decided.answer.record.packed())])
    let facts = RefundFacts(receipt: 1, record: decided.answer.record, effects: decided.effects)
    let back = try ledger.programme.decideRefund(
      .amount(500),
      of: facts,
      for: nil,
      in: ledger.context()
    )
    #expect(back.answer.amounts.externalMinor == 500 && back.effects.count == 1)
  }
}
