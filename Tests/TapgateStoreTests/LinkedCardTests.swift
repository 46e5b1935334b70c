import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// Supplementary, linked, group and unnamed cards, through the store.
@Suite("Linked and unnamed cards", .timeLimit(.minutes(2)))
struct LinkedCardTests {
  private static let types = """
    "card_types": [
      {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]},
      {"id":"linked","name":"关联卡","parent":"required","can":["identify","points","sv"]},
      {"id":"group","name":"团体卡","shared_account":true,"can":["identify","points","sv"],
       "limit":{"per_receipt_fen":3000}},
      {"id":"supplementary","name":"附属卡","parent":"required","can":["identify","sv"],
       "limit":{"per_day_fen":5000,"per_receipt_fen":4000}},
      {"id":"gift","name":"礼品卡","named":false,"can":["identify","sv"]} ],
    """
  private let world: StoreWorld
  private let main: MemberKey
  private let other: MemberKey

  /// `M1` has 200 yuan on a personal card.
  init() async throws {
    let text = AssetProgramme.text
    let start = try #require(text.range(of: "\"card_types\""))
    let end = try #require(text.range(of: "} ],", range: start.upperBound..<text.endIndex))
    world = try StoreWorld(
      programme: text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: Self.types)
    )
    main = try uid("04A1B2C3D4E501")
    other = try uid("04A1B2C3D4E502")
    _ = try await world.enrol("王强", card: "04A1B2C3D4E501")
    try await world.committed(Self.topUp(20_000), on: main)
  }

  private static func topUp(_ amount: Int64) -> OperationBody {
    .assets(.topUp(TopUpRequest(amountMinor: amount, channel: "cash")))
  }

  private static func spend(_ amount: Int64) -> OperationBody {
    .assets(.spend(amountMinor: amount))
  }

  private static func give(
    _ card: MemberKey,
    _ type: String,
    parent: String? = nil
  ) -> OperationBody {
    .bindCard(card, cardType: type, isIssue: true, parent: parent)
  }

  private func balance(_ id: String) -> Int64 {
    world.view(id).map { $0.principalMinor + $0.bonusMinor } ?? -1
  }

  private func verified() async throws {
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("a supplementary card of the account spends within its limits, a new day begins anew")
  func supplementary() async throws {
    try await world.committed(Self.give(other, "supplementary"), on: .memberID("M1"))
    let before = balance("M1")
    #expect(await world.refusal(Self.spend(4001), on: other) == .limitExceeded)
    try await world.committed(Self.spend(4000), on: other)
    #expect(await world.refusal(Self.spend(1001), on: other) == .limitExceeded)
    let shown = try #require(world.store.member(other)?.card)
    #expect(shown.typeName == "附属卡")
    #expect(shown.can == ["identify", "sv"])
    #expect(shown.limits?.dayLeftMinor == 1000)
    #expect(shown.limits?.receiptMinor == 4000)
    try await world.committed(Self.spend(1000), on: other)
    #expect(balance("M1") == before - 5000)
    // The main card has no limit.
    try await world.committed(Self.spend(9000), on: main)
    try await world.restart()
    #expect(await world.refusal(Self.spend(1), on: other) == .limitExceeded)
    // The business day begins at 04:00.
    world.clock.set("2026-03-11T03:59:00+08:00")
    #expect(await world.refusal(Self.spend(1), on: other) == .limitExceeded)
    world.clock.set("2026-03-11T04:00:00+08:00")
    try await world.committed(Self.spend(4000), on: other)
    try await verified()
  }

  @Test("a linked card of another member spends on its parent's account, and earns on its own")
  func linked() async throws {
    let child = try await world.enrol("小王")
    try await world.committed(Self.give(other, "linked", parent: "M1"), on: .memberID(child))
    let before = balance("M1")
    let reply = try await world.committed(Self.spend(3000), on: other)
    #expect(reply["memberId"]?.string == child)
    #expect(reply["payer"]?["memberId"]?.string == "M1")
    #expect(balance("M1") == before - 3000)
    #expect(balance(child) == 0)
    #expect(world.store.member(other)?.card?.payer == "M1")
    _ = await world.accrue(other, 1000)
    #expect(world.view(child)?.pointsAvailable == 10)
    #expect(world.view("M1")?.pointsAvailable == 0)
    // What the parent cannot do, the card cannot.
    #expect(await world.refusal(Self.spend(1_000_000), on: other) == .insufficientValue)
    let hold = OperationBody.assets(.hold(HoldLegs(valueMinor: 100), seconds: nil))
    #expect(await world.refusal(hold, on: other) == .notSupportedByProgramme)
    try await world.committed(.assets(.status(.freeze, reason: "x")), on: .memberID("M1"))
    #expect(await world.refusal(Self.spend(100), on: other) == .memberFrozen)
    try await world.committed(.assets(.status(.unfreeze, reason: "x")), on: .memberID("M1"))
    // The parent's account goes to whom the parent is merged into.
    let heir = try await world.enrol("王强", card: "04A1B2C3D4E509")
    try await world.committed(.assets(.merge(from: "M1", reason: "x")), on: .memberID(heir))
    try await world.committed(Self.spend(100), on: other)
    #expect(balance(heir) == before - 3100)
    try await verified()
  }

  @Test("one spend is one answer, however often it is sent")
  func replayed() async throws {
    let child = try await world.enrol("小王")
    try await world.committed(Self.give(other, "supplementary", parent: "M1"), on: .memberID(child))
    let before = balance("M1")
    for _ in 0..<3 {
      let outcome = await world.perform(Self.spend(1500), on: other, id: "same")
      #expect(outcome.result?["principalSpentMinor"]?.integer != nil)
    }
    #expect(balance("M1") == before - 1500)
    #expect(world.store.member(other)?.card?.limits?.dayLeftMinor == 3500)
    try await verified()
  }

  @Test("a type that needs a parent is not given without one, and no other with one")
  func parents() async throws {
    let child = try await world.enrol("小王")
    let key = MemberKey.memberID(child)
    for (body, field) in [
      (Self.give(other, "supplementary"), "parent"),
      (Self.give(other, "supplementary", parent: "M404"), "parent"),
      (Self.give(other, "personal", parent: "M1"), "parent"),
      (
        .enrol(profile: ProfileChange(), credential: other, cardType: "supplementary"),
        "cardType"
      ),
    ] {
      let outcome = await world.perform(body, on: key)
      switch outcome.failure {
      case .illegal(let name, _)?, .unknown(let name)?: #expect(name == field)
      default: Issue.record("\(outcome)")
      }
    }
  }

  @Test("a group's cards share one account; each has its own PIN and limit")
  func group() async throws {
    try await world.committed(Self.give(other, "group"), on: .memberID("M1"))
    let third = try uid("04A1B2C3D4E503")
    try await world.committed(Self.give(third, "group"), on: .memberID("M1"))
    let pin = PIN("482913")
    _ = try await world.set(pin, on: third)
    let before = balance("M1")
    try await world.committed(Self.spend(3000), on: other)
    #expect(await world.refusal(Self.spend(3001), on: other) == .limitExceeded)
    #expect(await world.refusal(Self.spend(100), on: third) == .pinRequired)
    try await world.committed(Self.spend(100), on: third, pin: pin)
    #expect(balance("M1") == before - 3100)
    // Somebody's PIN of a group's card guards that card alone.
    try await world.committed(Self.spend(100), on: main)
    try await verified()
  }

  @Test("an unnamed card has its own cap, no name, and cannot be reported lost")
  func unnamed() async throws {
    let named = OperationBody.enrol(
      profile: ProfileChange(name: "某人"),
      credential: other,
      cardType: "gift"
    )
    guard case .illegal("name", _)? = await world.perform(named).failure else {
      Issue.record("an unnamed card was given a name")
      return
    }
    try await world.committed(
      .enrol(profile: ProfileChange(), credential: other, cardType: "gift")
    )
    try await world.committed(Self.topUp(19_000), on: other)
    let cap = await world.refusal(Self.topUp(90_000), on: other)
    #expect(cap == .balanceCapExceeded)
    #expect(
      await world.refusal(.changeCard(.reportLost, reason: nil), on: other)
        == .notSupportedByProgramme
    )
    try await world.committed(.changeCard(.freeze, reason: nil), on: other)
    #expect(await world.refusal(Self.spend(1), on: other) == .cardFrozen)
    try await verified()
  }
}
