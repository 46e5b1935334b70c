extension LedgerDraft {
  // MARK: What a receipt had taken

  /// Puts points back that the receipt whose row is `original` had spent: `quantity` of them, after
  /// the first `skipped` that earlier refunds put back, in the order in which they were taken.
  ///
  /// Refused with `refundExceedsReceipt` where the receipt had not spent so many.
  public mutating func restorePoints(
    _ quantity: Int64,
    skipping skipped: Int64,
    takenBy original: [Effect]
  ) throws(LedgerProblem) {
    guard quantity >= 0, skipped >= 0 else { throw .illegal("points", "is negative") }
    var (ahead, left) = (skipped, quantity)
    var slices: [PointLot] = []
    for case .lotTaken(let slice) in Effect.own(of: original) where left > 0 {
      let passed = min(ahead, slice.remaining)
      ahead -= passed
      let taken = min(left, slice.remaining - passed)
      left -= taken
      if taken > 0 { slices.append(slice.slice(taken)) }
    }
    guard left == 0 else { throw .refused(.refundExceedsReceipt) }
    try restorePoints(slices, from: .pointsRedeemed, grace: programme.refund.grace)
  }

  /// Gives coupons back that the receipt whose row is `original` had used; one that has expired
  /// meanwhile stays used. `bearers` are the store's rows of the bearers' coupons among them.
  ///
  /// - Returns: The coupons that can be used again.
  public mutating func unuseCoupons(
    usedBy original: [Effect],
    bearers: [CouponState] = []
  ) throws(LedgerProblem) -> [CouponState] {
    var back: [CouponState] = []
    for effect in Effect.own(of: original) {
      switch effect {
      case .couponRemoved(let coupon, .used) where !coupon.isExpired(on: context.today):
        back.append(try unuseCoupon(coupon))
      case .bearerCoupon(_, let used) where used.status == .used:
        guard let now = bearers.first(where: { $0.serial == used.serial }), now == used else {
          throw .refused(.dependentOperations, "coupon \(used.serial) was used again")
        }
        guard !used.isExpired(on: context.today) else { continue }
        back.append(
          try changeBearer(used, to: .issued, from: .couponUsed, into: .couponBearer)
        )
      default: break
      }
    }
    return back
  }
}
