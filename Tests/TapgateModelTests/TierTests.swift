import Testing

@testable import TapgateModel

@Suite("Tiers over time, a member's standing, merges")
struct TierTests {
  private func set(_ tier: String) -> TestLedger.Rule<TierChanged> {
    { try $0.decideSetTier(tier, for: $1, in: $2) }
  }

  private func review(_ ledger: inout TestLedger) throws -> TierChanged? {
    let decided = try ledger.programme.decideTierReview(
      for: ledger.state(),
      in: ledger.context()
    )
    let isDue = ledger.programme.isTierReviewDue(for: ledger.state(), on: ledger.today)
    #expect(isDue == (decided != nil))
    if let decided { ledger.commit(.tierReview, decided, on: "m") }
    return decided?.answer
  }

  @Test("how long a tier lasts")
  func ends() throws {
    var programme = try TestLedger().programme
    func end(_ from: String, _ level: Int = 1) throws -> String? {
      programme.tierEnd(level: level, from: try #require(BusinessDate(from)))?.description
    }
    #expect(try end("2026-03-10") == nil)
    programme.tierRules.validity = .rolling(.init(months: 12, days: 0))
    #expect(try end("2024-02-29") == "2025-02-28")
    #expect(try end("2026-03-10", 0) == nil)
    programme.tierRules.validity = .calendar(month: 12, dayOfMonth: 31)
    #expect(try end("2026-03-10") == "2026-12-31")
    #expect(try end("2026-12-31") == "2027-12-31")
    programme.tierRules.validity = .calendar(month: 2, dayOfMonth: 29)
    #expect(try end("2026-03-10") == "2027-02-28")
    #expect(try end("2027-03-10") == "2028-02-29")
  }

  @Test(
    "what becomes of a tier that ends",
    arguments: [
      (Programme.TierRules.Downgrade.none, "gold", "gold"), (.oneStep, "silver", "normal"),
      (.reassess, "normal", "normal"),
    ]
  )
  func reviews(
    _ downgrade: Programme.TierRules.Downgrade,
    _ first: String,
    _ second: String
  ) throws {
    var ledger = try TestLedger {
      $0.tierRules = .init(
        validity: .rolling(.init(months: 12, days: 0)),
        downgrade: downgrade,
        graceDays: 10
      )
    }
    #expect(ledger.field(set("none")) == "tier")
    let given = try ledger.run(.setTier, set("gold"))
    let end = try #require(given.end)
    #expect(end == ledger.today.adding(months: 12))
    ledger.pass(days: Int(end.day - ledger.today.day) + 10)
    #expect(try review(&ledger) == nil)
    ledger.pass(days: 1)
    var late = ledger
    #expect(try review(&ledger)?.after == first)
    #expect(try review(&ledger) == nil)
    let next = ledger.state().assets.tierEnd
    #expect(next == (first == "normal" ? nil : end.adding(months: 12)))
    // A sweep that comes two years late finds what two in time would have.
    late.pass(days: 370)
    #expect(try review(&late)?.after == second)
    #expect(try review(&late) == nil)
  }

  @Test("what the facts are worth keeps the tier at its review")
  func kept() throws {
    var ledger = try TestLedger {
      $0.tierRules = .init(
        validity: .rolling(.init(months: 12, days: 0)),
        downgrade: .reassess
      )
    }
    try ledger.run(.accrue) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      try draft.add(.spent(date: context.date, amountMinor: 50_000))
      let changed = try draft.raiseTier()
      return try draft.finished(changed)
    }
    #expect(ledger.state().tier == "silver")
    try ledger.run(.setTier, set("diamond"))
    ledger.pass(days: 366)
    #expect(try review(&ledger)?.after == "silver")
  }

  @Test("whoever earns a tier is given its gifts, of every one passed, once; by hand nothing")
  func gifts() throws {
    var ledger = try TestLedger {
      $0.levels[1].gifts = [.points(10)]
      $0.levels[2].gifts = [.points(100), .coupon(template: "c10", count: 1)]
    }
    let spend: (Int64) -> TestLedger.Rule<TierChanged> = { amount in
      { programme, state, context in
        var draft = try LedgerDraft(programme, active: state, in: context)
        try draft.add(.spent(date: context.date, amountMinor: amount))
        let changed = try draft.raiseTier()
        return try draft.finished(changed)
      }
    }
    let before = ledger.state()
    let changed = try ledger.run(.checkout, spend(200_000))
    #expect(changed.after == "gold")
    #expect(changed.gift.points == 110)
    let raised = ledger.effects
    var other = ledger
    try other.reverse(raised, MirrorFacts(otherSingleMax: 0, tierBefore: "normal"))
    #expect(LedgerInvariant.isRestored(before, by: other.state()))
    try ledger.run(.setTier, set("normal"))
    #expect(try ledger.run(.checkout, spend(1)).gift.isEmpty)
    #expect(ledger.state().tier == "gold")
    #expect(try ledger.run(.setTier, set("diamond")).gift.isEmpty)
  }

  @Test("a refund lowers the tier only where the programme says so")
  func onRefund() throws {
    for rule in Programme.TierRules.OnRefund.allCases {
      var ledger = try TestLedger { $0.tierRules.onRefund = rule }
      try ledger.run(.setTier, set("gold"))
      let changed = try ledger.run(.refund) { programme, state, context in
        var draft = try LedgerDraft(programme, for: state, in: context)
        let changed = try draft.reassessTier()
        return try draft.finished(changed)
      }
      #expect(changed.after == (rule == .reassess ? "normal" : "gold"))
    }
  }

  @Test("suspended, resumed, frozen, unfrozen")
  func standing() throws {
    var ledger = try TestLedger()
    let act: (MemberAction) -> TestLedger.Rule<MemberStatus> = { action in
      { try $0.decideStatus(action, for: $1, in: $2) }
    }
    #expect(try ledger.run(.suspend, act(.suspend)) == .suspended)
    #expect(try ledger.run(.suspend, act(.suspend)) == .suspended)
    #expect(ledger.effects.isEmpty)
    #expect(ledger.reason(act(.freeze)) == .memberSuspended)
    #expect(ledger.reason(act(.unfreeze)) == .memberSuspended)
    #expect(try ledger.run(.resume, act(.resume)) == .active)
    #expect(try ledger.run(.freeze, act(.freeze)) == .frozen)
    #expect(ledger.reason(act(.suspend)) == .memberFrozen)
    #expect(ledger.reason(act(.resume)) == .memberFrozen)
    #expect(try ledger.run(.unfreeze, act(.unfreeze)) == .active)
    for (status, reason) in [
      (MemberStatus.merged, RefusalReason.memberMerged), (.erased, .memberErased),
    ] {
      ledger.members["m"]?.status = status
      for action in MemberAction.allCases { #expect(ledger.reason(act(action)) == reason) }
      #expect(ledger.reason(set("gold")) == reason)
      #expect(ledger.reason { try $0.decideErase(for: $1, in: $2) } == reason)
    }
  }

  @Test("erased: nothing is left but the ledger, and not before all is settled")
  func erase() throws {
    var ledger = try TestLedger()
    let erase: TestLedger.Rule<Int64> = { try $0.decideErase(for: $1, in: $2) }
    ledger.members["m"]?.profileDigest = 9
    try ledger.topUp(50_000)
    #expect(ledger.reason(erase) == .dependentOperations)
    try ledger.spend(60_000)
    let open = try ledger.topUp(1000, channel: "web_self")
    #expect(ledger.reason(erase) == .dependentOperations)
    try ledger.run(.cancelTopUp) { try $0.decideTopUpCancellation(open.topUpID, for: $1, in: $2) }
    let hold = try ledger.run(.holdCreate) {
      try $0.decideHold(.init(points: 1), for: $1, in: $2)
    }
    #expect(ledger.reason(erase) == .dependentOperations)
    try ledger.run(.holdVoid) { try $0.decideVoid(of: hold.id, for: $1, in: $2) }
    try ledger.run(.stampAdd) { try $0.decideStampAdd("stamp", for: $1, in: $2) }
    try ledger.run(.setPin) { try $0.decideSetPin([1], of: TestLedger.card, for: $1, in: $2) }
    #expect(try ledger.run(.erase, erase) == 100)
    let state = ledger.state()
    #expect(state.status == .erased)
    #expect(state.profileDigest == 0)
    #expect(state.cards.allSatisfy { $0.status == .closed })
    #expect(state.lots.isEmpty && state.assets.coupons.isEmpty && state.assets.counted.isEmpty)
    #expect(state.assets.pins.isEmpty)
  }

  @Test("a merge moves everything, and nothing is lost between the two rows")
  func merge() throws {
    var ledger = try TestLedger {
      $0.tierRules.validity = .rolling(.init(months: 12, days: 0))
      $0.paidLevels = [
        .init(id: "month", name: "", term: .init(months: 1, days: 0), priceMinor: 30)
      ]
      $0.events = [
        .init(id: "signin", event: "signin", give: 1, limit: .init(per: .life, count: 5))
      ]
    }
    let event: TestLedger.Rule<EventCounted> = { try $0.decideEvent("signin", for: $1, in: $2) }
    for id in ["m", "n"] {
      let sequence = ledger.sequence
      // Two imports of one row: their lots bear one number.
      try ledger.run(.importChunk, on: id) { programme, state, context in
        var context = context
        context.sequence = 1
        var draft = try LedgerDraft(programme, for: state, in: context)
        try draft.givePoints(id == "m" ? 5 : 7)
        try draft.giveGrowth(3)
        try draft.giveCounted("wash", quantity: 2)
        try draft.add(.spent(date: context.date.adding(days: -1), amountMinor: 100_000))
        try draft.add(.lifetime(11))
        try draft.add(.singleMax(id == "m" ? 50 : 60))
        var decided = try draft.finished(0)
        decided.after.lastSequence = sequence
        return decided
      }
      try ledger.run(.event, on: id, event)
      try ledger.topUp(50_000, on: id)
    }
    try ledger.run(.membershipBuy, on: "n") {
      try $0.decideMembership("month", tender: "cash", isRenewal: false, for: $1, in: $2)
    }
    ledger.addCard(CardReference(high: 8, low: 8), type: "personal", to: "n")
    try ledger.run(.setTier, on: "n") { try $0.decideSetTier("silver", for: $1, in: $2) }
    let both = try merged(ledger)
    ledger.commit(.merge, both.from, on: "n")
    ledger.commit(.merge, both.into, on: "m")
    let (from, into) = (ledger.state("n"), ledger.state("m"))
    #expect(from.status == .merged && from.assets.mergedInto == "m")
    #expect(from.lots.isEmpty && from.cards.isEmpty && from.growth == 0)
    #expect(from.facts == SpendFacts())
    #expect(into.pointsAvailable(on: ledger.today) == 5 + 7 + 2 + 200)
    #expect(into.growth == 6 && into.principalMinor == 100_000 && into.bonusMinor == 20_000)
    #expect(into.facts.lifetimeMinor == 200_022 && into.facts.singleMaxMinor == 60)
    #expect(into.facts.days.map(\.amountMinor) == [200_000])
    #expect(into.countedAvailable("wash", on: ledger.today) == 4)
    #expect(into.assets.coupons.count == 2 && into.cards.count == 2)
    #expect(into.assets.paid?.level == "month")
    #expect(into.count(of: "event:signin", per: .life, on: ledger.today) == 2)
    // Both together have earned more than either.
    #expect(both.into.answer.tierAfter == "gold" && into.tier == "gold")
    for account in [Account.pointsMoved, .growthMoved, .valueMoved, .couponMoved, .countedMoved] {
      #expect(ledger.all.sum(of: account) == 0)
    }
    #expect(ledger.reason(on: "n", event) == .memberMerged)
    #expect(throws: LedgerProblem.refused(.memberMerged)) { try merged(ledger) }
  }

  private func merged(
    _ ledger: TestLedger
  ) throws -> (from: Decided<Merged>, into: Decided<Merged>) {
    var into = ledger.context()
    into.sequence += 1
    return try ledger.programme.decideMerge(
      from: ledger.state("n"),
      in: ledger.context(),
      into: ledger.state("m"),
      in: into
    )
  }

  @Test("why a merge is refused")
  func mergeRefusals() throws {
    var ledger = try TestLedger()
    try ledger.topUp(1000, on: "n", channel: "web_self")
    #expect(
      throws: LedgerProblem.refused(.dependentOperations, "a hold or a top-up is open")
    ) {
      try merged(ledger)
    }
    ledger.members["n"]?.assets.topUps = []
    let paid = PaidMembership(
      level: "x",
      from: ledger.today,
      through: ledger.today,
      paidMinor: 0
    )
    ledger.members["n"]?.assets.paid = paid
    ledger.members["m"]?.assets.paid = paid
    #expect(throws: LedgerProblem.self) { try merged(ledger) }
    ledger.members["m"]?.assets.paid = nil
    ledger.members["m"]?.status = .frozen
    #expect(throws: LedgerProblem.refused(.memberFrozen)) { try merged(ledger) }
    ledger.members["m"]?.status = .active
    _ = try merged(ledger)
    ledger.members["n"] = ledger.members["m"]
    #expect(throws: LedgerProblem.self) { try merged(ledger) }
  }
}
