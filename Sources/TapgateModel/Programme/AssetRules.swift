extension Programme {
  /// How often something may happen.
  public struct Limit: Hashable, Sendable {
    /// The span that is counted.
    public enum Span: String, Hashable, Sendable, CaseIterable { case day, month, year, life }

    public var span: Span
    public var count: Int64

    /// Creates a limit.
    public init(per span: Span, count: Int64) {
      self.span = span
      self.count = count
    }
  }

  /// Points for what a member does (签到, 推荐), not pays.
  public struct EventRule: Hashable, Sendable {
    public var id: String
    public var event: String
    public var give: Int64
    public var limit: Limit?
    public var when: Occasion

    /// Creates a rule.
    public init(
      id: String,
      event: String,
      give: Int64,
      limit: Limit? = nil,
      when: Occasion = Occasion()
    ) {
      self.id = id
      self.event = event
      self.give = give
      self.limit = limit
      self.when = when
    }
  }

  /// What a member is given beside points: with a top-up, a prize, a reward, a new tier.
  public enum Gift: Hashable, Sendable {
    case points(Int64)
    case coupon(template: String, count: Int64)
    case item(sku: String, quantity: Int64)
    /// Uses of a pass, or stamps.
    case counted(asset: String, quantity: Int64)
  }

  /// How points become money at the till (积分抵现).
  public struct PointsAsCash: Hashable, Sendable {
    /// `points` points are `minor` fen.
    public var points: Int64
    public var minor: Int64
    /// The most of a receipt that points pay, in basis points.
    public var shareMaxBasisPoints: Int64
    /// Points are taken in steps of this many.
    public var step: Int64

    /// Creates a rate.
    public init(points: Int64, minor: Int64, shareMaxBasisPoints: Int64, step: Int64) {
      self.points = points
      self.minor = minor
      self.shareMaxBasisPoints = shareMaxBasisPoints
      self.step = step
    }
  }

  /// What points are exchanged for.
  public struct Reward: Hashable, Sendable {
    public var id: String
    public var name: String
    public var points: Int64
    public var gives: Gift
    /// How many there are; `nil` for any number.
    public var stock: Int64?
    /// How many one member may have.
    public var limit: Limit?
    public var when: Occasion

    /// Creates a reward.
    public init(
      id: String,
      name: String,
      points: Int64,
      gives: Gift,
      stock: Int64? = nil,
      limit: Limit? = nil,
      when: Occasion = Occasion()
    ) {
      self.id = id
      self.name = name
      self.points = points
      self.gives = gives
      self.stock = stock
      self.limit = limit
      self.when = when
    }
  }

  /// A lottery for points (转盘抽奖).
  public struct Draw: Hashable, Sendable {
    /// One prize; without gifts it is a blank.
    public struct Prize: Hashable, Sendable {
      public var id: String
      public var name: String
      /// Its share of all weights.
      public var weight: Int64
      public var stock: Int64?
      public var gives: [Gift]

      /// Creates a prize.
      public init(id: String, name: String, weight: Int64, stock: Int64? = nil, gives: [Gift]) {
        self.id = id
        self.name = name
        self.weight = weight
        self.stock = stock
        self.gives = gives
      }
    }

    public var id: String
    public var name: String
    /// The price of a draw in points.
    public var points: Int64
    public var prizes: [Prize]
    public var limit: Limit?
    public var when: Occasion

    /// Creates a lottery.
    public init(
      id: String,
      name: String,
      points: Int64,
      prizes: [Prize],
      limit: Limit? = nil,
      when: Occasion = Occasion()
    ) {
      self.id = id
      self.name = name
      self.points = points
      self.prizes = prizes
      self.limit = limit
      self.when = when
    }
  }

  /// How stored value is spent.
  public enum ValueOrder: String, Hashable, Sendable, CaseIterable {
    /// Principal's share by floor, the bonus takes the rest.
    case proRata = "pro_rata"
    case principalFirst = "principal_first"
    case bonusFirst = "bonus_first"
  }

  /// Stored value: what may be paid in and what it brings.
  public struct TopUpRules: Hashable, Sendable {
    /// From an amount on, what is given beside it.
    public struct Step: Hashable, Sendable {
      public var fromMinor: Int64
      public var bonusMinor: Int64
      public var gifts: [Gift]
      /// A multiplier for the points of the next receipt, in basis points.
      public var pointsBasisPoints: Int64?

      /// Creates a step.
      public init(
        fromMinor: Int64,
        bonusMinor: Int64 = 0,
        gifts: [Gift] = [],
        pointsBasisPoints: Int64? = nil
      ) {
        self.fromMinor = fromMinor
        self.bonusMinor = bonusMinor
        self.gifts = gifts
        self.pointsBasisPoints = pointsBasisPoints
      }
    }

    public var minMinor: Int64
    /// The most principal and bonus together that a card with a holder's name, and one without, may
    /// bear; `nil` for any.
    public var namedMaxMinor: Int64?
    public var bearerMaxMinor: Int64?
    /// Channels by which money comes in.
    public var channels: [String]
    /// Channels of which the answer comes later: opened, then confirmed or cancelled.
    public var remoteChannels: Set<String>
    public var steps: [Step]

    /// Creates rules.
    public init(
      minMinor: Int64,
      namedMaxMinor: Int64? = nil,
      bearerMaxMinor: Int64? = nil,
      channels: [String],
      remoteChannels: Set<String> = [],
      steps: [Step] = []
    ) {
      self.minMinor = minMinor
      self.namedMaxMinor = namedMaxMinor
      self.bearerMaxMinor = bearerMaxMinor
      self.channels = channels
      self.remoteChannels = remoteChannels
      self.steps = steps
    }
  }

  /// A count card (次卡), a time pass or a stamp card (印花).
  public struct CountedAsset: Hashable, Sendable {
    /// What it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// A number of uses.
      case count
      /// Any number of uses until a date.
      case time
      case stamp
    }

    public var id: String
    public var name: String
    public var kind: Kind
    /// How long what is added lives; `nil` for ever.
    public var expiry: Period?
    /// Uses of one pass.
    public var uses: Int64
    /// What it costs; `nil` where it is only given.
    public var priceMinor: Int64?
    /// So many stamps are exchanged for the gift.
    public var full: Int64?
    public var gift: Gift?

    /// Creates a counted asset.
    public init(
      id: String,
      name: String,
      kind: Kind,
      expiry: Period? = nil,
      uses: Int64 = 1,
      priceMinor: Int64? = nil,
      full: Int64? = nil,
      gift: Gift? = nil
    ) {
      self.id = id
      self.name = name
      self.kind = kind
      self.expiry = expiry
      self.uses = uses
      self.priceMinor = priceMinor
      self.full = full
      self.gift = gift
    }
  }

  /// A level of the paid ladder (月卡, 季卡, 年卡).
  public struct PaidLevel: Hashable, Sendable {
    public var id: String
    public var name: String
    public var term: Period
    /// `nil` where the till tells the price.
    public var priceMinor: Int64?
    public var gifts: [Gift]

    /// Creates a level.
    public init(
      id: String,
      name: String,
      term: Period,
      priceMinor: Int64? = nil,
      gifts: [Gift] = []
    ) {
      self.id = id
      self.name = name
      self.term = term
      self.priceMinor = priceMinor
      self.gifts = gifts
    }
  }

  /// A benefit that a look-up shows; one with a limit is counted when it is used.
  public struct Benefit: Hashable, Sendable {
    public var id: String
    public var name: String
    public var when: Occasion
    public var limit: Limit?

    /// Creates a benefit.
    public init(id: String, name: String, when: Occasion = Occasion(), limit: Limit? = nil) {
      self.id = id
      self.name = name
      self.when = when
      self.limit = limit
    }
  }

  /// How holds end by themselves.
  public struct HoldRules: Hashable, Sendable {
    public var seconds: Int64
    public var secondsMax: Int64

    /// Creates rules.
    public init(seconds: Int64, secondsMax: Int64) {
      self.seconds = seconds
      self.secondsMax = secondsMax
    }
  }

  /// What a refund does.
  public struct RefundRules: Hashable, Sendable {
    /// What happens where points that are to be taken back are spent.
    public enum SpentPoints: String, Hashable, Sendable, CaseIterable { case debt, clamp, refuse }

    public var spentPoints: SpentPoints
    /// How long restored points live whose lot expired meanwhile.
    public var grace: Period

    /// Creates rules.
    public init(spentPoints: SpentPoints, grace: Period) {
      self.spentPoints = spentPoints
      self.grace = grace
    }
  }

  /// What follows from a tier over time.
  public struct TierRules: Hashable, Sendable {
    /// How long a tier lasts.
    public enum Validity: Hashable, Sendable {
      case forever
      /// From the day it was reached.
      case rolling(Period)
      /// Through this day of the year, the next one that is at least a day away.
      case calendar(month: Int, dayOfMonth: Int)
    }

    /// What happens when it ends.
    public enum Downgrade: String, Hashable, Sendable, CaseIterable {
      case none
      case oneStep = "one_step"
      case reassess
    }

    /// What a refund does to the tier.
    public enum OnRefund: String, Hashable, Sendable, CaseIterable {
      case keepUntilReview = "keep_until_review"
      case reassess
    }

    public var validity: Validity
    public var downgrade: Downgrade
    public var onRefund: OnRefund
    /// Days after the end in which the tier still counts.
    public var graceDays: Int

    /// Creates rules.
    public init(
      validity: Validity = .forever,
      downgrade: Downgrade = .none,
      onRefund: OnRefund = .keepUntilReview,
      graceDays: Int = 0
    ) {
      self.validity = validity
      self.downgrade = downgrade
      self.onRefund = onRefund
      self.graceDays = graceDays
    }
  }
}
