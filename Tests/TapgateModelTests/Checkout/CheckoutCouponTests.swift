import TapgateModel
import Testing

@Suite("Coupons on a basket")
struct CheckoutCouponTests {
  private typealias Fixtures = CheckoutFixtures

  private func coupon(
    _ id: String,
    _ kind: Programme.CouponTemplate.Kind,
    threshold: Int64 = 0,
    isStackable: Bool = true,
    when: Programme.Occasion = Programme.Occasion(),
    expiresOn: BusinessDate? = nil
  ) -> OfferedCoupon {
    OfferedCoupon(
      code: "X-" + id,
      template: .init(
        id: id,
        name: id,
        kind: kind,
        validity: .through(BusinessDate(day: 30_000)),
        when: when,
        thresholdMinor: threshold,
        isStackable: isStackable
      ),
      expiresOn: expiresOn
    )
  }

  private func quote(
    _ lines: [BasketLine],
    _ coupons: [OfferedCoupon],
    _ change: (inout Programme) -> Void = { _ in }
  ) throws -> Quote {
    var programme = try Fixtures.bare()
    change(&programme)
    return try programme.quote(
      CheckoutRequest(lines: lines),
      for: try Fixtures.member(),
      coupons: coupons,
      in: try Fixtures.context()
    )
  }

  private func refusal(_ lines: [BasketLine], _ coupons: [OfferedCoupon]) throws -> RefusalReason? {
    do { _ = try quote(lines, coupons) } catch CheckoutProblem.refused(let refusal) {
      return refusal.reason
    }
    return nil
  }

  @Test("each kind takes off what it says")
  func kinds() throws {
    let lines = [
      Fixtures.line("tea", 1_500, 2), Fixtures.line("cake", 2_000),
      Fixtures.line("van", 600, category: "delivery"),
    ]
    func off(_ kind: Programme.CouponTemplate.Kind) throws -> [Int64] {
      try #require(try quote(lines, [coupon("c", kind)]).discounts.first).byLine
    }
    #expect(try off(.amountOff(minor: 560)) == [300, 200, 60])
    #expect(try off(.amountOff(minor: 99_999)) == [3_000, 2_000, 600])
    #expect(try off(.percent(basisPoints: 5_000, offMaxMinor: nil)) == [1_500, 1_000, 300])
    #expect(try off(.percent(basisPoints: 5_000, offMaxMinor: 56)) == [30, 20, 6])
    #expect(try off(.freeItem(sku: "tea", quantity: 1)) == [1_500, 0, 0])
    #expect(try off(.freeItem(sku: "tea", quantity: 9)) == [3_000, 0, 0])
    #expect(try off(.freeOrder(maxMinor: 5_000)) == [2_678, 1_786, 536])
    #expect(try off(.freeOrder(maxMinor: 10_000)) == [3_000, 2_000, 600])
    #expect(try off(.delivery) == [0, 0, 600])
    #expect(try off(.service(name: "护理")) == [0, 0, 0])
  }

  @Test("thresholds count what the lines come to after the offers, not after other coupons")
  func thresholds() throws {
    let lines = [Fixtures.line("tea", 10_000)]
    let offer = Programme.Promotion(
      id: "p",
      name: "减",
      saving: .amountOff(offMinor: 1, isRepeated: false),
      group: "g"
    )
    let c = coupon("c", .amountOff(minor: 500), threshold: 10_000)
    #expect(try quote(lines, [c]).payableMinor == 9_500)
    #expect(throws: CheckoutProblem.self) { try quote(lines, [c]) { $0.promotions = [offer] } }
    let two = [c, coupon("d", .amountOff(minor: 700), threshold: 10_000)]
    #expect(try quote(lines, two).payableMinor == 8_800)
    #expect(try quote(lines, two.reversed()).payableMinor == 8_800)
  }

  @Test("percentages come before amounts, however the coupons were given")
  func order() throws {
    let lines = [Fixtures.line("tea", 10_000)]
    let half = coupon("half", .percent(basisPoints: 5_000, offMaxMinor: nil))
    let ten = coupon("ten", .amountOff(minor: 1_000))
    #expect(try quote(lines, [half, ten]).payableMinor == 4_000)
    #expect(try quote(lines, [ten, half]).payableMinor == 4_000)
    #expect(try quote(lines, [ten, half]).discounts.map(\.code) == ["X-half", "X-ten"])
  }

  @Test("a coupon that does not fit is refused, and none is used for nothing")
  func refusals() throws {
    let lines = [Fixtures.line("tea", 1_000)]
    let ten = coupon("ten", .amountOff(minor: 100))
    let food = Fixtures.occasion { $0.categories = ["food"] }
    #expect(try refusal(lines, [ten]) == nil)
    #expect(
      try refusal(lines, [coupon("x", .amountOff(minor: 1), threshold: 1_001)])
        == .couponNotApplicable
    )
    #expect(
      try refusal(lines, [coupon("x", .amountOff(minor: 1), when: food)]) == .couponNotApplicable
    )
    #expect(
      try refusal(lines, [ten, coupon("x", .amountOff(minor: 1), isStackable: false)])
        == .couponNotApplicable
    )
    #expect(
      try refusal(lines, [coupon("free", .freeOrder(maxMinor: 9_999)), ten]) == nil,
      "the amount counts before the free order"
    )
    #expect(
      try refusal(lines, [coupon("all", .percent(basisPoints: 0, offMaxMinor: nil)), ten])
        == .couponNotApplicable,
      "nothing is left for it"
    )
    #expect(
      try refusal(lines, [coupon("x", .freeItem(sku: "cup", quantity: 1))]) == .couponNotApplicable
    )
    #expect(try refusal(lines, [coupon("x", .delivery)]) == .couponNotApplicable)
    let (yesterday, today) = (try Fixtures.date("2026-03-09"), try Fixtures.tuesday())
    #expect(
      try refusal(lines, [coupon("x", .amountOff(minor: 1), expiresOn: yesterday)])
        == .couponExpired
    )
    #expect(try refusal(lines, [coupon("x", .amountOff(minor: 1), expiresOn: today)]) == nil)
    do {
      _ = try quote(lines, [ten, ten])
      Issue.record("a coupon counted twice")
    } catch CheckoutProblem.illegal(let problem) { #expect(problem.field == "coupons[1]") }
  }

  @Test("a line with an agreement's price takes no coupon")
  func agreement() throws {
    let price = Programme.MemberPrice(id: "a", prices: ["room": 900], isAgreement: true)
    let lines = [Fixtures.line("room", 1_000)]
    #expect(throws: CheckoutProblem.self) {
      try quote(lines, [coupon("c", .amountOff(minor: 100))]) { $0.memberPrices = [price] }
    }
  }
}
