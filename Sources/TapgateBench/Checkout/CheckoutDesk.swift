internal import TapgateJSON

/// What receipts need before they can be sent to a gateway: what each kind of basket comes to, and
/// a coupon of its own for each.
///
/// Used by one thread.
final class CheckoutDesk {
  let population: Population
  let baskets = Baskets()
  private let identity: RunIdentity
  /// The code of each request's coupon, from request 0 on.
  private var codes: [[UInt8]] = []
  /// What the tender pays of each kind of basket.
  private(set) var dueMinor = [Int64](repeating: 0, count: Baskets.kindCount)

  init(population: Population, identity: RunIdentity) {
    self.population = population
    self.identity = identity
  }

  /// How many requests have a coupon.
  var couponCount: Int { codes.count }

  /// The coupon of request `number`; the first one again where there are not so many, which is
  /// a wrong answer then.
  func coupon(ofRequest number: UInt64) -> [UInt8] {
    codes.indices.contains(Int(number)) ? codes[Int(number)] : codes.first ?? []
  }

  /// Issues coupons at the gateway at `path` until each request below `count` has one.
  func issueCoupons(path: String, below count: Int) throws(BenchError) {
    let first = codes.count
    guard count > first else { return }
    codes += Array(repeating: [], count: count - first)
    let script = JSONScript(
      call: { number in self.issue(UInt64(first + number)) },
      receive: { number, reply in
        let code = reply["result"]?["coupons"]?.array?.first?["code"]?.string
        self.codes[first + number] = Array((code ?? "").utf8)
        return code != nil
      }
    )
    let generator = try LoadGenerator(
      path: path,
      wire: script,
      connectionCount: 4,
      inFlight: 128,
      firstNumber: 0
    )
    let outcome = try generator.run(count: count - first)
    guard outcome.failedCount == 0 else {
      throw BenchError(.peer, doing: "issue coupons", cause: outcome.firstFailure ?? "?")
    }
  }

  private func issue(_ number: UInt64) -> JSONScript.Call {
    let member = population.memberID(population.member(ofRequest: number))
    return JSONScript.Call(
      method: "coupon.issue",
      params: .object([
        "operationId": .string("coupon-\(identity.salt)-\(number)"), "template": .string("c10"),
        "memberId": .string(member),
      ])
    )
  }

  /// Asks the gateway at `path` what each kind of basket comes to.
  func askPrices(path: String) throws(BenchError) {
    let script = JSONScript(
      call: { kind in self.inquiry(kind) },
      receive: { kind, reply in
        let due = reply["result"]?["dueMinor"]?.integer
        self.dueMinor[kind] = due ?? 0
        return due.map { $0 > 0 } ?? false
      }
    )
    let generator = try LoadGenerator(
      path: path,
      wire: script,
      connectionCount: 1,
      inFlight: 1,
      firstNumber: 0
    )
    let outcome = try generator.run(count: Baskets.kindCount)
    guard outcome.failedCount == 0 else {
      throw BenchError(.peer, doing: "ask for prices", cause: outcome.firstFailure ?? "?")
    }
  }

  private func inquiry(_ kind: Int) -> JSONScript.Call {
    let lines = baskets.kinds[kind].map { line in
      JSON.object([
        "sku": .string(line.sku), "category": .string(line.category),
        "quantity": .integer(line.quantity), "unitPriceMinor": .integer(line.unitPriceMinor),
      ])
    }
    let number = UInt64(kind)
    return JSONScript.Call(
      method: "checkout.quote",
      params: .object([
        "memberId": .string(population.memberID(population.member(ofRequest: number))),
        "lines": .array(lines),
        "coupons": .array([.string(String(decoding: coupon(ofRequest: number), as: UTF8.self))]),
        "usePoints": .integer(Baskets.pointsSpent),
        "useValueMinor": .integer(Baskets.valueSpentMinor),
      ])
    )
  }
}
