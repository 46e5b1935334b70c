/// Invitations: who invited a new member, what both are given for the first receipt, and how that
/// is taken back.
extension Programme {
  /// The event that rewards whoever invited: it counts when the invited member's first receipt
  /// commits, and cannot be asked for.
  public static let referralEvent = "referral_first_receipt"
  /// The event that rewards whoever was invited, with the same receipt.
  public static let welcomeEvent = "referral_welcome"

  /// Decides who invited a new member.
  public func decideInvitation(
    by inviter: String,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<String> {
    guard inviter != state.id else { throw .illegal("inviter", "is the member itself") }
    var draft = try LedgerDraft(self, active: state, in: context)
    guard state.facts.lifetimeMinor == 0, state.assets.inviter == nil else {
      throw .refused(.dependentOperations, "the member is no new one")
    }
    try draft.add(.invited(from: nil, to: inviter))
    return try draft.finished(inviter)
  }

  /// Decides what a referrer is given when the invited member's first receipt commits; the row of
  /// that receipt ends the invitation (`LedgerDraft.endInvitation`).
  ///
  /// - Returns: `nil` where the referrer is given nothing: no rule, the limit is reached, or the
  ///   member may not take part.
  public func decideReferral(
    _ event: String = Programme.referralEvent,
    for referrer: MemberState,
    in context: LedgerContext
  ) -> Decided<EventCounted>? {
    // Whatever stands against it is no fault of the receipt that brings it about.
    guard var draft = try? LedgerDraft(self, active: referrer, in: context),
      let counted = try? draft.countEvent(event)
    else { return nil }
    return try? draft.finished(counted)
  }

  /// Decides how the reward of row `row`, whose effects are `original`, is taken back where the
  /// receipt that brought it went back whole: its points out of the lot that it made, then out of
  /// others, and what was spent by the rule for spent points. The limit counts it no more.
  ///
  /// A programme that refuses refunds of spent points writes them off here: the refund is another
  /// member's.
  public func decideReferralEnd(
    of original: [Effect],
    row: Int64,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Mirrored> {
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.refuseUnlessThere()
    var points: Int64 = 0
    for effect in Effect.own(of: original) {
      switch effect {
      case .post(.pointsIssued, let quantity): points = points &- quantity
      case .counted(let key, let quantity):
        let count = draft.state.assets.limits.first { $0.key == key }?.count ?? 0
        if quantity > 0, count > 0 { try draft.add(.counted(key, quantity: -min(count, quantity))) }
      default: break
      }
    }
    let policy = refund.spentPoints == .refuse ? RefundRules.SpentPoints.clamp : refund.spentPoints
    let taken = try draft.takeBackPoints(points, lotRow: row, policy)
    return try draft.finished(
      Mirrored(
        points: -taken.taken,
        growth: 0,
        valueMinor: 0,
        tierBefore: state.tier,
        tierAfter: draft.state.tier
      )
    )
  }
}

extension LedgerDraft {
  /// Ends the invitation with the member's first receipt.
  ///
  /// - Returns: The referrer, for whom `Programme.decideReferral` makes a row of its own.
  public mutating func endInvitation() throws(LedgerProblem) -> String? {
    guard let inviter = state.assets.inviter else { return nil }
    try add(.invited(from: inviter, to: nil))
    return inviter
  }
}
