/// What earning in a row of the ledger came to, beside its effects.
public struct EarnedRow: Hashable, Sendable {
  /// The lot that it made; none where a debt took all.
  public var lots: [PointLot]
  public var tier: TierChanged
  /// Who invited the member, where this was the first receipt: the referrer's own row is decided
  /// with `Programme.decideReferral`.
  public var inviter: String?
}

extension LedgerDraft {
  /// Multipliers that the member has beside the programme's: that of a top-up.
  public var grants: [Programme.Multiplier] {
    guard !state.hasNoAssets, state.assets.boost > 0 else { return [] }
    return [
      Programme.Multiplier(
        id: "topup",
        basisPoints: state.assets.boost,
        group: "topup",
        when: Programme.Occasion()
      )
    ]
  }

  /// Enters what a receipt earned: points (a debt is repaid first), growth, what was spent, the
  /// largest receipt; then what follows from it: the top-up's multiplier is used up, an invitation
  /// has paid, the tier rises with its gifts.
  public mutating func earn(_ earned: Earned) throws(LedgerProblem) -> EarnedRow {
    let boost = state.hasNoAssets ? 0 : state.assets.boost
    let lot = try givePoints(earned.points)
    try giveGrowth(earned.growth)
    if earned.baseMinor > 0 {
      try add(.spent(date: context.date, amountMinor: earned.baseMinor))
    }
    if earned.baseMinor > state.facts.singleMaxMinor { try add(.singleMax(earned.baseMinor)) }
    if boost > 0, earned.points > 0 { try add(.boost(from: boost, to: 0)) }
    let inviter = try endInvitation()
    return EarnedRow(lots: lot.map { [$0] } ?? [], tier: try raiseTier(), inviter: inviter)
  }
}

/// What `points.accrue` came to where the member or the programme has more than points.
public struct Accrued: Hashable, Sendable {
  /// Its effects and the state after it are those of the whole row.
  public var decision: AccrualDecision
  public var tier: TierChanged
  public var inviter: String?
}

extension Programme {
  /// Whether an accrual of the member is nothing but a lot, growth, facts and a tier.
  func accruesPlainly(_ state: MemberState) -> Bool {
    state.hasNoAssets && state.pointsDebt == 0 && pointsPending == nil
      && tierRules.validity == .forever && levels.allSatisfy(\.gifts.isEmpty)
  }

  /// Decides `points.accrue` for any member. One who has nothing but points takes the short way,
  /// whose row is the same.
  public func decideAccrual(
    _ accrual: Accrual,
    quantities: [String: Int64] = [:],
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Accrued> {
    do throws(AccrualProblem) {
      if accruesPlainly(state) {
        let decision = try decide(
          accrual,
          for: state,
          in: context.situation,
          today: context.today,
          sequence: context.sequence,
          quantities: quantities
        )
        let tier = TierChanged(before: decision.tierBefore, after: decision.tierAfter, end: nil)
        return Decided(
          effects: decision.effects,
          after: decision.after,
          shop: context.shop,
          answer: Accrued(decision: decision, tier: tier, inviter: nil)
        )
      }
    } catch {
      switch error {
      case .illegal(let problem): throw .illegal(problem)
      case .refused(let refusal): throw .refused(refusal)
      }
    }
    return try decideFullAccrual(accrual, quantities: quantities, for: state, in: context)
  }

  private func decideFullAccrual(
    _ accrual: Accrual,
    quantities: [String: Int64],
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Accrued> {
    var draft = try LedgerDraft(self, for: state, in: context)
    let earned: Earned
    let total: Int64
    do throws(AccrualProblem) {
      (earned, total) = try self.earned(
        by: accrual,
        for: draft.state,
        in: draft.situation,
        quantities: quantities,
        grants: draft.grants
      )
    } catch {
      switch error {
      case .illegal(let problem): throw .illegal(problem)
      case .refused(let refusal): throw .refused(refusal)
      }
    }
    let row = try draft.earn(earned)
    let decision = AccrualDecision(
      effects: draft.effects,
      earned: earned.points,
      growth: earned.growth,
      baseMinor: earned.baseMinor,
      totalMinor: total,
      tierBefore: row.tier.before,
      tierAfter: row.tier.after,
      lots: row.lots,
      fired: earned.fired,
      after: draft.state
    )
    var decided = try draft.finished(
      Accrued(decision: decision, tier: row.tier, inviter: row.inviter),
      field: accrual.tooLarge.field
    )
    decided.answer.decision.after = decided.after
    return decided
  }
}
