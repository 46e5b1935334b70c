/// What `hold.create` sets aside, or what `hold.capture` takes of it.
public struct HoldLegs: Hashable, Sendable {
  public var points: Int64
  public var valueMinor: Int64
  public var coupons: [CouponCode]

  /// Creates legs.
  public init(points: Int64 = 0, valueMinor: Int64 = 0, coupons: [CouponCode] = []) {
    self.points = points
    self.valueMinor = valueMinor
    self.coupons = coupons
  }

  /// Whether nothing is asked for.
  public var isEmpty: Bool { self == HoldLegs() }
}

/// What was captured of a hold.
public struct Captured: Hashable, Sendable {
  /// Slices of lots that are spent now.
  public var points: [PointLot]
  public var parts: ValueParts
  public var coupons: [CouponState]
  /// What is left of the hold; `nil` where it ended.
  public var rest: Hold?
}

extension Programme {
  /// Decides `hold.create`: all legs or none. `seconds` is how long it is to last; `nil` for the
  /// programme's own time. `bearers` are the store's rows of the bearers' coupons among the codes.
  public func decideHold(
    _ legs: HoldLegs,
    seconds: Int64? = nil,
    pin: PinProof = .missing,
    bearers: [CouponState] = [],
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Hold> {
    guard legs.points >= 0 else { throw .illegal("points", "is negative") }
    guard legs.valueMinor >= 0 else { throw .illegal("valueMinor", "is negative") }
    guard !legs.isEmpty else { throw .illegal("points", "is 0 and nothing else is held") }
    let lasting = seconds ?? holds.seconds
    guard lasting > 0, lasting <= holds.secondsMax else {
      throw .illegal("seconds", "is not 1 to \(holds.secondsMax)")
    }
    let (span, overflow) = lasting.multipliedReportingOverflow(by: 1_000_000)
    let (deadline, late) = context.now.microseconds.addingReportingOverflow(span)
    guard !overflow, !late else { throw .illegal("seconds", "is too large") }
    var draft = try LedgerDraft(self, active: state, in: context)
    var hold = Hold(
      id: context.sequence,
      deadline: deadline,
      card: context.card,
      madeOn: context.date
    )
    if legs.points > 0 {
      try draft.refuseUnlessCard(can: "points")
      try draft.refuseBelowRedeemMinimum()
      hold.points = try draft.takePoints(legs.points, to: .pointsHeld)
    }
    if legs.valueMinor > 0 {
      try draft.demandPin(pin)
      try draft.countCardSpending(legs.valueMinor)
      let parts = try draft.takeValue(legs.valueMinor, to: (.principalHeld, .bonusHeld))
      hold.principalMinor = parts.principalMinor
      hold.bonusMinor = parts.bonusMinor
    }
    for code in legs.coupons {
      let bearer = bearers.first { $0.code == code && $0.isBearer }
      let isHeld = hold.coupons.contains { $0.code == code }
      if isHeld { throw .refused(.couponUsed, "it is named twice") }
      hold.coupons.append(try draft.holdCoupon(code, bearer: bearer))
    }
    try draft.add(.hold(hold))
    return try draft.finished(hold)
  }

  /// Decides `hold.capture` by itself: `legs` of it are spent; where `isFinal`, or where nothing is
  /// left, the hold ends and the rest is free again.
  public func decideCapture(
    of id: Int64,
    _ legs: HoldLegs,
    isFinal: Bool,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Captured> {
    var draft = try LedgerDraft(self, active: state, in: context, keeping: id)
    let captured = try draft.capture(id, legs, isFinal: isFinal)
    return try draft.finished(captured)
  }

  /// Decides `hold.void`. A hold whose time is over ends as expired.
  ///
  /// - Returns: The hold as it was.
  public func decideVoid(
    of id: Int64,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Hold> {
    guard let hold = state.assets.holds.first(where: { $0.id == id }) else {
      throw .refused(.holdEnded)
    }
    guard hold.deadline > context.now.microseconds else { throw .refused(.holdExpired) }
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.release(hold, as: .voided)
    return try draft.finished(hold)
  }
}

extension LedgerDraft {
  /// Starts a row that captures hold `id`; refused where the hold has ended or its time is over.
  init(
    _ programme: Programme,
    active state: MemberState,
    in context: LedgerContext,
    keeping id: Int64
  ) throws(LedgerProblem) {
    guard let hold = state.assets.holds.first(where: { $0.id == id }) else {
      throw .refused(.holdEnded)
    }
    guard hold.deadline > context.now.microseconds else { throw .refused(.holdExpired) }
    try self.init(programme, active: state, in: context)
  }

  /// Spends `legs` of a hold; where `isFinal`, or nothing is left, it ends. In a row that does
  /// more, it comes first: a mirror of the row undoes what comes after the hold was opened.
  public mutating func capture(
    _ id: Int64,
    _ legs: HoldLegs,
    isFinal: Bool
  ) throws(LedgerProblem) -> Captured {
    guard var hold = state.assets.holds.first(where: { $0.id == id }) else {
      throw .refused(.holdEnded)
    }
    guard hold.deadline > context.now.microseconds else { throw .refused(.holdExpired) }
    guard legs.points >= 0, legs.points <= hold.pointCount else {
      throw .illegal("points", "is not 0 to \(hold.pointCount)")
    }
    guard legs.valueMinor >= 0, legs.valueMinor <= hold.valueMinor else {
      throw .illegal("valueMinor", "is not 0 to \(hold.valueMinor)")
    }
    let spent = hold.takePoints(legs.points)
    let balance = ValueParts(principalMinor: hold.principalMinor, bonusMinor: hold.bonusMinor)
    let parts = (programme.valueOrder ?? .proRata).split(legs.valueMinor, of: balance)
    hold.principalMinor -= parts.principalMinor
    hold.bonusMinor -= parts.bonusMinor
    var coupons: [CouponState] = []
    for (index, code) in legs.coupons.enumerated() {
      guard let place = hold.coupons.firstIndex(where: { $0.code == code }) else {
        throw .illegal("coupons[\(index)]", "is not held")
      }
      coupons.append(hold.coupons.remove(at: place))
    }
    let ends = isFinal || hold.isEmpty
    let captured = Captured(
      points: spent,
      parts: parts,
      coupons: coupons,
      rest: ends ? nil : hold
    )
    try free(captured)
    if ends {
      try release(hold, as: .captured)
    } else {
      try add(.hold(hold))
    }
    try add(.swept)
    try spend(captured)
    return captured
  }

  /// Takes what is captured out of the hold, back to where it came from, so that the spending
  /// itself is like any other and can be mirrored like it. Expired lots come back for that moment.
  private mutating func free(_ captured: Captured) throws(LedgerProblem) {
    for slice in captured.points {
      try move(slice.remaining, from: .pointsHeld, to: .pointsAvailable)
      try add(.lotRestored(slice))
    }
    try move(captured.parts.principalMinor, from: .principalHeld, to: .principal)
    try move(captured.parts.bonusMinor, from: .bonusHeld, to: .bonus)
    for coupon in captured.coupons { try freeCoupon(coupon) }
  }

  private mutating func spend(_ captured: Captured) throws(LedgerProblem) {
    for slice in captured.points {
      try move(slice.remaining, from: .pointsAvailable, to: .pointsRedeemed)
      try add(.lotTaken(slice))
    }
    try move(captured.parts.principalMinor, from: .principal, to: .valueConsumed)
    try move(captured.parts.bonusMinor, from: .bonus, to: .valueConsumed)
    for var coupon in captured.coupons {
      if coupon.isBearer {
        coupon.release()
        _ = try changeBearer(coupon, to: .used, from: .couponBearer, into: .couponUsed)
      } else {
        try move(1, from: .couponOut, to: .couponUsed)
        try add(.couponRemoved(coupon, .used))
      }
    }
  }

  /// Ends a hold: what is left in it is free again, and what expired meanwhile expires now.
  ///
  /// - Returns: How many points expired.
  @discardableResult
  mutating func release(_ hold: Hold, as end: HoldEnd) throws(LedgerProblem) -> Int64 {
    try add(.holdEnded(hold.id, end))
    let expired = try restorePoints(hold.points, from: .pointsHeld, grace: nil)
    try move(hold.principalMinor, from: .principalHeld, to: .principal)
    try move(hold.bonusMinor, from: .bonusHeld, to: .bonus)
    if let card = hold.card, hold.valueMinor > 0 {
      try uncount(Self.name(of: card), per: .day, on: hold.madeOn, quantity: hold.valueMinor)
    }
    for coupon in hold.coupons {
      if !coupon.isExpired(on: context.today) {
        try freeCoupon(coupon)
      } else if coupon.isBearer {
        _ = try changeBearer(coupon, to: .expired, from: .couponHeld, into: .couponExpired)
      } else {
        try move(1, from: .couponHeld, to: .couponExpired)
      }
    }
    return expired
  }

  private mutating func freeCoupon(_ coupon: CouponState) throws(LedgerProblem) {
    if coupon.isBearer {
      _ = try changeBearer(coupon, to: .issued, from: .couponHeld, into: .couponBearer)
    } else {
      try move(1, from: .couponHeld, to: .couponOut)
      try add(.couponAdded(coupon))
    }
  }

  fileprivate mutating func holdCoupon(
    _ code: CouponCode,
    bearer: CouponState?
  ) throws(LedgerProblem) -> CouponState {
    if let bearer {
      if let refusal = programme.refusal(of: bearer, in: situation) { throw .refused(refusal) }
      return try changeBearer(bearer, to: .held, from: .couponBearer, into: .couponHeld)
    }
    let coupon = try coupon(code, field: "coupons")
    if let refusal = programme.refusal(of: coupon, in: situation) { throw .refused(refusal) }
    try move(1, from: .couponOut, to: .couponHeld)
    try add(.couponRemoved(coupon, .held))
    return coupon
  }

  /// Refuses to redeem where the member has fewer points than the programme asks for.
  public func refuseBelowRedeemMinimum() throws(LedgerProblem) {
    let available = state.pointsAvailable(on: context.today)
    guard available < programme.redeemMin else { return }
    throw .refused(.belowRedeemMinimum, "\(programme.redeemMin - available) more are needed")
  }
}

extension Hold {
  /// Takes points of the hold's slices, what expires first first.
  mutating func takePoints(_ quantity: Int64) -> [PointLot] {
    var left = quantity
    var spent: [PointLot] = []
    while left > 0, let slice = points.first {
      let taken = min(left, slice.remaining)
      spent.append(slice.slice(taken))
      left -= taken
      if taken == slice.remaining {
        points.removeFirst()
      } else {
        points[0].remaining -= taken
      }
    }
    return spent
  }
}
