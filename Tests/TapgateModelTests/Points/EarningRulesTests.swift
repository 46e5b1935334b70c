import TapgateModel
import Testing

@Suite("Earning by occasions, lines, quantities and multipliers")
struct EarningRulesTests {
  private typealias Fixtures = CheckoutFixtures

  private func earned(
    _ programme: Programme,
    _ lines: [BasketLine],
    tenders: [Tender] = [],
    quantities: [String: Int64] = [:],
    grants: [Programme.Multiplier] = [],
    on date: String = "2026-03-10",
    change: (inout Programme.Situation) -> Void = { _ in }
  ) throws -> AccrualDecision {
    var situation = Programme.Situation(date: try Fixtures.date(date), store: "S1")
    change(&situation)
    return try programme.decide(
      Accrual(receiptNo: "1", amountMinor: nil, lines: lines, tenders: tenders),
      for: try Fixtures.member(),
      in: situation,
      today: situation.date,
      sequence: 1,
      quantities: quantities,
      grants: grants
    )
  }

  @Test("a rule counts in its store, at its counter, by its tender, at its time")
  func occasions() throws {
    var programme = try Fixtures.bare()
    let lines = [Fixtures.line("a", 10_000)]
    func points(
      _ when: (inout Programme.Occasion) -> Void,
      tenders: [Tender] = [],
      change: (inout Programme.Situation) -> Void = { _ in }
    ) throws -> Int64 {
      programme.earn[0].when = Fixtures.occasion(when)
      return try earned(programme, lines, tenders: tenders, change: change).earned
    }
    #expect(try points { $0.nodes = ["S1"] } == 100)
    #expect(try points { $0.nodes = ["S2"] } == 0)
    #expect(try points({ $0.nodes = ["east"] }) { $0.nodes = ["hq", "east", "S1"] } == 100)
    #expect(try points({ $0.counters = ["C2"] }) { $0.counter = "C2" } == 100)
    #expect(try points { $0.counters = ["C2"] } == 0)
    let wechat = [Tender(kind: "wechat", amountMinor: 10_000)]
    #expect(try points({ $0.tenders = ["wechat"] }, tenders: wechat) == 100)
    #expect(try points { $0.tenders = ["wechat"] } == 0)
    let night = Programme.DaySpan(start: 22 * 60, end: 2 * 60)
    #expect(try points({ $0.time = night }) { $0.minute = 60 } == 100)
    #expect(try points({ $0.time = night }) { $0.minute = 120 } == 0)
    #expect(try points { $0.time = night } == 0)
  }

  @Test("what counts as spent does not depend on a rule's occasion")
  func spending() throws {
    var programme = try Fixtures.bare()
    programme.earn[0].when.categories = ["food"]
    let lines = [Fixtures.line("a", 10_000), Fixtures.line("b", 5_000, category: "food")]
    let decision = try earned(programme, lines)
    #expect(decision.earned == 50 && decision.baseMinor == 15_000)
    #expect(decision.after.facts.lifetimeMinor == 15_000)
  }

  @Test("points per kilometre, beside those for money")
  func quantities() throws {
    var programme = try Fixtures.bare()
    var distance = programme.earn[0]
    distance.id = "km"
    distance.quantity = "km"
    distance.perFen = 10
    distance.give = 3
    programme.earn.append(distance)
    let lines = [Fixtures.line("flight", 50_000)]
    #expect(try earned(programme, lines, quantities: ["km": 1_239]).earned == 500 + 371)
    #expect(try earned(programme, lines).earned == 500)
    do {
      _ = try earned(programme, lines, quantities: ["km": -1])
      Issue.record("a negative distance earned")
    } catch AccrualProblem.illegal(let problem) { #expect(problem.field == "quantities.km") }
    programme.multipliers = [try Fixtures.multiplier("x", 20_000, group: "x")]
    #expect(try earned(programme, lines, quantities: ["km": 1_239]).earned == 1_000 + 743)
  }

  @Test("a multiplier of some lines counts for those, with one floor for the receipt")
  func lineMultipliers() throws {
    var programme = try Fixtures.bare()
    let tea = Fixtures.occasion { $0.skus = ["tea"] }
    programme.multipliers = [
      try Fixtures.multiplier("tea", 15_000, group: "line", when: tea),
      try Fixtures.multiplier("all", 12_000, group: "tier"),
      try Fixtures.multiplier("less", 11_000, group: "tier"),
    ]
    let lines = [Fixtures.line("tea", 150), Fixtures.line("cake", 250)]
    // 150 × 1.7 + 250 × 1.2 = 555: five points, while two floors would give four.
    let decision = try earned(programme, lines)
    #expect(decision.earned == 5)
    #expect(decision.fired.map(\.id) == ["tea", "all"])
    programme.capBasisPoints = 16_000
    #expect(try earned(programme, [Fixtures.line("tea", 1_000)]).earned == 16)
    let amount = Accrual(receiptNo: "1", amountMinor: 1_000, lines: nil)
    let date = try Fixtures.tuesday()
    let whole = try programme.decide(
      amount,
      for: try Fixtures.member(),
      on: date,
      today: date,
      sequence: 1
    )
    #expect(whole.earned == 12, "without lines a multiplier of lines does not count")
  }

  @Test("steps count over all lines; what a line has more counts on its own full steps")
  func steps() throws {
    var programme = try Fixtures.bare()
    programme.earn[0].mode = .step
    programme.earn[0].perFen = 10_000
    programme.earn[0].give = 10
    let tea = Fixtures.occasion { $0.skus = ["tea"] }
    programme.multipliers = [try Fixtures.multiplier("tea", 20_000, group: "line", when: tea)]
    func points(_ tea: Int64, _ cake: Int64) throws -> Int64 {
      try earned(programme, [Fixtures.line("tea", tea), Fixtures.line("cake", cake)]).earned
    }
    #expect(try points(10_000, 0) == 20)
    #expect(try points(9_999, 10_001) == 20)
    #expect(try points(10_000, 10_000) == 30)
    #expect(try points(19_999, 1) == 30)
    // Taking a line without an extra away never raises the points.
    for tea in stride(from: Int64(0), through: 30_000, by: 1_111) {
      var last: Int64 = 0
      for cake in stride(from: Int64(0), through: 30_000, by: 777) {
        let now = try points(tea, cake)
        #expect(now >= last)
        last = now
      }
    }
  }

  @Test("a multiplier that the member has beside the programme's counts like its own")
  func grants() throws {
    var programme = try Fixtures.bare()
    let lines = [Fixtures.line("a", 1_000)]
    let grant = try Fixtures.multiplier("topup", 30_000, group: "topup")
    #expect(try earned(programme, lines, grants: [grant]).earned == 30)
    programme.multipliers = [try Fixtures.multiplier("day", 20_000, group: "calendar")]
    #expect(try earned(programme, lines, grants: [grant]).earned == 40)
  }

  @Test("birthday and member day are one group: the best counts, a tier's adds")
  func birthday() throws {
    var programme = try Fixtures.bare()
    let birthday = Fixtures.occasion { $0.birthday = .day }
    let wednesday = Fixtures.occasion { $0.weekdays = [3] }
    let normal = Fixtures.occasion { $0.tiers = ["normal"] }
    programme.multipliers = [
      try Fixtures.multiplier("member_day", 20_000, group: "calendar", when: wednesday),
      try Fixtures.multiplier("birthday", 30_000, group: "calendar", when: birthday),
      try Fixtures.multiplier("tier", 12_000, group: "tier", when: normal),
    ]
    let lines = [Fixtures.line("a", 10_000)]
    #expect(try earned(programme, lines).earned == 120)
    #expect(try earned(programme, lines, on: "2026-03-11").earned == 220)
    let both = try earned(programme, lines, on: "2026-03-11") { $0.birthday = (3, 11) }
    #expect(both.earned == 320)
    #expect(both.fired.map(\.id) == ["birthday", "tier"])
    // Born on 29 February: the birthday is on the 28th in other years.
    let leap = try earned(programme, lines, on: "2026-02-28") { $0.birthday = (2, 29) }
    #expect(leap.earned == 320)
  }

  @Test("a programme without conditions earns what plain arithmetic says")
  func plain() throws {
    for seed in UInt64(1)...500 {
      var dice = CheckoutDice(seed: seed)
      var programme = try Fixtures.retail()
      programme.earn[0].perFen = dice.number(1...500)
      programme.earn[0].give = dice.number(1...9)
      programme.earn[0].mode = dice.pick([.proportional, .step])
      let lines = (0..<dice.number(1...5)).map { _ in
        Fixtures.line("a", dice.number(0...9_999), category: dice.pick(["x", "gift_card"]))
      }
      let paid = dice.number(0...3_000)
      let wednesday = dice.oneIn(2)
      let decision = try earned(
        programme,
        lines,
        tenders: [Tender(kind: "points", amountMinor: paid)],
        on: wednesday ? "2026-03-11" : "2026-03-10"
      )
      let counted = lines.filter { $0.category != "gift_card" }.reduce(Int64(0)) {
        $0 + $1.unitPriceMinor
      }
      let base = max(0, counted - paid)
      let (per, give) = (programme.earn[0].perFen, programme.earn[0].give)
      let factor: Int64 = wednesday ? 2 : 1
      let expected =
        programme.earn[0].mode == .step ? base / per * give * factor : base * give * factor / per
      #expect(decision.earned == expected && decision.baseMinor == base, "seed \(seed)")
      // The richer path, forced by a grant that changes nothing, says the same.
      let grant = try Fixtures.multiplier("one", 10_000, group: "none")
      let richer = try earned(
        programme,
        lines,
        tenders: [Tender(kind: "points", amountMinor: paid)],
        grants: [grant],
        on: wednesday ? "2026-03-11" : "2026-03-10"
      )
      #expect(richer.earned == expected && richer.effects == decision.effects, "seed \(seed)")
    }
  }

  @Test("products that do not fit are refused by field")
  func overflow() throws {
    var programme = try Fixtures.bare()
    programme.earn[0].perFen = 1
    programme.earn[0].give = 1_000_000
    for grants in [[], [try Fixtures.multiplier("x", 1_000_000, group: "x")]] {
      #expect(throws: AccrualProblem.illegal(.init(field: "lines", problem: "is too large"))) {
        try earned(programme, [Fixtures.line("a", .max / 8)], grants: grants)
      }
    }
    let formula = EarningFormula(mode: .proportional, per: 1, give: .max)
    #expect(formula.points(for: [.max, .max], multipliers: [.max]) == nil)
    let steps = EarningFormula(mode: .step, per: 1, give: .max)
    #expect(steps.points(for: [.max, .max], multipliers: [.max, 1]) == nil)
    #expect(EarningFormula(mode: .step, per: 0, give: 1).points(for: [1], multipliers: [1]) == nil)
  }
}
