/// The laws of the ledger that concern one member or one row, numbered as in the design; each can
/// be checked after every step, by tests, by `tapgate verify` and by the simulator.
public enum LedgerInvariant: String, Hashable, Sendable, CaseIterable {
  /// Per asset, a row's postings sum to zero, and so do all accounts.
  case conservation = "I1"
  /// Balances are the sums of their postings; points are the sums of their lots.
  case balances = "I2"
  /// Nothing but a debt is below zero, and only refunds and settlements make one.
  case noOverdraft = "I3"
  /// A refused row changes nothing.
  case refusal = "I5"
  /// A mirror restores balances, lots, coupons, counts and facts.
  case mirror = "I6"
  /// Only a review, a refund, a reversal or a hand lowers a tier, and a receipt leaves none below
  /// what the facts earn.
  case tierMonotone = "I9"
  /// A spend takes nothing from a lot while one that expires earlier has some left.
  case lotOrder = "I10"
  /// What expires does so once, after its last day, and never out of a hold.
  case expiryOnce = "I11"
  /// A hold ends in one way, and never gives more than it held.
  case holdEnd = "I12"
  /// A coupon is in one place, and is used once.
  case couponOnce = "I13"

  /// A law that was broken.
  public struct Violation: Hashable, Sendable, CustomStringConvertible {
    public var invariant: LedgerInvariant
    public var text: String

    /// The law's number and what is wrong.
    public var description: String { invariant.rawValue + ": " + text }
  }

  /// What a state breaks by itself.
  public static func violations(in state: MemberState) -> [Violation] {
    var found: [Violation] = []
    func demand(_ holds: Bool, _ invariant: LedgerInvariant, _ text: @autoclosure () -> String) {
      if !holds { found.append(Violation(invariant: invariant, text: text())) }
    }
    let assets = state.assets
    var held: (points: Int64, principal: Int64, bonus: Int64) = (0, 0, 0)
    for hold in assets.holds {
      held.points &+= hold.pointCount
      held.principal &+= hold.principalMinor
      held.bonus &+= hold.bonusMinor
    }
    demand(held.points == state.pointsHeld, .balances, "\(state.pointsHeld) points are held")
    demand(
      held.principal == assets.principalHeldMinor && held.bonus == assets.bonusHeldMinor,
      .balances,
      "holds have \(held), the accounts other value"
    )
    for (earlier, later) in zip(state.lots, state.lots.dropFirst()) {
      demand(PointLot.isSpentBefore(earlier, later), .lotOrder, "lots are out of order")
    }
    let lots = state.lots + assets.counted.map(\.lot) + assets.holds.flatMap(\.points)
    for lot in lots {
      demand(
        lot.remaining > 0 && lot.remaining <= lot.original,
        .balances,
        "lot \(lot.wireID) has \(lot.remaining) of \(lot.original)"
      )
    }
    let places = assets.counted.map { $0.asset + $0.lot.wireID }
    demand(Set(places).count == places.count, .balances, "two passes are one lot")
    demand(
      Set(state.lots.map(\.id)).count == state.lots.count,
      .balances,
      "two lots have one id"
    )
    demand(state.hasNoOverdraft, .noOverdraft, "an account is below zero")
    demand(
      assets.limits.allSatisfy { $0.count > 0 },
      .balances,
      "a limit counts nothing or less"
    )
    let coupons = (assets.coupons + assets.holds.flatMap(\.coupons)).map(\.serial)
    demand(Set(coupons).count == coupons.count, .couponOnce, "a coupon is there twice")
    let holds = assets.holds.map(\.id)
    demand(Set(holds).count == holds.count, .holdEnd, "a hold is there twice")
    return found
  }

  /// Whether `after` is `before` again, but for what only counts rows: a mirror's outcome.
  public static func isRestored(_ before: MemberState, by after: MemberState) -> Bool {
    var after = after
    after.operationCount = before.operationCount
    after.lastSequence = before.lastSequence
    return after == before
  }
}

/// The sums of all postings, as they are taken row by row.
public struct LedgerTotals: Hashable, Sendable {
  /// By account.
  public private(set) var sums: [Account: Int64] = [:]

  /// Creates sums of nothing.
  public init() {}

  /// Takes a row's postings.
  public mutating func take(_ effects: [Effect]) {
    for case .post(let account, let quantity) in effects {
      sums[account, default: 0] &+= quantity
    }
  }

  /// What an account comes to.
  public func sum(of account: Account) -> Int64 { sums[account] ?? 0 }

  /// Where all accounts of an asset do not sum to zero (I1).
  public var violations: [LedgerInvariant.Violation] {
    var balance: [Account.Asset: Int64] = [:]
    for (account, sum) in sums { balance[account.asset, default: 0] &+= sum }
    return balance.filter { $0.value != 0 }.map {
      .init(invariant: .conservation, text: "all postings of \($0.key) sum to \($0.value)")
    }
  }

  /// Where the postings of one member's rows do not come to the member's state (I2).
  public func violations(against state: MemberState) -> [LedgerInvariant.Violation] {
    let assets = state.assets
    let expected: [(Account, Int64)] = [
      (.pointsAvailable, state.lots.reduce(0) { $0 &+ $1.remaining }),
      (.pointsHeld, state.pointsHeld), (.pointsDebt, -state.pointsDebt),
      (.growth, state.growth), (.principal, state.principalMinor), (.bonus, state.bonusMinor),
      (.principalHeld, assets.principalHeldMinor), (.bonusHeld, assets.bonusHeldMinor),
      (.valueDebt, -assets.valueDebtMinor), (.couponOut, Int64(assets.coupons.count)),
      (.couponHeld, Int64(assets.holds.reduce(0) { $0 + $1.coupons.count })),
      (.countedOut, assets.counted.reduce(0) { $0 &+ $1.lot.remaining }),
    ]
    return expected.filter { sum(of: $0.0) != $0.1 }.map {
      let text = "\($0.0) is \($0.1), its postings come to \(sum(of: $0.0))"
      return .init(invariant: .balances, text: text)
    }
  }
}
