import TapgateModel
import Testing

/// A sale by rules, prices and tenders that a seed chose.
struct RandomSale {
  var programme: Programme
  var decision: CheckoutDecision

  /// - Returns: `nil` where the dice made a basket that the programme refuses.
  init?(_ dice: inout CheckoutDice) throws {
    programme = try Self.programme(&dice)
    var state = try CheckoutFixtures.member(
      points: dice.number(0...5_000),
      principal: dice.number(0...30_000),
      bonus: dice.number(0...10_000),
      tier: dice.pick(["normal", "gold"])
    )
    state.facts.lifetimeMinor = dice.number(0...90_000)
    let context = try CheckoutFixtures.context(on: dice.pick(["2026-03-10", "2026-03-11"]))
    var request = CheckoutRequest(lines: Self.lines(&dice))
    request.quantities = ["km": dice.number(0...900)]
    let coupons = programme.coupons.filter { _ in dice.oneIn(3) }.map {
      OfferedCoupon(code: "C-" + $0.id, template: $0)
    }
    let programme = programme
    func quote(_ coupons: [OfferedCoupon]) -> Quote? {
      try? programme.quote(request, for: state, coupons: coupons, in: context)
    }
    var used = coupons
    var open = quote(used)
    if open == nil {
      used = []
      open = quote([])
    }
    guard let open else { return nil }
    if dice.oneIn(2), open.redeemable.points > 0 {
      let steps = open.redeemable.points / open.redeemable.step
      request.usePoints = dice.number(1...steps) * open.redeemable.step
    }
    let pointsMinor = quote(used)?.payment.pointsMinor ?? 0
    let most = min(state.principalMinor + state.bonusMinor, open.payableMinor - pointsMinor)
    if dice.oneIn(2), most > 0 { request.useValueMinor = dice.number(1...most) }
    guard let due = quote(used)?.payment.dueMinor else { return nil }
    decision = try programme.checkout(
      request,
      tenders: Self.tenders(due, &dice),
      for: state,
      coupons: used,
      in: context
    )
  }

  private static func tenders(_ due: Int64, _ dice: inout CheckoutDice) -> [Tender] {
    var rest = due
    var tenders: [Tender] = []
    for kind in ["wechat", "bank_card"] where rest > 0 && dice.oneIn(3) {
      let amount = dice.number(0...rest)
      tenders.append(Tender(kind: kind, amountMinor: amount, reference: "T-" + kind))
      rest -= amount
    }
    if rest > 0 { tenders.append(Tender(kind: "cash", amountMinor: rest)) }
    return tenders
  }

  private static func lines(_ dice: inout CheckoutDice) -> [BasketLine] {
    (0..<dice.number(1...8)).map { _ in
      var line = BasketLine(
        sku: dice.pick(["tea", "cake", "cup", "set", "bus"]),
        category: dice.pick(["drink", "food", "gift_card", "delivery"]),
        quantity: dice.number(1...5),
        unitPriceMinor: dice.oneIn(8) ? 0 : dice.number(1...9_999)
      )
      if dice.oneIn(6) {
        line.amountMinor = dice.number(0...20_000)
        line.quantity = dice.number(0...3)
      }
      return line
    }
  }

  private static func programme(_ dice: inout CheckoutDice) throws -> Programme {
    var programme = try CheckoutFixtures.bare()
    var base = programme.earn[0]
    base.mode = dice.pick([.proportional, .step])
    base.perFen = base.mode == .step ? dice.number(500...10_000) : dice.number(1...300)
    base.give = dice.number(1...12)
    base.excludedTenders = Set(["points", "sv_bonus", "wechat"].filter { _ in dice.oneIn(2) })
    base.excludedCategories = Set(["gift_card"].filter { _ in dice.oneIn(2) })
    var distance = base
    distance.id = "km"
    distance.quantity = "km"
    distance.perFen = dice.number(1...40)
    distance.excludedCategories = []
    distance.when.categories = Set(["food"].filter { _ in dice.oneIn(2) })
    var growth = base
    growth.id = "growth"
    growth.asset = .growth
    growth.perFen = 100
    growth.excludedTenders = []
    programme.earn = [base] + (dice.oneIn(2) ? [distance] : []) + [growth]
    programme.multipliers = try multipliers(&dice)
    programme.capBasisPoints = dice.pick([50_000, 21_000])
    programme.pointsAsCash = .init(
      points: dice.pick([100, 7]),
      minor: dice.pick([100, 30]),
      shareMaxBasisPoints: dice.pick([5_000, 10_000]),
      step: dice.pick([1, 100])
    )
    programme.valueOrder = dice.pick([.proRata, .principalFirst, .bonusFirst])
    programme.memberPrices = [
      .init(id: "m", when: drinks, basisPoints: dice.number(7_000...10_000)),
      .init(id: "a", prices: ["cup": dice.number(1...3_000)], isAgreement: true),
    ].filter { _ in dice.oneIn(2) }
    programme.promotions = promotions(&dice).filter { _ in dice.oneIn(2) }
    programme.coupons = coupons(&dice)
    return programme
  }

  private static let drinks = CheckoutFixtures.occasion { $0.categories = ["drink"] }

  private static func multipliers(
    _ dice: inout CheckoutDice
  ) throws -> [Programme.Multiplier] {
    let wednesday = CheckoutFixtures.occasion { $0.weekdays = [3] }
    return [
      try CheckoutFixtures.multiplier("day", 20_000, group: "calendar", when: wednesday),
      try CheckoutFixtures.multiplier("drink", 15_000, group: "line", when: drinks),
      try CheckoutFixtures.multiplier("all", dice.number(10_000...13_333), group: "x"),
    ].filter { _ in dice.oneIn(2) }
  }

  private static func promotions(_ dice: inout CheckoutDice) -> [Programme.Promotion] {
    [
      .init(
        id: "p1",
        name: "满减",
        thresholdMinor: dice.number(100...20_000),
        saving: .amountOff(offMinor: dice.number(1...3_000), isRepeated: dice.oneIn(2)),
        group: "a"
      ),
      .init(
        id: "p2",
        name: "九折",
        when: drinks,
        saving: .percent(basisPoints: dice.number(1...9_999)),
        group: "b"
      ),
      .init(id: "p3", name: "送", saving: .freeItem(sku: "cake", quantity: 2), group: "c"),
    ]
  }

  private static func coupons(_ dice: inout CheckoutDice) -> [Programme.CouponTemplate] {
    let kinds: [Programme.CouponTemplate.Kind] = [
      .amountOff(minor: dice.number(1...5_000)),
      .percent(basisPoints: dice.number(0...9_999), offMaxMinor: nil),
      .freeItem(sku: "tea", quantity: 1), .delivery,
    ]
    return kinds.enumerated().map {
      Programme.CouponTemplate(
        id: "c\($0)",
        name: "券",
        kind: $1,
        validity: .through(BusinessDate(day: 30_000)),
        isStackable: true
      )
    }
  }
}
