/// What an accrual comes to, before it is written.
public struct AccrualDecision: Hashable, Sendable {
  public var effects: [Effect]
  public var earned: Int64
  public var growth: Int64
  public var baseMinor: Int64
  public var totalMinor: Int64
  public var tierBefore: String
  public var tierAfter: String
  /// The lots that the accrual made.
  public var lots: [PointLot]
  public var fired: [Programme.Fired]
  /// The member after it.
  public var after: MemberState
}

/// Why an accrual has no decision.
public enum AccrualProblem: Error, Hashable, Sendable {
  case illegal(ReceiptAmounts.Problem)
  case refused(Refusal)
}

extension Programme {
  /// Decides an accrual.
  ///
  /// The receipt's business date `date` decides on multipliers, lots and windows; the gateway's
  /// own, `today`, decides on what has expired. `sequence` is the one that the journal row will
  /// have.
  public func decide(
    _ accrual: Accrual,
    for state: MemberState,
    on date: BusinessDate,
    today: BusinessDate,
    sequence: Int64
  ) throws(AccrualProblem) -> AccrualDecision {
    if let currency = accrual.currency, currency != self.currency {
      throw .refused(Refusal(.currencyMismatch))
    }
    do {
      let total = try ReceiptAmounts.total(of: accrual)
      return try decide(
        accrual,
        total: total,
        for: state,
        on: date,
        today: today,
        sequence: sequence
      )
    } catch {
      throw .illegal(error)
    }
  }

  private func decide(
    _ accrual: Accrual,
    total: Int64,
    for state: MemberState,
    on date: BusinessDate,
    today: BusinessDate,
    sequence: Int64
  ) throws(ReceiptAmounts.Problem) -> AccrualDecision {
    let (factor, fired) = multiplier(on: date, tier: state.tier)
    var effects: [Effect] = []
    // What a receipt makes at most: a lot, its postings, growth, spending, a single, a tier.
    effects.reserveCapacity(10)
    state.appendExpiryEffects(before: today, to: &effects)
    var decision = AccrualDecision(
      effects: [],
      earned: 0,
      growth: 0,
      baseMinor: total,
      totalMinor: total,
      tierBefore: state.tier,
      tierAfter: state.tier,
      lots: [],
      fired: fired,
      after: state
    )
    let tooLarge = ReceiptAmounts.Problem(
      field: accrual.amountMinor == nil ? "lines" : "amountMinor",
      problem: "is too large"
    )
    try count(accrual, total: total, factor: factor, tooLarge: tooLarge, into: &decision)
    earn(&decision, on: date, sequence: sequence, effects: &effects)
    if decision.baseMinor > 0 {
      effects.append(.spent(date: date, amountMinor: decision.baseMinor))
    }
    if decision.baseMinor > state.facts.singleMaxMinor {
      effects.append(.singleMax(decision.baseMinor))
    }
    guard decision.after.apply(effects, sequence: sequence), decision.after.isWithinBounds else {
      throw tooLarge
    }
    let earned = earnedLevel(of: decision.after.facts, growth: decision.after.growth, on: date)
    if earned > levelIndex(state.tier) {
      let raise = Effect.tier(levels[earned].id, since: date)
      effects.append(raise)
      decision.tierAfter = levels[earned].id
      guard decision.after.applyWithoutCounting([raise]) else { throw tooLarge }
    }
    decision.effects = effects
    return decision
  }

  /// What the earning rules give, one floor a rule.
  private func count(
    _ accrual: Accrual,
    total: Int64,
    factor: Int64,
    tooLarge: ReceiptAmounts.Problem,
    into decision: inout AccrualDecision
  ) throws(ReceiptAmounts.Problem) {
    var isFirstPointsRule = true
    for rule in earn {
      let base = try rule.base(of: accrual, total: total)
      let isPoints = rule.asset == .points
      guard let quantity = rule.yield(base, multiplier: isPoints ? factor : 10_000) else {
        throw tooLarge
      }
      if isPoints, isFirstPointsRule {
        decision.baseMinor = base
        isFirstPointsRule = false
      }
      guard quantity > 0 else { continue }
      if isPoints {
        decision.earned = try Self.sum(decision.earned, quantity, or: tooLarge)
      } else {
        decision.growth = try Self.sum(decision.growth, quantity, or: tooLarge)
      }
    }
  }

  private static func sum(
    _ left: Int64,
    _ right: Int64,
    or problem: ReceiptAmounts.Problem
  ) throws(ReceiptAmounts.Problem) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw problem }
    return sum
  }

  private func earn(
    _ decision: inout AccrualDecision,
    on date: BusinessDate,
    sequence: Int64,
    effects: inout [Effect]
  ) {
    if decision.earned > 0 {
      let lot = PointLot(
        id: sequence << 8,
        earnedOn: date,
        expiresOn: pointsExpiry?.end(from: date),
        original: decision.earned,
        remaining: decision.earned
      )
      decision.lots = [lot]
      effects.append(.post(.pointsIssued, -decision.earned))
      effects.append(.post(.pointsAvailable, decision.earned))
      effects.append(.lotAdded(lot))
    }
    if decision.growth > 0 {
      effects.append(.post(.growthIssued, -decision.growth))
      effects.append(.post(.growth, decision.growth))
    }
  }
}

extension MemberState {
  /// The largest balance that is kept. Sums of any two are still exact.
  public static let balanceMax: Int64 = .max / 4

  /// Whether every balance is small enough that sums of balances cannot overflow.
  public var isWithinBounds: Bool {
    var points: Int64 = 0
    for lot in lots {
      let (sum, overflow) = points.addingReportingOverflow(lot.remaining)
      if overflow { return false }
      points = sum
    }
    return points <= Self.balanceMax && growth <= Self.balanceMax
      && facts.lifetimeMinor <= Self.balanceMax
  }

  mutating func applyWithoutCounting(_ effects: [Effect]) -> Bool {
    let (count, last) = (operationCount, lastSequence)
    defer { (operationCount, lastSequence) = (count, last) }
    return apply(effects, sequence: last)
  }

  /// The entries that take away what expired before `today`; each lot once, for it is gone then.
  public func expiryEffects(before today: BusinessDate) -> [Effect] {
    var effects: [Effect] = []
    appendExpiryEffects(before: today, to: &effects)
    return effects
  }

  func appendExpiryEffects(before today: BusinessDate, to effects: inout [Effect]) {
    for lot in lots where lot.remaining > 0 {
      guard let end = lot.expiresOn, end < today else { continue }
      effects.append(.post(.pointsAvailable, -lot.remaining))
      effects.append(.post(.pointsExpired, lot.remaining))
      effects.append(.lotUsed(id: lot.id, quantity: lot.remaining))
    }
  }
}
