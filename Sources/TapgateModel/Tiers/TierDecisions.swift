/// What became of a member's tier.
public struct TierChanged: Hashable, Sendable {
  public var before: String
  public var after: String
  /// The last day of the tier; `nil` for ever.
  public var end: BusinessDate?
  /// What whoever reached it was given.
  public var gift = GivenGift()
}

extension Programme {
  /// The last day of a tier that starts, or starts again, on `date`; `nil` for ever, and for the
  /// lowest one.
  public func tierEnd(level: Int, from date: BusinessDate) -> BusinessDate? {
    guard level > 0 else { return nil }
    switch tierRules.validity {
    case .forever: return nil
    case .rolling(let period): return period.end(from: date)
    case .calendar(let month, let dayOfMonth):
      let year = date.parts.year
      for candidate in [year, year + 1] {
        // A day that a year does not have is that month's last one.
        var day = dayOfMonth
        var end = BusinessDate(year: candidate, month: month, dayOfMonth: day)
        while end == nil, day > 28 {
          day -= 1
          end = BusinessDate(year: candidate, month: month, dayOfMonth: day)
        }
        if let end, end > date { return end }
      }
      return nil
    }
  }

  /// The effects of a tier's start beside `.tier`: its end.
  ///
  /// Whoever changes the tier in a row adds them.
  public func tierEndEffects(
    level: Int,
    on date: BusinessDate,
    for state: MemberState
  ) -> [Effect] {
    let end = tierEnd(level: level, from: date)
    let known = state.hasNoAssets ? nil : state.assets.tierEnd
    return end == known ? [] : [.tierEnd(from: known, to: end)]
  }

  /// Decides `member.setTier`.
  public func decideSetTier(
    _ tier: String,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<TierChanged> {
    guard let level = levels.firstIndex(where: { $0.id == tier }) else {
      throw .unknown(field: "tier")
    }
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.refuseUnlessThere()
    let changed = try draft.setLevel(level, startingOn: context.date, isGiven: true)
    return try draft.finished(changed, field: "tier")
  }
}

extension LedgerDraft {
  /// Raises the tier to what the facts are worth by now, with its end and its gifts. It never
  /// lowers a tier.
  public mutating func raiseTier() throws(LedgerProblem) -> TierChanged {
    let level = programme.levelIndex(state.tier)
    let earned = programme.earnedLevel(of: state.facts, growth: state.growth, on: context.date)
    guard earned > level else {
      return TierChanged(before: state.tier, after: state.tier, end: state.assets.tierEnd)
    }
    return try setLevel(earned, startingOn: context.date, isGiven: false)
  }

  /// What a refund does to the tier: nothing, or what the facts are worth now.
  public mutating func reassessTier() throws(LedgerProblem) -> TierChanged {
    let earned = programme.earnedLevel(of: state.facts, growth: state.growth, on: context.date)
    guard programme.tierRules.onRefund == .reassess, earned < programme.levelIndex(state.tier)
    else {
      return TierChanged(before: state.tier, after: state.tier, end: state.assets.tierEnd)
    }
    return try setLevel(earned, startingOn: context.date, isGiven: true)
  }

  /// `isGiven`: by hand, so without the gifts of those who earn it.
  mutating func setLevel(
    _ level: Int,
    startingOn date: BusinessDate,
    isGiven: Bool
  ) throws(LedgerProblem) -> TierChanged {
    let before = state.tier
    let old = programme.levelIndex(before)
    let id = programme.levels[level].id
    if id != before { try add(.tier(id, since: date)) }
    for effect in programme.tierEndEffects(level: level, on: date, for: state) { try add(effect) }
    var changed = TierChanged(before: before, after: id, end: state.assets.tierEnd)
    guard !isGiven, level > old else { return changed }
    for reached in programme.levels[(old + 1)...level] where !reached.gifts.isEmpty {
      let name = "tier:" + reached.id
      let key = LimitKey(name, per: .life, on: date)
      guard !state.assets.limits.contains(where: { $0.key == key }) else { continue }
      try count(name, .init(per: .life, count: 1))
      changed.gift.add(try give(reached.gifts))
    }
    return changed
  }
}
