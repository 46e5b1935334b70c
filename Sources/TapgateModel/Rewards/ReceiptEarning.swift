/// What a receipt brought its member.
public struct ReceiptEarned: Hashable, Sendable {
  /// The lots that it made: its own, then those of gifts.
  public var lots: [PointLot] = []
  /// Points that repaid a debt.
  public var repaid: Int64 = 0
  public var tier: TierChanged
  /// The multiplier of a top-up that the receipt used up, in basis points; 0 for none.
  public var boost: Int64 = 0
  /// Who is to be rewarded for having invited the member, by a row of its own.
  public var inviter: String?
}

extension MemberState {
  /// The multiplier that a top-up has brought for the next receipt, as a rule beside the
  /// programme's.
  public var boostGrant: Programme.Multiplier? {
    guard !hasNoAssets, assets.boost > 10_000 else { return nil }
    return Programme.Multiplier(
      id: "topup",
      basisPoints: assets.boost,
      group: "topup",
      when: Programme.Occasion()
    )
  }
}

extension Programme {
  /// Whether a receipt does more to this member than earn a lot, growth and a tier for ever: then
  /// its row is written with `LedgerDraft.earn`. Without any of it the accrual's own short way
  /// writes the same row.
  public func earnsByDraft(for state: MemberState) -> Bool {
    state.pointsDebt > 0 || !state.hasNoAssets || pointsPending != nil
      || tierRules.validity != .forever || levels.contains { !$0.gifts.isEmpty }
  }
}

extension LedgerDraft {
  /// Writes what a receipt earns: points, of which a debt is repaid first, growth, what was spent,
  /// the largest receipt, a new tier with its end and gifts. It uses up the multiplier of a top-up
  /// and ends an invitation.
  ///
  /// `baseMinor` is what counts as spent.
  public mutating func earn(
    points: Int64,
    growth: Int64,
    baseMinor: Int64
  ) throws(LedgerProblem) -> ReceiptEarned {
    guard points >= 0, growth >= 0, baseMinor >= 0 else {
      throw .illegal("amountMinor", "is negative")
    }
    guard points <= MemberState.balanceMax, growth <= MemberState.balanceMax,
      baseMinor <= MemberState.balanceMax
    else { throw .illegal("amountMinor", "is too large") }
    let known = Set(state.lots.map(\.id))
    let debt = state.pointsDebt
    let boost = try takeBoost()
    try givePoints(points)
    let repaid = debt - state.pointsDebt
    try giveGrowth(growth)
    try countSpending(baseMinor)
    let tier = try raiseTier()
    let inviter = try endInvitation()
    return ReceiptEarned(
      lots: state.lots.filter { !known.contains($0.id) }.sorted { $0.id < $1.id },
      repaid: repaid,
      tier: tier,
      boost: boost,
      inviter: inviter
    )
  }
}
