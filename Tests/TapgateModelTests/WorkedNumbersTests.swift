import TapgateModel
import Testing

/// The numbers of the requirement documents, worked through.
@Suite("Worked numbers of the requirement documents")
struct WorkedNumbersTests {
  private typealias Fixtures = CheckoutFixtures

  /// Accrues receipts, in fen, one after the other, on their dates.
  private func spend(
    _ receipts: [(date: String, amount: Int64)],
    in programme: Programme? = nil
  ) throws -> MemberState {
    let programme = try programme ?? Fixtures.retail()
    var state = try Fixtures.member()
    for (index, receipt) in receipts.enumerated() {
      let date = try Fixtures.date(receipt.date)
      state = try programme.decide(
        Accrual(receiptNo: "\(index)", amountMinor: receipt.amount, lines: nil),
        for: state,
        on: date,
        today: date,
        sequence: Int64(index + 1)
      ).after
    }
    return state
  }

  @Test("200 yuan once, or 500 in all, is silver")
  func silver() throws {
    #expect(try spend([("2026-03-10", 19_999)]).tier == "normal")
    #expect(try spend([("2026-03-10", 20_000)]).tier == "silver")
    let small = (1...5).map { (date: "2026-03-0\($0)", amount: Int64(9_999)) }
    #expect(try spend(small).tier == "normal")
    #expect(try spend(small + [("2026-03-09", 5)]).tier == "silver")
  }

  @Test("1,000 yuan in a year, or 2,000 in all, is gold")
  func gold() throws {
    let half = (date: "2025-03-11", amount: Int64(50_000))
    #expect(try spend([half, ("2026-03-10", 49_999)]).tier == "silver")
    #expect(try spend([half, ("2026-03-10", 50_000)]).tier == "gold")
    #expect(
      try spend([half, ("2026-03-11", 50_000)]).tier == "silver",
      "the window is the year that ends today, its first day left out"
    )
    let slow = (0..<5).map { (date: "202\($0)-03-10", amount: Int64(40_000)) }
    #expect(try spend(slow).tier == "gold")
    #expect(try spend(Array(slow.prefix(4))).tier == "silver")
  }

  @Test("3,000 yuan in a year, or 5,000 in all, is diamond")
  func diamond() throws {
    #expect(try spend([("2026-03-10", 299_999)]).tier == "gold")
    #expect(try spend([("2026-03-10", 299_999), ("2026-05-10", 1)]).tier == "diamond")
    let years = (0..<5).map { (date: "202\($0)-03-10", amount: Int64(99_999)) }
    #expect(try spend(years).tier == "gold")
    #expect(try spend(years + [("2026-03-10", 5)]).tier == "diamond")
  }

  @Test("a quote says the tier that the receipt brings")
  func tierAfter() throws {
    let programme = try Fixtures.retail()
    let quote = try programme.quote(
      CheckoutRequest(lines: [Fixtures.line("coat", 20_000)]),
      for: try Fixtures.member(),
      in: try Fixtures.context()
    )
    #expect(quote.tierBefore == "normal" && quote.tierAfter == "silver")
    #expect(programme.explain(quote, language: "zh").map(\.text).contains("本单后升级为银卡"))
  }

  @Test("one point a yuan, floored once a receipt; double on member day")
  func memberDay() throws {
    let programme = try Fixtures.retail()
    let lines = [Fixtures.line("a", 4_999), Fixtures.line("b", 2_850)]
    func quote(_ date: String) throws -> Quote {
      try programme.quote(
        CheckoutRequest(lines: lines),
        for: try Fixtures.member(),
        in: try Fixtures.context(on: date)
      )
    }
    #expect(try quote("2026-03-10").earned.points == 78)
    let wednesday = try quote("2026-03-11")
    #expect(wednesday.earned.points == 156)
    #expect(wednesday.earned.fired.map(\.id) == ["member_day"])
    #expect(wednesday.lines.map(\.points) == [99, 57])
  }

  @Test("10 points for every full 100 yuan (step100)")
  func step100() throws {
    var programme = try Fixtures.bare()
    programme.earn[0].mode = .step
    programme.earn[0].perFen = 10_000
    programme.earn[0].give = 10
    for (amount, points) in [(9_999, 0), (10_000, 10), (19_999, 10), (100_000, 100)] {
      let state = try spend([("2026-03-10", Int64(amount))], in: programme)
      #expect(state.pointsAvailable(on: try Fixtures.tuesday()) == points)
    }
  }

  @Test("1,000 points before any can be redeemed")
  func redeemMinimum() throws {
    var programme = try Fixtures.bare()
    programme.redeemMin = 1_000
    programme.pointsAsCash = .init(points: 100, minor: 100, shareMaxBasisPoints: 5_000, step: 100)
    let before = try spend([("2026-03-10", 99_900)], in: programme)
    let after = try spend([("2026-03-10", 99_900), ("2026-03-10", 100)], in: programme)
    let request = CheckoutRequest(lines: [Fixtures.line("a", 20_000)], usePoints: 1_000)
    let context = try Fixtures.context()
    let paid = try programme.quote(request, for: after, in: context)
    #expect(paid.payment.pointsMinor == 1_000)
    let missing = CheckoutProblem.refused(
      Refusal(.belowRedeemMinimum, detail: "1 points are missing")
    )
    #expect(throws: missing) { try programme.quote(request, for: before, in: context) }
  }

  @Test(
    "points live for a year, to the day",
    arguments: [
      ("2026-03-10", "2027-03-10"), ("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28"),
      ("2023-03-01", "2024-03-01"), ("2025-12-31", "2026-12-31"),
    ]
  )
  func expiry(_ earned: String, _ last: String) throws {
    let state = try spend([(earned, 10_000)])
    let end = try Fixtures.date(last)
    #expect(state.lots.first?.expiresOn == end)
    #expect(state.pointsAvailable(on: end) > 0)
    #expect(state.pointsAvailable(on: end.adding(days: 1)) == 0)
    let effects = state.expiryEffects(before: end.adding(days: 1))
    #expect(effects.contains(.post(.pointsExpired, state.lots[0].remaining)))
    #expect(state.expiryEffects(before: end).isEmpty)
  }

  @Test("companies' bands fit: 10 million yuan in one receipt")
  func corporate() throws {
    var programme = try Fixtures.bare()
    programme.levels = Array(programme.levels.prefix(3))
    for (index, amount) in [(1, 5_000_000), (2, 1_000_000_000)] {
      programme.levels[index].any = [programme.levels[index].any[0]]
      programme.levels[index].any[0].atLeast = Int64(amount)
    }
    #expect(try spend([("2026-03-10", 999_999_999)], in: programme).tier == programme.levels[1].id)
    #expect(
      try spend([("2026-03-10", 1_000_000_000)], in: programme).tier == programme.levels[2].id
    )
  }
}
