import TapgateModel
import Testing

@Suite("Paying with points and stored value, and what a quote offers beside")
struct CheckoutPaymentTests {
  private typealias Fixtures = CheckoutFixtures

  private func programme() throws -> Programme {
    var programme = try Fixtures.bare()
    programme.pointsAsCash = .init(points: 100, minor: 100, shareMaxBasisPoints: 5_000, step: 100)
    programme.redeemMin = 1_000
    return programme
  }

  private func refusal(_ work: () throws -> Quote) throws -> RefusalReason? {
    do { _ = try work() } catch CheckoutProblem.refused(let refusal) { return refusal.reason }
    return nil
  }

  private func quote(
    _ programme: Programme,
    _ amount: Int64,
    points: Int64 = 0,
    value: Int64 = 0,
    of state: MemberState?
  ) throws -> Quote {
    var request = CheckoutRequest(lines: [Fixtures.line("a", amount)])
    request.usePoints = points
    request.useValueMinor = value
    return try programme.quote(request, for: state, in: try Fixtures.context())
  }

  @Test("points pay within the share, in steps, from 1,000 points on")
  func points() throws {
    let programme = try programme()
    let state = try Fixtures.member(points: 1_000)
    let quote = try quote(programme, 2_000, points: 1_000, of: state)
    #expect(quote.payment.pointsMinor == 1_000 && quote.payment.dueMinor == 1_000)
    #expect(quote.earned.points == 10, "what points pay earns nothing")
    #expect(quote.redeemable.points == 1_000 && quote.redeemable.minor == 1_000)
    let short = try Fixtures.member(points: 999)
    let refused = try refusal { try self.quote(programme, 2_000, points: 100, of: short) }
    #expect(refused == .belowRedeemMinimum)
    #expect(try self.quote(programme, 2_000, of: short).redeemable.pointsShort == 1)
    let over = try refusal { try self.quote(programme, 1_999, points: 1_000, of: state) }
    #expect(over == .limitExceeded)
    let more = try refusal { try self.quote(programme, 9_000, points: 1_100, of: state) }
    #expect(more == .insufficientPoints)
    #expect(throws: CheckoutProblem.self) {
      try self.quote(programme, 9_000, points: 150, of: state)
    }
    #expect(throws: CheckoutProblem.self) { try self.quote(programme, 9_000, points: 100, of: nil) }
    let none = try refusal { try self.quote(Fixtures.bare(), 9_000, points: 100, of: state) }
    #expect(none == .notSupportedByProgramme)
  }

  @Test("what a quote says can be redeemed is what it takes, and one step more is not")
  func redeemable() throws {
    for seed in UInt64(1)...300 {
      var dice = CheckoutDice(seed: seed)
      var programme = try programme()
      let rate = Programme.PointsAsCash(
        points: dice.number(1...130),
        minor: dice.number(1...130),
        shareMaxBasisPoints: dice.number(1...10_000),
        step: dice.number(1...50)
      )
      programme.pointsAsCash = rate
      programme.redeemMin = 0
      let state = try Fixtures.member(points: dice.number(1...3_000))
      let amount = dice.number(1...20_000)
      let most = try quote(programme, amount, of: state).redeemable
      if most.points > 0 {
        let paid = try quote(programme, amount, points: most.points, of: state)
        #expect(paid.payment.pointsMinor == most.minor, "seed \(seed)")
      }
      #expect(throws: CheckoutProblem.self, "seed \(seed)") {
        try quote(programme, amount, points: most.points + rate.step, of: state)
      }
    }
  }

  @Test("points of a hold count where the ledger says so")
  func heldPoints() throws {
    let programme = try programme()
    let state = try Fixtures.member(points: 100)
    var context = try Fixtures.context()
    let request = CheckoutRequest(lines: [Fixtures.line("a", 4_000)], usePoints: 1_000)
    #expect(throws: CheckoutProblem.self) {
      try programme.quote(request, for: state, in: context)
    }
    context.points = 1_000
    #expect(try programme.quote(request, for: state, in: context).payment.pointsMinor == 1_000)
    #expect(try programme.quote(request, for: state, in: context).redeemable.points == 1_000)
  }

  @Test("stored value pays in the programme's order")
  func value() throws {
    var programme = try programme()
    let state = try Fixtures.member(principal: 1_000, bonus: 500)
    func split(_ order: Programme.ValueOrder, _ amount: Int64) throws -> ValueSplit {
      programme.valueOrder = order
      return try quote(programme, 3_000, value: amount, of: state).payment.value
    }
    #expect(try split(.proRata, 1_000) == ValueSplit(principalMinor: 666, bonusMinor: 334))
    #expect(try split(.proRata, 1_500) == ValueSplit(principalMinor: 1_000, bonusMinor: 500))
    #expect(try split(.principalFirst, 1_200) == ValueSplit(principalMinor: 1_000, bonusMinor: 200))
    #expect(try split(.bonusFirst, 600) == ValueSplit(principalMinor: 100, bonusMinor: 500))
    #expect(
      try refusal { try self.quote(programme, 3_000, value: 1_501, of: state) }
        == .insufficientValue
    )
    #expect(throws: CheckoutProblem.self) {
      try self.quote(programme, 100, value: 101, of: state)
    }
    // Bonus money earns nothing.
    programme.valueOrder = .bonusFirst
    #expect(try quote(programme, 1_000, value: 500, of: state).earned.points == 5)
    #expect(try quote(programme, 1_000, value: 1_000, of: state).earned.points == 5)
    programme.valueOrder = .principalFirst
    #expect(try quote(programme, 1_000, value: 1_000, of: state).earned.points == 10)
  }

  @Test("the ledger's own split is taken as it is, or refused")
  func givenSplit() throws {
    let programme = try programme()
    let state = try Fixtures.member(principal: 1_000, bonus: 500)
    var context = try Fixtures.context()
    var request = CheckoutRequest(lines: [Fixtures.line("a", 1_000)])
    request.useValueMinor = 700
    context.split = { ValueSplit(principalMinor: $0 - 1, bonusMinor: 1) }
    let quote = try programme.quote(request, for: state, in: context)
    #expect(quote.payment.value == ValueSplit(principalMinor: 699, bonusMinor: 1))
    context.split = { _ throws(Refusal) in throw Refusal(.pinRequired) }
    let refused = context
    #expect(throws: CheckoutProblem.refused(Refusal(.pinRequired))) {
      try programme.quote(request, for: state, in: refused)
    }
    context.split = { ValueSplit(principalMinor: $0, bonusMinor: 1) }
    let wrong = context
    #expect(throws: CheckoutProblem.refused(Refusal(.insufficientValue))) {
      try programme.quote(request, for: state, in: wrong)
    }
  }

  @Test("a top-up that would pay the receipt is offered (充200送50)")
  func topUpHint() throws {
    var programme = try programme()
    programme.valueOrder = .bonusFirst
    programme.topUp = .init(
      minMinor: 1_000,
      namedMaxMinor: 500_000,
      channels: ["cash"],
      steps: [
        .init(fromMinor: 50_000, bonusMinor: 20_000),
        .init(
          fromMinor: 20_000,
          bonusMinor: 5_000
        ),
      ]
    )
    let state = try Fixtures.member(principal: 1_000)
    func hint(_ amount: Int64) throws -> Quote.TopUpHint? {
      try quote(programme, amount, of: state).topUpHint
    }
    #expect(try hint(1_000) == nil, "the balance pays it")
    #expect(try hint(10_000) == .init(amountMinor: 20_000, bonusMinor: 5_000, savesNowMinor: 5_000))
    #expect(
      try hint(26_001) == .init(amountMinor: 50_000, bonusMinor: 20_000, savesNowMinor: 20_000)
    )
    #expect(
      try hint(99_999) == .init(amountMinor: 50_000, bonusMinor: 20_000, savesNowMinor: 20_000)
    )
    programme.topUp?.namedMaxMinor = 60_000
    #expect(try hint(99_999)?.amountMinor == 20_000, "the larger one is above the card's cap")
  }

  @Test("whoever is no member yet is told what joining would bring")
  func enrolOffer() throws {
    var programme = try programme()
    programme.enrolFromMinor = 5_000
    #expect(try quote(programme, 4_999, of: nil).enrolOffer == nil)
    let quote = try quote(programme, 5_050, of: nil)
    #expect(quote.enrolOffer == .init(pointsIfJoined: 50))
    #expect(quote.earned.points == 0 && quote.tierAfter == nil)
    #expect(try self.quote(programme, 5_050, of: try Fixtures.member()).enrolOffer == nil)
    let texts = programme.explain(quote, language: "zh").map(\.text)
    #expect(texts == ["现在注册会员，本单可得 50 积分"])
  }

  @Test("a quote says in words why it comes to what it does")
  func words() throws {
    var programme = try programme()
    programme.memberPrices = [.init(id: "m", basisPoints: 9_000)]
    programme.promotions = [
      .init(
        id: "p",
        name: "满100减20",
        thresholdMinor: 10_000,
        saving: .amountOff(
          offMinor: 2_000,
          isRepeated: true
        ),
        group: "g"
      )
    ]
    programme.multipliers = [try Fixtures.multiplier("member_day", 20_000, group: "c")]
    let state = try Fixtures.member(points: 1_000)
    var request = CheckoutRequest(lines: [Fixtures.line("a", 13_000)])
    request.usePoints = 200
    let quote = try programme.quote(request, for: state, in: try Fixtures.context())
    #expect(
      programme.explain(quote, language: "zh").map(\.text) == [
        "会员价，省 13.00 元", "满100减20，减 20.00 元", "200 积分抵 2.00 元", "本单得 190 积分",
        "会员日积分 ×2", "再买 83.00 元：满100减20，减 40.00 元",
      ]
    )
    #expect(
      programme.explain(quote, language: "en").map(\.text) == [
        "members' price, 13.00 saved", "满100减20, 20.00 off", "200 points pay 2.00",
        "190 points for this receipt", "member_day: points ×2",
        "83.00 more: 满100减20, 40.00 off",
      ]
    )
  }
}
