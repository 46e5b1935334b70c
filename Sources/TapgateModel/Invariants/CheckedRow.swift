/// A journal row with the states about it, to be held against the laws of the ledger.
public struct CheckedRow: Sendable {
  public var kind: JournalKind
  public var isRefused: Bool
  public var effects: [Effect]
  public var before: MemberState
  public var after: MemberState
  public var sequence: Int64
  /// The gateway's own business date.
  public var today: BusinessDate

  /// Creates a row.
  public init(
    kind: JournalKind,
    effects: [Effect],
    before: MemberState,
    after: MemberState,
    sequence: Int64,
    today: BusinessDate,
    isRefused: Bool = false
  ) {
    self.kind = kind
    self.isRefused = isRefused
    self.effects = effects
    self.before = before
    self.after = after
    self.sequence = sequence
    self.today = today
  }

  /// What the row breaks; the state after it is checked too.
  public func violations(_ programme: Programme) -> [LedgerInvariant.Violation] {
    if isRefused {
      guard effects.isEmpty, before == after else {
        return [.init(invariant: .refusal, text: "a refused row changes something")]
      }
      return []
    }
    return LedgerInvariant.violations(in: after) + replayed() + conserved() + debts()
      + tiers(programme) + lotOrder() + expiry() + holds() + coupons()
  }

  private func replayed() -> [LedgerInvariant.Violation] {
    var state = before
    guard state.apply(effects, sequence: sequence), state == after,
      state.packed() == after.packed()
    else {
      return [.init(invariant: .balances, text: "the effects do not come to the state after")]
    }
    return []
  }

  private func conserved() -> [LedgerInvariant.Violation] {
    var totals = LedgerTotals()
    totals.take(effects)
    return totals.violations
  }

  private func debts() -> [LedgerInvariant.Violation] {
    let owed = after.pointsDebt > before.pointsDebt
    let owedValue = after.assets.valueDebtMinor > before.assets.valueDebtMinor
    let mayOwe = kind == .refund || kind == .reverse || kind == .merge
    guard (owed || owedValue) && !mayOwe else { return [] }
    return [.init(invariant: .noOverdraft, text: "\(kind) makes a debt")]
  }

  private func tiers(_ programme: Programme) -> [LedgerInvariant.Violation] {
    switch kind {
    case .tierReview, .sweep, .refund, .reverse, .setTier, .importChunk: return []
    default: break
    }
    // A term that was over before the operation's own effects ended first.
    var reviewed = before.tier
    if let marker = effects.lastIndex(where: { if case .swept = $0 { true } else { false } }) {
      for case .tier(let tier, _) in effects[..<marker] { reviewed = tier }
    }
    let level = programme.levelIndex(after.tier)
    let earnsToday = effects.contains {
      if case .spent(today, let amount) = $0 { amount > 0 } else { false }
    }
    if earnsToday, kind == .accrue || kind == .checkout,
      level < programme.earnedLevel(of: after.facts, growth: after.growth, on: today)
    {
      return [.init(invariant: .tierMonotone, text: "\(after.tier) is less than the facts earn")]
    }
    guard level < programme.levelIndex(reviewed) else { return [] }
    return [.init(invariant: .tierMonotone, text: "\(kind) lowers \(reviewed) to \(after.tier)")]
  }

  /// Spends by rule only: a refund takes a receipt's own lots first, a capture what its hold holds.
  private func lotOrder() -> [LedgerInvariant.Violation] {
    switch kind {
    case .reverse, .refund, .merge, .erase, .holdCapture: return []
    default: break
    }
    if effects.contains(where: { if case .holdEnded = $0 { true } else { false } }) { return [] }
    var state = before
    var found: [LedgerInvariant.Violation] = []
    var (taken, posted): (Int64, Int64) = (0, 0)
    for effect in effects {
      switch effect {
      case .lotTaken(let slice):
        taken &+= slice.remaining
        let first = state.lots.first { $0.isUsable(on: today) }
        if first?.id != slice.id {
          found.append(.init(invariant: .lotOrder, text: "\(slice.wireID) is not the next lot"))
        }
      case .lotAdded(let lot): posted &+= lot.remaining
      case .lotRestored(let slice): posted &+= slice.remaining
      case .lotUsed(_, let quantity): taken &+= quantity
      case .post(.pointsAvailable, let quantity): posted &-= quantity
      default: break
      }
      _ = state.apply(effect)
    }
    if taken != posted {
      found.append(.init(invariant: .lotOrder, text: "lots gave \(taken), posted is \(posted)"))
    }
    return found
  }

  private func expiry() -> [LedgerInvariant.Violation] {
    var found: [LedgerInvariant.Violation] = []
    var state = before
    var expired: Int64 = 0
    for effect in effects {
      switch effect {
      case .lotUsed(let id, let quantity):
        let lot = state.lots.first { $0.id == id }
        expired &+= quantity
        if kind != .reverse, lot.map({ $0.isAlive(on: today) }) ?? true {
          found.append(.init(invariant: .expiryOnce, text: "lot \(id) expires before its day"))
        }
      case .holdEnded(let id, _): expired &+= dead(state.assets.holds.first { $0.id == id })
      case .hold(let rest):
        let hold = state.assets.holds.first { $0.id == rest.id }
        if hold != nil { expired &+= dead(hold) &- dead(rest) }
      case .lotRestored(let slice) where !slice.isAlive(on: today): expired &-= slice.remaining
      case .post(.pointsExpired, let quantity): expired &-= quantity
      case .couponRemoved(let coupon, .expired) where !coupon.isExpired(on: today):
        found.append(.init(invariant: .expiryOnce, text: "coupon \(coupon.serial) is alive"))
      default: break
      }
      _ = state.apply(effect)
    }
    if expired != 0, kind != .reverse {
      found.append(.init(invariant: .expiryOnce, text: "\(expired) points expired otherwise"))
    }
    return found
  }

  private func dead(_ hold: Hold?) -> Int64 {
    let slices = hold?.points.filter { !$0.isAlive(on: today) } ?? []
    return slices.reduce(0) { $0 &+ $1.remaining }
  }

  private func holds() -> [LedgerInvariant.Violation] {
    var found: [LedgerInvariant.Violation] = []
    var ended: Set<Int64> = []
    for case .holdEnded(let id, _) in effects where !ended.insert(id).inserted {
      found.append(.init(invariant: .holdEnd, text: "hold \(id) ends twice"))
    }
    for hold in before.assets.holds {
      guard let rest = after.assets.holds.first(where: { $0.id == hold.id }) else {
        if !ended.contains(hold.id) {
          found.append(.init(invariant: .holdEnd, text: "hold \(hold.id) is lost"))
        }
        continue
      }
      if rest.pointCount > hold.pointCount || rest.valueMinor > hold.valueMinor
        || rest.coupons.count > hold.coupons.count
      {
        found.append(.init(invariant: .holdEnd, text: "hold \(hold.id) grows"))
      }
    }
    return found
  }

  private func coupons() -> [LedgerInvariant.Violation] {
    var uses: [Int64: Int] = [:]
    for effect in effects {
      switch effect {
      case .couponRemoved(let coupon, .used): uses[coupon.serial, default: 0] += 1
      case .bearerCoupon(let from, let to) where to.status == .used:
        uses[to.serial, default: 0] += from?.status == .issued ? 1 : 2
      default: break
      }
    }
    return uses.filter { $0.value > 1 }.map {
      .init(invariant: .couponOnce, text: "coupon \($0.key) is used \($0.value) times")
    }
  }
}
