import TapgateModel
import Testing

@Suite("Prices: members' prices, agreements, offers")
struct PricingTests {
  private typealias Fixtures = CheckoutFixtures

  private func quote(
    _ programme: Programme,
    _ lines: [BasketLine],
    on date: String = "2026-03-10",
    isMember: Bool = true,
    change: (inout Programme.Situation) -> Void = { _ in }
  ) throws -> Quote {
    var context = try Fixtures.context(on: date)
    change(&context.situation)
    let request = CheckoutRequest(lines: lines)
    return try programme.quote(
      request,
      for: isMember ? try Fixtures.member() : nil,
      in: context
    )
  }

  @Test("8折 for hotel cards on rooms and dishes, and for nothing else")
  func hotel() throws {
    var programme = try Fixtures.bare()
    programme.memberPrices = [
      .init(
        id: "hotel",
        when: Fixtures.occasion {
          $0.categories = ["room", "dish"]
          $0.cardTypes = ["hotel"]
        },
        basisPoints: 8_000
      )
    ]
    let lines = [
      Fixtures.line("R1", 49_900, 2, category: "room"),
      Fixtures.line("D1", 3_333, category: "dish"), Fixtures.line("W", 500, category: "shop"),
    ]
    let quote = try quote(programme, lines) { $0.cardType = "hotel" }
    #expect(quote.lines.map(\.netMinor) == [79_840, 2_666, 500])
    #expect(quote.lines.map(\.priceRule) == ["hotel", "hotel", nil])
    #expect(quote.listMinor == 103_633 && quote.payableMinor == 83_006)
    #expect(quote.savingMinor == 20_627)
    let other = try self.quote(programme, lines) { $0.cardType = "personal" }
    #expect(other.savingMinor == 0)
    let guest = try self.quote(programme, lines, isMember: false) { $0.cardType = "hotel" }
    #expect(guest.savingMinor == 0)
  }

  @Test("a card that cannot discount has the list price")
  func cardWithoutDiscount() throws {
    var programme = try Fixtures.bare()
    programme.memberPrices = [.init(id: "m", basisPoints: 5_000)]
    programme.cardTypes[0].can = ["identify"]
    let id = programme.cardTypes[0].id
    let lines = [Fixtures.line("a", 1_000)]
    #expect(try quote(programme, lines) { $0.cardType = id }.payableMinor == 1_000)
    #expect(try quote(programme, lines).payableMinor == 500)
  }

  @Test("price lists count per article, the best price counts, and none is above the list")
  func lists() throws {
    var programme = try Fixtures.bare()
    programme.memberPrices = [
      .init(id: "share", basisPoints: 9_000),
      .init(id: "list", prices: ["tea": 700, "dear": 9_000]),
    ]
    var weighed = Fixtures.line("tea", 1_000)
    weighed.amountMinor = 2_345
    let lines = [Fixtures.line("tea", 1_000, 3), Fixtures.line("dear", 1_000), weighed]
    let quote = try quote(programme, lines)
    #expect(quote.lines.map(\.memberMinor) == [2_100, 900, 1_641])
    #expect(quote.lines.map(\.priceRule) == ["list", "share", "list"])
  }

  @Test("an agreement counts where it is better, and nothing is added to it")
  func agreement() throws {
    var programme = try Fixtures.bare()
    programme.memberPrices = [
      .init(id: "m", basisPoints: 9_000),
      .init(
        id: "acme",
        when: Fixtures.occasion { $0.agreements = ["ACME"] },
        prices: ["room": 20_000, "tea": 950],
        isAgreement: true
      ),
    ]
    programme.promotions = [
      .init(
        id: "p",
        name: "满减",
        thresholdMinor: 1_000,
        saving: .amountOff(
          offMinor: 100,
          isRepeated: false
        ),
        group: "g"
      )
    ]
    let lines = [Fixtures.line("room", 30_000), Fixtures.line("tea", 1_000)]
    let quote = try quote(programme, lines) { $0.agreement = "ACME" }
    #expect(quote.lines.map(\.memberMinor) == [20_000, 900])
    #expect(quote.lines.map(\.isAgreement) == [true, false])
    #expect(quote.discounts.isEmpty, "the room does not help to reach the threshold")
    #expect(quote.nextOffer?.missingMinor == 100)
    let two = try self.quote(programme, lines + [Fixtures.line("tea", 1_000)]) {
      $0.agreement = "ACME"
    }
    #expect(two.lines.map(\.netMinor) == [20_000, 850, 850])
  }

  @Test("of a group the best offer counts, groups add, and no line falls below nothing")
  func groups() throws {
    var programme = try Fixtures.bare()
    programme.promotions = [
      .init(id: "ten", name: "九折", saving: .percent(basisPoints: 9_000), group: "a"),
      .init(
        id: "off",
        name: "满100减20",
        thresholdMinor: 10_000,
        saving: .amountOff(
          offMinor: 2_000,
          isRepeated: true
        ),
        group: "a"
      ),
      .init(id: "half", name: "半价", saving: .percent(basisPoints: 5_000), group: "b"),
    ]
    let small = try quote(programme, [Fixtures.line("a", 9_000)])
    #expect(small.discounts.map(\.id) == ["ten", "half"])
    #expect(small.payableMinor == 9_000 - 900 - 4_500)
    #expect(
      small.nextOffer
        == .init(
          id: "off",
          name: "满100减20",
          missingMinor: 1_000,
          savingMinor: 2_000
        )
    )
    let large = try quote(programme, [Fixtures.line("a", 10_000, 2)])
    #expect(large.discounts.map(\.id) == ["off", "half"])
    #expect(large.discounts.map(\.amountMinor) == [4_000, 10_000])
    #expect(large.payableMinor == 6_000)
    programme.promotions.append(
      .init(
        id: "more",
        name: "再减",
        saving: .amountOff(
          offMinor: 99_999,
          isRepeated: false
        ),
        group: "c"
      )
    )
    let free = try quote(programme, [Fixtures.line("a", 101, 2), Fixtures.line("b", 0)])
    #expect(free.payableMinor == 0)
    #expect(free.lines.allSatisfy { $0.netMinor == 0 })
    #expect(free.discounts.reduce(0) { $0 + $1.amountMinor } == 202)
  }

  @Test("what comes off a receipt is spread over its lines by largest remainder")
  func spreading() throws {
    var programme = try Fixtures.bare()
    programme.promotions = [
      .init(id: "off", name: "减", saving: .amountOff(offMinor: 100, isRepeated: false), group: "a")
    ]
    let quote = try quote(
      programme,
      [("a", 333), ("b", 333), ("c", 334), ("d", 0)].map {
        Fixtures.line($0, $1)
      }
    )
    #expect(quote.discounts.first?.byLine == [33, 33, 34, 0])
    #expect(quote.discounts(ofLine: 2).map(\.amountMinor) == [34])
    #expect(quote.discounts(ofLine: 3).isEmpty)
  }

  @Test("a weekend afternoon's set has a free meal for a child")
  func freeItem() throws {
    var programme = try Fixtures.bare()
    programme.promotions = [
      .init(
        id: "family",
        name: "周末家庭套餐",
        when: Fixtures.occasion {
          $0.weekdays = [6, 7]
          $0.time = .init(start: 13 * 60, end: 17 * 60)
        },
        thresholdMinor: 10_000,
        saving: .freeItem(sku: "kid", quantity: 1),
        group: "g"
      )
    ]
    let lines = [Fixtures.line("set", 10_000), Fixtures.line("kid", 2_800, 2)]
    let saturday = try quote(programme, lines, on: "2026-03-14") { $0.minute = 14 * 60 }
    #expect(saturday.lines.map(\.netMinor) == [10_000, 2_800])
    let evening = try quote(programme, lines, on: "2026-03-14") { $0.minute = 17 * 60 }
    #expect(evening.savingMinor == 0)
    let unknown = try quote(programme, lines, on: "2026-03-14")
    #expect(unknown.savingMinor == 0, "nobody knows the time")
    let less = [Fixtures.line("set", 7_000), Fixtures.line("kid", 2_800)]
    let short = try quote(programme, less, on: "2026-03-14") { $0.minute = 14 * 60 }
    #expect(short.savingMinor == 0, "the free meal does not help to reach the threshold")
    #expect(short.nextOffer?.missingMinor == 3_000)
  }

  @Test("impossible baskets are refused by field, and nothing overflows")
  func limits() throws {
    let programme = try Fixtures.bare()
    func field(_ lines: [BasketLine]) throws -> String? {
      do { _ = try quote(programme, lines) } catch CheckoutProblem.illegal(let problem) {
        return problem.field
      }
      return nil
    }
    let one = Fixtures.line("a", 1)
    #expect(try field([]) == "lines")
    #expect(try field(Array(repeating: one, count: 501)) == "lines")
    #expect(try field(Array(repeating: one, count: 500)) == nil)
    #expect(try field([one, Fixtures.line("b", .max, 2)]) == "lines[1]")
    #expect(try field([Fixtures.line("b", .max / 4), one]) == "lines[1]")
    #expect(try field([Fixtures.line("b", -1)]) == "lines[0].unitPriceMinor")
    #expect(try field([one, Fixtures.line("b", 1, -1)]) == "lines[1].quantity")
    #expect(try field([Fixtures.line("b", .max / 500)] + Array(repeating: one, count: 499)) == nil)
    var request = CheckoutRequest(lines: [one], currency: "USD")
    let context = try Fixtures.context()
    #expect(throws: CheckoutProblem.refused(Refusal(.currencyMismatch))) {
      try programme.quote(request, for: nil, in: context)
    }
    request.currency = programme.currency
    _ = try programme.quote(request, for: nil, in: context)
  }
}
