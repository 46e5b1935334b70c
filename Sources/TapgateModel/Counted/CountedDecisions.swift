/// What using a pass or adding stamps came to.
public struct CountedMoved: Hashable, Sendable {
  public var quantity: Int64
  /// What is left.
  public var left: Int64
  /// The last day of a pass of any number of uses.
  public var through: BusinessDate?
  /// What full stamp cards brought.
  public var gift = GivenGift()
}

extension Programme {
  func countedAsset(_ id: String) throws(LedgerProblem) -> CountedAsset {
    guard let asset = counted.first(where: { $0.id == id }) else { throw .unknown(field: "pass") }
    return asset
  }

  /// Decides `pass.use`: takes uses of a count card, or checks that a time pass still runs.
  public func decidePassUse(
    _ id: String,
    quantity: Int64 = 1,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CountedMoved> {
    let asset = try countedAsset(id)
    guard quantity > 0 else { throw .illegal("quantity", "is not positive") }
    guard asset.kind != .stamp else { throw .illegal("pass", "is a stamp card") }
    var draft = try LedgerDraft(self, active: state, in: context)
    if asset.kind == .time {
      let running = draft.state.assets.counted.last {
        $0.asset == id && $0.lot.isUsable(on: context.today)
      }
      guard let running else { throw .refused(.rewardUnavailable, "no pass runs") }
      let moved = CountedMoved(quantity: quantity, left: 0, through: running.lot.expiresOn)
      return try draft.finished(moved)
    }
    try draft.takeCounted(id, quantity: quantity)
    let left = draft.state.countedAvailable(id, on: context.today)
    return try draft.finished(CountedMoved(quantity: quantity, left: left), field: "quantity")
  }

  /// Decides `stamp.add`; a card that is full turns into its gift at once, as often as it is full.
  public func decideStampAdd(
    _ id: String,
    quantity: Int64 = 1,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CountedMoved> {
    let asset = try countedAsset(id)
    guard quantity > 0, quantity <= 10_000 else { throw .illegal("quantity", "is not 1 to 10000") }
    guard asset.kind == .stamp else { throw .illegal("stamp", "is a pass") }
    var draft = try LedgerDraft(self, active: state, in: context)
    try draft.giveCounted(id, quantity: quantity)
    var moved = CountedMoved(quantity: quantity, left: 0)
    if let full = asset.full, full > 0, let gift = asset.gift {
      while draft.state.countedAvailable(id, on: context.today) >= full {
        try draft.takeCounted(id, quantity: full)
        moved.gift.add(try draft.give(gift))
      }
    }
    moved.left = draft.state.countedAvailable(id, on: context.today)
    return try draft.finished(moved, field: "quantity")
  }

  /// Decides the use of a benefit that is counted.
  ///
  /// - Returns: How often it can still be used in its span; `nil` for any number.
  public func decideBenefitUse(
    _ id: String,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Int64?> {
    guard let benefit = benefits.first(where: { $0.id == id }) else {
      throw .unknown(field: "benefit")
    }
    var draft = try LedgerDraft(self, active: state, in: context)
    guard benefit.when.holds(in: draft.situation) else { throw .refused(.rewardUnavailable) }
    guard let limit = benefit.limit else { return try draft.finished(nil) }
    let name = "benefit:" + id
    try draft.count(name, limit)
    let used = draft.state.count(of: name, per: limit.span, on: context.date)
    return try draft.finished(limit.count - used)
  }

  /// The benefits that a member has now.
  public func benefits(
    of state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> [Benefit] {
    let draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    let situation = draft.situation
    return benefits.filter { benefit in
      guard benefit.when.holds(in: situation) else { return false }
      guard let limit = benefit.limit else { return true }
      let used = state.count(of: "benefit:" + benefit.id, per: limit.span, on: context.date)
      return used < limit.count
    }
  }
}

extension LedgerDraft {
  /// Gives uses of a pass, or stamps; of a time pass a term for each.
  public mutating func giveCounted(_ id: String, quantity: Int64) throws(LedgerProblem) {
    let asset = try programme.countedAsset(id)
    guard quantity > 0 else { throw .illegal("quantity", "is not positive") }
    var start = context.date
    if asset.kind == .time {
      // A pass that runs is lengthened: the new one starts where it ends.
      for held in state.assets.counted where held.asset == id {
        if let end = held.lot.expiresOn, end >= start { start = end }
      }
    }
    let lot = PointLot(
      id: try nextLotID(),
      earnedOn: context.date,
      expiresOn: asset.expiry?.end(from: start),
      original: quantity,
      remaining: quantity
    )
    try move(quantity, from: .countedStock, to: .countedOut)
    try add(.countedAdded(asset: id, lot))
  }

  /// Takes uses or stamps, what expires first first.
  @discardableResult
  public mutating func takeCounted(
    _ id: String,
    quantity: Int64
  ) throws(LedgerProblem) -> [PointLot] {
    let left = state.countedAvailable(id, on: context.today)
    guard quantity <= left else { throw .refused(.rewardUnavailable, "\(left) are left") }
    let lots = state.assets.counted.filter { $0.asset == id }.map(\.lot)
    let slices = lots.slices(of: quantity, on: context.today)
    try move(quantity, from: .countedOut, to: .countedUsed)
    for slice in slices { try add(.countedTaken(asset: id, slice)) }
    return slices
  }
}
