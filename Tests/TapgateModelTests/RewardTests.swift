import Testing

@testable import TapgateModel

@Suite("Rewards, events, draws")
struct RewardTests {
  private func ledger() throws -> TestLedger {
    var ledger = try TestLedger {
      $0.redeemMin = 1000
      $0.rewards = [
        .init(
          id: "cup",
          name: "杯子",
          points: 500,
          gives: .item(sku: "SKU-CUP", quantity: 1),
          stock: 3,
          limit: .init(per: .month, count: 2)
        ),
        .init(
          id: "c10",
          name: "券",
          points: 100,
          gives: .coupon(template: "c10", count: 2)
        ),
        .init(id: "wash", name: "洗车", points: 100, gives: .counted(asset: "wash", quantity: 5)),
      ]
      $0.pointsAsCash = .init(points: 100, minor: 100, shareMaxBasisPoints: 5000, step: 100)
      $0.events = [
        .init(id: "signin", event: "signin", give: 1, limit: .init(per: .day, count: 1)),
        .init(
          id: "referral",
          event: Programme.referralEvent,
          give: 100,
          limit: .init(per: .life, count: 2)
        ),
      ]
    }
    try ledger.give(999)
    return ledger
  }

  private func redeem(_ reward: String, points: Int64? = nil) -> TestLedger.Rule<Redeemed> {
    { try $0.decideRedeem(reward: reward, points: points, for: $1, in: $2) }
  }

  @Test("a thousand points to redeem, then the reward's price, stock and limit")
  func rewards() throws {
    var ledger = try ledger()
    #expect(
      ledger.refusal(redeem("cup")) == .refused(.belowRedeemMinimum, "1 more are needed")
    )
    try ledger.give(2000)
    #expect(ledger.field(redeem("none")) == "reward")
    #expect(ledger.field(redeem("cup", points: 499)) == "points")
    let done = try ledger.run(.redeem, redeem("cup", points: 500))
    #expect(done.gift.goods == [.init(sku: "SKU-CUP", quantity: 1)])
    #expect(done.available == 2499)
    #expect(ledger.shop.count(of: "reward:cup") == 1)
    try ledger.run(.redeem, redeem("cup"))
    #expect(ledger.reason(redeem("cup")) == .limitExceeded)
    ledger.pass(days: 31)
    try ledger.run(.redeem, redeem("cup"))
    #expect(ledger.reason(redeem("cup")) == .rewardUnavailable)
    ledger.programme.rewards[1].when.weekdays = [ledger.today.weekday % 7 + 1]
    #expect(ledger.reason(redeem("c10")) == .rewardUnavailable)
    #expect(try ledger.run(.redeem, redeem("wash")).gift.counted.count == 1)
    #expect(ledger.state().countedAvailable("wash", on: ledger.today) == 5)
    ledger.programme.redeemMin = 0
    ledger.programme.rewards[0] = .init(
      id: "dear",
      name: "",
      points: 5000,
      gives: .points(1)
    )
    #expect(ledger.reason(redeem("dear")) == .insufficientPoints)
  }

  @Test("a reward is mirrored with its stock, count, lots and coupons")
  func mirror() throws {
    var ledger = try ledger()
    try ledger.give(5000)
    for reward in ["cup", "c10", "wash"] {
      let before = ledger.state()
      let shop = ledger.shop
      try ledger.run(.redeem, redeem(reward))
      try ledger.reverse(ledger.effects)
      #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
      #expect(ledger.shop.counts == shop.counts)
    }
    try ledger.run(.redeem, redeem("wash"))
    let wash = ledger.effects
    try ledger.run(.passUse) { try $0.decidePassUse("wash", for: $1, in: $2) }
    #expect(
      ledger.reason { try $0.decideMirror(of: wash, for: $1, in: $2) } == .dependentOperations
    )
  }

  @Test("points as cash in steps")
  func cash() throws {
    var ledger = try ledger()
    try ledger.give(2000)
    func cash(_ points: Int64) -> TestLedger.Rule<Redeemed> {
      { try $0.decideRedeemCash(points, for: $1, in: $2) }
    }
    #expect(ledger.field(cash(150)) == "points")
    #expect(ledger.field(cash(0)) == "points")
    #expect(ledger.reason(cash(3000)) == .insufficientPoints)
    let done = try ledger.run(.redeem, cash(2900))
    #expect(done.minor == 2900)
    #expect(done.lots.map(\.remaining) == [999, 1901])
    #expect(ledger.reason(cash(100)) == .belowRedeemMinimum)
    ledger.programme.pointsAsCash = nil
    #expect(ledger.reason(cash(100)) == .notSupportedByProgramme)
  }

  @Test("what expires first is spent first; pending points wait; a debt is repaid first")
  func lots() throws {
    var ledger = try ledger()
    ledger.programme.redeemMin = 0
    ledger.programme.pointsPending = .init(months: 0, days: 7)
    try ledger.give(500)
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 999)
    #expect(ledger.state().pointsPending(on: ledger.today) == 500)
    let all: TestLedger.Rule<Redeemed> = { try $0.decideRedeemCash(1400, for: $1, in: $2) }
    #expect(ledger.reason(all) == .insufficientPoints)
    ledger.pass(days: 7)
    #expect(ledger.state().pointsPending(on: ledger.today) == 0)
    #expect(try ledger.run(.redeem, all).lots.map(\.remaining) == [999, 401])

    // 99 are left; a refund takes 150 back.
    try ledger.run(.refund) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      let (taken, short) = try draft.takeBackPoints(150, lotRow: 1)
      return try draft.finished([taken, short])
    }
    #expect(ledger.state().pointsDebt == 51)
    ledger.programme.pointsPending = nil
    try ledger.give(60)
    #expect(ledger.state().pointsDebt == 0)
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 9)
  }

  @Test("points that are spent when they are taken back: debt, written off, refused")
  func spentPoints() throws {
    for policy in Programme.RefundRules.SpentPoints.allCases {
      var ledger = try TestLedger { $0.refund.spentPoints = policy }
      try ledger.give(100)
      let row = ledger.sequence - 1
      try ledger.give(10)
      try ledger.run(.redeem) { programme, state, context in
        var draft = try LedgerDraft(programme, active: state, in: context)
        let lots = try draft.takePoints(95, to: .pointsRedeemed)
        return try draft.finished(lots)
      }
      let refund: TestLedger.Rule<[Int64]> = { programme, state, context in
        var draft = try LedgerDraft(programme, for: state, in: context)
        let (taken, short) = try draft.takeBackPoints(100, lotRow: row)
        return try draft.finished([taken, short])
      }
      guard policy != .refuse else {
        #expect(ledger.reason(refund) == .insufficientPoints)
        continue
      }
      #expect(try ledger.run(.refund, refund) == [15, 85])
      #expect(ledger.state().pointsDebt == (policy == .debt ? 85 : 0))
      #expect(ledger.all.sum(of: .pointsAdjusted) == (policy == .clamp ? -85 : 0))
    }
  }

  @Test("points that come back go to their lots; a lot that expired lives on for the grace")
  func restore() throws {
    var ledger = try TestLedger { $0.refund.grace = .init(months: 0, days: 30) }
    try ledger.give(100)
    let before = ledger.state()
    try ledger.run(.redeem) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let lots = try draft.takePoints(100, to: .pointsRedeemed)
      return try draft.finished(lots)
    }
    let spend = ledger.effects
    var other = ledger
    try other.reverse(spend)
    #expect(LedgerInvariant.isRestored(before, by: other.state()))
    ledger.pass(days: 400)
    try ledger.reverse(spend)
    #expect(ledger.state().lots.map(\.expiresOn) == [ledger.today.adding(days: 30)])
    #expect(ledger.state().lots[0].earnedOn == before.lots[0].earnedOn)
    ledger.pass(days: 31)
    let swept = try #require(
      try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context())
    )
    #expect(swept.answer.pointsExpired == 100)
  }

  @Test("events count within their limits; a referral cannot be asked for")
  func events() throws {
    var ledger = try ledger()
    let event: (String) -> TestLedger.Rule<EventCounted> = { name in
      { try $0.decideEvent(name, for: $1, in: $2) }
    }
    #expect(try ledger.run(.event, event("signin")).points == 1)
    #expect(ledger.reason(event("signin")) == .limitExceeded)
    #expect(ledger.reason(event("dance")) == .notSupportedByProgramme)
    #expect(ledger.field(event(Programme.referralEvent)) == "event")
    ledger.pass(days: 1)
    let before = ledger.state()
    try ledger.run(.event, event("signin"))
    // Yesterday's count is given up with today's.
    #expect(ledger.state().assets.limits.count == 1)
    try ledger.reverse(ledger.effects)
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
  }

  @Test("every span of a limit starts anew when it is over")
  func spans() throws {
    let days: [(Programme.Limit.Span, Int?)] = [
      (.day, 1), (.month, 31), (.year, 366), (.life, nil),
    ]
    for (span, length) in days {
      var ledger = try ledger()
      ledger.programme.events[0].limit = .init(per: span, count: 2)
      let event: TestLedger.Rule<EventCounted> = { try $0.decideEvent("signin", for: $1, in: $2) }
      try ledger.run(.event, event)
      try ledger.run(.event, event)
      #expect(ledger.reason(event) == .limitExceeded)
      ledger.pass(days: length ?? 3660)
      #expect(ledger.reason(event) == (length == nil ? .limitExceeded : nil))
    }
  }

  @Test("a referral pays the inviter once, with the invited member's first receipt")
  func referral() throws {
    var ledger = try ledger()
    try ledger.run(.invite, on: "n") { try $0.decideInvitation(by: "m", for: $1, in: $2) }
    let twice = ledger.reason(on: "n") { try $0.decideInvitation(by: "x", for: $1, in: $2) }
    #expect(twice == .dependentOperations)
    let itself = ledger.field { try $0.decideInvitation(by: "m", for: $1, in: $2) }
    #expect(itself == "inviter")
    let inviter = try ledger.run(.accrue, on: "n") { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let inviter = try draft.endInvitation()
      return try draft.finished(inviter)
    }
    #expect(inviter == "m")
    #expect(ledger.state("n").assets.inviter == nil)
    for points in [Int64(100), 100] {
      let decided = try #require(
        ledger.programme.decideReferral(for: ledger.state(), in: ledger.context())
      )
      #expect(decided.answer.points == points)
      ledger.commit(.referral, decided, on: "m")
    }
    #expect(ledger.programme.decideReferral(for: ledger.state(), in: ledger.context()) == nil)
    ledger.members["n"]?.status = .frozen
    #expect(ledger.programme.decideReferral(for: ledger.state("n"), in: ledger.context()) == nil)
  }
}
