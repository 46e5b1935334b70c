/// What a receipt earns.
public struct Earned: Hashable, Sendable {
  public var points: Int64 = 0
  public var growth: Int64 = 0
  /// What counts as spent, in fen: for the tiers' conditions.
  public var baseMinor: Int64
  /// The multipliers that count for at least one line.
  public var fired: [Programme.Fired]

  /// Creates a sum that is still empty.
  public init(baseMinor: Int64, fired: [Programme.Fired] = []) {
    self.baseMinor = baseMinor
    self.fired = fired
  }

  /// Adds what one rule gives.
  ///
  /// - Returns: `false` where the sum does not fit 64 bits.
  mutating func add(_ quantity: Int64, of asset: Programme.EarnedAsset) -> Bool {
    let (sum, overflow) =
      switch asset {
      case .points: points.addingReportingOverflow(quantity)
      case .growth: growth.addingReportingOverflow(quantity)
      }
    guard !overflow else { return false }
    switch asset {
    case .points: points = sum
    case .growth: growth = sum
    }
    return true
  }
}

/// What earning writes: the entries, and the member after them.
public struct EarningEntries: Hashable, Sendable {
  /// The entries that were given, then those of what was earned.
  public var effects: [Effect]
  /// The lots that it made.
  public var lots: [PointLot]
  /// The member after all of them.
  public var after: MemberState
}

extension Programme {
  /// The entries for what was earned on `date`: a lot with its postings, growth, what was spent,
  /// the largest receipt, a new tier.
  ///
  /// `state` is the member before the row; `effects` are the row's entries that come first, such as
  /// those of a payment with points. `sequence` is the one that the row will have.
  ///
  /// - Returns: `nil` where a balance becomes too large or `effects` cannot be the member's.
  public func write(
    _ earned: Earned,
    for state: MemberState,
    on date: BusinessDate,
    sequence: Int64,
    after effects: consuming [Effect] = []
  ) -> EarningEntries? {
    var entries = EarningEntries(effects: consume effects, lots: [], after: state)
    if earned.points > 0 {
      let lot = PointLot(
        id: sequence << 8,
        earnedOn: date,
        expiresOn: pointsExpiry?.end(from: date),
        original: earned.points,
        remaining: earned.points
      )
      entries.lots = [lot]
      entries.effects.append(.post(.pointsIssued, -earned.points))
      entries.effects.append(.post(.pointsAvailable, earned.points))
      entries.effects.append(.lotAdded(lot))
    }
    if earned.growth > 0 {
      entries.effects.append(.post(.growthIssued, -earned.growth))
      entries.effects.append(.post(.growth, earned.growth))
    }
    if earned.baseMinor > 0 {
      entries.effects.append(.spent(date: date, amountMinor: earned.baseMinor))
    }
    if earned.baseMinor > state.facts.singleMaxMinor {
      entries.effects.append(.singleMax(earned.baseMinor))
    }
    guard entries.after.apply(entries.effects, sequence: sequence),
      entries.after.isWithinBounds
    else { return nil }
    let level = earnedLevel(
      of: entries.after.facts,
      growth: entries.after.growth,
      on: date
    )
    if level > levelIndex(state.tier) {
      let raise = Effect.tier(levels[level].id, since: date)
      entries.effects.append(raise)
      guard entries.after.applyWithoutCounting([raise]) else { return nil }
    }
    return entries
  }
}
