extension LedgerDraft {
  // MARK: Points

  /// Gives points that were earned on `earnedOn`, in a lot of their own; a debt is repaid first.
  ///
  /// - Returns: The lot; `nil` where the debt took all.
  @discardableResult
  public mutating func givePoints(
    _ quantity: Int64,
    earnedOn: BusinessDate? = nil
  ) throws(LedgerProblem) -> PointLot? {
    guard quantity > 0 else { return nil }
    let date = earnedOn ?? context.date
    let repaid = min(quantity, state.pointsDebt)
    try add(.post(.pointsIssued, -quantity))
    if repaid > 0 { try add(.post(.pointsDebt, repaid)) }
    let rest = quantity - repaid
    guard rest > 0 else { return nil }
    let lot = programme.pointLot(id: try nextLotID(), rest, earnedOn: date)
    try add(.post(.pointsAvailable, rest))
    try add(.lotAdded(lot))
    return lot
  }

  /// Takes points out of their lots, what expires first first, and posts them to `account`.
  ///
  /// - Returns: The slices of the lots, so that they can be put back.
  public mutating func takePoints(
    _ quantity: Int64,
    to account: Account
  ) throws(LedgerProblem) -> [PointLot] {
    guard quantity >= 0 else { throw .illegal("points", "is negative") }
    let available = state.pointsAvailable(on: context.today)
    guard quantity <= available else {
      throw .refused(.insufficientPoints, "\(quantity - available) more are needed")
    }
    let slices = state.lots.slices(of: quantity, on: context.today)
    try move(quantity, from: .pointsAvailable, to: account)
    for slice in slices { try add(.lotTaken(slice)) }
    return slices
  }

  /// Puts slices back into the lots they came from, from `account`. What expired meanwhile lives on
  /// for `grace` in a lot of its own; without grace it is expired now.
  ///
  /// - Returns: How many points expired.
  @discardableResult
  public mutating func restorePoints(
    _ slices: [PointLot],
    from account: Account,
    grace: Programme.Period?
  ) throws(LedgerProblem) -> Int64 {
    var expired: Int64 = 0
    for slice in slices {
      if slice.isAlive(on: context.today) || grace != nil {
        try move(slice.remaining, from: account, to: .pointsAvailable)
        try restoreLot(slice, grace: grace)
      } else {
        try move(slice.remaining, from: account, to: .pointsExpired)
        expired += slice.remaining
      }
    }
    return expired
  }

  /// Puts a slice back into its lot, without a posting. What expired meanwhile lives on for `grace`
  /// in a lot of its own; so does a slice whose id another lot bears after a merge.
  mutating func restoreLot(
    _ slice: PointLot,
    grace: Programme.Period?
  ) throws(LedgerProblem) {
    var new = slice
    new.original = slice.remaining
    if let grace, !slice.isAlive(on: context.today) {
      new.maturesOn = nil
      new.expiresOn = grace.end(from: context.today)
    } else {
      let lot = state.lots.first { $0.id == slice.id }
      guard let lot, !lot.isOfSameLot(as: slice) || lot.remaining > slice.original - slice.remaining
      else { return try add(.lotRestored(slice)) }
    }
    new.id = try nextLotID()
    try add(.lotAdded(new))
  }

  /// Takes back points that a receipt gave: out of the lots that it made, then out of others, and
  /// what is not there any more by the programme's rule for spent points.
  ///
  /// `lotRow` is the sequence of the receipt's row.
  ///
  /// - Returns: What was taken from lots, and what became a debt or was written off.
  @discardableResult
  public mutating func takeBackPoints(
    _ quantity: Int64,
    lotRow: Int64,
    _ policy: Programme.RefundRules.SpentPoints? = nil
  ) throws(LedgerProblem) -> (taken: Int64, short: Int64) {
    guard quantity > 0 else { return (0, 0) }
    var left = quantity
    let own = state.lots.filter { $0.id >> 8 == lotRow }
    let others = state.lots.filter { $0.id >> 8 != lotRow && $0.isAlive(on: context.today) }
    for lot in own + others where left > 0 {
      let taken = min(left, lot.remaining)
      try add(.lotTaken(lot.slice(taken)))
      left -= taken
    }
    let taken = quantity - left
    if taken > 0 { try add(.post(.pointsAvailable, -taken)) }
    if left > 0 {
      switch policy ?? programme.refund.spentPoints {
      case .debt: try add(.post(.pointsDebt, -left))
      case .clamp: try add(.post(.pointsAdjusted, -left))
      case .refuse:
        throw .refused(.insufficientPoints, "\(left) of the receipt's points are spent")
      }
    }
    try add(.post(.pointsIssued, quantity))
    return (taken, left)
  }

  /// Gives growth, or takes it back where `quantity` is negative.
  public mutating func giveGrowth(_ quantity: Int64) throws(LedgerProblem) {
    try move(quantity, from: .growthIssued, to: .growth)
  }

  // MARK: Facts

  /// Counts a receipt's amount for the tiers.
  public mutating func countSpending(_ amountMinor: Int64) throws(LedgerProblem) {
    guard amountMinor > 0 else { return }
    try add(.spent(date: context.date, amountMinor: amountMinor))
    if amountMinor > state.facts.singleMaxMinor { try add(.singleMax(amountMinor)) }
  }

  /// Takes back a part of what the receipt of `date` counted. The largest single receipt is another
  /// matter: the caller knows the other receipts.
  public mutating func uncountSpending(
    _ amountMinor: Int64,
    on date: BusinessDate
  ) throws(LedgerProblem) {
    guard amountMinor > 0 else { return }
    try add(.spent(date: date, amountMinor: -amountMinor))
  }

  /// Uses up the multiplier that a top-up has brought for the next receipt.
  ///
  /// - Returns: Basis points; 0 for none.
  public mutating func takeBoost() throws(LedgerProblem) -> Int64 {
    let boost = state.assets.boost
    if boost != 0 { try add(.boost(from: boost, to: 0)) }
    return boost
  }

  // MARK: Gifts

  /// Gives what a rule gives.
  public mutating func give(_ gift: Programme.Gift) throws(LedgerProblem) -> GivenGift {
    var given = GivenGift()
    switch gift {
    case .points(let quantity):
      try givePoints(quantity)
      given.points = quantity
    case .coupon(let template, let count):
      given.coupons = try issueCoupons(template, count: count)
    case .item(let sku, let quantity):
      try add(.goods(sku: sku, quantity: quantity))
      given.goods = [GivenGift.Goods(sku: sku, quantity: quantity)]
    case .counted(let asset, let quantity):
      try giveCounted(asset, quantity: quantity)
      given.counted = [GivenGift.Counted(asset: asset, quantity: quantity)]
    }
    return given
  }

  /// Gives several gifts.
  public mutating func give(_ gifts: [Programme.Gift]) throws(LedgerProblem) -> GivenGift {
    var all = GivenGift()
    for gift in gifts { all.add(try give(gift)) }
    return all
  }
}

/// What was given beside money or points.
public struct GivenGift: Hashable, Sendable {
  /// Goods to be handed over.
  public struct Goods: Hashable, Sendable {
    public var sku: String
    public var quantity: Int64
  }

  /// Uses of a pass, or stamps.
  public struct Counted: Hashable, Sendable {
    public var asset: String
    public var quantity: Int64
  }

  public var points: Int64 = 0
  public var coupons: [CouponState] = []
  public var goods: [Goods] = []
  public var counted: [Counted] = []

  /// Creates an empty gift.
  public init() {}

  /// Whether it is nothing.
  public var isEmpty: Bool { self == GivenGift() }

  /// Adds another gift to it.
  public mutating func add(_ other: GivenGift) {
    points &+= other.points
    coupons += other.coupons
    goods += other.goods
    counted += other.counted
  }
}

extension Programme {
  /// A new lot with the days on which its points mature and expire.
  public func pointLot(id: Int64, _ quantity: Int64, earnedOn date: BusinessDate) -> PointLot {
    let matures = pointsPending?.end(from: date)
    return PointLot(
      id: id,
      earnedOn: date,
      expiresOn: pointsExpiry?.end(from: date),
      original: quantity,
      remaining: quantity,
      maturesOn: matures == date ? nil : matures
    )
  }
}

extension [PointLot] {
  /// Slices of `quantity` in all, in the order in which lots are spent, out of what can be spent on
  /// `date`. The lots hold that much.
  func slices(of quantity: Int64, on date: BusinessDate) -> [PointLot] {
    var left = quantity
    var slices: [PointLot] = []
    for lot in self where left > 0 && lot.remaining > 0 && lot.isUsable(on: date) {
      let taken = Swift.min(left, lot.remaining)
      slices.append(lot.slice(taken))
      left -= taken
    }
    return slices
  }
}
