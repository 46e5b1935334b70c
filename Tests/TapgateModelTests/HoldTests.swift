import Testing

@testable import TapgateModel

@Suite("Holds")
struct HoldTests {
  private static let minute: Int64 = 60_000_000

  private func create(
    _ legs: HoldLegs,
    seconds: Int64? = nil
  ) -> TestLedger.Rule<Hold> {
    { try $0.decideHold(legs, seconds: seconds, for: $1, in: $2) }
  }

  private func capture(
    _ id: Int64,
    _ legs: HoldLegs,
    final: Bool
  ) -> TestLedger.Rule<Captured> {
    { try $0.decideCapture(of: id, legs, isFinal: final, for: $1, in: $2) }
  }

  /// 300 points in two lots, 200 + 50 yuan, two coupons.
  private func filled() throws -> (TestLedger, [CouponState]) {
    var ledger = try TestLedger { $0.holds = .init(seconds: 300, secondsMax: 604_800) }
    try ledger.topUp(20_000)
    try ledger.give(100)
    ledger.pass(days: 1)
    try ledger.give(200)
    let coupons = try ledger.run(.couponIssue) {
      try $0.decideCouponIssue("c10", count: 2, for: $1, in: $2)
    }
    return (ledger, coupons)
  }

  @Test("all legs are set aside, and a void puts everything back where it was")
  func void() throws {
    var (ledger, coupons) = try filled()
    let before = ledger.state()
    let legs = HoldLegs(points: 150, valueMinor: 10_000, coupons: coupons.map(\.code))
    let hold = try ledger.run(.holdCreate, create(legs))
    #expect(hold.points.map(\.remaining) == [100, 50])
    #expect(hold.deadline == ledger.now + 5 * Self.minute)
    let state = ledger.state()
    #expect(state.pointsAvailable(on: ledger.today) == 150)
    #expect(state.pointsHeld == 150)
    #expect(state.valueAvailableMinor == 15_000)
    #expect(state.assets.principalHeldMinor == 8000)
    #expect(state.assets.coupons.isEmpty)
    let twice = ledger.reason {
      try $0.decideCouponUse(coupons[0].code, for: $1, in: $2)
    }
    #expect(twice == .couponUsed)
    try ledger.run(.holdVoid) { try $0.decideVoid(of: hold.id, for: $1, in: $2) }
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
    let again = ledger.reason { try $0.decideVoid(of: hold.id, for: $1, in: $2) }
    #expect(again == .holdEnded)
    #expect(ledger.reason(capture(hold.id, legs, final: true)) == .holdEnded)
  }

  @Test("all or none: one leg that cannot be leaves the others")
  func allOrNone() throws {
    var (ledger, coupons) = try filled()
    func reason(_ legs: HoldLegs) -> RefusalReason? { ledger.reason(create(legs)) }
    #expect(reason(HoldLegs(points: 301, valueMinor: 1)) == .insufficientPoints)
    #expect(reason(HoldLegs(points: 1, valueMinor: 25_001)) == .insufficientValue)
    let unknown = HoldLegs(points: 1, coupons: [CouponCode(template: "c10", serial: 99)])
    #expect(ledger.field(create(unknown)) == "coupons")
    #expect(reason(HoldLegs(coupons: [coupons[0].code, coupons[0].code])) == .couponUsed)
    #expect(ledger.field(create(HoldLegs())) == "points")
    #expect(ledger.field(create(HoldLegs(points: -1))) == "points")
    #expect(ledger.field(create(HoldLegs(valueMinor: -1))) == "valueMinor")
    #expect(ledger.field(create(HoldLegs(points: 1), seconds: 0)) == "seconds")
    #expect(ledger.field(create(HoldLegs(points: 1), seconds: 604_801)) == "seconds")
    ledger.programme.redeemMin = 301
    #expect(reason(HoldLegs(points: 1)) == .belowRedeemMinimum)
    ledger.programme.redeemMin = 300
    #expect(reason(HoldLegs(points: 1)) == nil)
    ledger.members["m"]?.cards[0].type = "plain"
    #expect(
      ledger.reason(card: TestLedger.card, create(HoldLegs(points: 1))) == .notSupportedByProgramme
    )
  }

  @Test("captured in parts: what was held is spent, the rest is free when it ends")
  func captures() throws {
    var (ledger, coupons) = try filled()
    let legs = HoldLegs(points: 150, valueMinor: 10_000, coupons: coupons.map(\.code))
    let hold = try ledger.run(.holdCreate, create(legs))
    let part = HoldLegs(points: 120, valueMinor: 2500, coupons: [coupons[1].code])
    let first = try ledger.run(.holdCapture, capture(hold.id, part, final: false))
    #expect(first.points.map(\.remaining) == [100, 20])
    #expect(first.parts == ValueParts(principalMinor: 2000, bonusMinor: 500))
    #expect(first.rest?.pointCount == 30)
    let more = HoldLegs(points: 31)
    #expect(ledger.field(capture(hold.id, more, final: false)) == "points")
    let value = HoldLegs(valueMinor: 7501)
    #expect(ledger.field(capture(hold.id, value, final: false)) == "valueMinor")
    #expect(ledger.field(capture(hold.id, part, final: false)) == "points")
    let gone = HoldLegs(coupons: [coupons[1].code])
    #expect(ledger.field(capture(hold.id, gone, final: false)) == "coupons[0]")
    try ledger.run(.holdCapture, capture(hold.id, HoldLegs(points: 10), final: true))
    let state = ledger.state()
    #expect(state.pointsHeld == 0)
    #expect(state.pointsAvailable(on: ledger.today) == 170)
    #expect(state.principalMinor == 18_000)
    #expect(state.assets.coupons == [coupons[0]])
    #expect(ledger.all.sum(of: .pointsRedeemed) == 130)
    #expect(ledger.all.sum(of: .couponUsed) == 1)
  }

  @Test("a capture of all ends the hold, and its mirror gives the points to their lots")
  func mirror() throws {
    var (ledger, coupons) = try filled()
    let before = ledger.state()
    let legs = HoldLegs(points: 150, valueMinor: 10_000, coupons: [coupons[0].code])
    let hold = try ledger.run(.holdCreate, create(legs))
    let done = try ledger.run(.holdCapture, capture(hold.id, legs, final: false))
    #expect(done.rest == nil)
    try ledger.reverse(ledger.effects)
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
  }

  @Test("at its deadline a hold is over: neither captured nor voided, but expired, once")
  func deadline() throws {
    var (ledger, _) = try filled()
    let before = ledger.state()
    let hold = try ledger.run(.holdCreate, create(HoldLegs(points: 150, valueMinor: 1)))
    ledger.now = hold.deadline - 1
    #expect(ledger.reason(capture(hold.id, HoldLegs(points: 1), final: true)) == nil)
    ledger.now = hold.deadline
    #expect(ledger.reason(capture(hold.id, HoldLegs(), final: true)) == .holdExpired)
    #expect(ledger.reason { try $0.decideVoid(of: hold.id, for: $1, in: $2) } == .holdExpired)
    let swept = try #require(
      try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context())
    )
    #expect(swept.answer.holdsExpired == [hold.id])
    // Whoever comes first ends it: here a spend.
    var other = ledger
    try other.spend(25_000)
    #expect(other.state().assets.holds.isEmpty)
    ledger.commit(.sweep, swept, on: "m")
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
    #expect(ledger.reason(capture(hold.id, HoldLegs(), final: true)) == .holdEnded)
  }

  @Test("points that expire in a hold can be captured, and expire when they come back")
  func expiryInHold() throws {
    var (ledger, coupons) = try filled()
    ledger.pass(days: 364)
    let legs = HoldLegs(points: 150)
    let hold = try ledger.run(.holdCreate, create(legs, seconds: 604_800))
    ledger.pass(days: 1)
    var other = ledger
    let captured = try other.run(
      .holdCapture,
      capture(hold.id, HoldLegs(points: 40), final: true)
    )
    #expect(captured.points.map(\.remaining) == [40])
    #expect(other.all.sum(of: .pointsExpired) == 60)
    #expect(other.state().pointsAvailable(on: other.today) == 200)
    try ledger.run(.holdVoid) { try $0.decideVoid(of: hold.id, for: $1, in: $2) }
    #expect(ledger.all.sum(of: .pointsExpired) == 100)
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 200)
    #expect(coupons.count == 2)
  }

  @Test("a coupon that expires in a hold can be captured, and expires when it comes back")
  func couponInHold() throws {
    var (ledger, coupons) = try filled()
    let last = try #require(coupons[0].expiresOn)
    ledger.pass(days: Int(last.day - ledger.today.day))
    let legs = HoldLegs(coupons: coupons.map(\.code))
    let hold = try ledger.run(.holdCreate, create(legs, seconds: 604_800))
    ledger.pass(days: 1)
    let one = HoldLegs(coupons: [coupons[0].code])
    let captured = try ledger.run(.holdCapture, capture(hold.id, one, final: true))
    #expect(captured.coupons == [coupons[0]])
    #expect(ledger.state().assets.coupons.isEmpty)
    #expect(ledger.all.sum(of: .couponUsed) == 1)
    #expect(ledger.all.sum(of: .couponExpired) == 1)
  }

  @Test("a card's day counts what it holds, and gives back what was not captured")
  func cardDay() throws {
    var (ledger, _) = try filled()
    let day = CardReference(high: 3, low: 3)
    ledger.addCard(day, type: "day")
    let legs = HoldLegs(valueMinor: 4000)
    let hold = try ledger.run(.holdCreate, card: day, create(legs))
    let more: TestLedger.Rule<Spent> = {
      try $0.decideSpend(.init(amountMinor: 2000), for: $1, in: $2)
    }
    #expect(ledger.reason(card: day, more) == .limitExceeded)
    try ledger.run(.holdCapture, capture(hold.id, HoldLegs(valueMinor: 3000), final: true))
    #expect(ledger.reason(card: day, more) == nil)
    try ledger.run(.spend, card: day, more)
    #expect(ledger.reason(card: day, more) == .limitExceeded)
  }

  @Test("a bearer's coupon is held by one hold, and is free, used or expired after it")
  func bearer() throws {
    var (ledger, _) = try filled()
    let issued = try ledger.programme.decideBearerCoupons(
      "open",
      count: 2,
      nonces: [9, 8],
      in: ledger.context()
    )
    ledger.all.take(issued.effects)
    ledger.takeShop(issued.effects, issued.shop)
    let coupons = issued.answer
    let legs = HoldLegs(coupons: coupons.map(\.code))
    func hold() -> TestLedger.Rule<Hold> {
      let bearers = ledger.bearers.values.sorted { $0.serial < $1.serial }
      return {
        try $0.decideHold(legs, seconds: 604_800, bearers: bearers, for: $1, in: $2)
      }
    }
    let first = try ledger.run(.holdCreate, hold())
    #expect(ledger.bearers.values.allSatisfy { $0.status == .held && $0.row == first.id })
    #expect(ledger.reason(hold()) == .couponUsed)
    let held = try #require(ledger.bearers[coupons[0].serial])
    #expect(throws: LedgerProblem.refused(.couponUsed)) {
      try ledger.programme.decideBearerUse(held, in: ledger.context())
    }
    try ledger.run(.holdVoid) { try $0.decideVoid(of: first.id, for: $1, in: $2) }
    #expect(ledger.bearers.values.allSatisfy { coupons.contains($0) })
    ledger.pass(days: 19)
    let second = try ledger.run(.holdCreate, hold())
    ledger.pass(days: 1)
    let one = HoldLegs(coupons: [coupons[0].code])
    try ledger.run(.holdCapture, capture(second.id, one, final: true))
    #expect(ledger.bearers[coupons[0].serial]?.status == .used)
    #expect(ledger.bearers[coupons[1].serial]?.status == .expired)
    #expect(ledger.all.sum(of: .couponHeld) == 0)
  }

  @Test("a hold asks for the PIN where one is set")
  func pin() throws {
    var (ledger, _) = try filled()
    try ledger.run(.setPin) { try $0.decideSetPin([1], of: TestLedger.card, for: $1, in: $2) }
    let legs = HoldLegs(valueMinor: 1)
    #expect(ledger.reason(create(legs)) == .pinRequired)
    #expect(ledger.reason(create(HoldLegs(points: 1))) == nil)
    #expect(ledger.reason { try $0.decideHold(legs, pin: .right, for: $1, in: $2) } == nil)
  }
}
