/// What a look at a coupon's code says.
public struct CouponVerdict: Hashable, Sendable {
  public var coupon: CouponState
  /// Why it cannot be used now; `nil` where it can.
  public var refusal: Refusal?
}

extension Programme {
  /// The template of a coupon.
  public func template(_ id: String) -> CouponTemplate? { coupons.first { $0.id == id } }

  /// Why `coupon` cannot be used; `nil` where it can. `amountMinor` is what the lines that count
  /// come to; `nil` where nobody knows yet.
  public func refusal(
    of coupon: CouponState,
    in situation: Situation,
    amountMinor: Int64? = nil
  ) -> Refusal? {
    switch coupon.status {
    case .issued: break
    case .expired: return Refusal(.couponExpired)
    case .held, .used, .void: return Refusal(.couponUsed)
    }
    if coupon.isExpired(on: situation.date) { return Refusal(.couponExpired) }
    guard let template = template(coupon.template), template.when.holds(in: situation) else {
      return Refusal(.couponNotApplicable)
    }
    if let amountMinor, amountMinor < template.thresholdMinor {
      let missing = template.thresholdMinor - amountMinor
      return Refusal(.couponNotApplicable, detail: "\(missing) fen are missing")
    }
    return nil
  }

  /// Decides `coupon.verify` for a member's coupon.
  public func verify(
    _ code: CouponCode,
    for state: MemberState,
    in context: LedgerContext,
    amountMinor: Int64? = nil
  ) throws(LedgerProblem) -> CouponVerdict {
    let draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    let coupon = try draft.coupon(code, field: "code")
    let refusal = refusal(of: coupon, in: draft.situation, amountMinor: amountMinor)
    return CouponVerdict(coupon: coupon, refusal: refusal)
  }

  /// Decides `coupon.issue` to a member.
  public func decideCouponIssue(
    _ template: String,
    count: Int64,
    nonces: [UInt32] = [],
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<[CouponState]> {
    var draft = try LedgerDraft(self, active: state, in: context)
    let coupons = try draft.issueCoupons(template, count: count, nonces: nonces)
    return try draft.finished(coupons)
  }

  /// Decides `coupon.use` of a member's coupon.
  public func decideCouponUse(
    _ code: CouponCode,
    amountMinor: Int64? = nil,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CouponState> {
    var draft = try LedgerDraft(self, active: state, in: context)
    let coupon = try draft.useCoupon(code, amountMinor: amountMinor)
    return try draft.finished(coupon)
  }

  /// Decides `coupon.unuse` of what the row with `original` used. Refused with `couponExpired`
  /// where its last day is over, and with `alreadyReversed` where it came back before.
  public func decideCouponUnuse(
    _ serial: Int64,
    of original: [Effect],
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CouponState> {
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.refuseUnlessThere()
    var used: CouponState?
    for case .couponRemoved(let coupon, .used) in original where coupon.serial == serial {
      used = coupon
    }
    guard let used else { throw .unknown(field: "code") }
    let coupon = try draft.unuseCoupon(used)
    return try draft.finished(coupon)
  }

  /// Decides that a member's coupon is void.
  public func decideCouponVoid(
    _ code: CouponCode,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CouponState> {
    var draft = try LedgerDraft(self, for: state, in: context)
    let coupon = try draft.coupon(code, field: "code")
    try draft.move(1, from: .couponOut, to: .couponVoid)
    try draft.add(.couponRemoved(coupon, .void))
    return try draft.finished(coupon)
  }

  func lastDay(of template: CouponTemplate, from date: BusinessDate) -> BusinessDate {
    switch template.validity {
    case .after(let period): period.end(from: date)
    case .through(let last): last
    }
  }
}

extension LedgerDraft {
  /// Coupons that one row issues at most.
  static var couponCountMax: Int64 { 1000 }

  /// The member's coupon of a code. One that is gone, although its serial number was given out, was
  /// used, voided or has expired.
  public func coupon(_ code: CouponCode, field: String) throws(LedgerProblem) -> CouponState {
    let assets = state.assets
    if let coupon = assets.coupons.first(where: { $0.code == code }) { return coupon }
    if assets.holds.contains(where: { $0.coupons.contains { $0.code == code } }) {
      throw .refused(.couponUsed, "it is held")
    }
    guard code.serial > 0, code.serial < shop.nextSerial else { throw .unknown(field: field) }
    throw .refused(.couponUsed)
  }

  /// Issues coupons to the member. `nonces` are random numbers for codes that cannot be guessed,
  /// one a coupon; without them codes count up.
  public mutating func issueCoupons(
    _ id: String,
    count: Int64,
    nonces: [UInt32] = []
  ) throws(LedgerProblem) -> [CouponState] {
    let coupons = try newCoupons(id, count: count, nonces: nonces, isBearer: false)
    try move(count, from: .couponStock, to: .couponOut)
    for coupon in coupons { try add(.couponAdded(coupon)) }
    return coupons
  }

  mutating func newCoupons(
    _ id: String,
    count: Int64,
    nonces: [UInt32],
    isBearer: Bool
  ) throws(LedgerProblem) -> [CouponState] {
    guard let template = programme.template(id) else { throw .unknown(field: "template") }
    guard count > 0, count <= Self.couponCountMax else {
      throw .illegal("count", "is not 1 to \(Self.couponCountMax)")
    }
    let last = programme.lastDay(of: template, from: context.date)
    guard last >= context.today else { throw .refused(.couponExpired) }
    let first = shop.nextSerial
    try issue("coupon:" + id, count, of: template.stock)
    try add(.couponSerials(count))
    var coupons: [CouponState] = []
    for index in 0..<count {
      coupons.append(
        CouponState(
          serial: first + index,
          template: id,
          nonce: Int(index) < nonces.count ? nonces[Int(index)] : 0,
          issuedOn: context.date,
          expiresOn: last,
          isBearer: isBearer
        )
      )
    }
    return coupons
  }

  /// Uses a member's coupon for the row's receipt.
  @discardableResult
  public mutating func useCoupon(
    _ code: CouponCode,
    amountMinor: Int64? = nil
  ) throws(LedgerProblem) -> CouponState {
    let coupon = try coupon(code, field: "code")
    if let refusal = programme.refusal(of: coupon, in: situation, amountMinor: amountMinor) {
      throw .refused(refusal)
    }
    try move(1, from: .couponOut, to: .couponUsed)
    try add(.couponRemoved(coupon, .used))
    return coupon
  }

  /// Gives a used coupon back.
  public mutating func unuseCoupon(_ coupon: CouponState) throws(LedgerProblem) -> CouponState {
    if state.assets.coupons.contains(where: { $0.serial == coupon.serial }) {
      throw .refused(.alreadyReversed)
    }
    if coupon.isExpired(on: context.today) { throw .refused(.couponExpired) }
    try move(1, from: .couponUsed, to: .couponOut)
    try add(.couponAdded(coupon))
    return coupon
  }
}
