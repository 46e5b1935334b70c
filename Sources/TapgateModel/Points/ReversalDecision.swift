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
  /// Decides the mirror of the row whose effects are `original`; see `decideMirror`.
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
    now: Timestamp,
    sequence: Int64
  ) throws(Refusal) -> ReversalDecision {
    do {
      let decided = try decideMirror(
        of: original,
        MirrorFacts(otherSingleMax: otherSingleMax, tierBefore: tierBefore),
        for: state,
        in: LedgerContext(date: date, today: today, sequence: sequence, now: now)
      )
      return ReversalDecision(
        effects: decided.effects,
        points: -decided.answer.points,
        growth: -decided.answer.growth,
        tierBefore: decided.answer.tierBefore,
        tierAfter: decided.answer.tierAfter,
        after: decided.after
      )
    } catch {
      // Sums beyond what is kept stand in the way like any later row.
      guard case .refused(let refusal) = error else { throw Refusal(.dependentOperations) }
      throw refusal
    }
  }
}
