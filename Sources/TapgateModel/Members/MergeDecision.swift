/// What a merge moved.
public struct Merged: Hashable, Sendable {
  public var points: Int64
  public var growth: Int64
  public var parts: ValueParts
  public var coupons: Int
  public var cards: Int
  public var tierBefore: String
  public var tierAfter: String
}

extension Programme {
  /// Decides `member.merge`: everything that `from` has becomes `into`'s, and `from` is merged. Two
  /// rows of one transaction; what the one gives, the other takes, over the accounts between them.
  ///
  /// Refused with `dependentOperations` where `from` has an open hold or top-up, or where both have
  /// a paid level.
  public func decideMerge(
    from: MemberState,
    in fromContext: LedgerContext,
    into: MemberState,
    in intoContext: LedgerContext
  ) throws(LedgerProblem) -> (from: Decided<Merged>, into: Decided<Merged>) {
    guard from.id != into.id else { throw .illegal("into", "is the same member") }
    var giver = try LedgerDraft(self, for: from, in: fromContext)
    try giver.refuseUnlessThere()
    var taker = try LedgerDraft(self, active: into, in: intoContext)
    let assets = giver.state.assets
    guard assets.holds.isEmpty, assets.topUps.isEmpty else {
      throw .refused(.dependentOperations, "a hold or a top-up is open")
    }
    guard assets.paid == nil || taker.state.assets.paid == nil else {
      throw .refused(.dependentOperations, "both have a paid level")
    }
    var merged = Merged(
      points: giver.state.lots.reduce(0) { $0 &+ $1.remaining },
      growth: giver.state.growth,
      parts: ValueParts(
        principalMinor: giver.state.principalMinor,
        bonusMinor: giver.state.bonusMinor
      ),
      coupons: assets.coupons.count,
      cards: 0,
      tierBefore: taker.state.tier,
      tierAfter: taker.state.tier
    )
    try Self.moveBalances(from: &giver, into: &taker)
    let cardCount = taker.state.cards.count
    try Self.moveAssets(from: &giver, into: &taker)
    merged.cards = taker.state.cards.count - cardCount
    try Self.moveFacts(from: &giver, into: &taker)
    try mergeTiers(from: &giver, into: &taker)
    merged.tierAfter = taker.state.tier
    if giver.state.profileDigest != 0 { try giver.add(.profile(digest: 0)) }
    try giver.add(.mergedInto(into.id))
    try giver.add(.status(.merged))
    return (try giver.finished(merged, field: "from"), try taker.finished(merged, field: "into"))
  }

  private static func moveBalances(
    from giver: inout LedgerDraft,
    into taker: inout LedgerDraft
  ) throws(LedgerProblem) {
    for lot in giver.state.lots {
      try giver.move(lot.remaining, from: .pointsAvailable, to: .pointsMoved)
      try giver.add(.lotTaken(lot))
      try taker.move(lot.remaining, from: .pointsMoved, to: .pointsAvailable)
      var new = lot
      if taker.state.lots.contains(where: { $0.id == lot.id }) {
        // Lots of one import's row may bear one number; the newcomer gets another.
        new.id = try taker.nextLotID()
      }
      try taker.add(.lotAdded(new))
    }
    let state = giver.state
    let moves: [(Int64, Account, Account)] = [
      (state.growth, .growth, .growthMoved), (state.principalMinor, .principal, .valueMoved),
      (state.bonusMinor, .bonus, .valueMoved),
      (-state.pointsDebt, .pointsDebt, .pointsMoved),
      (-state.assets.valueDebtMinor, .valueDebt, .valueMoved),
    ]
    for (quantity, account, between) in moves {
      try giver.move(quantity, from: account, to: between)
      try taker.move(quantity, from: between, to: account)
    }
  }

  private static func moveAssets(
    from giver: inout LedgerDraft,
    into taker: inout LedgerDraft
  ) throws(LedgerProblem) {
    let assets = giver.state.assets
    for coupon in assets.coupons {
      try giver.move(1, from: .couponOut, to: .couponMoved)
      try giver.add(.couponRemoved(coupon, .moved))
      try taker.move(1, from: .couponMoved, to: .couponOut)
      try taker.add(.couponAdded(coupon))
    }
    for held in assets.counted {
      try giver.move(held.lot.remaining, from: .countedOut, to: .countedMoved)
      try giver.add(.countedTaken(asset: held.asset, held.lot))
      try taker.move(held.lot.remaining, from: .countedMoved, to: .countedOut)
      var lot = held.lot
      if taker.state.assets.counted.contains(where: { $0.lot.id == lot.id }) {
        lot.id = try taker.nextLotID()
      }
      try taker.add(.countedAdded(asset: held.asset, lot))
    }
    if let paid = assets.paid {
      try giver.add(.paid(from: paid, to: nil))
      try taker.add(.paid(from: nil, to: paid))
    }
    if assets.boost > 0 {
      try giver.add(.boost(from: assets.boost, to: 0))
      let own = taker.state.assets.boost
      if assets.boost > own { try taker.add(.boost(from: own, to: assets.boost)) }
    }
    for pin in assets.pins {
      try giver.add(.pinRemoved(pin.card))
      try taker.add(.pin(pin))
    }
    let hasPhone = taker.state.cards.contains { $0.kind == .phoneNumber }
    for card in giver.state.cards {
      try giver.add(.cardRemoved(card.reference))
      // One number a member: the taker's own stays, and the giver's is anybody's again.
      if card.kind == .phoneNumber, hasPhone { continue }
      try taker.add(.cardAdded(card))
    }
  }

  private static func moveFacts(
    from giver: inout LedgerDraft,
    into taker: inout LedgerDraft
  ) throws(LedgerProblem) {
    let facts = giver.state.facts
    var older = facts.lifetimeMinor
    for day in facts.days {
      older &-= day.amountMinor
      try giver.add(.spent(date: day.date, amountMinor: -day.amountMinor))
      try taker.add(.spent(date: day.date, amountMinor: day.amountMinor))
    }
    if older != 0 {
      try giver.add(.lifetime(-older))
      try taker.add(.lifetime(older))
    }
    if facts.singleMaxMinor != 0 { try giver.add(.singleMax(0)) }
    if facts.singleMaxMinor > taker.state.facts.singleMaxMinor {
      try taker.add(.singleMax(facts.singleMaxMinor))
    }
    let assets = giver.state.assets
    for counter in assets.limits {
      try giver.add(.counted(counter.key, quantity: -counter.count))
      try taker.add(.counted(counter.key, quantity: counter.count))
    }
    if let inviter = assets.inviter { try giver.add(.invited(from: inviter, to: nil)) }
    if let parent = assets.parent {
      try giver.add(.parent(from: parent, to: nil))
      if taker.state.assets.parent == nil, parent != taker.state.id {
        try taker.add(.parent(from: nil, to: parent))
      }
    }
  }

  /// The higher tier counts, or what both together have earned.
  private func mergeTiers(
    from giver: inout LedgerDraft,
    into taker: inout LedgerDraft
  ) throws(LedgerProblem) {
    let end = giver.state.assets.tierEnd
    if end != nil { try giver.add(.tierEnd(from: end, to: nil)) }
    let level = levelIndex(giver.state.tier)
    if level > levelIndex(taker.state.tier) {
      try taker.add(.tier(levels[level].id, since: taker.context.date))
      let known = taker.state.assets.tierEnd
      if end != known { try taker.add(.tierEnd(from: known, to: end)) }
    }
    let earned = earnedLevel(
      of: taker.state.facts,
      growth: taker.state.growth,
      on: taker.context.date
    )
    if earned > levelIndex(taker.state.tier) {
      _ = try taker.setLevel(earned, startingOn: taker.context.date, isGiven: true)
    }
  }
}
