import TapgateModel
import Testing

@Suite("Checkout: the sale's record and what it moves")
struct CheckoutTests {
  private typealias Fixtures = CheckoutFixtures

  private func programme() throws -> Programme {
    var programme = try Fixtures.bare()
    programme.pointsAsCash = .init(points: 100, minor: 100, shareMaxBasisPoints: 5_000, step: 100)
    return programme
  }

  private func decision() throws -> CheckoutDecision {
    let state = try Fixtures.member(points: 2_000, principal: 4_000, bonus: 1_000)
    var request = CheckoutRequest(lines: [
      Fixtures.line("tea", 3_333), Fixtures.line("cake", 3_333), Fixtures.line("cup", 3_334),
    ])
    request.usePoints = 1_000
    request.useValueMinor = 2_500
    return try programme().checkout(
      request,
      tenders: [
        Tender(kind: "wechat", amountMinor: 6_000, reference: "W1"),
        Tender(kind: "cash", amountMinor: 500),
      ],
      for: state,
      in: try Fixtures.context()
    )
  }

  @Test("tenders are attributed to lines once: rows are lines, columns are tenders")
  func attribution() throws {
    let decision = try decision()
    let record = decision.record
    #expect(record.tenders.map(\.name) == ["sv_bonus", "sv_principal", "points", "wechat", "cash"])
    #expect(record.tenders.map(\.amountMinor) == [500, 2_000, 1_000, 6_000, 500])
    let width = record.tenders.count
    for (index, line) in record.lines.enumerated() {
      let parts = record.parts[index * width..<(index + 1) * width]
      #expect(parts.reduce(0, +) == line.netMinor)
      #expect(parts.allSatisfy { $0 >= 0 })
    }
    for (index, tender) in record.tenders.enumerated() {
      let column = record.lines.indices.map { record.parts[$0 * width + index] }
      #expect(column.reduce(0, +) == tender.amountMinor)
    }
    // 100.00 less 10.00 by points and 5.00 by bonus money.
    #expect(decision.amounts.earned.points == 85)
    #expect(decision.amounts.pointsSpent == 1_000 && decision.amounts.pointsMinor == 1_000)
    #expect(decision.amounts.value == ValueSplit(principalMinor: 2_000, bonusMinor: 500))
    #expect(decision.amounts.earned.baseMinor == 8_500 && decision.amounts.dueMinor == 6_500)
    #expect(record.tierBefore == "normal" && record.tierAfter == "normal")
  }

  @Test("the tenders must be what is due, of the kinds that were quoted")
  func tenders() throws {
    let programme = try programme()
    let context = try Fixtures.context()
    func field(_ tenders: [Tender], kinds: Set<String> = []) throws -> String? {
      var request = CheckoutRequest(lines: [Fixtures.line("tea", 1_000)])
      request.tenderKinds = kinds
      do {
        _ = try programme.checkout(request, tenders: tenders, for: nil, in: context)
      } catch CheckoutProblem.illegal(let problem) {
        return problem.field
      } catch CheckoutProblem.refused(let refusal) { return refusal.reason.rawValue }
      return nil
    }
    let cash = Tender(kind: "cash", amountMinor: 1_000)
    #expect(try field([cash]) == nil)
    #expect(try field([]) == "tenders")
    #expect(try field([cash, Tender(kind: "cash", amountMinor: 1)]) == "tenders")
    #expect(try field([Tender(kind: "cash", amountMinor: -1)]) == "tenders[0].amountMinor")
    #expect(try field([cash, Tender(kind: "points", amountMinor: 0)]) == "tenders[1].kind")
    #expect(
      try field([Tender(kind: "a", amountMinor: .max), Tender(kind: "b", amountMinor: 1)])
        == "tenders[1].amountMinor"
    )
    #expect(try field(Array(repeating: cash, count: 65)) == "tenders")
    #expect(try field([cash], kinds: ["cash"]) == nil)
    #expect(try field([cash], kinds: ["wechat"]) == "quoteStale")
  }

  @Test("a receipt without a member earns nothing and can be refunded")
  func guest() throws {
    let decision = try programme().checkout(
      CheckoutRequest(lines: [Fixtures.line("tea", 50_000)]),
      tenders: [Tender(kind: "cash", amountMinor: 50_000)],
      for: nil,
      in: try Fixtures.context()
    )
    #expect(decision.record.rules.isEmpty && decision.record.points == 0)
    #expect(decision.amounts.earned.baseMinor == 0 && decision.quote.tierAfter == nil)
    let refund = try decision.record.refund(.amount(50_000))
    #expect(refund.externalMinor == 50_000 && refund.spentMinor == 0 && refund.isWhole)
  }

  @Test("what was earned is written as an accrual writes it")
  func writing() throws {
    let programme = try programme()
    let state = try Fixtures.member(points: 2_000)
    let date = try Fixtures.tuesday()
    let accrual = Accrual(receiptNo: "1", amountMinor: 25_000, lines: nil)
    let accrued = try programme.decide(accrual, for: state, on: date, today: date, sequence: 7)
    let sale = try programme.checkout(
      CheckoutRequest(lines: [Fixtures.line("tea", 25_000)]),
      tenders: [Tender(kind: "cash", amountMinor: 25_000)],
      for: state,
      in: try Fixtures.context()
    )
    let written = try #require(
      programme.write(sale.amounts.earned, for: state, on: date, sequence: 7)
    )
    #expect(written.effects == accrued.effects)
    #expect(written.after == accrued.after && written.lots == accrued.lots)
    #expect(sale.record.tierAfter == "silver" && written.after.tier == "silver")
  }

  @Test("a record is read back, and damaged bytes answer an error or another whole record")
  func damage() throws {
    let record = try decision().record
    let bytes = record.packed()
    #expect(try SaleRecord(packed: bytes) == record)
    for count in 0..<bytes.count {
      #expect(throws: PackedError.self) { try SaleRecord(packed: Array(bytes.prefix(count))) }
    }
    #expect(throws: PackedError.self) { try SaleRecord(packed: bytes + [0]) }
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        guard let read = try? SaleRecord(packed: damaged) else { continue }
        // Whatever is read adds up, so it can be refunded without a trap.
        let net = read.netMinor
        #expect(read.tenders.reduce(0) { $0 + $1.amountMinor } == net)
        if net > 0 { #expect(try read.refund(.amount(net)).amountMinor == net) }
      }
    }
    for seed in UInt64(1)...2_000 {
      var dice = CheckoutDice(seed: seed)
      let noise = (0..<dice.number(0...80)).map { _ in UInt8(dice.number(0...255)) }
      _ = try? SaleRecord(packed: [1] + noise)
      if let progress = try? RefundProgress(packed: [1] + noise) {
        _ = try? record.refund(.amount(1), after: progress)
      }
    }
  }

  @Test("500 lines at the price's limit are priced, or refused by field")
  func large() throws {
    var programme = try programme()
    programme.multipliers = [try Fixtures.multiplier("x", 1_000_000, group: "x")]
    programme.capBasisPoints = 1_000_000
    programme.earn[0].give = 1_000_000
    let most = Int64.max / 4 / 500
    let lines = (0..<500).map { Fixtures.line("s\($0)", most) }
    let state = try Fixtures.member()
    let context = try Fixtures.context()
    #expect(throws: CheckoutProblem.illegal(.init(field: "lines", problem: "is too large"))) {
      try programme.quote(CheckoutRequest(lines: lines), for: state, in: context)
    }
    let guest = try programme.quote(CheckoutRequest(lines: lines), for: nil, in: context)
    #expect(guest.payableMinor == most * 500)
    programme.earn[0].give = 1
    programme.earn[0].perFen = 1_000_000_000
    let quote = try programme.quote(CheckoutRequest(lines: lines), for: state, in: context)
    #expect(quote.earned.points == most * 500 / 10_000_000)
  }
}
