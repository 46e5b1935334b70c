import Testing

@testable import TapgateModel

@Suite("Passes, stamps, benefits, paid levels")
struct CountedTests {
  private func use(_ id: String, _ quantity: Int64 = 1) -> TestLedger.Rule<CountedMoved> {
    { try $0.decidePassUse(id, quantity: quantity, for: $1, in: $2) }
  }

  private func stamp(_ quantity: Int64, _ id: String = "stamp") -> TestLedger.Rule<CountedMoved> {
    { try $0.decideStampAdd(id, quantity: quantity, for: $1, in: $2) }
  }

  private func give(
    _ asset: String,
    _ quantity: Int64,
    to ledger: inout TestLedger
  ) throws {
    try ledger.run(.redeem) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      try draft.giveCounted(asset, quantity: quantity)
      return try draft.finished(quantity)
    }
  }

  @Test("a count card: what expires first is used first, and expires once")
  func countCard() throws {
    var ledger = try TestLedger()
    try give("wash", 3, to: &ledger)
    ledger.pass(days: 10)
    try give("wash", 2, to: &ledger)
    let before = ledger.state()
    #expect(try ledger.run(.passUse, use("wash", 4)).left == 1)
    let used = ledger.effects
    #expect(ledger.state().assets.counted.map(\.lot.remaining) == [1])
    #expect(ledger.reason(use("wash", 2)) == .rewardUnavailable)
    #expect(ledger.field(use("wash", 0)) == "quantity")
    #expect(ledger.field(use("none")) == "pass")
    #expect(ledger.field(use("stamp")) == "pass")
    var other = ledger
    try other.reverse(used)
    #expect(LedgerInvariant.isRestored(before, by: other.state()))
    ledger.pass(days: 91)
    #expect(ledger.reason(use("wash")) == .rewardUnavailable)
    let swept = try #require(
      try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context())
    )
    #expect(swept.answer.countedExpired == 1)
    ledger.commit(.sweep, swept, on: "m")
    #expect(ledger.all.sum(of: .countedExpired) == 1)
    #expect(ledger.all.sum(of: .countedUsed) == 4)
  }

  @Test("a time pass runs to its day, is lengthened and not used up")
  func timePass() throws {
    var ledger = try TestLedger()
    #expect(ledger.reason(use("gym")) == .rewardUnavailable)
    try give("gym", 1, to: &ledger)
    try give("gym", 1, to: &ledger)
    let end = ledger.today.adding(months: 1).adding(months: 1)
    for _ in 0..<3 { #expect(try ledger.run(.passUse, use("gym")).through == end) }
    ledger.pass(days: Int(end.day - ledger.today.day))
    #expect(ledger.reason(use("gym")) == nil)
    ledger.pass(days: 1)
    #expect(ledger.reason(use("gym")) == .rewardUnavailable)
  }

  @Test("a full stamp card turns into its gift")
  func stamps() throws {
    var ledger = try TestLedger()
    #expect(try ledger.run(.stampAdd, stamp(9)).left == 9)
    let before = ledger.state()
    let moved = try ledger.run(.stampAdd, stamp(12))
    #expect(moved.left == 1)
    #expect(moved.gift.goods.map(\.quantity) == [1, 1])
    #expect(ledger.field(stamp(0)) == "quantity")
    #expect(ledger.field(stamp(1, "wash")) == "stamp")
    try ledger.reverse(ledger.effects)
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
  }

  @Test("benefits are counted within their limit and shown while they last")
  func benefits() throws {
    var ledger = try TestLedger {
      var silver = Programme.Occasion()
      silver.tiers = ["silver"]
      $0.benefits = [
        .init(id: "lounge", name: "休息室", limit: .init(per: .month, count: 2)),
        .init(id: "parking", name: "停车"),
        .init(id: "upgrade", name: "升级", when: silver),
      ]
    }
    let use: (String) -> TestLedger.Rule<Int64?> = { id in
      { try $0.decideBenefitUse(id, for: $1, in: $2) }
    }
    #expect(try ledger.run(.benefitUse, use("lounge")) == 1)
    #expect(try ledger.run(.benefitUse, use("lounge")) == 0)
    #expect(ledger.reason(use("lounge")) == .limitExceeded)
    #expect(try ledger.run(.benefitUse, use("parking")) == nil)
    #expect(ledger.reason(use("upgrade")) == .rewardUnavailable)
    #expect(ledger.field(use("none")) == "benefit")
    func shown() throws -> [String] {
      try ledger.programme.benefits(of: ledger.state(), in: ledger.context()).map(\.id)
    }
    #expect(try shown() == ["parking"])
    ledger.members["m"]?.tier = "silver"
    ledger.pass(days: 31)
    #expect(try shown() == ["lounge", "parking", "upgrade"])
  }

  // MARK: Paid levels

  private func paid() throws -> TestLedger {
    try TestLedger {
      $0.paidLevels = [
        .init(
          id: "month",
          name: "月卡",
          term: .init(months: 1, days: 0),
          priceMinor: 3000,
          gifts: [.coupon(template: "c10", count: 1)]
        ),
        .init(id: "year", name: "年卡", term: .init(months: 12, days: 0)),
      ]
    }
  }

  private func buy(
    _ level: String,
    _ price: Int64? = nil,
    renewal: Bool = false
  ) -> TestLedger.Rule<PaidChanged> {
    {
      try $0.decideMembership(
        level,
        priceMinor: price,
        tender: "cash",
        isRenewal: renewal,
        for: $1,
        in: $2
      )
    }
  }

  @Test("a paid level runs to the day before its term is over, and is deferred income first")
  func buyLevel() throws {
    var ledger = try paid()
    let start = ledger.today
    let done = try ledger.run(.membershipBuy, buy("month"))
    #expect(done.amountMinor == 3000)
    #expect(done.gift.coupons.count == 1)
    let end = start.adding(months: 1).adding(days: -1)
    #expect(done.paid?.through == end)
    #expect(ledger.all.sum(of: .deferredIncome) == 3000)
    #expect(ledger.reason(buy("month")) == .dependentOperations)
    #expect(ledger.reason(buy("year", 1, renewal: true)) == .dependentOperations)
    #expect(ledger.field(buy("none")) == "level")
    #expect(ledger.field(buy("month", 2999)) == "priceMinor")
    #expect(ledger.field(buy("year")) == "priceMinor")
    #expect(ledger.field(buy("year", -1)) == "priceMinor")
    #expect(ledger.state().paidLevel(on: end) == "month")
    let renewed = try ledger.run(.membershipRenew, buy("month", renewal: true))
    #expect(renewed.paid?.through == end.adding(days: 1).adding(months: 1).adding(days: -1))
    #expect(renewed.paid?.paidMinor == 6000)
    ledger.pass(days: 100)
    #expect(ledger.state().paidLevel(on: ledger.today) == nil)
    let swept = try #require(
      try ledger.programme.decideSweep(for: ledger.state(), in: ledger.context())
    )
    #expect(swept.answer.paidLevelEnded == "month")
    #expect(swept.answer.earnedMinor == 6000)
    ledger.commit(.sweep, swept, on: "m")
    #expect(ledger.all.sum(of: .earnedIncome) == 6000)
    #expect(ledger.all.sum(of: .deferredIncome) == 0)
  }

  @Test("income by the day, however often it is asked for, and a refund of the rest")
  func refund() throws {
    var ledger = try paid()
    try ledger.run(.membershipBuy, buy("year", 36_500))
    func income() throws -> Int64? {
      let decided = try ledger.programme.decideIncome(for: ledger.state(), in: ledger.context())
      if let decided { ledger.commit(.income, decided, on: "m") }
      return decided?.answer
    }
    #expect(try income() == nil)
    ledger.pass(days: 10)
    #expect(try income() == 1000)
    #expect(try income() == nil)
    ledger.pass(days: 5)
    let refund: TestLedger.Rule<PaidChanged> = {
      try $0.decideMembershipRefund(tender: "cash", for: $1, in: $2)
    }
    // Sixteen days with today.
    #expect(try ledger.run(.membershipRefund, refund).amountMinor == -34_900)
    #expect(ledger.all.sum(of: .earnedIncome) == 1600)
    #expect(ledger.all.sum(of: .deferredIncome) == 0)
    #expect(ledger.all.sum(of: .tenderClearing) == -1600)
    #expect(ledger.reason(refund) == .dependentOperations)
  }

  @Test("a purchase is mirrored, gifts and all, as long as nothing of it was earned or used")
  func mirror() throws {
    var ledger = try paid()
    let before = ledger.state()
    try ledger.run(.membershipBuy, buy("month"))
    let purchase = ledger.effects
    var other = ledger
    try other.reverse(purchase)
    #expect(LedgerInvariant.isRestored(before, by: other.state()))
    ledger.pass(days: 1)
    let decided = try #require(
      try ledger.programme.decideIncome(for: ledger.state(), in: ledger.context())
    )
    ledger.commit(.income, decided, on: "m")
    #expect(
      ledger.reason { try $0.decideMirror(of: purchase, for: $1, in: $2) }
        == .dependentOperations
    )
  }

  @Test("rounded down by the day, the whole price is earned in the end")
  func daysAddUp() throws {
    let start = TestLedger.start
    for price in [0, 1, 29, 2999, Int64.max / 4] as [Int64] {
      let paid = PaidMembership(
        level: "x",
        from: start,
        through: start.adding(days: 29),
        paidMinor: price
      )
      var last: Int64 = 0
      for day in 0...30 {
        let earned = paid.earnedMinor(before: start.adding(days: day))
        #expect(earned >= last)
        last = earned
      }
      #expect(last == price)
      #expect(paid.earnedMinor(before: start.adding(days: -5)) == 0)
    }
  }
}
