internal import TapgateModel

/// What the ledger keeps beside its members: the shop's counts, the coupons that belong to whoever
/// has their code, who was given which of the others, and how much of which receipt was refunded.
///
/// Lives on the ledger's thread, inside its transactions. All of it is recomputed from the journal
/// by `tapgate verify`.
final class ShopTable {
  static let schema = """
    CREATE TABLE shop (id INTEGER PRIMARY KEY CHECK (id = 1), state BLOB NOT NULL);
    CREATE TABLE bearer_coupon (serial INTEGER PRIMARY KEY, state BLOB NOT NULL);
    CREATE TABLE coupon_holder (serial INTEGER PRIMARY KEY, member INTEGER NOT NULL);
    CREATE TABLE refund (receipt INTEGER PRIMARY KEY, progress BLOB NOT NULL);
    """

  private let findShop: Statement
  private let storeShop: Statement
  private let findCoupon: Statement
  private let storeCoupon: Statement
  private let findCoupons: Statement
  private let findHolder: Statement
  private let storeHolder: Statement
  private let findRefund: Statement
  private let storeRefund: Statement
  private let findProgramme: Statement
  private let storeProgramme: Statement

  init(on connection: OpaquePointer) throws(SQLiteFailure) {
    findShop = try Statement("SELECT state FROM shop WHERE id = 1", on: connection)
    storeShop = try Statement("INSERT OR REPLACE INTO shop VALUES (1, ?)", on: connection)
    findCoupon = try Statement("SELECT state FROM bearer_coupon WHERE serial = ?", on: connection)
    storeCoupon = try Statement(
      "INSERT OR REPLACE INTO bearer_coupon VALUES (?, ?)",
      on: connection
    )
    findCoupons = try Statement(
      "SELECT state FROM bearer_coupon WHERE serial > ? ORDER BY serial LIMIT ?",
      on: connection
    )
    findHolder = try Statement(
      "SELECT member FROM coupon_holder WHERE serial = ?",
      on: connection
    )
    storeHolder = try Statement(
      "INSERT OR REPLACE INTO coupon_holder VALUES (?, ?)",
      on: connection
    )
    findRefund = try Statement("SELECT progress FROM refund WHERE receipt = ?", on: connection)
    storeRefund = try Statement("INSERT OR REPLACE INTO refund VALUES (?, ?)", on: connection)
    storeProgramme = try Statement("INSERT OR IGNORE INTO programme VALUES (?, ?)", on: connection)
    findProgramme = try Statement(
      "SELECT text FROM programme WHERE substr(hash, 1, 8) = ?",
      on: connection
    )
  }

  /// The text of a programme by the first 8 bytes of its hash; `nil` where it is not kept.
  func programme(revision: [UInt8]) throws(SQLiteFailure) -> [UInt8]? {
    findProgramme.bind(revision, at: 1)
    guard try findProgramme.step() else { return nil }
    defer { findProgramme.reset() }
    return findProgramme.bytes(0)
  }

  /// Keeps a programme's text under its hash: rows name the programme that decided them.
  func remember(hash: [UInt8], text: [UInt8]) throws(SQLiteFailure) {
    storeProgramme.bind(hash, at: 1)
    storeProgramme.bind(text, at: 2)
    try storeProgramme.run()
  }

  /// The shop's counts; those of a shop that issued nothing where there are none.
  func shop() throws(SQLiteFailure) -> ShopState {
    guard try findShop.step() else { return ShopState() }
    defer { findShop.reset() }
    do {
      return try ShopState(packed: findShop.bytes(0))
    } catch {
      throw SQLiteFailure(call: "shop", code: 0, message: "the shop's counts are damaged")
    }
  }

  func setShop(_ shop: ShopState) throws(SQLiteFailure) {
    storeShop.bind(shop.packed(), at: 1)
    try storeShop.run()
  }

  /// A bearer's coupon; `nil` for a serial number that none has.
  func coupon(_ serial: Int64) throws(SQLiteFailure) -> CouponState? {
    findCoupon.bind(serial, at: 1)
    guard try findCoupon.step() else { return nil }
    defer { findCoupon.reset() }
    return try? CouponState(packed: findCoupon.bytes(0))  // `verify` tells of a damaged row.
  }

  /// Bearers' coupons with serial numbers after `serial`, in their order.
  func coupons(after serial: Int64, limit: Int) throws(SQLiteFailure) -> [CouponState] {
    findCoupons.bind(serial, at: 1)
    findCoupons.bind(Int64(limit), at: 2)
    var coupons: [CouponState] = []
    while try findCoupons.step() {
      // `verify` tells of a damaged row.
      if let coupon = try? CouponState(packed: findCoupons.bytes(0)) { coupons.append(coupon) }
    }
    return coupons
  }

  func setCoupon(_ coupon: CouponState) throws(SQLiteFailure) {
    storeCoupon.bind(coupon.serial, at: 1)
    storeCoupon.bind(coupon.packed(), at: 2)
    try storeCoupon.run()
  }

  /// The number of the member who was last given a coupon; `nil` where none was.
  func holder(ofCoupon serial: Int64) throws(SQLiteFailure) -> UInt32? {
    findHolder.bind(serial, at: 1)
    guard try findHolder.step() else { return nil }
    defer { findHolder.reset() }
    return UInt32(exactly: findHolder.integer(0))
  }

  func setHolder(ofCoupon serial: Int64, _ number: UInt32) throws(SQLiteFailure) {
    storeHolder.bind(serial, at: 1)
    storeHolder.bind(Int64(number), at: 2)
    try storeHolder.run()
  }

  /// What was refunded of the receipt of row `receipt`, packed; `nil` for nothing.
  func refund(receipt: Int64) throws(SQLiteFailure) -> [UInt8]? {
    findRefund.bind(receipt, at: 1)
    guard try findRefund.step() else { return nil }
    defer { findRefund.reset() }
    return findRefund.bytes(0)
  }

  func setRefund(_ progress: [UInt8], receipt: Int64) throws(SQLiteFailure) {
    storeRefund.bind(receipt, at: 1)
    storeRefund.bind(progress, at: 2)
    try storeRefund.run()
  }
}
