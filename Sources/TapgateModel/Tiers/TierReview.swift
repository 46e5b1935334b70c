extension Programme {
  /// Decides what becomes of a tier whose end and grace are over on `today`: nothing, one step
  /// down, or what the facts of its last day are worth. Every term that was missed counts
  /// once, as if the sweep had come in time. Every operation does the same before its own.
  ///
  /// - Returns: `nil` where nothing has ended.
  public func decideTierReview(
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<TierChanged>? {
    guard let decided = try decideSweep(for: state, in: context), let tier = decided.answer.tier
    else { return nil }
    return Decided(
      effects: decided.effects,
      after: decided.after,
      shop: decided.shop,
      answer: tier
    )
  }

  /// Whether a sweep would change the tier or its term.
  public func isTierReviewDue(for state: MemberState, on today: BusinessDate) -> Bool {
    guard !state.id.isEmpty, state.status != .merged, state.status != .erased else { return false }
    guard let level = levels.firstIndex(where: { $0.id == state.tier }) else { return true }
    let known = state.hasNoAssets ? nil : state.assets.tierEnd
    guard let end = known, tierRules.validity != .forever, level > 0 else {
      return known != nil || tierRules.validity != .forever
        ? tierEnd(level: level, from: today) != known : false
    }
    return isOver(end, on: today)
  }

  fileprivate func isOver(_ end: BusinessDate, on today: BusinessDate) -> Bool {
    end.adding(days: tierRules.graceDays) < today
  }
}

extension LedgerDraft {
  /// Enters what the calendar did to the tier: a term that is over, the first term of a tier that
  /// has none yet (imported, or from a programme in which tiers were for ever), no term where
  /// tiers are for ever now. A tier that the programme does not have is what the facts are worth.
  ///
  /// - Returns: `nil` where nothing changed.
  mutating func reviewTier() throws(LedgerProblem) -> TierChanged? {
    guard !state.id.isEmpty, state.status != .merged, state.status != .erased else { return nil }
    let known = state.hasNoAssets ? nil : state.assets.tierEnd
    let before = state.tier
    guard let level = programme.levels.firstIndex(where: { $0.id == before }) else {
      let earned = programme.earnedLevel(
        of: state.facts,
        growth: state.growth,
        on: context.today
      )
      return try setLevel(earned, startingOn: context.today, isGiven: true)
    }
    guard let first = known, programme.tierRules.validity != .forever, level > 0 else {
      let end = programme.tierEnd(level: level, from: context.today)
      guard end != known else { return nil }
      try add(.tierEnd(from: known, to: end))
      return TierChanged(before: before, after: before, end: end)
    }
    guard programme.isOver(first, on: context.today) else { return nil }
    return try reviewTier(level, endedOn: first)
  }

  private mutating func reviewTier(
    _ first: Int,
    endedOn firstEnd: BusinessDate
  ) throws(LedgerProblem) -> TierChanged {
    var (level, reviews) = (first, 0)
    var end: BusinessDate? = firstEnd
    while let last = end, programme.isOver(last, on: context.today), reviews < 1000 {
      reviews += 1
      let earned = programme.earnedLevel(of: state.facts, growth: state.growth, on: last)
      switch programme.tierRules.downgrade {
      case .none: break
      case .oneStep: level = max(earned, level - 1, 0)
      case .reassess: level = earned
      }
      let start = last.adding(days: 1)
      end = programme.tierEnd(level: level, from: last)
      if let next = end, next <= last { end = programme.tierEnd(level: level, from: start) }
    }
    let before = state.tier
    let after = programme.levels[level].id
    if after != before { try add(.tier(after, since: context.today)) }
    if end != firstEnd { try add(.tierEnd(from: firstEnd, to: end)) }
    return TierChanged(before: before, after: after, end: end)
  }
}
