import GRDB
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// I6: an operation and its mirror leave everything as it was.
@Suite("Reversals in the store")
struct ReversalTests {
  private let world: StoreWorld
  private let id: String

  init() async throws {
    world = try StoreWorld(programme: AssetProgramme.text)
    id = try await world.enrol(card: "04AABBCCDDEE01")
    // 3,000 points, 500.00 with a bonus of 100.00 and a coupon, 2 stamps, 10 uses.
    _ = await world.accrue(.memberID(id), 300_000)
    _ = await perform(.topUp(TopUpRequest(amountMinor: 50_000, channel: "cash")))
    _ = await perform(.addStamps("tea", quantity: 2))
  }

  private func perform(
    _ request: LedgerRequest,
    id operation: String? = nil,
    nobody: Bool = false
  ) async -> OperationOutcome {
    await world.perform(.assets(request), on: nobody ? nil : .memberID(id), id: operation)
  }

  private func reverse(_ operation: String) async -> OperationOutcome {
    await world.perform(.reverse(operationID: operation, reason: "wrong till"))
  }

  private func state() throws -> MemberState {
    let memory = world.store.shared.memory
    let number = try #require(memory.number(ofMember: id))
    let row = try #require(memory.row(number))
    return try MemberState(packed: row.state)
  }

  private func coupon() throws -> CouponCode {
    let state = try state()
    return try #require(state.assets.coupons.first).code
  }

  private var basket: CheckoutRequest {
    var request = CheckoutRequest(lines: [
      BasketLine(sku: "A", category: "", quantity: 2, unitPriceMinor: 15_000)
    ])
    request.usePoints = 500
    request.useValueMinor = 6_000
    return request
  }

  private func requests() throws -> [(String, LedgerRequest)] {
    let order = CheckoutOrder(
      request: basket,
      coupons: [try coupon()],
      receiptNo: "R-9",
      tenders: [Tender(kind: "cash", amountMinor: 22_500)],
      wantsPrint: false
    )
    return [
      ("topUp", .topUp(TopUpRequest(amountMinor: 20_000, channel: "cash"))),
      ("spend", .spend(amountMinor: 12_345)),
      ("redeem", .redeem(reward: "cup", points: nil)),
      ("cash", .redeemCash(points: 1200)), ("event", .event("signin")),
      ("coupons", .issueCoupons(template: "c10", count: 3)),
      ("use", .useCoupon(try coupon(), receiptNo: "R-8")),
      ("stamps", .addStamps("tea", quantity: 1)), ("stamps2", .addStamps("tea", quantity: 5)),
      ("benefit", .useBenefit("lounge")),
      ("paid", .membership(PaidRequest(level: "month", tender: "cash", isRenewal: false))),
      ("tier", .setTier("normal", reason: "x")),
      (
        "hold",
        .hold(HoldLegs(points: 1000, valueMinor: 900, coupons: [try coupon()]), seconds: nil)
      ),
      ("checkout", .checkout(order)),
    ]
  }

  @Test("every kind of operation and its mirror leave the member and the shop as they were")
  func symmetric() async throws {
    for (name, request) in try requests() {
      let before = try state()
      let shop = try await shopCounts()
      let done = await perform(request, id: name)
      #expect(done.result != nil, "\(name): \(done)")
      #expect(try !LedgerInvariant.isRestored(before, by: state()), "\(name) changed nothing")
      let back = await reverse(name)
      #expect(back.result?["reverses"] == .string(name), "\(name): \(back)")
      #expect(try LedgerInvariant.isRestored(before, by: state()), "\(name)")
      let after = try await shopCounts()
      #expect(shop == after, "\(name)")
      #expect(await reverse(name).refusal == .alreadyReversed, "\(name)")
    }
    try await world.restart()
    #expect(try world.verify().problems == [])
  }

  /// What the shop has issued; serial numbers only go up.
  private func shopCounts() async throws -> [ShopState.Count] {
    let store = world.store
    return try await store.onReader { db in
      let connection = try #require(db.sqliteConnection)
      return try ShopTable(on: connection).shop().counts
    }
  }

  @Test("a capture goes back to what the member had when it was captured; a pass is whole again")
  func capture() async throws {
    let made = await perform(.hold(HoldLegs(points: 1000, valueMinor: 900), seconds: nil))
    let hold = try #require(made.result?["sequence"]?.integer)
    let free = try state()
    let take = LedgerRequest.capture(
      hold: hold,
      HoldLegs(points: 400, valueMinor: 500),
      isFinal: true
    )
    _ = await perform(take, id: "take", nobody: true)
    _ = await reverse("take")
    let after = try state()
    #expect(after.pointsAvailable(on: after.joinedOn) == 3000 && after.pointsHeld == 0)
    #expect(after.valueAvailableMinor == free.valueAvailableMinor + 900)
    #expect(await perform(.draw("wheel", nonce: "n"), id: "draw").result != nil)
    #expect(await reverse("draw").failure != nil)
    #expect(try world.verify().problems == [])
  }

  @Test("what stands on an operation is named; without it the mirror is made")
  func dependents() async throws {
    _ = await perform(.topUp(TopUpRequest(amountMinor: 20_000, channel: "cash")), id: "pay")
    _ = await perform(.spend(amountMinor: 79_000), id: "spent")
    let refused = await reverse("pay")
    #expect(refused.refusal == .dependentOperations)
    #expect(detail(refused)?.contains("spent") == true)
    _ = await reverse("spent")
    #expect(await reverse("pay").result?["valueMinor"] == -25_000)

    _ = await perform(.setTier("silver", reason: "x"), id: "up")
    _ = await perform(.setTier("normal", reason: "x"), id: "down")
    _ = await reverse("down")
    #expect(try state().tier == "silver")

    _ = await world.accrue(.memberID(id), 100_000, id: "sale")
    _ = await perform(.redeemCash(points: 4000), id: "cash")
    #expect(detail(await reverse("sale")) == "cash")
    _ = await reverse("cash")
    #expect(await reverse("sale").result?["points"] == -1000)
  }

  @Test("a hand's tier that another hand changed since stays")
  func tiers() async throws {
    _ = await perform(.setTier("normal", reason: "x"), id: "first")
    _ = await perform(.setTier("silver", reason: "x"), id: "second")
    #expect(detail(await reverse("first")) == "second")
    _ = await reverse("second")
    #expect(await reverse("first").result?["tierAfter"] == "silver")
  }

  @Test("bearers' coupons are void or usable again; one that was used stands in the way")
  func bearers() async throws {
    let issue = LedgerRequest.issueCoupons(template: "open", count: 1)
    let issued = await perform(issue, id: "issue", nobody: true)
    let text = try #require(issued.result?["coupons"]?.array?.first?["code"]?.string)
    let code = try #require(CouponCode(text))
    _ = await perform(.useCoupon(code, receiptNo: "R-1"), id: "use", nobody: true)
    let refused = await reverse("issue")
    #expect(refused.refusal == .dependentOperations && detail(refused) == "use")
    #expect(await reverse("use").result?["memberId"] == JSON.null)
    #expect(await reverse("issue").result?["operation"] == "coupon.issue")
    let again = await perform(.useCoupon(code, receiptNo: "R-2"), nobody: true)
    #expect(again.refusal == .couponUsed)
    #expect(try world.verify().problems == [])
  }

  @Test("what has an end of its own is not mirrored, and says what to do")
  func ends() async throws {
    _ = await perform(.status(.suspend, reason: "x"), id: "suspend")
    #expect(await reverse("suspend").failure != nil)
    _ = await perform(.status(.resume, reason: "x"))
    let open = await perform(
      .topUp(TopUpRequest(amountMinor: 1000, channel: "web_self")),
      id: "open"
    )
    #expect(open.result?["state"] == "pending")
    #expect(await reverse("open").refusal == .dependentOperations)
    #expect(await reverse("nothing").failure == .unknown(field: "reverses"))
  }

  private func detail(_ outcome: OperationOutcome) -> String? {
    if case .refused(let refusal, _) = outcome { refusal.detail } else { nil }
  }
}
