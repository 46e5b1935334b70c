/// Points, stored value and coupons that are set aside for a receipt until it is settled.
public struct Hold: Hashable, Sendable {
  /// The sequence of the journal row that made it.
  public var id: Int64
  /// When it ends by itself, in microseconds since 1970.
  public var deadline: Int64
  /// The card that it was made with; what it spends counts for that card's day.
  public var card: CardReference?
  /// Slices of lots: `remaining` is what is held of each.
  public var points: [PointLot] = []
  public var principalMinor: Int64 = 0
  public var bonusMinor: Int64 = 0
  public var coupons: [CouponState] = []
  /// The date on which stored value was counted for the card.
  public var madeOn: BusinessDate

  /// Creates an empty hold.
  public init(id: Int64, deadline: Int64, card: CardReference?, madeOn: BusinessDate) {
    self.id = id
    self.deadline = deadline
    self.card = card
    self.madeOn = madeOn
  }

  /// Points that are held.
  public var pointCount: Int64 { points.reduce(0) { $0 &+ $1.remaining } }

  /// Stored value that is held, in fen.
  public var valueMinor: Int64 { principalMinor &+ bonusMinor }

  /// Whether nothing is left in it.
  public var isEmpty: Bool {
    points.isEmpty && principalMinor == 0 && bonusMinor == 0 && coupons.isEmpty
  }
}
