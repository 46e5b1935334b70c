/// The accounts of the ledger. Every row's postings sum to zero for each asset.
///
/// A member's accounts are positive where the member has something; debts are negative. The
/// programme's accounts are the other side. Money, whether stored value or the price of a paid
/// level, is one asset, so that a tender can pay for any of it.
public enum Account: UInt8, Hashable, Sendable, CaseIterable {
  /// What lies in the member's lots, whether or not it can be spent yet.
  case pointsAvailable = 1
  /// What lies in the member's holds.
  case pointsHeld = 2
  /// What the member owes, below zero.
  case pointsDebt = 3
  case pointsIssued = 16
  case pointsRedeemed = 17
  case pointsExpired = 18
  case pointsAdjusted = 19
  case pointsMigrated = 20
  /// Between the two rows of a merge.
  case pointsMoved = 21
  case growth = 32
  case growthIssued = 33
  case growthMigrated = 34
  case growthMoved = 35
  case principal = 48
  case bonus = 49
  case valueMigrated = 50
  case principalHeld = 51
  case bonusHeld = 52
  /// What the member owes, below zero.
  case valueDebt = 53
  /// Money that came in by any channel, or went out of it again.
  case tenderClearing = 54
  case bonusExpense = 55
  /// What the shop was paid with.
  case valueConsumed = 56
  case bonusForfeited = 57
  case valueMoved = 58
  case valueAdjusted = 59
  /// What was paid for a paid level and is not earned yet.
  case deferredIncome = 60
  case earnedIncome = 61
  case couponStock = 64
  /// Coupons that members have.
  case couponOut = 65
  case couponHeld = 66
  case couponUsed = 67
  case couponExpired = 68
  case couponVoid = 69
  /// Coupons that belong to whoever has the code.
  case couponBearer = 70
  case couponMoved = 71
  case countedStock = 80
  /// Uses and stamps that members have.
  case countedOut = 81
  case countedUsed = 82
  case countedExpired = 83
  case countedVoid = 84
  case countedMoved = 85

  /// What the account counts.
  public enum Asset: Hashable, Sendable, CaseIterable {
    case points, growth, value, coupons, counted
  }

  /// The asset whose entries must balance.
  public var asset: Asset {
    switch self {
    case .pointsAvailable, .pointsHeld, .pointsDebt, .pointsIssued, .pointsRedeemed,
      .pointsExpired, .pointsAdjusted, .pointsMigrated, .pointsMoved:
      .points
    case .growth, .growthIssued, .growthMigrated, .growthMoved: .growth
    case .principal, .bonus, .valueMigrated, .principalHeld, .bonusHeld, .valueDebt,
      .tenderClearing, .bonusExpense, .valueConsumed, .bonusForfeited, .valueMoved,
      .valueAdjusted, .deferredIncome, .earnedIncome:
      .value
    case .couponStock, .couponOut, .couponHeld, .couponUsed, .couponExpired, .couponVoid,
      .couponBearer, .couponMoved:
      .coupons
    case .countedStock, .countedOut, .countedUsed, .countedExpired, .countedVoid, .countedMoved:
      .counted
    }
  }

  /// Whether it is a member's account and not the programme's.
  public var isMembers: Bool {
    switch self {
    case .pointsAvailable, .pointsHeld, .pointsDebt, .growth, .principal, .bonus, .principalHeld,
      .bonusHeld, .valueDebt, .couponOut, .couponHeld, .countedOut:
      true
    default: false
    }
  }
}
