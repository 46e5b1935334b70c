/// Looks for what a programme's file says correctly and its shop can hardly mean: a tier that
/// nobody reaches, a rule that never counts, points that fall as spending rises.
///
/// It asks the decisions themselves: every receipt of a generated year and a half is decided by
/// `Programme.decide`, every multiplier by `Programme.multiplier`. The same programme, seed and
/// count give the same findings.
public struct ProgrammeAudit: Sendable {
  /// What can be odd.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// No facts lead to the tier, or a higher one is always reached with it.
    case tierUnreachable
    /// Whoever spends more gets fewer points.
    case pointsFall
    /// A higher tier gets fewer points for the same receipt.
    case higherTierEarnsLess
    /// A receipt of the ordinary kind is refused.
    case receiptRefused
    /// A multiplier is above the cap and never counts in full.
    case multiplierAboveCap
    /// All multipliers together stay below the cap.
    case capNeverReached
    /// The rule's occasion never comes.
    case ruleNeverFires
    /// Another rule of its group is always at least as good.
    case ruleAlwaysBeaten
    /// The coupon cannot be used, or not for what it says.
    case couponNeverApplies
    /// A coupon takes off more than the basket must come to.
    case couponAboveThreshold
    /// A larger top-up brings less than a smaller one.
    case topUpGivesLess
    /// A step of the top-up table that no top-up comes to.
    case topUpStepUnreachable
    /// The points of a receipt are worth as much as the receipt, or more.
    case pointsWorthReceipt
    /// The least balance for redemption is below one step.
    case redeemMinimumBelowStep
    /// A prize without weight.
    case prizeNeverDrawn
    /// A draw's prizes are worth more than it costs.
    case drawAbovePrice
    /// Points expire before they can be spent.
    case expiryBeforeMaturity
    /// A rule names a place that the organisation does not have.
    case nodeUnknown
    /// A value that nobody but the example gave.
    case example
  }

  /// One odd thing.
  public struct Anomaly: Hashable, Sendable {
    public var kind: Kind
    /// The rule's place, named by its id: `multipliers[member_day]`.
    public var path: String
    /// What is odd, in a sentence.
    public var english: String
    public var chinese: String
  }

  /// What an audit comes to.
  public struct Findings: Hashable, Sendable {
    public var anomalies: [Anomaly] = []
    /// Receipts that were decided.
    public var receiptCount = 0
    /// What they come to.
    public var totalMinor: Int64 = 0
    public var pointsEarned: Int64 = 0
    /// How often each multiplier counted.
    public var firedCounts: [String: Int] = [:]
    /// How many of the generated members ended in each tier.
    public var memberCounts: [String: Int] = [:]

    mutating func add(_ kind: Kind, _ path: String, _ english: String, _ chinese: String) {
      anomalies.append(Anomaly(kind: kind, path: path, english: english, chinese: chinese))
    }
  }

  /// Decides an accrual of a member on a date, as journal row `sequence`.
  package typealias Decision =
    @Sendable (Accrual, MemberState, BusinessDate, Int64) throws(AccrualProblem) -> AccrualDecision

  let programme: Programme
  let seed: UInt64
  let receiptCount: Int
  let decide: Decision
  /// Days that are looked at for a rule's occasion.
  static let dayCount = 1500

  /// Prepares an audit of `receiptCount` generated receipts.
  public init(_ programme: Programme, seed: UInt64 = 1, receiptCount: Int = 10_000) {
    self.init(programme, seed: seed, receiptCount: receiptCount) {
      (accrual, state, date, sequence) throws(AccrualProblem) in
      try programme.decide(accrual, for: state, on: date, today: date, sequence: sequence)
    }
  }

  /// Prepares an audit of another decision.
  package init(
    _ programme: Programme,
    seed: UInt64 = 1,
    receiptCount: Int = 10_000,
    decide: @escaping Decision
  ) {
    self.programme = programme
    self.seed = seed
    self.receiptCount = receiptCount
    self.decide = decide
  }

  /// Runs the audit.
  public func findings() -> Findings {
    var findings = Findings()
    let tiers = checkTiers(&findings)
    let calendar = OccasionSearch(programme: programme, tiers: tiers)
    let multiplierMax = checkMultipliers(calendar, &findings)
    checkRules(calendar, &findings)
    checkCoupons(calendar, &findings)
    checkTopUp(&findings)
    checkPoints(multiplierMax: multiplierMax, &findings)
    checkDraws(&findings)
    decideReceipts(&findings)
    for path in programme.examples {
      findings.add(
        .example,
        path,
        "is an example; put in the shop's own figure",
        "是示例，请改成本店的数值"
      )
    }
    return findings
  }
}
