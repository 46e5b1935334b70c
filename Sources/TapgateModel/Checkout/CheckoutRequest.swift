/// A basket and how it is to be paid: what `checkout.quote` asks the price of.
public struct CheckoutRequest: Hashable, Sendable {
  /// 1 to 500 lines.
  public var lines: [BasketLine]
  public var currency: String?
  /// Points to pay with (积分抵现).
  public var usePoints: Int64
  /// Stored value to pay with, in fen.
  public var useValueMinor: Int64
  /// Kinds of tender by which the rest will be paid, where the till knows: an offer may ask for
  /// one.
  public var tenderKinds: Set<String>
  /// What rules count instead of money, such as `km`.
  public var quantities: [String: Int64]

  /// The most lines a basket may have.
  public static let lineCountMax = 500
  /// The most tenders a receipt may have.
  public static let tenderCountMax = 64

  /// Creates a request.
  public init(
    lines: [BasketLine],
    currency: String? = nil,
    usePoints: Int64 = 0,
    useValueMinor: Int64 = 0,
    tenderKinds: Set<String> = [],
    quantities: [String: Int64] = [:]
  ) {
    self.lines = lines
    self.currency = currency
    self.usePoints = usePoints
    self.useValueMinor = useValueMinor
    self.tenderKinds = tenderKinds
    self.quantities = quantities
  }
}

/// A coupon that is shown at the till, as far as the price depends on it. Whether it is used up,
/// void or another member's is decided before.
public struct OfferedCoupon: Hashable, Sendable {
  public var code: String
  public var template: Programme.CouponTemplate
  /// Its last day; `nil` for ever.
  public var expiresOn: BusinessDate?

  /// Creates a coupon.
  public init(
    code: String,
    template: Programme.CouponTemplate,
    expiresOn: BusinessDate? = nil
  ) {
    self.code = code
    self.template = template
    self.expiresOn = expiresOn
  }
}

/// What stored value pays, in its two parts.
public struct ValueSplit: Hashable, Sendable {
  public var principalMinor: Int64
  public var bonusMinor: Int64

  /// Creates a split.
  public init(principalMinor: Int64 = 0, bonusMinor: Int64 = 0) {
    self.principalMinor = principalMinor
    self.bonusMinor = bonusMinor
  }
}

/// Why a basket has no price, or a receipt no refund.
public enum CheckoutProblem: Error, Hashable, Sendable {
  /// A value that cannot be: E_ILLEGAL with the field's name.
  case illegal(ReceiptAmounts.Problem)
  case refused(Refusal)

  static func illegal(_ field: String, _ problem: String) -> CheckoutProblem {
    .illegal(ReceiptAmounts.Problem(field: field, problem: problem))
  }

  static func refused(_ reason: RefusalReason, _ detail: String? = nil) -> CheckoutProblem {
    .refused(Refusal(reason, detail: detail))
  }
}

/// The member's side of a price, beside the member's state.
public struct CheckoutContext: Sendable {
  /// When and where it is, and by which card. Tier and tenders are filled in by the quote.
  public var situation: Programme.Situation
  /// The gateway's own business date, by which lots have expired; the situation's date where the
  /// till told no other.
  public var today: BusinessDate
  /// Multipliers that the member has beside the programme's, such as one of a top-up.
  public var grants: [Programme.Multiplier] = []
  /// Points that can be spent, those of a hold among them; `nil` for the member's available ones.
  public var points: Int64?
  /// How stored value would be split; `nil` for the programme's order over the member's balances.
  public var split: (@Sendable (Int64) throws(Refusal) -> ValueSplit)?

  /// Creates a context.
  public init(
    situation: Programme.Situation,
    today: BusinessDate? = nil,
    grants: [Programme.Multiplier] = [],
    points: Int64? = nil,
    split: (@Sendable (Int64) throws(Refusal) -> ValueSplit)? = nil
  ) {
    self.situation = situation
    self.today = today ?? situation.date
    self.grants = grants
    self.points = points
    self.split = split
  }
}
