import TapgateModel
import Testing

@Suite("Refunds: what goes back where")
struct RefundAmountsTests {
  private typealias Fixtures = CheckoutFixtures

  private func sale(
    _ lines: [BasketLine],
    tenders: [Tender],
    points: Int64 = 0,
    value: Int64 = 0,
    state: MemberState? = nil,
    coupons: [OfferedCoupon] = [],
    change: (inout Programme) -> Void = { _ in }
  ) throws -> SaleRecord {
    var programme = try Fixtures.bare()
    programme.pointsAsCash = .init(points: 100, minor: 100, shareMaxBasisPoints: 10_000, step: 1)
    change(&programme)
    var request = CheckoutRequest(lines: lines)
    request.usePoints = points
    request.useValueMinor = value
    let member = try Fixtures.member(points: 5_000, principal: 50_000, bonus: 10_000)
    return try programme.checkout(
      request,
      tenders: tenders,
      for: state ?? member,
      coupons: coupons,
      in: try Fixtures.context()
    ).record
  }

  @Test("a partial refund never charges a tender again (the trap of cumulative spreading)")
  func trap() throws {
    // Tenders of 9, 37 and 55 fen: spreading what went back so far by largest remainder gives
    // 3, 10 and 15 of 28, but 2, 11 and 16 of 29: the first tender would have to be charged.
    let naive = { (amount: Int64) -> [Int64] in
      let tenders: [Int64] = [9, 37, 55]
      var shares = tenders.map { $0 * amount / 101 }
      let order = tenders.indices.sorted { tenders[$0] * amount % 101 > tenders[$1] * amount % 101 }
      for index in order.prefix(Int(amount - shares.reduce(0, +))) { shares[index] += 1 }
      return shares
    }
    #expect(naive(28) == [3, 10, 15] && naive(29) == [2, 11, 16])
    let record = try sale(
      [Fixtures.line("a", 101)],
      tenders: [("x", 9), ("y", 37), ("z", 55)].map { Tender(kind: $0, amountMinor: $1) }
    )
    for step in Int64(1)...101 {
      var progress = RefundProgress()
      var sums: [String: Int64] = [:]
      var left = record.netMinor
      while left > 0 {
        let refund = try record.refund(.amount(min(step, left)), after: progress)
        for tender in refund.external {
          #expect(tender.amountMinor > 0)
          sums[tender.kind, default: 0] += tender.amountMinor
        }
        left -= refund.amountMinor
        progress = refund.progress
      }
      #expect(sums == ["x": 9, "y": 37, "z": 55])
    }
  }

  @Test("inside a line bonus goes back first, then principal, points, the till's tenders")
  func waterfall() throws {
    let record = try sale(
      [Fixtures.line("a", 10_000)],
      tenders: [Tender(kind: "cash", amountMinor: 3_000)],
      points: 1_000,
      value: 6_000
    )
    #expect(record.tenders.map(\.amountMinor) == [1_000, 5_000, 1_000, 3_000])
    var progress = RefundProgress()
    func next(_ amount: Int64) throws -> RefundAmounts {
      let refund = try record.refund(.amount(amount), after: progress)
      progress = refund.progress
      return refund
    }
    let first = try next(900)
    #expect(first.value == ValueSplit(principalMinor: 0, bonusMinor: 900))
    #expect(first.pointsTakenBack == 0, "bonus money had earned nothing")
    let second = try next(1_100)
    #expect(second.value == ValueSplit(principalMinor: 1_000, bonusMinor: 100))
    #expect(second.pointsTakenBack == 10)
    let third = try next(4_555)
    #expect(third.value.principalMinor == 4_000 && third.pointsMinor == 555)
    #expect(third.pointsRestored == 555 && third.pointsRestoredBefore == 0)
    let fourth = try next(3_445)
    #expect(fourth.pointsRestored == 445 && fourth.pointsRestoredBefore == 555)
    #expect(fourth.externalMinor == 3_000 && fourth.isWhole)
    #expect(
      first.pointsTakenBack + second.pointsTakenBack + third.pointsTakenBack
        + fourth.pointsTakenBack == record.points
    )
  }

  @Test("points that paid less than they are worth are all restored at the end, none twice")
  func pointsRestored() throws {
    let record = try sale(
      [Fixtures.line("a", 1_000)],
      tenders: [Tender(kind: "cash", amountMinor: 667)],
      points: 1_000
    ) { $0.pointsAsCash = .init(points: 3, minor: 1, shareMaxBasisPoints: 10_000, step: 1) }
    #expect(record.pointsSpent == 1_000 && record.pointsMinor == 333)
    #expect(record.tenders.map(\.amountMinor) == [333, 667])
    var progress = RefundProgress()
    var restored: Int64 = 0
    for _ in 0..<1_000 {
      let refund = try record.refund(.amount(1), after: progress)
      restored += refund.pointsRestored
      progress = refund.progress
    }
    #expect(restored == 1_000)
  }

  @Test("a receipt refunded in steps under the 100-yuan rule keeps no points")
  func steps() throws {
    let record = try sale(
      [Fixtures.line("a", 29_900)],
      tenders: [Tender(kind: "cash", amountMinor: 29_900)]
    ) {
      $0.earn[0].mode = .step
      $0.earn[0].perFen = 10_000
      $0.earn[0].give = 10
    }
    #expect(record.points == 20)
    var progress = RefundProgress()
    var taken: [Int64] = []
    for _ in 0..<5 {
      let refund = try record.refund(.amount(5_980), after: progress)
      taken.append(refund.pointsTakenBack)
      progress = refund.progress
    }
    // Flooring each refund of 59.80 by itself would take back nothing at all.
    #expect(taken == [0, 10, 0, 10, 0])
  }

  @Test("units go back at their price, the last one with what is left")
  func units() throws {
    let record = try sale(
      [Fixtures.line("a", 100, 3), Fixtures.line("b", 500)],
      tenders: [Tender(kind: "cash", amountMinor: 700)]
    ) {
      $0.promotions = [
        .init(
          id: "p",
          name: "减",
          when: Fixtures.occasion { $0.skus = ["a"] },
          saving: .amountOff(offMinor: 100, isRepeated: false),
          group: "g"
        )
      ]
    }
    var progress = RefundProgress()
    var amounts: [Int64] = []
    for _ in 0..<3 {
      let refund = try record.refund(.lines([.init(line: 0, quantity: 1)]), after: progress)
      amounts.append(refund.amountMinor)
      progress = refund.progress
    }
    #expect(amounts == [66, 67, 67])
    #expect(throws: CheckoutProblem.self) {
      try record.refund(.lines([.init(line: 0, quantity: 1)]), after: progress)
    }
    // Where a part of the price went back before, the units left share what is left.
    let adjusted = try record.refund(.amount(50)).progress
    let one = try record.refund(.lines([.init(line: 0, quantity: 1)]), after: adjusted)
    #expect(one.amountMinor == 50)
    let rest = try record.refund(.lines([.init(line: 0, quantity: 2)]), after: one.progress)
    #expect(rest.amountMinor == 100)
  }

  @Test("more than the receipt is refused, and what names nothing by its field")
  func excess() throws {
    let record = try sale(
      [Fixtures.line("a", 1_000, 2)],
      tenders: [Tender(kind: "cash", amountMinor: 2_000)]
    )
    func answer(_ request: RefundRequest, after: RefundProgress = .init()) -> String? {
      do { _ = try record.refund(request, after: after) } catch {
        switch error {
        case .illegal(let problem): return problem.field
        case .refused(let refusal): return refusal.reason.rawValue
        }
      }
      return nil
    }
    #expect(answer(.amount(2_001)) == "refundExceedsReceipt")
    #expect(answer(.amount(2_000)) == nil)
    #expect(answer(.amount(0)) == "amountMinor")
    #expect(answer(.amount(.max)) == "refundExceedsReceipt")
    #expect(answer(.lines([])) == "lines")
    #expect(answer(.lines([.init(line: 1, quantity: 1)])) == "lines[0].line")
    #expect(answer(.lines([.init(line: -1, quantity: 1)])) == "lines[0].line")
    #expect(answer(.lines([.init(line: 0, quantity: 0)])) == "lines[0].quantity")
    #expect(answer(.lines([.init(line: 0, quantity: 3)])) == "refundExceedsReceipt")
    let twice = [RefundLine(line: 0, quantity: 1), RefundLine(line: 0, quantity: 2)]
    #expect(answer(.lines(twice)) == "refundExceedsReceipt")
    var foreign = RefundProgress()
    foreign.entries = [.init(line: 3, quantity: 1, parts: [0])]
    #expect(answer(.amount(1), after: foreign) == "receiptId")
  }

  @Test("coupons are usable again when the whole receipt went back, and not before")
  func coupons() throws {
    let coupon = OfferedCoupon(
      code: "C1",
      template: .init(
        id: "gift",
        name: "赠饮",
        kind: .freeItem(sku: "tea", quantity: 1),
        validity: .through(BusinessDate(day: 30_000))
      )
    )
    let record = try sale(
      [Fixtures.line("cake", 2_000), Fixtures.line("tea", 1_500)],
      tenders: [Tender(kind: "cash", amountMinor: 2_000)],
      coupons: [coupon]
    )
    #expect(record.coupons == ["C1"] && record.lines.map(\.netMinor) == [2_000, 0])
    let cake = try record.refund(.lines([.init(line: 0, quantity: 1)]))
    #expect(cake.amountMinor == 2_000 && !cake.isWhole && cake.couponsUnused.isEmpty)
    let tea = try record.refund(.lines([.init(line: 1, quantity: 1)]), after: cake.progress)
    #expect(tea.amountMinor == 0 && tea.isWhole && tea.couponsUnused == ["C1"])
    #expect(try record.refund(.amount(2_000)).couponsUnused == ["C1"])
  }

  @Test("kilometres are taken back with the line that they belong to")
  func quantities() throws {
    var programme = try Fixtures.bare()
    programme.earn[0].quantity = "km"
    programme.earn[0].perFen = 1
    var request = CheckoutRequest(lines: [
      Fixtures.line("flight", 30_000), Fixtures.line("flight", 10_000),
    ])
    request.quantities = ["km": 1_000]
    let record = try programme.checkout(
      request,
      tenders: [Tender(kind: "cash", amountMinor: 40_000)],
      for: try Fixtures.member(),
      in: try Fixtures.context()
    ).record
    #expect(record.points == 1_000)
    let second = try record.refund(.lines([.init(line: 1, quantity: 1)]))
    #expect(second.pointsTakenBack == 250)
    let half = try record.refund(.amount(15_000), after: second.progress)
    #expect(half.pointsTakenBack == 375)
    let rest = try record.refund(.amount(15_000), after: half.progress)
    #expect(rest.pointsTakenBack == 375 && rest.isWhole)
  }

  @Test("a receipt that came as an accrual is refunded by amount under its own rules")
  func accrual() throws {
    var programme = try Fixtures.retail()
    let date = try Fixtures.date("2026-03-11")
    let state = try Fixtures.member(tier: "gold")
    for seed in UInt64(1)...200 {
      var dice = CheckoutDice(seed: seed)
      programme.earn[0].mode = dice.pick([.proportional, .step])
      programme.earn[0].perFen = dice.number(1...9_999)
      programme.earn[0].give = dice.number(1...20)
      let paid = dice.number(0...500)
      let decision = try programme.decide(
        Accrual(
          receiptNo: "1",
          amountMinor: dice.number(0...90_000),
          lines: nil,
          tenders: [Tender(kind: "points", amountMinor: paid)]
        ),
        for: state,
        on: date,
        today: date,
        sequence: 1
      )
      let record = programme.saleRecord(
        ofAccrual: decision.earned,
        growth: decision.growth,
        baseMinor: decision.baseMinor,
        on: date,
        tierBefore: decision.tierBefore,
        tierAfter: decision.tierAfter
      )
      #expect(try SaleRecord(packed: record.packed()) == record, "seed \(seed)")
      guard record.netMinor > 0 else { continue }
      let part = dice.number(1...record.netMinor)
      let first = try record.refund(.amount(part))
      let kept = try programme.decide(
        Accrual(receiptNo: "2", amountMinor: record.netMinor - part, lines: nil),
        for: state,
        on: date,
        today: date,
        sequence: 2
      )
      #expect(first.pointsTakenBack == decision.earned - kept.earned, "seed \(seed)")
      guard part < record.netMinor else { continue }
      let rest = try record.refund(.amount(record.netMinor - part), after: first.progress)
      #expect(first.pointsTakenBack + rest.pointsTakenBack == decision.earned, "seed \(seed)")
      #expect(first.growthTakenBack + rest.growthTakenBack == decision.growth, "seed \(seed)")
      #expect(first.spentMinor + rest.spentMinor == decision.baseMinor && rest.isWhole)
    }
  }
}
