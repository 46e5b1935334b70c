/// The rules of a membership programme, as its file states them.
///
/// Format `tapgate.programme/1`. Amounts are fen, multipliers basis points; there is no floating
/// point.
public struct Programme: Hashable, Sendable {
  /// A span of the calendar.
  public struct Period: Hashable, Sendable {
    /// Where a period's end is moved to.
    public enum Rounding: String, Hashable, Sendable, CaseIterable {
      case none
      case monthEnd = "month_end"
      case yearEnd = "year_end"
    }

    public var months: Int
    public var days: Int
    /// Where its end is moved to; never to an earlier day.
    public var rounding: Rounding

    /// Creates a span.
    public init(months: Int, days: Int, rounding: Rounding = .none) {
      self.months = months
      self.days = days
      self.rounding = rounding
    }

    /// The date one period after `date`: months first, then days, then the rounding.
    public func end(from date: BusinessDate) -> BusinessDate {
      let end = date.adding(months: months).adding(days: days)
      return switch rounding {
      case .none: end
      case .monthEnd: end.monthEnd
      case .yearEnd: end.yearEnd
      }
    }

    /// The date one period before `date`; no rounding.
    public func start(before date: BusinessDate) -> BusinessDate {
      date.adding(months: -months).adding(days: -days)
    }
  }

  /// What a tier's condition looks at.
  public enum Fact: Hashable, Sendable {
    case spendLifetime
    case spendSingle
    case spendWindow(Period)
    case growth
  }

  /// One way to reach a tier.
  public struct Condition: Hashable, Sendable {
    public var fact: Fact
    /// Fen, or growth points.
    public var atLeast: Int64
  }

  /// A tier of the ladder.
  public struct Level: Hashable, Sendable {
    public var id: String
    public var name: String
    /// Any one of these reaches the tier; empty for the lowest.
    public var any: [Condition]
    /// What whoever reaches it is given, once.
    public var gifts: [Gift] = []
  }

  /// How an amount becomes points.
  public enum EarnMode: String, Hashable, Sendable, CaseIterable {
    /// floor(amount × give / per).
    case proportional
    /// floor(amount / per) × give.
    case step
  }

  /// Which counted asset a rule gives.
  public enum EarnedAsset: String, Hashable, Sendable, CaseIterable { case points, growth }

  /// A rule that turns what was paid into points or growth.
  public struct EarnRule: Hashable, Sendable {
    public var id: String
    public var asset: EarnedAsset
    public var perFen: Int64
    public var give: Int64
    public var mode: EarnMode
    public var excludedTenders: Set<String>
    public var excludedCategories: Set<String>
    /// What is counted instead of money, such as `km`; `nil` for what was paid.
    public var quantity: String? = nil
    public var when = Occasion()
  }

  /// A multiplier of the points rule.
  public struct Multiplier: Hashable, Sendable {
    public var id: String
    public var basisPoints: Int64
    public var group: String
    public var when: Occasion
  }

  /// A card type.
  public struct CardType: Hashable, Sendable {
    public var id: String
    public var name: String
    /// `identify`, `points`, `sv`, `discount`.
    public var can: Set<String>
    /// Whether a card of this type hangs on another member's card (附属卡, 关联卡).
    public var needsParent = false
    /// Whether several cards share one account (团体卡).
    public var isShared = false
    /// What may be spent with it on one day and on one receipt, in fen; `nil` for any amount.
    public var dayMaxMinor: Int64? = nil
    public var receiptMaxMinor: Int64? = nil
    /// Whether the card bears its holder's name; it decides on the cap of stored value.
    public var isNamed = true
  }

  public var id: String
  public var revision: Int64
  public var validFrom: BusinessDate
  /// IANA name.
  public var zone: String
  /// Minutes after midnight at which the business day starts.
  public var cutoverMinutes: Int
  public var currency: String
  /// How long points live; `nil` for ever.
  public var pointsExpiry: Period?
  public var levels: [Level]
  public var earn: [EarnRule]
  public var multipliers: [Multiplier]
  /// The most that multipliers come to.
  public var capBasisPoints: Int64
  /// The cap of a file that has no `stacking`.
  public static let capDefault: Int64 = 100_000
  public var cardTypes: [CardType]
  /// Whether members have growth (成长值).
  public var hasGrowth = false
  /// The shop's categories, where the file lists them: then its rules can name no other.
  public var categories: [String] = []
  /// How long points wait before they can be spent; `nil` for not at all.
  public var pointsPending: Period? = nil
  public var valueOrder: ValueOrder? = nil
  public var tierRules = TierRules()
  public var events: [EventRule] = []
  /// From this amount on, a receipt without a member offers to enrol.
  public var enrolFromMinor: Int64? = nil
  public var memberPrices: [MemberPrice] = []
  public var promotions: [Promotion] = []
  public var coupons: [CouponTemplate] = []
  /// Points a member must have before any can be redeemed.
  public var redeemMin: Int64 = 0
  public var pointsAsCash: PointsAsCash? = nil
  public var rewards: [Reward] = []
  public var draws: [Draw] = []
  /// Stored value; `nil` where the programme has none.
  public var topUp: TopUpRules? = nil
  public var counted: [CountedAsset] = []
  public var paidLevels: [PaidLevel] = []
  public var benefits: [Benefit] = []
  public var holds = HoldRules(seconds: 300, secondsMax: 604_800)
  public var refund = RefundRules(spentPoints: .debt, grace: Period(months: 0, days: 30))
  /// Paths of values that the requirement documents do not give: examples to be edited.
  public var examples: [String]
  /// What the file asks of an engine; of a programme that was read from a file only.
  public var uses: [Use] = []

  /// The tier that `state` has earned by its facts on `date`; the highest whose condition holds.
  public func earnedLevel(of facts: SpendFacts, growth: Int64, on date: BusinessDate) -> Int {
    for index in levels.indices.reversed() {
      for condition in levels[index].any
      where Self.value(of: condition.fact, in: facts, growth: growth, on: date)
        >= condition.atLeast
      {
        return index
      }
    }
    return 0
  }

  /// The place of tier `id` in the ladder, lowest first; 0 for a tier that the ladder does not
  /// have.
  public func levelIndex(_ id: String) -> Int { levels.firstIndex { $0.id == id } ?? 0 }

  static func value(
    of fact: Fact,
    in facts: SpendFacts,
    growth: Int64,
    on date: BusinessDate
  ) -> Int64 {
    switch fact {
    case .spendLifetime: facts.lifetimeMinor
    case .spendSingle: facts.singleMaxMinor
    case .spendWindow(let period):
      facts.windowMinor(after: period.start(before: date), through: date)
    case .growth: growth
    }
  }

  /// What a member still has to spend for the next tier: the least amount that meets one of its
  /// conditions, be it in one receipt.
  public func amountToNext(
    from level: Int,
    facts: SpendFacts,
    growth: Int64,
    on date: BusinessDate
  ) -> Int64? {
    guard level + 1 < levels.count else { return nil }
    var least: Int64?
    for condition in levels[level + 1].any {
      let missing: Int64
      switch condition.fact {
      case .spendSingle: missing = condition.atLeast
      case .growth: continue
      case .spendLifetime, .spendWindow:
        let have = Self.value(of: condition.fact, in: facts, growth: growth, on: date)
        missing = max(0, condition.atLeast &- have)
      }
      least = min(least ?? missing, missing)
    }
    return least
  }
}
