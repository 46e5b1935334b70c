/// What the calendar ended, as it was entered.
public struct SweepSummary: Hashable, Sendable {
  public var pointsExpired: Int64 = 0
  public var countedExpired: Int64 = 0
  public var couponsExpired: [CouponState] = []
  public var holdsExpired: [Int64] = []
  /// The paid level that ended.
  public var paidLevelEnded: String?
  /// Income that the days have earned.
  public var earnedMinor: Int64 = 0

  /// Creates the summary of nothing.
  public init() {}
}

extension Programme {
  /// Decides what the calendar ended for a member: holds whose time is over, then lots, passes and
  /// coupons whose last day is over, and the income of a paid level. Every operation does the same
  /// before its own, so that a sweep that comes late, or twice, changes nothing.
  ///
  /// - Returns: `nil` where there is nothing to enter.
  public func decideSweep(
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<SweepSummary>? {
    var draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    let summary = try draft.sweep()
    return draft.effects.isEmpty ? nil : try draft.finished(summary)
  }
}

extension LedgerDraft {
  @discardableResult
  mutating func sweep() throws(LedgerProblem) -> SweepSummary {
    var summary = SweepSummary()
    if !state.hasNoAssets { try sweepAssets(&summary) }
    for lot in state.lots where lot.remaining > 0 && !lot.isAlive(on: context.today) {
      try move(lot.remaining, from: .pointsAvailable, to: .pointsExpired)
      try add(.lotUsed(id: lot.id, quantity: lot.remaining))
      summary.pointsExpired &+= lot.remaining
    }
    return summary
  }

  /// Ends the holds whose time is over, before anything looks at what they hold.
  mutating func endLapsedHolds(_ summary: inout SweepSummary) throws(LedgerProblem) {
    guard !state.hasNoAssets else { return }
    for hold in state.assets.holds where hold.deadline <= context.now.microseconds {
      summary.pointsExpired &+= try release(hold, as: .expired)
      summary.holdsExpired.append(hold.id)
    }
  }

  private mutating func sweepAssets(_ summary: inout SweepSummary) throws(LedgerProblem) {
    try endLapsedHolds(&summary)
    for coupon in state.assets.coupons where coupon.isExpired(on: context.today) {
      try move(1, from: .couponOut, to: .couponExpired)
      try add(.couponRemoved(coupon, .expired))
      summary.couponsExpired.append(coupon)
    }
    for held in state.assets.counted where !held.lot.isAlive(on: context.today) {
      try move(held.lot.remaining, from: .countedOut, to: .countedExpired)
      try add(.countedTaken(asset: held.asset, held.lot))
      summary.countedExpired &+= held.lot.remaining
    }
    if let paid = state.assets.paid, paid.through < context.today {
      summary.earnedMinor = paid.paidMinor - paid.earnedMinor
      try move(summary.earnedMinor, from: .deferredIncome, to: .earnedIncome)
      try add(.paid(from: paid, to: nil))
      summary.paidLevelEnded = paid.level
    }
  }
}
