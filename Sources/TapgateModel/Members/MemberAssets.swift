/// What most members have none of. A member without any takes neither memory nor a packed byte for
/// it.
public struct MemberAssets: Hashable, Sendable {
  /// Open holds, oldest first.
  public var holds: [Hold] = []
  /// Coupons that can be used or have not been seen to expire yet, by serial number.
  public var coupons: [CouponState] = []
  /// Passes and stamps, in the order of their assets' ids and, in each, as they are spent.
  public var counted: [CountedLot] = []
  public var paid: PaidMembership?
  public var limits: [LimitCounter] = []
  /// Top-ups that wait for their channel, oldest first.
  public var topUps: [TopUp] = []
  public var principalHeldMinor: Int64 = 0
  public var bonusHeldMinor: Int64 = 0
  /// Stored value that is owed.
  public var valueDebtMinor: Int64 = 0
  public var parent: String?
  /// The last day of the tier, before its grace; `nil` for ever.
  public var tierEnd: BusinessDate?
  public var pins: [PinFacts] = []
  public var mergedInto: String?
  /// The multiplier of the next receipt's points in basis points; 0 for none.
  public var boost: Int64 = 0
  /// Who invited the member, until the first receipt has paid for it.
  public var inviter: String?

  /// Creates what a member has who has none of it.
  public init() {}

  /// Whether there is none of it.
  public var isEmpty: Bool { self == Self.nothing }

  static let nothing = MemberAssets()
}

/// A place for `MemberAssets` that takes one word where there are none.
indirect enum AssetBox: Hashable, Sendable {
  case empty
  case some(MemberAssets)
}

extension MemberState {
  /// Holds, coupons, passes, the paid level, limits, open top-ups, PINs and what else few members
  /// have.
  public var assets: MemberAssets {
    get {
      switch assetBox {
      case .empty: .nothing
      case .some(let assets): assets
      }
    }
    set { assetBox = newValue.isEmpty ? .empty : .some(newValue) }
  }

  /// Whether the member has none of the assets that are packed as sections.
  public var hasNoAssets: Bool { assetBox == .empty }

  /// Stored value that can be spent, in fen.
  public var valueAvailableMinor: Int64 {
    max(0, principalMinor &+ bonusMinor &- assets.valueDebtMinor)
  }

  /// Points that were earned and cannot be spent on `date` yet.
  public func pointsPending(on date: BusinessDate) -> Int64 {
    var sum: Int64 = 0
    for lot in lots where lot.isPending(on: date) { sum &+= lot.remaining }
    return sum
  }

  /// What is left of a pass or of stamps on `date`.
  public func countedAvailable(_ asset: String, on date: BusinessDate) -> Int64 {
    var sum: Int64 = 0
    for held in assets.counted
    where held.asset == asset && held.lot.isUsable(on: date) {
      sum &+= held.lot.remaining
    }
    return sum
  }

  /// How often something that is limited happened in the span in which `date` lies.
  public func count(of name: String, per span: Programme.Limit.Span, on date: BusinessDate) -> Int64
  {
    let key = LimitKey(name, per: span, on: date)
    return assets.limits.first { $0.key == key }?.count ?? 0
  }

  /// The paid level that counts on `date`.
  public func paidLevel(on date: BusinessDate) -> String? {
    guard let paid = assets.paid, paid.isActive(on: date) else { return nil }
    return paid.level
  }
}

extension PointLot {
  /// Whether it is not to be spent before a later day than `date`.
  public func isPending(on date: BusinessDate) -> Bool {
    isAlive(on: date) && (maturesOn.map { $0 > date } ?? false)
  }

  /// Whether its last day is not over.
  public func isAlive(on date: BusinessDate) -> Bool { (expiresOn?.day ?? .max) >= date.day }

  /// Whether it can be spent.
  public func isUsable(on date: BusinessDate) -> Bool {
    isAlive(on: date) && (maturesOn.map { $0 <= date } ?? true)
  }

  /// So many points of this lot.
  func slice(_ quantity: Int64) -> PointLot {
    var slice = self
    slice.remaining = quantity
    return slice
  }

  /// Whether both are of one lot: everything but what remains is the same.
  func isOfSameLot(as other: PointLot) -> Bool { slice(0) == other.slice(0) }
}
