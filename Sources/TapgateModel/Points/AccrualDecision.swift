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
    try decide(accrual, for: state, in: Situation(date: date), today: today, sequence: sequence)
  }

  /// Decides an accrual where more than its date matters to the rules: the time, the place, the
  /// card, what is counted beside money.
  ///
  /// The tier and the kinds of tender are filled in where the situation does not tell them.
  /// `quantities` are what rules count instead of money, such as `km`; `grants` are multipliers
  /// that the member has beside the programme's.
  public func decide(
    _ accrual: Accrual,
    for state: MemberState,
    in situation: Situation,
    today: BusinessDate,
    sequence: Int64,
    quantities: [String: Int64] = [:],
    grants: [Multiplier] = []
  ) throws(AccrualProblem) -> AccrualDecision {
    let (earned, total) = try self.earned(
      by: accrual,
      for: state,
      in: situation,
      quantities: quantities,
      grants: grants
    )
    var effects: [Effect] = []
    // What a receipt makes at most: a lot, its postings, growth, spending, a single, a tier.
    effects.reserveCapacity(10)
    state.appendExpiryEffects(before: today, to: &effects)
    guard
      let written = write(
        earned,
        for: state,
        on: situation.date,
        sequence: sequence,
        after: consume effects
      )
    else { throw .illegal(accrual.tooLarge) }
    return AccrualDecision(
      effects: written.effects,
      earned: earned.points,
      growth: earned.growth,
      baseMinor: earned.baseMinor,
      totalMinor: total,
      tierBefore: state.tier,
      tierAfter: written.after.tier,
      lots: written.lots,
      fired: earned.fired,
      after: written.after
    )
  }

  /// What an accrual earns, without writing it; see `decide`.
  public func earned(
    by accrual: Accrual,
    for state: MemberState,
    in situation: Situation,
    quantities: [String: Int64] = [:],
    grants: [Multiplier] = []
  ) throws(AccrualProblem) -> (earned: Earned, totalMinor: Int64) {
    if let currency = accrual.currency, currency != self.currency {
      throw .refused(Refusal(.currencyMismatch))
    }
    do {
      let total = try ReceiptAmounts.total(of: accrual)
      var situation = situation
      if situation.tier == nil { situation.tier = state.tier }
      let asks = earningAsks
      if asks.tenders {
        for tender in accrual.tenders { situation.tenders.insert(tender.kind) }
      }
      try EarningSheet.check(quantities)
      if asks.isPlain, grants.isEmpty {
        return (try count(accrual, total: total, in: situation), total)
      }
      let sheet = EarningSheet(situation: situation, quantities: quantities, grants: grants)
      return (try count(accrual, total: total, by: sheet), total)
    } catch {
      throw .illegal(error)
    }
  }

  /// What the earning rules give, one floor a rule.
  private func count(
    _ accrual: Accrual,
    total: Int64,
    in situation: Situation
  ) throws(ReceiptAmounts.Problem) -> Earned {
    let (factor, fired) = multiplier(in: situation)
    var earned = Earned(baseMinor: total, fired: fired)
    var isFirstPointsRule = true
    for rule in earn {
      let base = try rule.base(of: accrual, total: total)
      let isPoints = rule.asset == .points
      guard let quantity = rule.yield(base, multiplier: isPoints ? factor : 10_000) else {
        throw accrual.tooLarge
      }
      if isPoints, isFirstPointsRule {
        earned.baseMinor = base
        isFirstPointsRule = false
      }
      guard earned.add(quantity, of: rule.asset) else { throw accrual.tooLarge }
    }
    return earned
  }
}

extension Accrual {
  /// A receipt of which a product or a balance does not fit.
  var tooLarge: ReceiptAmounts.Problem {
    ReceiptAmounts.Problem(
      field: amountMinor == nil ? "lines" : "amountMinor",
      problem: "is too large"
    )
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
