/// What became of a paid level.
public struct PaidChanged: Hashable, Sendable {
  public var paid: PaidMembership?
  /// What was paid, or, below zero, paid back.
  public var amountMinor: Int64
  /// What of it the days have earned.
  public var earnedMinor: Int64 = 0
  public var gift = GivenGift()
}

extension Programme {
  /// Decides `membership.buy` and `.renew`: a renewal adds a term to the one that runs.
  ///
  /// `priceMinor` is what the till took; it must be the level's price where the programme has one.
  public func decideMembership(
    _ id: String,
    priceMinor: Int64? = nil,
    tender: String,
    reference: String = "",
    isRenewal: Bool,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<PaidChanged> {
    guard let level = paidLevels.first(where: { $0.id == id }) else {
      throw .unknown(field: "level")
    }
    guard let price = level.priceMinor ?? priceMinor else {
      throw .illegal("priceMinor", "is missing: the programme has no price")
    }
    guard priceMinor == nil || priceMinor == price else {
      throw .illegal("priceMinor", "is not the price, \(price)")
    }
    guard price >= 0, price <= MemberState.balanceMax else {
      throw .illegal("priceMinor", "is out of range")
    }
    var draft = try LedgerDraft(self, active: state, in: context)
    let running = draft.state.assets.paid
    var paid = PaidMembership(
      level: id,
      from: context.date,
      through: level.term.end(from: context.date).adding(days: -1),
      paidMinor: price
    )
    if let running {
      guard isRenewal, running.level == id else {
        throw .refused(.dependentOperations, "level \(running.level) runs")
      }
      paid = running
      paid.through = level.term.end(from: running.through.adding(days: 1)).adding(days: -1)
      let (sum, overflow) = running.paidMinor.addingReportingOverflow(price)
      guard !overflow else { throw .illegal("priceMinor", "is too large") }
      // The term that ran so far keeps what it has earned; the rest spreads over what is left.
      paid.paidMinor = sum
    }
    guard paid.through >= paid.from else { throw .illegal("level", "has no term") }
    if price > 0 {
      try draft.add(.tendered(kind: tender, amountMinor: price, reference: reference))
    }
    try draft.move(price, from: .tenderClearing, to: .deferredIncome)
    try draft.add(.paid(from: running, to: paid))
    let gift = try draft.give(level.gifts)
    return try draft.finished(
      PaidChanged(paid: paid, amountMinor: price, gift: gift),
      field: "priceMinor"
    )
  }

  /// Decides `membership.refund`: the days that are over, today among them, have earned their share
  /// (rounded down); the rest is paid back and the level ends.
  public func decideMembershipRefund(
    tender: String,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<PaidChanged> {
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.refuseUnlessThere()
    guard let paid = draft.state.assets.paid else { throw .refused(.dependentOperations) }
    let tomorrow = context.today.adding(days: 1)
    let earned = max(paid.earnedMinor, paid.earnedMinor(before: tomorrow))
    let back = paid.paidMinor - earned
    try draft.move(earned - paid.earnedMinor, from: .deferredIncome, to: .earnedIncome)
    if back > 0 {
      try draft.add(.tendered(kind: tender, amountMinor: -back, reference: ""))
    }
    try draft.move(back, from: .deferredIncome, to: .tenderClearing)
    try draft.add(.paid(from: paid, to: nil))
    return try draft.finished(
      PaidChanged(paid: nil, amountMinor: -back, earnedMinor: earned - paid.earnedMinor)
    )
  }

  /// Decides the income of the days before `today`; the back office asks for it by the day or the
  /// month, and how often makes no difference.
  ///
  /// - Returns: `nil` where no more was earned.
  public func decideIncome(
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Int64>? {
    var draft = try LedgerDraft(self, for: state, in: context)
    var earned: Int64 = 0
    if let paid = draft.state.assets.paid {
      earned = max(0, paid.earnedMinor(before: context.today) - paid.earnedMinor)
      if earned > 0 {
        var after = paid
        after.earnedMinor += earned
        try draft.move(earned, from: .deferredIncome, to: .earnedIncome)
        try draft.add(.paid(from: paid, to: after))
      }
    }
    return draft.effects.isEmpty ? nil : try draft.finished(earned)
  }
}
