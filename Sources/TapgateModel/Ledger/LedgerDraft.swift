/// A journal row that is being decided: every effect is applied as it is added, so that the state
/// is always what the effects come to.
///
/// Decisions are written with it, and whoever composes several movements into one row (a checkout,
/// a refund) uses the same verbs.
public struct LedgerDraft: Sendable {
  public let programme: Programme
  public let context: LedgerContext
  /// The member as the effects so far leave it.
  public private(set) var state: MemberState
  /// The shop's counts as the effects so far leave them.
  public private(set) var shop: ShopState
  public private(set) var effects: [Effect] = []
  private var lotCount: Int64 = 0

  /// Starts a row for `state`. `sweeps`: what the calendar ended meanwhile is entered first.
  public init(
    _ programme: Programme,
    for state: MemberState,
    in context: LedgerContext,
    sweeps: Bool = true
  ) throws(LedgerProblem) {
    self.programme = programme
    self.context = context
    self.state = state
    shop = context.shop
    guard state.isSound else { throw .illegal("memberId", "has a damaged row") }
    guard sweeps else { return }
    try sweep()
    if !effects.isEmpty { effects.append(.swept) }
  }

  /// Starts a row of an operation in which the member takes part: refused where the member or the
  /// card may not.
  public init(
    _ programme: Programme,
    active state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) {
    do { try state.refuseUnlessActive(card: context.card) } catch { throw .refused(error) }
    try self.init(programme, for: state, in: context)
  }

  /// Adds one effect.
  public mutating func add(_ effect: Effect) throws(LedgerProblem) {
    guard state.apply(effect), shop.apply(effect) else {
      throw .refused(.dependentOperations)
    }
    effects.append(effect)
  }

  /// Moves `quantity` from one account to another; nothing for 0.
  public mutating func move(
    _ quantity: Int64,
    from: Account,
    to: Account
  ) throws(LedgerProblem) {
    guard quantity != 0 else { return }
    try add(.post(from, -quantity))
    try add(.post(to, quantity))
  }

  /// The id of the next lot of this row, of which there are at most 256.
  mutating func nextLotID() throws(LedgerProblem) -> Int64 {
    guard lotCount < 256 else { throw .refused(.limitExceeded, "256 lots in one row") }
    defer { lotCount += 1 }
    return context.sequence << 8 | lotCount
  }

  /// The row with everything in it.
  ///
  /// Throws `illegal` with `field` where a balance would grow beyond what sums can bear.
  public func finished<Answer>(
    _ answer: Answer,
    field: String = "amountMinor"
  ) throws(LedgerProblem) -> Decided<Answer> {
    guard state.isWithinBounds, state.areAssetsWithinBounds else {
      throw .illegal(field, "is too large")
    }
    guard state.hasNoOverdraft else { throw .refused(.dependentOperations) }
    var after = state
    after.operationCount &+= 1
    after.lastSequence = context.sequence
    return Decided(effects: effects, after: after, shop: shop, answer: answer)
  }

  /// The situation with what is known of the member.
  public var situation: Programme.Situation {
    var situation = context.situation
    situation.date = context.date
    situation.tier = state.tier
    situation.paidLevel = state.paidLevel(on: context.date)
    if let card, situation.cardType == nil { situation.cardType = card.type }
    return situation
  }

  /// The card that was presented.
  public var card: CardState? {
    guard let reference = context.card else { return nil }
    return state.cards.first { $0.reference == reference }
  }

  /// The rules of the presented card's type.
  public var cardType: Programme.CardType? {
    guard let card else { return nil }
    return programme.cardTypes.first { $0.id == card.type }
  }

  /// Refuses where the presented card's type cannot do `ability` (`points`, `sv`, `discount`).
  func refuseUnlessCard(can ability: String) throws(LedgerProblem) {
    guard let cardType, !cardType.can.contains(ability) else { return }
    throw .refused(.notSupportedByProgramme, "card type \(cardType.id)")
  }

  // MARK: Limits

  /// Counts `quantity` more under `name`, or refuses what goes beyond `limit`. Counts of spans that
  /// are over are given up.
  public mutating func count(
    _ name: String,
    _ limit: Programme.Limit,
    quantity: Int64 = 1
  ) throws(LedgerProblem) {
    let key = LimitKey(name, per: limit.span, on: context.date)
    let used = state.assets.limits.first { $0.key == key }?.count ?? 0
    let (sum, overflow) = used.addingReportingOverflow(quantity)
    guard !overflow, sum <= limit.count else {
      throw .refused(.limitExceeded, "\(limit.count) per \(limit.span.rawValue)")
    }
    for old in state.assets.limits
    where old.key.name == name && old.key.span == limit.span && old.key.bucket < key.bucket {
      try add(.counted(old.key, quantity: -old.count))
    }
    if quantity != 0 { try add(.counted(key, quantity: quantity)) }
  }

  /// Takes back what `count` counted, where it still counts.
  public mutating func uncount(
    _ name: String,
    per span: Programme.Limit.Span,
    on date: BusinessDate,
    quantity: Int64
  ) throws(LedgerProblem) {
    let key = LimitKey(name, per: span, on: date)
    let used = state.assets.limits.first { $0.key == key }?.count ?? 0
    let rest = min(used, quantity)
    if rest > 0 { try add(.counted(key, quantity: -rest)) }
  }

  /// Issues `quantity` of a stock of the shop, or refuses what there is not.
  mutating func issue(
    _ key: String,
    _ quantity: Int64,
    of stock: Int64?
  ) throws(LedgerProblem) {
    let (sum, overflow) = shop.count(of: key).addingReportingOverflow(quantity)
    guard !overflow, sum <= stock ?? .max else {
      throw .refused(.rewardUnavailable, "none is left")
    }
    try add(.shopCount(key, quantity))
  }
}

extension MemberState {
  /// Whether the balances of the assets are small enough that sums of them cannot overflow.
  var areAssetsWithinBounds: Bool {
    let assets = assets
    var balances = [
      principalMinor, bonusMinor, pointsHeld, pointsDebt, assets.principalHeldMinor,
      assets.bonusHeldMinor, assets.valueDebtMinor, growth,
    ]
    balances += assets.topUps.flatMap { [$0.amountMinor, $0.bonusMinor] }
    if let paid = assets.paid { balances.append(paid.paidMinor) }
    var sum: Int128 = 0
    for balance in balances {
      guard balance <= Self.balanceMax, balance >= -Self.balanceMax else { return false }
      sum += Int128(balance)
    }
    var uses: Int128 = 0
    for held in assets.counted { uses += Int128(held.lot.remaining) }
    return sum <= Int128(Self.balanceMax) && uses <= Int128(Self.balanceMax)
  }

  /// Whether every balance is one that a decision can have left: sums of them cannot overflow.
  var isSound: Bool {
    guard isWithinBounds, areAssetsWithinBounds, facts.lifetimeMinor >= -Self.balanceMax else {
      return false
    }
    let assets = assets
    let slices = assets.holds.flatMap(\.points) + assets.counted.map(\.lot)
    for lot in lots + slices {
      guard lot.remaining > 0, lot.remaining <= lot.original else { return false }
    }
    for day in facts.days where day.amountMinor == .min { return false }
    for hold in assets.holds {
      guard hold.principalMinor >= 0, hold.bonusMinor >= 0, hold.valueMinor >= 0 else {
        return false
      }
    }
    if let paid = assets.paid {
      guard paid.earnedMinor >= 0, paid.earnedMinor <= paid.paidMinor else { return false }
    }
    return assets.limits.allSatisfy { $0.count > 0 && $0.count <= Self.balanceMax }
  }

  /// Whether no account that must not is below zero.
  var hasNoOverdraft: Bool {
    let assets = assets
    return principalMinor >= 0 && bonusMinor >= 0 && pointsHeld >= 0 && pointsDebt >= 0
      && growth >= 0 && assets.principalHeldMinor >= 0 && assets.bonusHeldMinor >= 0
      && assets.valueDebtMinor >= 0
  }
}
