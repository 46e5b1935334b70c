import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// `programme.activate`: F28, and what a start does with it.
@Suite("Programmes that come into force")
struct ActivationTests {
  /// 1 point a yuan.
  private static let first = AssetProgramme.text
  /// 3 points a yuan, from another cut-over hour, with one tier more.
  private static let second = first.replacingFirst(
    "\"give\":1,\"mode\"",
    with: "\"give\":3,\"mode\""
  )
  .replacingFirst("\"rev\": 1", with: "\"rev\": 2").replacingFirst("04:00", with: "06:00")
  private static let third = first.replacingFirst(
    "\"give\":1,\"mode\"",
    with: "\"give\":5,\"mode\""
  )
  .replacingFirst("\"rev\": 1", with: "\"rev\": 3")

  private let world: StoreWorld

  init() throws { world = try StoreWorld(programme: Self.first) }

  private func activate(
    _ text: String,
    from: String? = nil,
    id: String? = nil
  ) async -> OperationOutcome {
    let date = from.flatMap { BusinessDate($0) }
    let request = LedgerRequest.activate(programme: Array(text.utf8), from: date)
    return await world.perform(.assets(request), id: id)
  }

  private func earned(_ id: String, at time: String? = nil) async -> Int64? {
    await world.accrue(.memberID(id), 1000, businessTime: time).result?["earned"]?.integer
  }

  private func shown() async throws -> (active: Int64?, pending: Int64?, earlier: Int?) {
    let json = try await world.store.programmes()
    return (
      json[path: "active.revision"]?.integer, json[path: "pending.revision"]?.integer,
      json["earlier"]?.array?.count
    )
  }

  @Test("it rules from the cut-over of its day, a receipt by its own date, and a refund as it was")
  func future() async throws {
    let id = try await world.enrol()
    let done = await activate(Self.second, from: "2026-03-12", id: "act")
    #expect(done.result?["state"] == "scheduled")
    #expect(await activate(Self.second, from: "2026-03-12", id: "act").isReplay)
    #expect(try await shown() == (1, 2, 0))
    #expect(await earned(id) == 10)
    let sale = await world.accrue(.memberID(id), 1000)
    try await world.restart()
    #expect(try await shown() == (1, 2, 0))
    // 05:59 belongs to the day before by the new cut-over.
    world.clock.set("2026-03-12T05:59:59+08:00")
    #expect(await earned(id) == 10)
    world.clock.set("2026-03-12T06:00:00+08:00")
    #expect(try await shown() == (2, nil, 1))
    #expect(await earned(id) == 30)
    // Entered late: ruled by the day on which it was.
    #expect(await earned(id, at: "2026-03-11T20:00:00+08:00") == 10)
    let receipt = try #require(sale.result?["sequence"]?.integer)
    let refund = await world.perform(.assets(.refund(receipt: receipt, .amount(1000))))
    #expect(refund.result?["pointsTakenBack"] == 10, "\(refund)")
    try await world.restart()
    #expect(try await shown() == (2, nil, 1))
    #expect(await earned(id) == 30)
    #expect(try world.verify().problems == [])
  }

  @Test("a second one takes the place of what waits; at once means from today on")
  func replaced() async throws {
    let id = try await world.enrol()
    _ = await activate(Self.second, from: "2026-03-20")
    let other = await activate(Self.third, from: "2026-03-15")
    #expect(other.result?[path: "replaces.revision"] == 2)
    #expect(try await shown() == (1, 3, 0))
    let now = await activate(Self.second)
    #expect(now.result?["state"] == "active")
    #expect(try await shown() == (2, nil, 1))
    #expect(await earned(id) == 30)
    world.clock.set("2026-03-16T12:00:00+08:00")
    #expect(await earned(id) == 30)
  }

  @Test("a quote of before is stale after it; what is wrong with a file is named by its place")
  func refused() async throws {
    let past = await activate(Self.second, from: "2026-03-09")
    #expect(past.failure?.field == "from")
    #expect(await activate(Self.second, from: "2029-03-09").failure?.field == "from")
    let broken = await activate(Self.second.replacingFirst("\"bearer\":true", with: "\"bearer\":1"))
    #expect(broken.failure?.field == "programme.coupons[1].bearer")
    let dollars = Self.second.replacingFirst("CNY", with: "USD").replacingFirst(
      "fen\",",
      with: "cent\","
    )
    #expect(await activate(dollars).failure?.field?.hasPrefix("programme") == true)
    #expect(try await shown() == (1, nil, 0))

    var inquiry = QuoteInquiry(
      subject: nil,
      request: CheckoutRequest(lines: [
        BasketLine(sku: "A", category: "", quantity: 1, unitPriceMinor: 1000)
      ]),
      coupons: [],
      store: "S001",
      counter: "C01",
      businessTime: nil,
      evidence: .word,
      language: "en"
    )
    inquiry.subject = .memberID(try await world.enrol())
    let quote = try await world.store.quote(inquiry)
    let token = try #require(quote["quoteToken"]?.string)
    _ = await activate(Self.second)
    let order = CheckoutOrder(
      quoteToken: token,
      receiptNo: "R-1",
      tenders: [Tender(kind: "cash", amountMinor: 1000)],
      wantsPrint: false
    )
    #expect(await world.perform(.assets(.checkout(order))).refusal == .quoteStale)
  }

  @Test(
    "a file that was changed counts from the start on; one that was not leaves what was activated"
  )
  func files() async throws {
    let id = try await world.enrol()
    _ = await activate(Self.third)
    try await world.restart()
    #expect(await earned(id) == 50)
    try await world.restart(programme: Self.second)
    #expect(await earned(id) == 30)
    try await world.restart()
    #expect(await earned(id) == 30)
    let feed = try await world.store.feed(after: 0, limit: 100)
    let rows = feed["operations"]?.array ?? feed.array ?? []
    #expect(
      rows.filter { $0["method"] == "programme.activate" }.count == 2,
      "each is in the journal"
    )
    #expect(try world.verify().problems == [])
  }

  @Test("without a file a ledger keeps the programme that it has")
  func kept() async throws {
    let id = try await world.enrol()
    #expect(await earned(id) == 10)
    try world.execute(sql: "DELETE FROM meta WHERE name LIKE 'programme:%'")
    try await world.restart(programme: Self.second, isDefault: true)
    #expect(await earned(id) == 10)
    try await world.restart(programme: Self.third, isDefault: true)
    #expect(await earned(id) == 10)
  }

  @Test("whoever listens is told when it comes into force, and the members are swept")
  func told() async throws {
    let id = try await world.enrol()
    let ended = Self.second.replacingFirst(
      "\"validity\":\"forever\",\"downgrade\":\"none\"",
      with: "\"validity\":{\"rolling\":\"P12M\"},\"downgrade\":\"reassess\""
    )
    _ = await world.accrue(.memberID(id), 20_000)
    #expect(world.view(id)?.tier.id == "silver")
    let (news, teller) = AsyncStream<JSON>.makeStream()
    world.store.observeProgramme { teller.yield($0) }
    let (rows, clerk) = AsyncStream<String>.makeStream()
    world.store.observeCommits { if $0.method == "member.tierReview" { clerk.yield($0.method) } }
    world.store.startSweeping(every: 5)
    _ = await activate(ended, from: "2026-03-12")
    world.clock.set("2026-03-12T12:00:00+08:00")
    for await programme in news {
      #expect(programme["revision"] == 2 && programme["from"] == "2026-03-12")
      break
    }
    for await _ in rows { break }
    #expect(world.view(id)?.tier.until?.description == "2027-03-12")
    #expect(try world.verify().problems == [])
  }
}

extension OperationFailure {
  /// The parameter that it names.
  var field: String? {
    switch self {
    case .illegal(let field, _), .unknown(let field): field
    default: nil
    }
  }
}
