import TapgateJSON
import Testing

@testable import TapgateBench

@Suite("Receipts as the bench sends them")
struct CheckoutWireTests {
  private let identity = RunIdentity(startMilliseconds: 1, salt: 2)
  private var desk: CheckoutDesk {
    CheckoutDesk(population: Population(count: 10), identity: identity)
  }

  private func parsed(_ wire: JSONLines, _ number: UInt64) throws -> JSON {
    var request: [UInt8] = []
    wire.appendRequest(number, slot: 3, to: &request)
    #expect(request.removeLast() == 0x0A)
    return try JSONParser.parse(request)
  }

  @Test("a commit has 20 lines, a coupon, points, stored value and a tender")
  func commit() throws {
    let request = try parsed(JSONCheckouts(desk: desk, identity: identity), 7)
    #expect(request["method"] == .string("checkout.commit"))
    let params = try #require(request["params"])
    #expect(
      params.object?.members.map(\.name) == [
        "operationId", "memberId", "receiptNo", "lines", "coupons", "usePoints", "useValueMinor",
        "tenders", "print",
      ]
    )
    #expect(params["lines"]?.array?.count == Baskets.lineCount)
    #expect(params["coupons"]?.array?.count == 1)
    let baskets = Baskets()
    let kind = Baskets.kind(ofRequest: 7)
    let lines = try #require(params["lines"]?.array)
    for (line, own) in zip(lines, baskets.kinds[kind]) {
      #expect(line["sku"] == .string(own.sku))
      #expect(line["category"] == .string(own.category))
      #expect(line["quantity"] == .integer(own.quantity))
      #expect(line["unitPriceMinor"] == .integer(own.unitPriceMinor))
    }
  }

  @Test("a quote has the same basket and nothing that a commit alone needs")
  func quote() throws {
    let request = try parsed(JSONQuotes(desk: desk), 7)
    #expect(request["method"] == .string("checkout.quote"))
    let names = request["params"]?.object?.members.map(\.name)
    #expect(names == ["memberId", "lines", "coupons", "usePoints", "useValueMinor"])
  }

  @Test("every basket is dear enough for its points, its value and its coupon")
  func baskets() {
    let baskets = Baskets()
    #expect(baskets.kinds.count == Baskets.kindCount)
    for kind in baskets.kinds.indices {
      #expect(baskets.kinds[kind].count == Baskets.lineCount)
      #expect(baskets.listMinor(kind) > 3 * (Baskets.valueSpentMinor + 1000))
    }
  }
}
