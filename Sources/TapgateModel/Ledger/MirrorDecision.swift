/// What the mirror of a row comes to.
public struct Mirrored: Hashable, Sendable {
  /// What the mirror adds to the member's points, growth and stored value; below zero where it
  /// takes away.
  public var points: Int64
  public var growth: Int64
  public var valueMinor: Int64
  /// Stored value that became a debt.
  public var owedMinor: Int64 = 0
  public var tierBefore: String
  public var tierAfter: String
}

/// What a mirror needs to know that is not in the row or the member.
public struct MirrorFacts: Sendable {
  /// The largest single receipt among the member's other rows; `nil` where the row spent nothing.
  public var otherSingleMax: Int64?
  /// The tier that the member had when the row was written: an imported or a given one is not lost.
  public var tierBefore: String?
  /// Since when the member had that tier, so that the mirror restores the day too; `nil` where
  /// nobody knows: then it is had since the mirror.
  public var tierSinceBefore: BusinessDate?
  /// Whether a hand gave the row's tier: then the one before comes back, whatever the facts earn.
  public var isTierGiven = false
  /// The rows of the bearers' coupons that the row changed.
  public var bearers: [CouponState] = []
  /// Whether stored value that was spent since becomes a debt: a top-up whose money did not come.
  public var mayOwe = false

  /// Creates facts.
  public init(otherSingleMax: Int64? = nil, tierBefore: String? = nil) {
    self.otherSingleMax = otherSingleMax
    self.tierBefore = tierBefore
  }
}

extension Effect {
  /// What the operation itself did, without what only caught up with the calendar before it.
  static func own(of effects: [Effect]) -> ArraySlice<Effect> {
    let marker = effects.lastIndex { if case .swept = $0 { true } else { false } }
    if let marker { return effects[(marker + 1)...] }
    // An accrual's row has no marker: expired lots stand first, three effects each.
    var start = effects.startIndex
    while start + 3 <= effects.endIndex, case .post(.pointsAvailable, let out) = effects[start],
      case .post(.pointsExpired, let expired) = effects[start + 1],
      case .lotUsed(_, let used) = effects[start + 2], out == 0 &- used, expired == used
    {
      start += 3
    }
    return effects[start...]
  }
}

extension Programme {
  /// Decides the exact mirror of the row whose effects are `original`: balances, lots with their
  /// dates, coupons, passes, counts and facts come back; a lot that expired meanwhile lives on for
  /// the refund's grace.
  ///
  /// Refused with `dependentOperations` where something of it was used since, or where the row is
  /// of a kind that has no mirror.
  public func decideMirror(
    of original: [Effect],
    _ facts: MirrorFacts = MirrorFacts(),
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Mirrored> {
    var draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    try draft.refuseUnlessThere()
    // What a hold has whose time is over is free, whether somebody has entered that or not.
    var ended = SweepSummary()
    try draft.endLapsedHolds(&ended)
    let own = Effect.own(of: original)
    for effect in own.reversed() { try draft.mirror(effect, facts) }
    if let other = facts.otherSingleMax, draft.state.facts.singleMaxMinor != other {
      try draft.add(.singleMax(other))
    }
    let owed = facts.mayOwe ? try draft.owe() : 0
    try draft.mirrorTier(own, facts)
    // Only now: a lot that the mirror takes back itself does not expire first.
    try draft.sweep()
    var mirrored = Mirrored(
      points: 0,
      growth: 0,
      valueMinor: 0,
      owedMinor: owed,
      tierBefore: state.tier,
      tierAfter: draft.state.tier
    )
    for case .post(let account, let quantity) in own {
      switch account {
      case .pointsAvailable: mirrored.points &-= quantity
      case .growth: mirrored.growth &-= quantity
      case .principal, .bonus: mirrored.valueMinor &-= quantity
      default: break
      }
    }
    return try draft.finished(mirrored, field: "reverses")
  }
}

extension Programme {
  /// Decides the mirror of `hold.create`: what is held and was not captured is free again, which
  /// the hold's own end does. Refused with `holdEnded` or `holdExpired` where it has ended.
  public func decideHoldMirror(
    of id: Int64,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Mirrored> {
    let voided = try decideVoid(of: id, for: state, in: context)
    return Decided(
      effects: voided.effects,
      after: voided.after,
      shop: voided.shop,
      answer: Mirrored(
        points: voided.answer.pointCount,
        growth: 0,
        valueMinor: voided.answer.valueMinor,
        tierBefore: state.tier,
        tierAfter: voided.after.tier
      )
    )
  }
}

extension LedgerDraft {
  /// The other sign; a row with a quantity that has none was not written by a decision.
  private func negated(_ quantity: Int64) throws(LedgerProblem) -> Int64 {
    guard quantity != .min else { throw .refused(.dependentOperations, "the row is damaged") }
    return -quantity
  }

  fileprivate mutating func mirror(
    _ effect: Effect,
    _ facts: MirrorFacts
  ) throws(LedgerProblem) {
    switch effect {
    case .post(let account, let quantity): try add(.post(account, negated(quantity)))
    case .lotAdded(let lot):
      guard let now = state.lots.first(where: { $0.id == lot.id }), now == lot else {
        throw .refused(.dependentOperations, "points of it were used")
      }
      try add(.lotTaken(lot))
    case .lotRestored(let slice): try add(.lotTaken(slice))
    case .lotTaken(let slice): try restoreLot(slice, grace: programme.refund.grace)
    case .spent(let day, let amount): try add(.spent(date: day, amountMinor: negated(amount)))
    case .lifetime(let amount): try add(.lifetime(negated(amount)))
    case .singleMax, .tier, .tierEnd: break  // `decideMirror` sees to them.
    case .counted(let key, let quantity):
      let count = state.assets.limits.first { $0.key == key }?.count ?? 0
      let change = max(try negated(quantity), -count)
      if change != 0 { try add(.counted(key, quantity: change)) }
    case .invited(let from, let to):
      // Another invitation may have taken the place of one that the row ended.
      if state.assets.inviter == to { try add(.invited(from: to, to: from)) }
    case .couponSerials, .pin, .sale, .swept, .topUpEnded(_, .confirmed):
      break  // Stays as it is: numbers never come back, and what was paid out stays paid.
    default: try mirrorAsset(effect, facts)
    }
  }

  private mutating func mirrorAsset(
    _ effect: Effect,
    _ facts: MirrorFacts
  ) throws(LedgerProblem) {
    switch effect {
    case .couponAdded(let coupon): try add(.couponRemoved(coupon, .void))
    case .couponRemoved(let coupon, .used): try add(.couponAdded(coupon))
    case .bearerCoupon(let from, let to):
      guard facts.bearers.contains(to) else {
        throw .refused(.dependentOperations, "the coupon was used or ended")
      }
      var back = from ?? to
      if from == nil { back.status = .void }
      try add(.bearerCoupon(from: to, to: back))
    case .countedAdded(let asset, let lot):
      guard state.assets.counted.contains(CountedLot(asset: asset, lot: lot)) else {
        throw .refused(.dependentOperations, "some of \(asset) was used")
      }
      try add(.countedTaken(asset: asset, lot))
    case .countedTaken(let asset, let slice): try add(.countedRestored(asset: asset, slice))
    case .countedRestored(let asset, let slice): try add(.countedTaken(asset: asset, slice))
    case .paid(let from, let to): try add(.paid(from: to, to: from))
    case .boost(let from, let to): try add(.boost(from: to, to: from))
    case .shopCount(let key, let quantity): try add(.shopCount(key, negated(quantity)))
    case .tendered(let kind, let amount, let reference):
      try add(.tendered(kind: kind, amountMinor: negated(amount), reference: reference))
    case .goods(let sku, let quantity): try add(.goods(sku: sku, quantity: negated(quantity)))
    default: throw .refused(.dependentOperations, "it has no mirror")
    }
  }

  /// What is below zero becomes a debt.
  fileprivate mutating func owe() throws(LedgerProblem) -> Int64 {
    let (principal, bonus) = (max(0, -state.principalMinor), max(0, -state.bonusMinor))
    try move(principal, from: .valueDebt, to: .principal)
    try move(bonus, from: .valueDebt, to: .bonus)
    return principal + bonus
  }

  /// The tier that the row alone had earned is lost; one that was imported or given is not.
  fileprivate mutating func mirrorTier(
    _ own: ArraySlice<Effect>,
    _ facts: MirrorFacts
  ) throws(LedgerProblem) {
    let wasChanged = own.contains { if case .tier = $0 { true } else { false } }
    if wasChanged {
      let earned = programme.earnedLevel(
        of: state.facts,
        growth: state.growth,
        on: context.date
      )
      let before = facts.tierBefore.map(programme.levelIndex) ?? 0
      let level = facts.isTierGiven ? before : max(earned, before)
      let id = programme.levels[level].id
      guard id != state.tier else { return }
      let since = id == facts.tierBefore ? facts.tierSinceBefore : nil
      try add(.tier(id, since: since ?? context.date))
      guard level == before else {
        for effect in programme.tierEndEffects(level: level, on: context.date, for: state) {
          try add(effect)
        }
        return
      }
    }
    for case .tierEnd(let from, let to) in own where state.assets.tierEnd == to {
      try add(.tierEnd(from: to, to: from))
    }
  }
}
