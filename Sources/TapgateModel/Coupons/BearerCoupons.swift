/// What a row that concerns no member comes to.
public struct ShopDecided<Answer: Hashable & Sendable>: Hashable, Sendable {
  public var effects: [Effect]
  public var shop: ShopState
  public var answer: Answer
}

extension Programme {
  /// Decides `coupon.issue` of coupons that belong to whoever has the code. The effects name the
  /// rows of the store's table of coupons; they concern no member.
  public func decideBearerCoupons(
    _ template: String,
    count: Int64,
    nonces: [UInt32],
    in context: LedgerContext
  ) throws(LedgerProblem) -> ShopDecided<[CouponState]> {
    guard let rules = self.template(template) else { throw .unknown(field: "template") }
    guard rules.isBearer else { throw .illegal("memberId", "is missing: no bearer's coupon") }
    // A row without a member: the draft's state stays aside.
    let nobody = MemberState(id: "", joinedOn: context.date, tier: "")
    var draft = try LedgerDraft(self, for: nobody, in: context)
    let coupons = try draft.newCoupons(template, count: count, nonces: nonces, isBearer: true)
    try draft.move(count, from: .couponStock, to: .couponBearer)
    for coupon in coupons { try draft.add(.bearerCoupon(from: nil, to: coupon)) }
    return ShopDecided(effects: draft.effects, shop: draft.shop, answer: coupons)
  }

  /// Decides `coupon.use` of a bearer's coupon where no member takes part.
  public func decideBearerUse(
    _ coupon: CouponState,
    amountMinor: Int64? = nil,
    in context: LedgerContext
  ) throws(LedgerProblem) -> ShopDecided<CouponState> {
    try decideBearer(coupon, in: context) { draft throws(LedgerProblem) in
      try draft.useBearerCoupon(coupon, amountMinor: amountMinor)
    }
  }

  /// Decides `coupon.unuse` of a bearer's coupon.
  public func decideBearerUnuse(
    _ coupon: CouponState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> ShopDecided<CouponState> {
    try decideBearer(coupon, in: context) { draft throws(LedgerProblem) in
      guard coupon.status == .used else { throw .refused(.alreadyReversed) }
      if coupon.isExpired(on: context.today) { throw .refused(.couponExpired) }
      return try draft.changeBearer(coupon, to: .issued, from: .couponUsed, into: .couponBearer)
    }
  }

  /// Decides that a bearer's coupon is void, or has expired where its last day is over.
  public func decideBearerEnd(
    _ coupon: CouponState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> ShopDecided<CouponState> {
    try decideBearer(coupon, in: context) { draft throws(LedgerProblem) in
      guard coupon.status == .issued else { throw .refused(.couponUsed) }
      let isExpired = coupon.isExpired(on: context.today)
      return try draft.changeBearer(
        coupon,
        to: isExpired ? .expired : .void,
        from: .couponBearer,
        into: isExpired ? .couponExpired : .couponVoid
      )
    }
  }

  private func decideBearer(
    _ coupon: CouponState,
    in context: LedgerContext,
    _ change: (inout LedgerDraft) throws(LedgerProblem) -> CouponState
  ) throws(LedgerProblem) -> ShopDecided<CouponState> {
    guard coupon.isBearer else { throw .illegal("code", "is a member's coupon") }
    let nobody = MemberState(id: "", joinedOn: context.date, tier: "")
    var draft = try LedgerDraft(self, for: nobody, in: context)
    let after = try change(&draft)
    return ShopDecided(effects: draft.effects, shop: draft.shop, answer: after)
  }
}

extension LedgerDraft {
  /// Uses a bearer's coupon for the row's receipt; `coupon` is its row of the store's table.
  @discardableResult
  public mutating func useBearerCoupon(
    _ coupon: CouponState,
    amountMinor: Int64? = nil
  ) throws(LedgerProblem) -> CouponState {
    guard coupon.isBearer else { throw .illegal("code", "is a member's coupon") }
    if let refusal = programme.refusal(of: coupon, in: situation, amountMinor: amountMinor) {
      throw .refused(refusal)
    }
    return try changeBearer(coupon, to: .used, from: .couponBearer, into: .couponUsed)
  }

  mutating func changeBearer(
    _ coupon: CouponState,
    to status: CouponState.Status,
    from: Account,
    into: Account
  ) throws(LedgerProblem) -> CouponState {
    var after = coupon
    after.status = status
    after.row = status == .issued ? 0 : context.sequence
    try move(1, from: from, to: into)
    try add(.bearerCoupon(from: coupon, to: after))
    return after
  }
}
