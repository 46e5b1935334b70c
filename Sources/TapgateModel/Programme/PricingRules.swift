extension Programme {
  /// What prices are for members: a share of the list price, or a price list.
  public struct MemberPrice: Hashable, Sendable {
    public var id: String
    public var when: Occasion
    /// What is left of the list price, in basis points: 8,000 is 8折. `nil` where `prices` tells.
    public var basisPoints: Int64?
    /// Prices of articles in fen.
    public var prices: [String: Int64]
    /// Whether it is an agreement with a company (协议价): then no other discount is added to it.
    public var isAgreement: Bool

    /// Creates a price rule.
    public init(
      id: String,
      when: Occasion = Occasion(),
      basisPoints: Int64? = nil,
      prices: [String: Int64] = [:],
      isAgreement: Bool = false
    ) {
      self.id = id
      self.when = when
      self.basisPoints = basisPoints
      self.prices = prices
      self.isAgreement = isAgreement
    }
  }

  /// An offer on a basket (满减, 限时折扣, 套餐).
  public struct Promotion: Hashable, Sendable {
    /// What it gives.
    public enum Saving: Hashable, Sendable {
      /// `offMinor` off, once, or for every full `threshold` where `isRepeated`.
      case amountOff(offMinor: Int64, isRepeated: Bool)
      /// What is left of the price, in basis points.
      case percent(basisPoints: Int64)
      /// `quantity` of an article in the basket are free.
      case freeItem(sku: String, quantity: Int64)
    }

    public var id: String
    public var name: String
    public var when: Occasion
    /// What the lines that count must come to, in fen after the members' prices.
    public var thresholdMinor: Int64
    public var saving: Saving
    /// Of the offers of one group the best counts; offers of different groups add.
    public var group: String

    /// Creates an offer.
    public init(
      id: String,
      name: String,
      when: Occasion = Occasion(),
      thresholdMinor: Int64 = 0,
      saving: Saving,
      group: String
    ) {
      self.id = id
      self.name = name
      self.when = when
      self.thresholdMinor = thresholdMinor
      self.saving = saving
      self.group = group
    }
  }

  /// What coupons of one kind are worth.
  public struct CouponTemplate: Hashable, Sendable {
    /// The kinds of coupon.
    public enum Kind: Hashable, Sendable {
      case amountOff(minor: Int64)
      /// What is left of the price, in basis points, and the most that it takes off.
      case percent(basisPoints: Int64, offMaxMinor: Int64?)
      case freeItem(sku: String, quantity: Int64)
      /// The whole order (免单券), up to an amount.
      case freeOrder(maxMinor: Int64)
      /// A service ticket (体验券): it takes nothing off a receipt.
      case service(name: String)
      /// Delivery is free (配送券): takes the lines of the category `delivery` off.
      case delivery
    }

    /// How long a coupon lives.
    public enum Validity: Hashable, Sendable {
      case after(Period)
      case through(BusinessDate)
    }

    public var id: String
    public var name: String
    public var kind: Kind
    public var validity: Validity
    public var when: Occasion
    /// What the lines that count must come to.
    public var thresholdMinor: Int64
    /// Whoever has the code may use it; else only the member it was given to.
    public var isBearer: Bool
    /// Whether it can be used beside others on one receipt.
    public var isStackable: Bool
    /// How many may ever be issued; `nil` for any number.
    public var stock: Int64?

    /// Creates a template.
    public init(
      id: String,
      name: String,
      kind: Kind,
      validity: Validity,
      when: Occasion = Occasion(),
      thresholdMinor: Int64 = 0,
      isBearer: Bool = false,
      isStackable: Bool = false,
      stock: Int64? = nil
    ) {
      self.id = id
      self.name = name
      self.kind = kind
      self.validity = validity
      self.when = when
      self.thresholdMinor = thresholdMinor
      self.isBearer = isBearer
      self.isStackable = isStackable
      self.stock = stock
    }
  }
}
