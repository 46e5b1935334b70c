import Testing

@testable import TapgateModel

@Suite("Coupons")
struct CouponTests {
  @Test("issued, verified, used once, given back, used again")
  func life() throws {
    var ledger = try TestLedger()
    let coupons = try ledger.run(.couponIssue) {
      try $0.decideCouponIssue("c10", count: 2, nonces: [77], for: $1, in: $2)
    }
    #expect(coupons.map(\.serial) == [1, 2])
    #expect(coupons.map(\.nonce) == [77, 0])
    #expect(coupons[0].expiresOn == ledger.today.adding(months: 1))
    let code = coupons[0].code
    func verdict(_ amount: Int64?) throws -> RefusalReason? {
      try ledger.programme.verify(
        code,
        for: ledger.state(),
        in: ledger.context(),
        amountMinor: amount
      ).refusal?.reason
    }
    #expect(try verdict(nil) == nil)
    #expect(try verdict(10_000) == nil)
    #expect(try verdict(9999) == .couponNotApplicable)
    let use: TestLedger.Rule<CouponState> = {
      try $0.decideCouponUse(code, amountMinor: 10_000, for: $1, in: $2)
    }
    #expect(try ledger.run(.couponUse, use).serial == 1)
    let used = ledger.effects
    #expect(ledger.reason(use) == .couponUsed)
    #expect(ledger.all.sum(of: .couponUsed) == 1)
    let unuse: TestLedger.Rule<CouponState> = {
      try $0.decideCouponUnuse(1, of: used, for: $1, in: $2)
    }
    try ledger.run(.couponUnuse, unuse)
    #expect(ledger.reason(unuse) == .alreadyReversed)
    #expect(ledger.field { try $0.decideCouponUnuse(9, of: used, for: $1, in: $2) } == "code")
    try ledger.run(.couponUse, use)
  }

  @Test("why a coupon is not issued")
  func issueRefusals() throws {
    var ledger = try TestLedger { $0.coupons[0].stock = 3 }
    func issue(_ template: String, _ count: Int64) -> TestLedger.Rule<[CouponState]> {
      { try $0.decideCouponIssue(template, count: count, for: $1, in: $2) }
    }
    #expect(ledger.field(issue("none", 1)) == "template")
    #expect(ledger.field(issue("c10", 0)) == "count")
    #expect(ledger.field(issue("c10", 1001)) == "count")
    #expect(ledger.reason(issue("c10", 4)) == .rewardUnavailable)
    try ledger.run(.couponIssue, issue("c10", 3))
    #expect(ledger.reason(issue("c10", 1)) == .rewardUnavailable)
    ledger.pass(days: 21)
    #expect(ledger.reason(issue("open", 1)) == .couponExpired)
    ledger.members["m"]?.status = .suspended
    #expect(ledger.reason(issue("c10", 1)) == .memberSuspended)
  }

  @Test("a coupon expires once, after its last day, and does not come back")
  func expiry() throws {
    var ledger = try TestLedger()
    let coupon = try ledger.run(.couponIssue) {
      try $0.decideCouponIssue("c10", count: 1, for: $1, in: $2)
    }[0]
    let last = try #require(coupon.expiresOn)
    ledger.pass(days: Int(last.day - ledger.today.day))
    #expect(try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context()) == nil)
    var other = ledger
    try other.run(.couponUse) { try $0.decideCouponUse(coupon.code, for: $1, in: $2) }
    let used = other.effects
    other.pass(days: 1)
    #expect(
      other.reason { try $0.decideCouponUnuse(1, of: used, for: $1, in: $2) }
        == .couponExpired
    )

    ledger.pass(days: 1)
    let verdict = try ledger.programme.verify(
      coupon.code,
      for: ledger.state(),
      in: ledger.context()
    )
    #expect(verdict.refusal?.reason == .couponExpired)
    let swept = try #require(
      try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context())
    )
    #expect(swept.answer.couponsExpired == [coupon])
    ledger.commit(.sweep, swept, on: "m")
    #expect(ledger.all.sum(of: .couponExpired) == 1)
    #expect(try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context()) == nil)
    #expect(ledger.reason { try $0.decideCouponUse(coupon.code, for: $1, in: $2) } == .couponUsed)
  }

  @Test("a template that is gone, another day, an unknown and a void one")
  func refusals() throws {
    var ledger = try TestLedger()
    let coupons = try ledger.run(.couponIssue) {
      try $0.decideCouponIssue("c10", count: 2, for: $1, in: $2)
    }
    func use(_ code: CouponCode) -> TestLedger.Rule<CouponState> {
      { try $0.decideCouponUse(code, for: $1, in: $2) }
    }
    #expect(ledger.field(use(CouponCode(template: "c10", serial: 9))) == "code")
    // The serial number exists, the nonce is another's guess.
    #expect(ledger.reason(use(CouponCode(template: "c10", serial: 1, nonce: 5))) == .couponUsed)
    ledger.programme.coupons[0].when.weekdays = [6]
    #expect(ledger.reason(use(coupons[0].code)) == .couponNotApplicable)
    let template = ledger.programme.coupons.removeFirst()
    #expect(ledger.reason(use(coupons[0].code)) == .couponNotApplicable)
    ledger.programme.coupons.append(template)
    try ledger.run(.couponVoid) { try $0.decideCouponVoid(coupons[1].code, for: $1, in: $2) }
    #expect(ledger.reason(use(coupons[1].code)) == .couponUsed)
    #expect(ledger.all.sum(of: .couponVoid) == 1)
  }

  @Test("issuing and using are mirrored; an issue of which one was used is not")
  func mirrors() throws {
    var ledger = try TestLedger()
    let before = ledger.state()
    let coupons = try ledger.run(.couponIssue) {
      try $0.decideCouponIssue("c10", count: 2, for: $1, in: $2)
    }
    let (issue, after) = (ledger.effects, ledger.state())
    try ledger.run(.couponUse) { try $0.decideCouponUse(coupons[0].code, for: $1, in: $2) }
    let use = ledger.effects
    #expect(
      ledger.reason { try $0.decideMirror(of: issue, for: $1, in: $2) }
        == .dependentOperations
    )
    try ledger.reverse(use)
    #expect(LedgerInvariant.isRestored(after, by: ledger.state()))
    try ledger.reverse(issue)
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
    #expect(ledger.shop.count(of: "coupon:c10") == 0)
    #expect(ledger.shop.nextSerial == 3)
  }

  @Test("a bearer's coupon: issued to nobody, used by anybody, once")
  func bearer() throws {
    var ledger = try TestLedger()
    func take(_ decided: ShopDecided<CouponState>) {
      ledger.all.take(decided.effects)
      ledger.takeShop(decided.effects, decided.shop)
      ledger.sequence += 1
    }
    #expect(throws: LedgerProblem.self) {
      try ledger.programme.decideBearerCoupons("c10", count: 1, nonces: [], in: ledger.context())
    }
    let issued = try ledger.programme.decideBearerCoupons(
      "open",
      count: 3,
      nonces: [1, 2, 3],
      in: ledger.context()
    )
    ledger.all.take(issued.effects)
    ledger.takeShop(issued.effects, issued.shop)
    #expect(throws: LedgerProblem.refused(.rewardUnavailable, "none is left")) {
      try ledger.programme.decideBearerCoupons("open", count: 1, nonces: [], in: ledger.context())
    }
    let first = try #require(ledger.bearers[1])
    take(try ledger.programme.decideBearerUse(first, in: ledger.context()))
    let used = try #require(ledger.bearers[1])
    #expect(used.status == .used && used.row == ledger.sequence - 1)
    #expect(throws: LedgerProblem.refused(.couponUsed)) {
      try ledger.programme.decideBearerUse(used, in: ledger.context())
    }
    take(try ledger.programme.decideBearerUnuse(used, in: ledger.context()))
    #expect(ledger.bearers[1] == first)
    #expect(throws: LedgerProblem.refused(.alreadyReversed)) {
      try ledger.programme.decideBearerUnuse(first, in: ledger.context())
    }
    take(try ledger.programme.decideBearerEnd(first, in: ledger.context()))
    #expect(ledger.bearers[1]?.status == .void)

    // A member's row may use one too, and its mirror gives it back.
    let second = try #require(ledger.bearers[2])
    try ledger.run(.couponUse) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let used = try draft.useBearerCoupon(second)
      return try draft.finished(used)
    }
    let use = ledger.effects
    #expect(
      ledger.reason { try $0.decideMirror(of: use, for: $1, in: $2) }
        == .dependentOperations
    )
    var facts = MirrorFacts()
    facts.bearers = [try #require(ledger.bearers[2])]
    try ledger.reverse(use, facts)
    #expect(ledger.bearers[2] == second)

    ledger.pass(days: 21)
    let third = try #require(ledger.bearers[3])
    #expect(throws: LedgerProblem.refused(.couponExpired)) {
      try ledger.programme.decideBearerUse(third, in: ledger.context())
    }
    take(try ledger.programme.decideBearerEnd(third, in: ledger.context()))
    #expect(ledger.bearers[3]?.status == .expired)
    #expect(ledger.all.violations.isEmpty)
    #expect(ledger.all.sum(of: .couponBearer) == 1)
  }
}
