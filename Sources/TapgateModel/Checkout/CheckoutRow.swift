/// What `checkout.commit` asks for, checked for shape.
public struct CheckoutCommit: Sendable {
  public var request: CheckoutRequest
  public var tenders: [Tender]
  /// Codes in the order in which they were given; of members and of bearers.
  public var coupons: [CouponCode]
  /// The rows of the store's table for those codes that are a bearer's.
  public var bearers: [CouponState]
  /// The hold that pays first; it ends with the receipt.
  public var hold: Int64?
  public var pin: PinProof
  /// Whether points ask for the PIN as stored value does.
  public var guardsPoints: Bool

  /// Creates a commit.
  public init(
    request: CheckoutRequest,
    tenders: [Tender],
    coupons: [CouponCode] = [],
    bearers: [CouponState] = [],
    hold: Int64? = nil,
    pin: PinProof = .missing,
    guardsPoints: Bool = false
  ) {
    self.guardsPoints = guardsPoints
    self.request = request
    self.tenders = tenders
    self.coupons = coupons
    self.bearers = bearers
    self.hold = hold
    self.pin = pin
  }
}

/// What a checkout came to.
public struct CheckedOut: Hashable, Sendable {
  public var quote: Quote
  public var record: SaleRecord
  /// Slices of lots that were spent.
  public var points: [PointLot] = []
  public var earned: EarnedRow
}

extension Programme {
  /// Decides `checkout.commit`: one row for everything that the receipt moves. Without a member the
  /// state after it is nobody's, and only bearers' coupons move.
  public func decideCheckout(
    _ commit: CheckoutCommit,
    for state: MemberState?,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CheckedOut> {
    var context = context
    context.situation.tenders.formUnion(commit.request.tenderKinds)
    let nobody = MemberState(id: "", joinedOn: context.date, tier: "")
    var draft: LedgerDraft
    if let hold = commit.hold {
      guard let state else { throw .illegal("holdId", "needs a member") }
      draft = try LedgerDraft(self, active: state, in: context, keeping: hold)
    } else {
      draft = try LedgerDraft(self, active: state ?? nobody, in: context)
    }
    let hold = draft.state.assets.holds.first { $0.id == commit.hold }
    let offered = try draft.offered(commit, hold)
    let pricing = draft.checkoutContext(hold: hold, isMember: state != nil)
    let decision: CheckoutDecision
    do throws(CheckoutProblem) {
      decision = try checkout(
        commit.request,
        tenders: commit.tenders,
        for: state == nil ? nil : draft.state,
        coupons: offered,
        in: pricing
      )
    } catch { throw LedgerProblem(error) }
    let slices = try draft.pay(decision, commit, hold)
    try draft.add(.sale(decision.record.packed()))
    var answer = CheckedOut(
      quote: decision.quote,
      record: decision.record,
      points: slices,
      earned: EarnedRow(lots: [], tier: TierChanged(before: "", after: "", end: nil))
    )
    if state != nil { answer.earned = try draft.earn(decision.amounts.earned) }
    return try draft.finished(answer, field: "lines")
  }

  /// The context in which a quote of the member is priced, as its commit will be.
  public func quoteContext(
    for state: MemberState?,
    hold: Int64? = nil,
    in context: LedgerContext
  ) throws(LedgerProblem) -> CheckoutContext {
    guard let state else { return CheckoutContext(situation: context.situation) }
    let draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    let held = state.assets.holds.first { $0.id == hold }
    return draft.checkoutContext(hold: held, isMember: true)
  }
}

extension LedgerProblem {
  /// The same problem.
  public init(_ problem: CheckoutProblem) {
    switch problem {
    case .illegal(let problem): self = .illegal(problem)
    case .refused(let refusal): self = .refused(refusal)
    }
  }
}

extension LedgerDraft {
  fileprivate func checkoutContext(hold: Hold?, isMember: Bool) -> CheckoutContext {
    guard isMember else { return CheckoutContext(situation: context.situation) }
    let order = programme.valueOrder ?? .proRata
    let balance = ValueParts(principalMinor: state.principalMinor, bonusMinor: state.bonusMinor)
    let held = ValueParts(
      principalMinor: hold?.principalMinor ?? 0,
      bonusMinor: hold?.bonusMinor ?? 0
    )
    let available = state.valueAvailableMinor
    let points = state.pointsAvailable(on: context.today) &+ (hold?.pointCount ?? 0)
    return CheckoutContext(
      situation: situation,
      today: context.today,
      grants: grants,
      points: points
    ) { amount throws(Refusal) in
      let first = min(amount, held.sumMinor)
      guard amount - first <= available else {
        let missing = amount - first - available
        throw Refusal(.insufficientValue, detail: "\(missing) fen are missing")
      }
      let own = order.split(first, of: held)
      let rest = order.split(amount - first, of: balance)
      return ValueSplit(
        principalMinor: own.principalMinor + rest.principalMinor,
        bonusMinor: own.bonusMinor + rest.bonusMinor
      )
    }
  }

  /// The coupons with their templates, in the order in which they were given.
  func offered(
    _ commit: CheckoutCommit,
    _ hold: Hold?
  ) throws(LedgerProblem) -> [OfferedCoupon] {
    var offered: [OfferedCoupon] = []
    for (index, code) in commit.coupons.enumerated() {
      guard !commit.coupons[..<index].contains(code) else {
        throw .illegal("coupons[\(index)]", "is given twice")
      }
      let held = hold?.coupons.first { $0.code == code }
      let known = held ?? commit.bearers.first { $0.code == code }
      let coupon =
        if let known { known } else { try self.coupon(code, field: "coupons[\(index)]") }
      guard let template = programme.template(coupon.template) else {
        throw .refused(.couponNotApplicable, code.description)
      }
      offered.append(
        OfferedCoupon(
          code: code.description,
          template: template,
          // What is held stays usable until the hold ends.
          expiresOn: held == nil ? coupon.expiresOn : nil
        )
      )
    }
    return offered
  }

  /// Spends points, stored value and coupons: the hold's first, then the member's own.
  fileprivate mutating func pay(
    _ decision: CheckoutDecision,
    _ commit: CheckoutCommit,
    _ hold: Hold?
  ) throws(LedgerProblem) -> [PointLot] {
    var points = decision.amounts.pointsSpent
    var value = decision.quote.payment.valueMinor
    var slices: [PointLot] = []
    if let hold {
      let legs = HoldLegs(
        points: min(points, hold.pointCount),
        valueMinor: min(value, hold.valueMinor),
        coupons: commit.coupons.filter { code in hold.coupons.contains { $0.code == code } }
      )
      slices = try capture(hold.id, legs, isFinal: true).points
      points -= legs.points
      value -= legs.valueMinor
    }
    if value > 0 || (points > 0 && commit.guardsPoints) { try demandPin(commit.pin) }
    if points > 0 { slices += try takePoints(points, to: .pointsRedeemed) }
    if value > 0 {
      try countCardSpending(value)
      _ = try takeValue(value)
    }
    for code in commit.coupons where !(hold?.coupons.contains { $0.code == code } ?? false) {
      if let bearer = commit.bearers.first(where: { $0.code == code }) {
        try useBearerCoupon(bearer)
      } else {
        try useCoupon(code)
      }
    }
    return slices
  }
}
