/// What a refund of a receipt needs beside the member.
public struct RefundFacts: Sendable {
  /// The sequence of the receipt's row.
  public var receipt: Int64
  public var record: SaleRecord
  /// How much went back before.
  public var progress: RefundProgress
  /// The effects of the receipt's row.
  public var effects: [Effect]
  /// The largest single receipt among the member's others, less what went back of them.
  public var otherSingleMax: Int64
  /// The rows of the bearers' coupons that the receipt used.
  public var bearers: [CouponState]

  /// Creates facts.
  public init(
    receipt: Int64,
    record: SaleRecord,
    progress: RefundProgress = RefundProgress(),
    effects: [Effect],
    otherSingleMax: Int64 = 0,
    bearers: [CouponState] = []
  ) {
    self.receipt = receipt
    self.record = record
    self.progress = progress
    self.effects = effects
    self.otherSingleMax = otherSingleMax
    self.bearers = bearers
  }
}

/// What a refund came to.
public struct Refunded: Hashable, Sendable {
  public var amounts: RefundAmounts
  /// Points taken back from lots, and those that became a debt or were written off.
  public var pointsTaken: Int64 = 0
  public var pointsShort: Int64 = 0
  /// Coupons that are usable again. One whose last day is over is not among them.
  public var coupons: [CouponState] = []
  public var tier: TierChanged
}

extension Programme {
  /// Decides `refund.create`: what goes back where, in one row. `state` is `nil` for a receipt
  /// without a member.
  public func decideRefund(
    _ request: RefundRequest,
    of facts: RefundFacts,
    for state: MemberState?,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Refunded> {
    let amounts: RefundAmounts
    do throws(CheckoutProblem) {
      amounts = try facts.record.refund(request, after: facts.progress)
    } catch { throw LedgerProblem(error) }
    let nobody = MemberState(id: "", joinedOn: context.date, tier: "")
    var draft = try LedgerDraft(self, for: state ?? nobody, in: context)
    try draft.refuseUnlessThere()
    var refunded = Refunded(
      amounts: amounts,
      tier: TierChanged(before: draft.state.tier, after: draft.state.tier, end: nil)
    )
    if state != nil { try draft.giveBack(amounts, facts, into: &refunded) }
    if !amounts.couponsUnused.isEmpty {
      refunded.coupons = try draft.unuseCoupons(of: facts)
    }
    try draft.add(.refunded(receipt: facts.receipt, progress: amounts.progress.packed()))
    if state != nil { refunded.tier = try draft.reassessTier() }
    return try draft.finished(refunded)
  }
}

extension LedgerDraft {
  fileprivate mutating func giveBack(
    _ amounts: RefundAmounts,
    _ facts: RefundFacts,
    into refunded: inout Refunded
  ) throws(LedgerProblem) {
    try returnValue(
      ValueParts(
        principalMinor: amounts.value.principalMinor,
        bonusMinor: amounts.value.bonusMinor
      )
    )
    let slices = Self.slices(
      of: facts.effects,
      from: amounts.pointsRestoredBefore,
      count: amounts.pointsRestored
    )
    try restorePoints(slices, from: .pointsRedeemed, grace: programme.refund.grace)
    let taken = try takeBackPoints(amounts.pointsTakenBack, lotRow: facts.receipt)
    refunded.pointsTaken = taken.taken
    refunded.pointsShort = taken.short
    try giveGrowth(-min(amounts.growthTakenBack, state.growth))
    if amounts.spentMinor > 0 {
      try add(.spent(date: facts.record.date, amountMinor: -amounts.spentMinor))
    }
    let single = max(facts.otherSingleMax, amounts.spentLeftMinor)
    if amounts.spentMinor > 0, single < state.facts.singleMaxMinor { try add(.singleMax(single)) }
  }

  /// The slices that the receipt spent, from the one that was spent last on: so many points after
  /// those that went back before.
  fileprivate static func slices(
    of effects: [Effect],
    from start: Int64,
    count: Int64
  ) -> [PointLot] {
    var skip = start
    var left = count
    var slices: [PointLot] = []
    for case .lotTaken(let slice) in Effect.own(of: effects).reversed() where left > 0 {
      let skipped = min(skip, slice.remaining)
      skip -= skipped
      let taken = min(left, slice.remaining - skipped)
      guard taken > 0 else { continue }
      slices.append(slice.slice(taken))
      left -= taken
    }
    return slices
  }

  fileprivate mutating func unuseCoupons(
    of facts: RefundFacts
  ) throws(LedgerProblem) -> [CouponState] {
    var coupons: [CouponState] = []
    for effect in Effect.own(of: facts.effects) {
      switch effect {
      case .couponRemoved(let coupon, .used) where !coupon.isExpired(on: context.today):
        coupons.append(try unuseCoupon(coupon))
      case .bearerCoupon(_, let used) where used.status == .used:
        guard let now = facts.bearers.first(where: { $0.serial == used.serial }), now == used,
          !used.isExpired(on: context.today)
        else { continue }
        coupons.append(
          try changeBearer(used, to: .issued, from: .couponUsed, into: .couponBearer)
        )
      default: break
      }
    }
    return coupons
  }
}
