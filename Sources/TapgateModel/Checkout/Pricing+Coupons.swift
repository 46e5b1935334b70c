extension Pricing {
  /// The category whose lines a delivery coupon pays.
  static let delivery = "delivery"

  /// Applies the coupons, or says which one does not fit.
  mutating func applyCoupons(
    _ coupons: [OfferedCoupon],
    in situation: Programme.Situation
  ) throws(CheckoutProblem) {
    guard !coupons.isEmpty else { return }
    for (index, coupon) in coupons.enumerated() {
      if coupons[..<index].contains(where: { $0.code == coupon.code }) {
        throw .illegal("coupons[\(index)]", "is given twice")
      }
      if let end = coupon.expiresOn, end < situation.date {
        throw .refused(.couponExpired, coupon.code)
      }
      if coupons.count > 1, !coupon.template.isStackable {
        throw .refused(.couponNotApplicable, "\(coupon.code): is not used beside others")
      }
    }
    let before = net
    let order = coupons.indices.sorted {
      let (left, right) = (coupons[$0].template.kind.rank, coupons[$1].template.kind.rank)
      return left == right ? $0 < $1 : left < right
    }
    for index in order { try apply(coupons[index], before: before, in: situation) }
  }

  private mutating func apply(
    _ coupon: OfferedCoupon,
    before: [Int64],
    in situation: Programme.Situation
  ) throws(CheckoutProblem) {
    let template = coupon.template
    func refused(_ why: String) -> CheckoutProblem {
      .refused(.couponNotApplicable, "\(coupon.code): \(why)")
    }
    guard template.when.holds(in: situation) else { throw refused("not here and now") }
    let lines = covered(by: template.when)
    guard !lines.isEmpty else { throw refused("no line counts") }
    var reached = Self.sum(before, of: lines)
    if case .freeItem(let sku, let quantity) = template.kind {
      // What is free does not help to reach the threshold.
      let (free, off) = self.free(sku, quantity, on: before)
      for (place, index) in free.enumerated() where lines.contains(index) { reached -= off[place] }
    }
    guard reached >= template.thresholdMinor else {
      throw refused("\(AccrualSlip.yuan(template.thresholdMinor - reached)) are missing")
    }
    var discount = Quote.Discount(kind: .coupon, id: template.id, name: template.name)
    discount.code = coupon.code
    let sum = Self.sum(net, of: lines)
    switch template.kind {
    case .service: take([], off: [], as: discount)
    case .amountOff(let minor): take(min(minor, sum), off: lines, as: discount)
    case .freeOrder(let most): take(min(most, sum), off: lines, as: discount)
    case .percent(let share, let most):
      take(min(Self.off(sum, leaving: share), most ?? .max), off: lines, as: discount)
    case .freeItem(let sku, let quantity):
      let (free, off) = self.free(sku, quantity, on: net)
      take(off, off: free, as: discount)
    case .delivery:
      let found = self.lines.indices.filter {
        self.lines[$0].category == Self.delivery && !isAgreed[$0]
      }
      take(found.map { net[$0] }, off: found, as: discount)
    }
    if case .service = template.kind { return }
    guard let applied = discounts.last, applied.amountMinor > 0 else {
      throw refused("nothing is left that it could take off")
    }
  }
}

extension Programme.CouponTemplate.Kind {
  /// The order in which coupons count.
  fileprivate var rank: Int {
    switch self {
    case .delivery: 0
    case .freeItem: 1
    case .percent: 2
    case .amountOff: 3
    case .freeOrder: 4
    case .service: 5
    }
  }
}
