import TapgateCore
public import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Checkouts and refunds in the ledger")
struct CheckoutTests {
  private let dishes = BasketLine(
    sku: "D1",
    category: "dish",
    quantity: 4,
    unitPriceMinor: 5_000
  )
  private let drink = BasketLine(sku: "B1", category: "drink", quantity: 1, unitPriceMinor: 3_000)

  /// A member with 250 yuan of stored value, 300 points and a coupon of 10 yuan.
  private func member(_ world: StoreWorld) async throws -> (id: String, coupon: CouponCode) {
    let id = try await world.enrol(card: "04A1B2C3D4E580")
    let topUp = TopUpRequest(amountMinor: 20_000, channel: "bank_card", reference: "")
    #expect(await world.perform(.assets(.topUp(topUp)), on: .memberID(id)).result != nil)
    #expect(await world.accrue(.memberID(id), 30_000).result?["earned"] == .integer(300))
    let issue = LedgerRequest.issueCoupons(template: "c10", count: 1)
    let issued = await world.perform(.assets(issue), on: .memberID(id))
    return (id, try code(issued))
  }

  private func code(_ issued: OperationOutcome) throws -> CouponCode {
    let text = try #require(issued.result?["coupons"]?.array?.first?["code"]?.string)
    return try #require(CouponCode(text))
  }

  private func quote(
    _ world: StoreWorld,
    _ request: CheckoutRequest,
    coupons: [CouponCode] = [],
    for subject: MemberKey?
  ) async throws -> JSON {
    try await world.store.quote(
      QuoteInquiry(
        subject: subject,
        request: request,
        coupons: coupons,
        store: "S001",
        counter: "C01"
      )
    )
  }

  private func commit(
    _ world: StoreWorld,
    _ order: CheckoutOrder,
    on subject: MemberKey? = nil,
    id: String? = nil
  ) async -> OperationOutcome {
    await world.perform(.assets(.checkout(order)), on: subject, id: id, method: "checkout.commit")
  }

  private func refund(
    _ world: StoreWorld,
    _ receipt: JSON?,
    _ request: RefundRequest,
    id: String? = nil
  ) async throws -> OperationOutcome {
    let text = try #require(receipt?["receiptId"]?.string)
    let sequence = try #require(Int64(text.dropFirst()))
    return await world.perform(.assets(.refund(receipt: sequence, request)), id: id)
  }

  private func cash(_ amount: Int64) -> [Tender] { [Tender(kind: "cash", amountMinor: amount)] }

  /// All that a member has, as a look-up and the ledger show it.
  private func balances(_ world: StoreWorld, _ id: String) throws -> [Int64] {
    let view = try #require(world.view(id))
    return [view.pointsAvailable, view.principalMinor, view.bonusMinor, view.pointsDebt]
  }

  @Test("a receipt comes to what its quote said, and the token commits it")
  func quoteIsCommit() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text, printer: "receipt")
    let (id, coupon) = try await member(world)
    var request = CheckoutRequest(lines: [dishes, drink], usePoints: 200, useValueMinor: 5_000)
    request.quantities = ["km": 25]
    let card = try uid("04A1B2C3D4E580")
    let quote = try await quote(world, request, coupons: [coupon], for: card)
    // 230.00; dishes 180.00; 20 off each full 100 of 210.00; 10 by coupon; 2 by points, 50 by
    // stored value.
    #expect(quote["listMinor"] == 23_000)
    #expect(quote["payableMinor"] == 16_000)
    #expect(quote["dueMinor"] == 10_800)
    #expect(quote["bonusSpentMinor"] == 1_000)
    #expect(quote["lines"]?.array?.count == 2)
    #expect(quote["explain"]?.array?.isEmpty == false)
    #expect(try balances(world, id) == [300, 20_000, 5_000, 0], "a quote changes nothing")
    let token = try #require(quote["quoteToken"]?.string)
    let order = CheckoutOrder(quoteToken: token, receiptNo: "A1", tenders: cash(10_800))
    let done = await commit(world, order, id: "sale")
    let result = try #require(done.result)
    for name in [
      "listMinor", "payableMinor", "dueMinor", "pointsSpent", "pointsMinor",
      "principalSpentMinor", "bonusSpentMinor", "tierBefore", "tierAfter",
    ] { #expect(result[name] == quote[name], "\(name)") }
    #expect(result["earned"] == quote["pointsToEarn"])
    let earned = try #require(result["earned"]?.integer)
    #expect(try balances(world, id) == [100 + earned, 16_000, 4_000, 0])
    #expect(result["coupons"] == .array([.string(coupon.description)]))
    #expect(result["printJobId"]?.string != nil)
    #expect(await commit(world, order, id: "other").refusal == .couponUsed)
    try await world.restart()
    let again = await commit(world, order, id: "sale")
    var expected = try #require(result.object)
    expected["replay"] = .bool(true)
    #expect(again.result == .object(expected))
    #expect(try world.verify().problems == [])
  }

  @Test("a token that was changed is none; one whose price has changed is stale")
  func staleQuote() async throws {
    let world = try StoreWorld(
      at: "2026-03-10T20:00:00+08:00",
      programme: CheckoutProgramme.text
    )
    let (id, coupon) = try await member(world)
    let request = CheckoutRequest(lines: [dishes], useValueMinor: 5_000)
    let quote = try await quote(world, request, coupons: [coupon], for: .memberID(id))
    let token = try #require(quote["quoteToken"]?.string)
    let due = try #require(quote["dueMinor"]?.integer)
    let last = token.last == "A" ? "B" : "A"
    let forged = CheckoutOrder(
      quoteToken: String(token.dropLast(8)) + String(repeating: last, count: 8),
      receiptNo: "A1",
      tenders: cash(due)
    )
    guard case .illegal("quoteToken", _)? = await commit(world, forged).failure else {
      Issue.record("a forged token is no token")
      return
    }
    let other = try await world.enrol("李四")
    let order = CheckoutOrder(quoteToken: token, receiptNo: "A1", tenders: cash(due))
    #expect(await commit(world, order, on: .memberID(other)).refusal == .quoteStale)
    world.clock.set("2026-03-11T04:00:00+08:00")
    #expect(await commit(world, order).refusal == .quoteStale)
    world.clock.set("2026-03-10T20:10:00+08:00")
    #expect(await world.accrue(.memberID(id), 100).result != nil)
    #expect(await commit(world, order).result != nil, "what does not change the price is no reason")
    #expect(try world.verify().problems == [])
  }

  @Test("a bearer's coupon counts once, for whoever has no card too")
  func guest() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let issue = LedgerRequest.issueCoupons(template: "p9", count: 1)
    let coupon = try code(await world.perform(.assets(issue)))
    let request = CheckoutRequest(lines: [dishes])
    let quote = try await quote(world, request, coupons: [coupon], for: nil)
    #expect(quote["payableMinor"] == 14_400, "no member's price: (200 − 40) × 0.9")
    #expect(quote["enrolOffer"]?["pointsIfJoined"]?.integer == 144)
    #expect(quote["tierBefore"] == .null)
    let order = CheckoutOrder(
      request: request,
      coupons: [coupon],
      receiptNo: "G1",
      tenders: cash(14_400)
    )
    let sale = try #require(await commit(world, order).result)
    #expect(sale["memberId"] == .null)
    #expect(sale["earned"] == 0)
    var second = order
    second.receiptNo = "G2"
    #expect(await commit(world, second).refusal == .couponUsed)
    let part = try #require(try await refund(world, sale, .amount(400)).result)
    #expect(part["coupons"] == .array([]))
    #expect(part["tenders"]?.array?.first?["amountMinor"] == 400)
    try await world.restart()
    let rest = try #require(try await refund(world, sale, .amount(14_000)).result)
    #expect(rest["whole"] == true)
    #expect(rest["coupons"] == .array([.string(coupon.description)]))
    #expect(await commit(world, second).result != nil, "the coupon can be used again")
    #expect(try world.verify().problems == [])
  }

  @Test("a receipt that goes back by parts leaves what was there before it")
  func refunds() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let (id, coupon) = try await member(world)
    let before = try balances(world, id)
    let request = CheckoutRequest(lines: [dishes, drink], usePoints: 200, useValueMinor: 5_000)
    let order = CheckoutOrder(
      request: request,
      coupons: [coupon],
      receiptNo: "A1",
      tenders: cash(10_800)
    )
    let sale = try #require(await commit(world, order, on: .memberID(id)).result)
    let first = RefundRequest.lines([RefundLine(line: 0, quantity: 1)])
    let part = try #require(try await refund(world, sale, first, id: "back").result)
    #expect(part["whole"] == false)
    #expect(part["lines"]?.array?.first?["line"] == 0)
    #expect(try await refund(world, sale, first, id: "back").isReplay)
    try await world.restart()
    #expect(try await refund(world, sale, first, id: "back").isReplay)
    let tooMany = RefundRequest.lines([RefundLine(line: 0, quantity: 4)])
    #expect(try await refund(world, sale, tooMany).refusal == .refundExceedsReceipt)
    let amount = try #require(part["amountMinor"]?.integer)
    let rest = try #require(try await refund(world, sale, .amount(16_000 - amount)).result)
    #expect(rest["whole"] == true)
    #expect(try balances(world, id) == before)
    #expect(rest["coupons"] == .array([.string(coupon.description)]))
    #expect(try await refund(world, sale, .amount(1)).refusal == .refundExceedsReceipt)
    let report = try world.verify()
    #expect(report.problems == [])
  }

  @Test("an accrual goes back by amount; a receipt that was reversed or went back does neither")
  func accrualRefund() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let id = try await world.enrol()
    let one = await world.accrue(.memberID(id), 2_850, id: "one").result
    let big = await world.accrue(.memberID(id), 60_000, id: "big").result
    #expect(big?["tierAfter"] == "silver")
    #expect(try await refund(world, one, .amount(50)).result?["pointsTakenBack"] == 0)
    #expect(try await refund(world, one, .amount(1)).result?["pointsTakenBack"] == 1)
    let rest = try await refund(world, one, .amount(2_799)).result
    #expect(rest?["pointsTakenBack"] == 27)
    #expect(rest?["whole"] == true)
    let lines = RefundRequest.lines([RefundLine(line: 0, quantity: 1)])
    guard case .illegal("lines", _)? = try await refund(world, big, lines).failure else {
      Issue.record("an accrual has no lines")
      return
    }
    let reverse = OperationBody.reverse(operationID: "one", reason: "wrong")
    #expect(await world.perform(reverse).refusal == .dependentOperations)
    let unknown = LedgerRequest.refund(receipt: 99, .amount(1))
    #expect(await world.perform(.assets(unknown)).failure == .unknown(field: "receiptId"))
    #expect(try world.verify().problems == [])
  }

  @Test("what a receipt earned goes back by the revision that gave it")
  func frozenRevision() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let id = try await world.enrol()
    let receipt = await world.accrue(.memberID(id), 2_850).result
    let half = CheckoutProgramme.text.replacing(
      "\"points\",\"per_fen\":100,",
      with: "\"points\",\"per_fen\":200,"
    )
    try await world.restart(programme: half)
    #expect(await world.accrue(.memberID(id), 2_850).result?["earned"] == 14)
    // In proportion to the amount it would be a point; by the rule of then the rest still earns 28.
    #expect(try await refund(world, receipt, .amount(50)).result?["pointsTakenBack"] == 0)
    #expect(try await refund(world, receipt, .amount(2_800)).result?["pointsTakenBack"] == 28)
    #expect(try world.verify().problems == [])
  }

  @Test("rules ask for the counter, count kilometres and double the lines that they name")
  func earning() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let id = try await world.enrol()
    let lines = [drink]
    let accrual = Accrual(
      receiptNo: "1",
      amountMinor: nil,
      lines: lines,
      quantities: ["km": 105]
    )
    let result = await world.perform(.accrue(accrual), on: .memberID(id)).result
    #expect(result?["earned"] == 81, "twice 30, and twice 10.5 for the line that carries them")
    let order = CheckoutOrder(
      request: CheckoutRequest(lines: lines),
      receiptNo: "2",
      tenders: cash(3_000)
    )
    #expect(await commit(world, order, on: .memberID(id)).result?["earned"] == 60)
    #expect(await commit(world, order, on: .memberID(id)).refusal == .receiptUsed)
    var short = order
    short.receiptNo = "3"
    short.tenders = cash(2_999)
    guard case .illegal("tenders", _)? = await commit(world, short, on: .memberID(id)).failure
    else {
      Issue.record("tenders that do not come to what is due")
      return
    }
    #expect(try world.verify().problems == [])
  }

  @Test("a hold pays first and ends with the receipt; a tier that is reached brings its coupon")
  func holdAndTier() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let (id, _) = try await member(world)
    let legs = HoldLegs(points: 0, valueMinor: 10_000, coupons: [])
    let held = await world.perform(.assets(.hold(legs, seconds: 300)), on: .memberID(id)).result
    let hold = try #require(held?["holdId"]?.string.flatMap { Int64($0.dropFirst()) })
    let large = BasketLine(sku: "T1", category: "goods", quantity: 1, unitPriceMinor: 70_000)
    let order = CheckoutOrder(
      request: CheckoutRequest(lines: [large], useValueMinor: 4_000),
      receiptNo: "H1",
      tenders: cash(52_000),
      hold: hold
    )
    let sale = try #require(await commit(world, order, on: .memberID(id)).result)
    #expect(sale["payableMinor"] == 56_000, "20 off each of 7 full 100")
    #expect(sale["tierAfter"] == "silver")
    #expect(sale["gifts"]?["coupons"]?.array?.count == 1)
    #expect(sale["value"]?["heldMinor"] == 0)
    #expect(try balances(world, id)[1...2].reduce(0, +) == 21_000)
    #expect(try world.verify().problems == [])
  }
}

extension CheckoutTests {
  @Test("a quote counts what a hold has whose time is over, as its commit does")
  func lapsedHold() async throws {
    let world = try StoreWorld(programme: CheckoutProgramme.text)
    let (id, _) = try await member(world)
    let legs = HoldLegs(points: 300, valueMinor: 25_000)
    #expect(await world.perform(.assets(.hold(legs, seconds: 60)), on: .memberID(id)).result != nil)
    let request = CheckoutRequest(lines: [dishes], usePoints: 300, useValueMinor: 10_000)
    await #expect(throws: Refusal.self) {
      try await quote(world, request, for: .memberID(id))
    }
    world.clock.set("2026-03-10T12:02:00+08:00")
    let offer = try await quote(world, request, for: .memberID(id))
    let token = try #require(offer["quoteToken"]?.string)
    let due = try #require(offer["dueMinor"]?.integer)
    let order = CheckoutOrder(quoteToken: token, receiptNo: "L1", tenders: cash(due))
    let sale = try #require(await commit(world, order).result)
    #expect(sale["pointsSpent"] == 300)
    #expect(sale["earned"] == offer["pointsToEarn"])
    #expect(try world.verify().problems == [])
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
