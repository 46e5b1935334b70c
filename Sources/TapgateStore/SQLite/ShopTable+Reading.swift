internal import Foundation
internal import GRDB
internal import TapgateModel

extension ShopTable {
  /// The rows of those codes that are a bearer's, and the shop's counts, by statements that the
  /// connection keeps: preparing them for each quote costs more than the quote.
  static func read(
    _ codes: [CouponCode],
    in db: Database
  ) throws -> (bearers: [CouponState], shop: ShopState) {
    guard !codes.isEmpty else { return ([], ShopState()) }
    let coupon = try db.cachedStatement(sql: "SELECT state FROM bearer_coupon WHERE serial = ?")
    var bearers: [CouponState] = []
    for code in codes {
      // `verify` tells of a damaged row.
      guard let packed = try Data.fetchOne(coupon, arguments: [code.serial]),
        let known = try? CouponState(packed: [UInt8](packed)), known.code == code
      else { continue }
      bearers.append(known)
    }
    let counts = try db.cachedStatement(sql: "SELECT state FROM shop WHERE id = 1")
    let packed = try Data.fetchOne(counts)
    return (bearers, try packed.map { try ShopState(packed: [UInt8]($0)) } ?? ShopState())
  }
}
