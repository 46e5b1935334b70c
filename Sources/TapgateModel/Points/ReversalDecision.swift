/// What the mirror of an accrual comes to.
public struct ReversalDecision: Hashable, Sendable {
  public var effects: [Effect]
  /// Points that were taken back.
  public var points: Int64
  public var growth: Int64
  public var tierBefore: String
  public var tierAfter: String
  public var after: MemberState
}

extension Programme {
  /// Decides the mirror of the row whose effects are `original`.
  ///
  /// The mirror takes back the lots, the growth and the facts that the row made, and the tier that
  /// they alone had earned. Points of the row that were spent or expired since are what later rows
  /// stand on: then the mirror is refused.
  ///
  /// `tierBefore` is the tier that the member had when the row was written: an imported or a given
  /// one is not lost by a reversal. `otherSingleMax` is the largest single receipt among the
  /// member's other rows.
  public func decideReversal(
    of original: [Effect],
    otherSingleMax: Int64,
    tierBefore: String?,
    for state: MemberState,
    on date: BusinessDate,
    today: BusinessDate,
    sequence: Int64
  ) throws(Refusal) -> ReversalDecision {
    var effects: [Effect] = []
    var decision = ReversalDecision(
      effects: [],
      points: 0,
      growth: 0,
      tierBefore: state.tier,
      tierAfter: state.tier,
      after: state
    )
    for effect in original {
      switch effect {
      case .lotAdded(let lot):
        guard let now = state.lots.first(where: { $0.id == lot.id }),
          now.remaining == lot.original
        else { throw Refusal(.dependentOperations) }
        effects.append(.post(.pointsAvailable, -lot.original))
        effects.append(.post(.pointsIssued, lot.original))
        effects.append(.lotUsed(id: lot.id, quantity: lot.original))
        decision.points += lot.original
      case .post(.growth, let quantity):
        effects.append(.post(.growth, -quantity))
        effects.append(.post(.growthIssued, quantity))
        decision.growth += quantity
      case .spent(let day, let amount): effects.append(.spent(date: day, amountMinor: -amount))
      default: break
      }
    }
    if state.facts.singleMaxMinor != otherSingleMax { effects.append(.singleMax(otherSingleMax)) }
    var after = state
    guard after.applyWithoutCounting(effects) else { throw Refusal(.dependentOperations) }
    let wasRaised = original.contains { if case .tier = $0 { true } else { false } }
    if wasRaised {
      let earned = earnedLevel(of: after.facts, growth: after.growth, on: date)
      let level = levels[max(earned, tierBefore.map(levelIndex) ?? 0)].id
      if level != state.tier {
        effects.append(.tier(level, since: date))
        decision.tierAfter = level
      }
    }
    effects = effects + state.expiryEffects(before: today, leaving: original)
    decision.effects = effects
    guard decision.after.apply(effects, sequence: sequence) else {
      throw Refusal(.dependentOperations)
    }
    return decision
  }
}

extension MemberState {
  /// The expiry entries, but for the lots that a reversal takes back itself.
  func expiryEffects(before today: BusinessDate, leaving original: [Effect]) -> [Effect] {
    var rest = self
    for effect in original {
      if case .lotAdded(let lot) = effect { rest.lots.removeAll { $0.id == lot.id } }
    }
    return rest.expiryEffects(before: today)
  }
}
