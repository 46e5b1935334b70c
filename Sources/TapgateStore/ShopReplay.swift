internal import TapgateModel

/// What the journal alone says of the store's tables beside its members.
struct ShopReplay {
  private var shop = ShopState()
  private var coupons: [Int64: CouponState] = [:]
  private var holders: [Int64: UInt32] = [:]
  private var refunds: [Int64: [UInt8]] = [:]

  /// Takes a row's effects. `false` where they do not fit what was there before.
  mutating func take(_ effects: [Effect], member: UInt32?) -> Bool {
    for effect in LedgerEngine.shopEffects(effects) {
      switch effect {
      case .bearerCoupon(let before, let after):
        guard coupons[after.serial] == before else { return false }
        coupons[after.serial] = after
      case .couponAdded(let coupon):
        if let member { holders[coupon.serial] = member }
      case .refunded(let receipt, let progress): refunds[receipt] = progress
      default: break
      }
    }
    return shop.apply(effects)
  }

  /// What differs from the tables, a sentence each.
  func compare(_ connection: OpaquePointer) throws(SQLiteFailure) -> [String] {
    var problems: [String] = []
    let state = try Statement("SELECT state FROM shop", on: connection)
    let stored = try state.step() ? state.bytes(0) : nil
    if (stored ?? ShopState().packed()) != shop.packed() {
      problems.append("the shop's counts are not what the journal's rows come to")
    }
    problems += try Self.differences(
      "SELECT serial, state FROM bearer_coupon",
      coupons.mapValues { $0.packed() },
      "coupon",
      connection
    )
    problems += try Self.differences(
      "SELECT receipt, progress FROM refund",
      refunds,
      "the refund of receipt",
      connection
    )
    let rows = try Statement("SELECT serial, member FROM coupon_holder", on: connection)
    var left = holders
    while try rows.step() {
      let serial = rows.integer(0)
      if left.removeValue(forKey: serial).map(Int64.init) != rows.integer(1) {
        problems.append("coupon \(serial) is not its member's")
      }
    }
    for serial in left.keys.sorted().prefix(10) {
      problems.append("coupon \(serial) has lost its member")
    }
    return problems
  }

  private static func differences(
    _ query: String,
    _ wanted: [Int64: [UInt8]],
    _ name: String,
    _ connection: OpaquePointer
  ) throws(SQLiteFailure) -> [String] {
    var problems: [String] = []
    var left = wanted
    let rows = try Statement(query, on: connection)
    while try rows.step() {
      let key = rows.integer(0)
      if left.removeValue(forKey: key) != rows.bytes(1) {
        problems.append("\(name) \(key) is not what the journal's rows come to")
      }
    }
    for key in left.keys.sorted().prefix(10) { problems.append("\(name) \(key) is missing") }
    return problems
  }
}
