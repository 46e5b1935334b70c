import TapgateModel
import Testing

/// Programmes and baskets whose numbers lie at the edges: whatever comes, there is an answer.
@Suite("Numbers at their limits never trap")
struct ExtremeValuesTests {
  private static let edges: [Int64] = [
    .min, .min + 1, -10_001, -1, 0, 1, 2, 9_999, 10_000, 10_001, 1_000_000, .max / 10_000,
    .max / 500, .max / 4 - 1, .max / 4, .max / 2, .max - 1, .max,
  ]

  private func edge(_ dice: inout CheckoutDice) -> Int64 {
    dice.oneIn(2) ? dice.pick(Self.edges) : dice.number(0...20_000)
  }

  private func lines(_ dice: inout CheckoutDice) -> [BasketLine] {
    (0..<dice.number(1...6)).map { _ in
      var line = BasketLine(
        sku: dice.pick(["tea", "cake"]),
        category: dice.pick(["drink", "delivery"]),
        quantity: dice.oneIn(20) ? edge(&dice) : dice.number(0...3),
        unitPriceMinor: dice.oneIn(15) ? edge(&dice) : dice.number(0...9_999)
      )
      if dice.oneIn(10) { line.amountMinor = edge(&dice) }
      return line
    }
  }

  private func programme(_ dice: inout CheckoutDice) throws -> Programme {
    var programme = try CheckoutFixtures.bare()
    programme.earn[0].mode = dice.pick([.step, .proportional])
    programme.earn[0].perFen = edge(&dice)
    programme.earn[0].give = edge(&dice)
    var km = programme.earn[0]
    km.quantity = "km"
    programme.earn.append(km)
    let drinks = CheckoutFixtures.occasion { $0.categories = ["drink"] }
    programme.multipliers = [
      try CheckoutFixtures.multiplier("a", edge(&dice), group: "a", when: drinks),
      try CheckoutFixtures.multiplier("b", edge(&dice), group: "b", when: drinks),
    ].filter { _ in dice.oneIn(2) }
    programme.capBasisPoints = edge(&dice)
    programme.pointsAsCash = .init(
      points: edge(&dice),
      minor: edge(&dice),
      shareMaxBasisPoints: edge(&dice),
      step: edge(&dice)
    )
    programme.redeemMin = dice.pick([0, 1, .max])
    programme.enrolFromMinor = edge(&dice)
    programme.memberPrices = [
      .init(id: "s", basisPoints: edge(&dice)),
      .init(id: "l", prices: ["tea": edge(&dice)], isAgreement: dice.oneIn(2)),
    ].filter { _ in dice.oneIn(2) }
    programme.promotions = [
      .init(
        id: "p",
        name: "p",
        thresholdMinor: edge(&dice),
        saving: dice.pick([
          .amountOff(offMinor: edge(&dice), isRepeated: dice.oneIn(2)),
          .percent(basisPoints: edge(&dice)), .freeItem(sku: "tea", quantity: edge(&dice)),
        ]),
        group: "g"
      )
    ]
    programme.topUp = .init(
      minMinor: edge(&dice),
      namedMaxMinor: edge(&dice),
      channels: [],
      steps: [.init(fromMinor: edge(&dice), bonusMinor: edge(&dice))]
    )
    programme.valueOrder = dice.pick([.proRata, .bonusFirst, .principalFirst])
    return programme
  }

  private func coupons(_ dice: inout CheckoutDice) -> [OfferedCoupon] {
    let kinds: [Programme.CouponTemplate.Kind] = [
      .amountOff(minor: edge(&dice)), .percent(basisPoints: edge(&dice), offMaxMinor: edge(&dice)),
      .freeItem(sku: "tea", quantity: edge(&dice)), .freeOrder(maxMinor: edge(&dice)), .delivery,
    ]
    return kinds.filter { _ in dice.oneIn(9) }.enumerated().map {
      OfferedCoupon(
        code: "\($0)",
        template: .init(
          id: "c",
          name: "c",
          kind: $1,
          validity: .through(BusinessDate(day: .max)),
          thresholdMinor: edge(&dice),
          isStackable: true
        )
      )
    }
  }

  @Test("quotes, checkouts, tokens, records and refunds")
  func noTraps() throws {
    var priced = 0
    var sold = 0
    for seed in UInt64(900_000)..<904_000 {
      var dice = CheckoutDice(seed: seed)
      let programme = try programme(&dice)
      let state = try CheckoutFixtures.member(
        points: dice.pick([0, 10, .max / 4]),
        principal: dice.pick([0, 10_000, .max / 4]),
        bonus: dice.pick([0, 10_000, .max / 4])
      )
      let member = dice.oneIn(5) ? nil : state
      var request = CheckoutRequest(lines: lines(&dice))
      request.usePoints = dice.oneIn(8) ? edge(&dice) : 0
      request.useValueMinor = dice.oneIn(8) ? edge(&dice) : 0
      request.quantities = ["km": dice.oneIn(6) ? edge(&dice) : 5]
      let offered = coupons(&dice)
      let context = try CheckoutFixtures.context()
      guard
        let quote = try? programme.quote(request, for: member, coupons: offered, in: context)
      else { continue }
      priced += 1
      #expect(quote.payableMinor >= 0 && quote.lines.allSatisfy { $0.netMinor >= 0 })
      #expect(quote.payment.dueMinor >= 0 && quote.earned.points >= 0, "seed \(seed)")
      _ = programme.explain(quote, language: "zh")
      let token = QuoteToken(
        quote,
        of: request,
        coupons: offered,
        for: member,
        programme: programme,
        in: context
      )
      #expect(try QuoteToken(packed: token.packed()) == token)
      let sale = try programme.checkout(
        request,
        tenders: [Tender(kind: "cash", amountMinor: quote.payment.dueMinor)],
        for: member,
        coupons: offered,
        in: context
      )
      #expect(try SaleRecord(packed: sale.record.packed()) == sale.record, "seed \(seed)")
      guard sale.record.netMinor > 0 else { continue }
      sold += 1
      let part = dice.number(1...sale.record.netMinor)
      let first = try sale.record.refund(.amount(part))
      #expect(first.pointsTakenBack >= 0, "seed \(seed)")
      _ = try? sale.record.refund(.lines([.init(line: 0, quantity: edge(&dice))]))
    }
    #expect(priced > 300 && sold > 200, "\(priced), \(sold)")
  }
}
