import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// The worked numbers of the requirement documents, by the shipped programmes, through the store.
@Suite("The shipped programmes in the store")
struct RetailTests {
  /// Whether the engine does all that the shipped file asks for.
  private static func isBuilt(_ name: String) -> Bool {
    guard let text = ShippedProgrammes.file(name) else { return false }
    return (try? Programme.parse(Array(text.utf8), for: .engine)) != nil
  }

  private func redeem(_ world: StoreWorld, _ id: String) async -> OperationOutcome {
    await world.perform(.assets(.redeem(reward: "cup", points: nil)), on: .memberID(id))
  }

  @Test(
    "1,000 points buy the cup, 999 do not and say how many are missing",
    .enabled(if: isBuilt("retail"))
  )
  func threshold() async throws {
    let world = try StoreWorld(programme: ShippedProgrammes.retail)
    let id = try await world.enrol()
    _ = await world.accrue(.memberID(id), 99_900)
    let refused = await redeem(world, id)
    #expect(refused.refusal == .belowRedeemMinimum)
    guard case .refused(let refusal, _) = refused else { return }
    #expect(refusal.detail == "1 more are needed")
    _ = await world.accrue(.memberID(id), 100)
    let done = await redeem(world, id)
    #expect(done.result?["available"] == 0, "\(done)")
    #expect(try world.verify().problems == [])
  }

  @Test(
    "200 once is silver, 1,000 in a year gold, 3,000 in a year diamond; a year later gold no more",
    .enabled(if: isBuilt("retail"))
  )
  func tiers() async throws {
    let world = try StoreWorld(programme: ShippedProgrammes.retail)
    let (silver, gold) = (try await world.enrol(), try await world.enrol("李四"))
    let diamond = try await world.enrol("王五")
    _ = await world.accrue(.memberID(silver), 20_000)
    for _ in 0..<10 { _ = await world.accrue(.memberID(gold), 10_000) }
    for _ in 0..<30 { _ = await world.accrue(.memberID(diamond), 10_000) }
    #expect(
      [silver, gold, diamond].map { world.view($0)?.tier.id } == ["silver", "gold", "diamond"]
    )
    #expect(world.view(gold)?.tier.until == nil, "tiers of this programme are for ever")
  }

  @Test(
    "the member day doubles, gold has its fifth, both add: 2.2 times",
    .enabled(if: isBuilt("retail"))
  )
  func multipliers() async throws {
    let world = try StoreWorld(at: "2026-03-11T12:00:00+08:00", programme: ShippedProgrammes.retail)
    let id = try await world.enrol()
    #expect(await world.accrue(.memberID(id), 10_000).result?["earned"] == 200)
    let tier = LedgerRequest.setTier("gold", reason: "x")
    _ = await world.perform(.assets(tier), on: .memberID(id))
    #expect(await world.accrue(.memberID(id), 10_000).result?["earned"] == 220)
  }

  @Test(
    "a hotel card takes 20 % off rooms and dishes, and off nothing else",
    .enabled(if: isBuilt("hotel"))
  )
  func hotel() async throws {
    let world = try StoreWorld(programme: ShippedProgrammes.hotel)
    let card = try Credential(kind: .cardUid, value: "04AABBCCDDEE01")
    let enrol = OperationBody.enrol(
      profile: ProfileChange(name: "张三"),
      credential: .credential(card),
      cardType: "hotel"
    )
    #expect(await world.perform(enrol).result != nil)
    var request = CheckoutRequest(lines: [])
    request.lines = [
      BasketLine(sku: "R", category: "room", quantity: 1, unitPriceMinor: 50_000),
      BasketLine(sku: "D", category: "dish", quantity: 2, unitPriceMinor: 10_000),
      BasketLine(sku: "S", category: "shop", quantity: 1, unitPriceMinor: 1_000),
    ]
    let order = CheckoutOrder(
      request: request,
      receiptNo: "R-1",
      tenders: [Tender(kind: "cash", amountMinor: 57_000)],
      wantsPrint: false
    )
    let done = await world.perform(.assets(.checkout(order)), on: .credential(card))
    #expect(done.result?["payableMinor"] == 57_000, "\(done)")
    #expect(done.result?["earned"] == 570)
  }
}
