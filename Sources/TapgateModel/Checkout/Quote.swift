/// What a basket costs a member here and now, and what it brings.
///
/// The order is always the same, and each step sees what the step before it left: 1. the list
/// price: quantity × price, or the line's own amount; 2. per line the best of the members' prices
/// and agreements that hold. Nothing is added to an agreement: a line that has one takes no part in
/// what follows; 3. the offers: of each group the best, and the groups add. Each is worth what it
/// is on the members' prices, whatever the other groups take off; 4. the coupons: thresholds count
/// what the lines come to after the offers. Delivery and free items come first, then percentages,
/// then amounts, then free orders, inside a kind as they were given; each counts on what the ones
/// before it left; 5. points as money, at most the programme's share of what is payable then; 6.
/// stored value; 7. whatever else the till takes.
///
/// `Programme.explain` says in the same order what counted.
///
/// What is taken off a whole receipt is spread over its lines in proportion to what they still come
/// to, by largest remainder, once. No line ever comes to less than nothing. A price that is a share
/// of another is rounded down to the fen.
public struct Quote: Hashable, Sendable {
  /// One line's price.
  public struct Line: Hashable, Sendable {
    public var listMinor: Int64
    /// After the member's price or the agreement.
    public var memberMinor: Int64
    /// What is paid for it.
    public var netMinor: Int64
    /// The rule of the member's price.
    public var priceRule: String?
    public var isAgreement: Bool
    /// Its share of the receipt's points, for display.
    public var points: Int64
  }

  /// What one rule takes off, and off which lines.
  public struct Discount: Hashable, Sendable {
    /// The kinds of rule.
    public enum Kind: UInt8, Hashable, Sendable { case promotion, coupon }

    public var kind: Kind
    public var id: String
    public var name: String
    /// The coupon's code.
    public var code: String? = nil
    public var amountMinor: Int64 = 0
    /// One a line.
    public var byLine: [Int64] = []
  }

  /// How the receipt is paid, before the till's own tenders.
  public struct Payment: Hashable, Sendable {
    public var points: Int64 = 0
    /// What the points pay.
    public var pointsMinor: Int64 = 0
    public var value = ValueSplit()
    /// What is left for other tenders.
    public var dueMinor: Int64 = 0

    /// What stored value pays.
    public var valueMinor: Int64 { value.principalMinor + value.bonusMinor }
  }

  /// What the member could pay with points, and what points could be exchanged for.
  public struct Redeemable: Hashable, Sendable {
    /// The most points that this receipt takes, and what they pay; 0 where it takes none.
    public var points: Int64 = 0
    public var minor: Int64 = 0
    /// Points are taken in steps of this many.
    public var step: Int64 = 0
    /// Points missing to the balance from which any can be redeemed.
    public var pointsShort: Int64 = 0
    /// Rewards that the balance buys. Their stock and limits are checked when they are redeemed.
    public var rewards: [String] = []
  }

  /// A top-up that would pay the receipt (储值提醒).
  public struct TopUpHint: Hashable, Sendable {
    public var amountMinor: Int64
    public var bonusMinor: Int64
    /// What of this receipt the bonus would pay.
    public var savesNowMinor: Int64

    /// Creates a hint.
    public init(amountMinor: Int64, bonusMinor: Int64, savesNowMinor: Int64) {
      self.amountMinor = amountMinor
      self.bonusMinor = bonusMinor
      self.savesNowMinor = savesNowMinor
    }
  }

  /// An offer to whoever is no member yet.
  public struct EnrolOffer: Hashable, Sendable {
    public var pointsIfJoined: Int64

    /// Creates an offer.
    public init(pointsIfJoined: Int64) { self.pointsIfJoined = pointsIfJoined }
  }

  /// An offer that holds from a larger basket on.
  public struct NextOffer: Hashable, Sendable {
    public var id: String
    public var name: String
    public var missingMinor: Int64
    /// What it would take off then.
    public var savingMinor: Int64

    /// Creates an offer.
    public init(id: String, name: String, missingMinor: Int64, savingMinor: Int64) {
      self.id = id
      self.name = name
      self.missingMinor = missingMinor
      self.savingMinor = savingMinor
    }
  }

  /// The date that priced it.
  public var date: BusinessDate
  public var lines: [Line]
  public var discounts: [Discount]
  public var listMinor: Int64
  /// What all lines come to.
  public var payableMinor: Int64
  public var payment: Payment
  /// What it earns, if the rest is paid by tenders that no rule leaves out.
  public var earned: Earned
  /// The tier that decided, and the one after it; `nil` for a receipt without a member.
  public var tierBefore: String?
  public var tierAfter: String?
  public var redeemable: Redeemable
  public var topUpHint: TopUpHint?
  public var enrolOffer: EnrolOffer?
  public var nextOffer: NextOffer?

  /// What the rules take off, all together.
  public var savingMinor: Int64 { listMinor - payableMinor }

  /// What was taken off line `index`, rule by rule.
  public func discounts(ofLine index: Int) -> [(discount: Discount, amountMinor: Int64)] {
    discounts.compactMap {
      $0.byLine.indices.contains(index) && $0.byLine[index] > 0 ? ($0, $0.byLine[index]) : nil
    }
  }
}
