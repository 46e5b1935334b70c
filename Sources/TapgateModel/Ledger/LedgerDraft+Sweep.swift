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
  /// What became of the tier or of its term; `nil` where neither changed.
  public var tier: TierChanged?
  /// The first thing that ended, by a name that identifies no one: `L17.0` for a lot, `H12` for a
  /// hold, `K9` for a coupon's serial number, or what the tier or paid level is called.
  public var subject: String?

  /// Creates the summary of nothing.
  public init() {}
}

extension Programme {
  /// Decides what the calendar ended for a member: holds whose time is over, then lots, passes and
  /// coupons whose last day is over, the income of a paid level, and a tier whose term is over.
  /// Every operation does the same before its own, so that a sweep that comes late, or twice,
  /// changes nothing.
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

  /// Whether `decideSweep` would enter anything: for whoever looks through all members.
  public func isSweepDue(
    for state: MemberState,
    on today: BusinessDate,
    at now: Timestamp
  ) -> Bool {
    for lot in state.lots where lot.remaining > 0 && !lot.isAlive(on: today) { return true }
    if isTierReviewDue(for: state, on: today) { return true }
    guard !state.hasNoAssets else { return false }
    let assets = state.assets
    return assets.holds.contains { $0.deadline <= now.microseconds }
      || assets.coupons.contains { $0.isExpired(on: today) }
      || assets.counted.contains { !$0.lot.isAlive(on: today) }
      || assets.paid.map { $0.through < today } ?? false
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
      summary.subject = summary.subject ?? lot.wireID
    }
    summary.tier = try reviewTier()
    if let tier = summary.tier { summary.subject = summary.subject ?? "tier:" + tier.before }
    return summary
  }

  /// Ends the holds whose time is over, before anything looks at what they hold.
  mutating func endLapsedHolds(_ summary: inout SweepSummary) throws(LedgerProblem) {
    guard !state.hasNoAssets else { return }
    for hold in state.assets.holds where hold.deadline <= context.now.microseconds {
      summary.pointsExpired &+= try release(hold, as: .expired)
      summary.holdsExpired.append(hold.id)
      summary.subject = summary.subject ?? "H\(hold.id)"
    }
  }

  private mutating func sweepAssets(_ summary: inout SweepSummary) throws(LedgerProblem) {
    try endLapsedHolds(&summary)
    for coupon in state.assets.coupons where coupon.isExpired(on: context.today) {
      try move(1, from: .couponOut, to: .couponExpired)
      try add(.couponRemoved(coupon, .expired))
      summary.couponsExpired.append(coupon)
      summary.subject = summary.subject ?? "K\(coupon.serial)"
    }
    for held in state.assets.counted where !held.lot.isAlive(on: context.today) {
      try move(held.lot.remaining, from: .countedOut, to: .countedExpired)
      try add(.countedTaken(asset: held.asset, held.lot))
      summary.countedExpired &+= held.lot.remaining
      summary.subject = summary.subject ?? held.lot.wireID
    }
    if let paid = state.assets.paid, paid.through < context.today {
      summary.earnedMinor = paid.paidMinor - paid.earnedMinor
      try move(summary.earnedMinor, from: .deferredIncome, to: .earnedIncome)
      try add(.paid(from: paid, to: nil))
      summary.paidLevelEnded = paid.level
      summary.subject = summary.subject ?? "paid:" + paid.level
    }
  }
}
