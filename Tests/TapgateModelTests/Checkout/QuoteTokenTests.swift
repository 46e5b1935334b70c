import TapgateModel
import Testing

@Suite("A quote's token")
struct QuoteTokenTests {
  private typealias Fixtures = CheckoutFixtures

  private func request() -> CheckoutRequest {
    var weighed = Fixtures.line("苹果", 598, category: "fruit")
    weighed.amountMinor = 1_234
    var request = CheckoutRequest(lines: [Fixtures.line("tea", 1_500, 2), weighed])
    request.currency = "CNY"
    request.tenderKinds = ["wechat", "cash"]
    request.quantities = ["km": 12, "h": 3]
    return request
  }

  private func token(
    _ request: CheckoutRequest,
    _ programme: Programme,
    _ state: MemberState?,
    on date: String = "2026-03-10",
    change: (inout Programme.Situation) -> Void = { _ in }
  ) throws -> QuoteToken {
    var context = try Fixtures.context(on: date)
    change(&context.situation)
    let quote = try programme.quote(request, for: state, in: context)
    return QuoteToken(
      quote,
      of: request,
      coupons: [],
      for: state,
      programme: programme,
      in: context
    )
  }

  @Test("the bytes are the same every time, and the request is read back from them")
  func roundTrip() throws {
    let programme = try Fixtures.bare()
    let state = try Fixtures.member()
    let token = try token(request(), programme, state)
    for _ in 0..<5 {
      #expect(try self.token(request(), programme, state).packed() == token.packed())
    }
    let read = try QuoteToken(packed: token.packed())
    #expect(read == token)
    #expect(read.request == request())
    try read.refuseIfStale(against: token)
    let bytes = token.packed()
    for count in 0..<bytes.count {
      #expect(throws: PackedError.self) { try QuoteToken(packed: Array(bytes.prefix(count))) }
    }
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        // A value or an error, never a trap; the store's seal tells them apart.
        _ = try? QuoteToken(packed: damaged)
      }
    }
  }

  @Test("whatever the price depends on makes a quote stale")
  func stale() throws {
    let programme = try Fixtures.bare()
    let state = try Fixtures.member()
    let token = try token(request(), programme, state)
    func reason(_ now: QuoteToken) -> String? {
      do { try token.refuseIfStale(against: now) } catch {
        #expect(error.reason == .quoteStale)
        return error.detail
      }
      return nil
    }
    #expect(reason(try self.token(request(), programme, state)) == nil)
    var newer = programme
    newer.revision += 1
    #expect(reason(try self.token(request(), newer, state)) == "programme")
    #expect(reason(try self.token(request(), programme, state, on: "2026-03-11")) == "date")
    var changed = state
    changed.operationCount += 1
    let later = try self.token(request(), programme, changed)
    #expect(reason(later) == "member")
    try token.refuseIfStale(against: later, allowing: [.member])
    #expect(reason(try self.token(request(), programme, nil)) == "member")
    let elsewhere = try self.token(request(), programme, state) { $0.counter = "C9" }
    #expect(reason(elsewhere) == "place")
    var other = request()
    other.lines[0].quantity = 3
    #expect(reason(try self.token(other, programme, state)) == "basket")
    newer = programme
    newer.memberPrices = [.init(id: "m", basisPoints: 9_000)]
    let cheaper = try self.token(request(), newer, state)
    #expect(reason(cheaper) == "figures")
    #expect(throws: Refusal.self) {
      try token.refuseIfStale(against: cheaper, allowing: [.member, .place])
    }
  }

  @Test("a receipt costs and earns what its quote said (I14)")
  func quoteIsCommit() throws {
    for seed in UInt64(1)...200 {
      var dice = CheckoutDice(seed: seed)
      guard let sale = try RandomSale(&dice) else { continue }
      let (quote, record) = (sale.decision.quote, sale.decision.record)
      #expect(quote.payableMinor == record.netMinor, "seed \(seed)")
      #expect(quote.lines.map(\.netMinor) == record.lines.map(\.netMinor), "seed \(seed)")
      let off = quote.discounts.reduce(Int64(0)) { $0 + $1.amountMinor }
      let prices = quote.lines.reduce(Int64(0)) { $0 + $1.listMinor - $1.memberMinor }
      #expect(quote.listMinor - prices - off == quote.payableMinor, "seed \(seed)")
      #expect(quote.lines.allSatisfy { $0.netMinor >= 0 && $0.netMinor <= $0.memberMinor })
      #expect(quote.lines.reduce(0) { $0 + $1.points } == quote.earned.points, "seed \(seed)")
      #expect(quote.earned.points == record.points && quote.earned.baseMinor == record.baseMinor)
    }
  }
}
