/// What `points.redeem` came to.
public struct Redeemed: Hashable, Sendable {
  public var points: Int64
  /// The slices of lots that were spent.
  public var lots: [PointLot]
  /// The reward; `nil` for cash.
  public var reward: String?
  public var gift = GivenGift()
  /// What the points are worth in fen, for cash.
  public var minor: Int64 = 0
  public var available: Int64
}

/// What `points.event` came to.
public struct EventCounted: Hashable, Sendable {
  /// The rules that gave something.
  public var rules: [String]
  public var points: Int64
  public var lots: [PointLot]
  public var available: Int64
}

extension Programme.PointsAsCash {
  /// What `points` are worth: floor(points × fen / rate); `nil` where that is too large.
  public func minor(for points: Int64) -> Int64? {
    guard self.points > 0 else { return nil }
    return Int64(exactly: Int128(points) * Int128(minor) / Int128(self.points))
  }
}

extension Programme {
  /// Decides `points.redeem` for a reward of the catalogue. `points`, where given, must be its
  /// price.
  public func decideRedeem(
    reward id: String,
    points: Int64? = nil,
    pin: PinProof = .notAsked,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Redeemed> {
    guard let reward = rewards.first(where: { $0.id == id }) else {
      throw .unknown(field: "reward")
    }
    if let points, points != reward.points {
      throw .illegal("points", "is not the price, \(reward.points)")
    }
    var draft = try LedgerDraft(self, active: state, in: context)
    try draft.demandPin(pin)
    try draft.refuseUnlessCard(can: "points")
    guard reward.when.holds(in: draft.situation) else {
      throw .refused(.rewardUnavailable, "not now")
    }
    try draft.refuseBelowRedeemMinimum()
    if let limit = reward.limit { try draft.count("reward:" + id, limit) }
    try draft.issue("reward:" + id, 1, of: reward.stock)
    let lots = try draft.takePoints(reward.points, to: .pointsRedeemed)
    let gift = try draft.give(reward.gives)
    return try draft.finished(
      Redeemed(
        points: reward.points,
        lots: lots,
        reward: id,
        gift: gift,
        available: draft.state.pointsAvailable(on: context.today)
      ),
      field: "points"
    )
  }

  /// Decides `points.redeem` for cash off a bill.
  public func decideRedeemCash(
    _ points: Int64,
    pin: PinProof = .notAsked,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Redeemed> {
    guard let rate = pointsAsCash else { throw .refused(.notSupportedByProgramme) }
    guard points > 0 else { throw .illegal("points", "is not positive") }
    guard rate.step <= 0 || points % rate.step == 0 else {
      throw .illegal("points", "is no multiple of \(rate.step)")
    }
    guard let minor = rate.minor(for: points) else { throw .illegal("points", "is too large") }
    var draft = try LedgerDraft(self, active: state, in: context)
    try draft.demandPin(pin)
    try draft.refuseUnlessCard(can: "points")
    try draft.refuseBelowRedeemMinimum()
    let lots = try draft.takePoints(points, to: .pointsRedeemed)
    return try draft.finished(
      Redeemed(
        points: points,
        lots: lots,
        reward: nil,
        minor: minor,
        available: draft.state.pointsAvailable(on: context.today)
      ),
      field: "points"
    )
  }

  // MARK: Events

  /// Decides `points.event`: what a member does, not pays.
  public func decideEvent(
    _ event: String,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<EventCounted> {
    guard event != Self.referralEvent, event != Self.welcomeEvent else {
      throw .illegal("event", "counts with the invited member's first receipt")
    }
    var draft = try LedgerDraft(self, active: state, in: context)
    let counted = try draft.countEvent(event)
    return try draft.finished(counted, field: "event")
  }
}

extension LedgerDraft {
  /// Counts an event by all of its rules; a rule whose limit is reached is passed over as long as
  /// another one gives.
  mutating func countEvent(_ event: String) throws(LedgerProblem) -> EventCounted {
    let situation = situation
    let rules = programme.events.filter { $0.event == event && $0.when.holds(in: situation) }
    guard !rules.isEmpty else { throw .refused(.notSupportedByProgramme, "event \(event)") }
    var counted = EventCounted(rules: [], points: 0, lots: [], available: 0)
    var problem: LedgerProblem?
    for rule in rules {
      let before = self
      do {
        if let limit = rule.limit { try count("event:" + rule.id, limit) }
        if let lot = try givePoints(rule.give) { counted.lots.append(lot) }
        counted.rules.append(rule.id)
        counted.points &+= rule.give
      } catch {
        self = before
        problem = error
      }
    }
    if counted.rules.isEmpty, let problem { throw problem }
    counted.available = state.pointsAvailable(on: context.today)
    return counted
  }
}
