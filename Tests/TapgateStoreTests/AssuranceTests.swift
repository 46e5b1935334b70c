import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Grades of cards in the ledger")
struct AssuranceTests {
  private let uid = "04A1B2C3D4E5F6"

  private func accrue(
    _ world: StoreWorld,
    _ subject: MemberKey,
    _ evidence: Evidence,
    id: String,
    receipt: String
  ) async -> OperationOutcome {
    await world.perform(
      .accrue(Accrual(receiptNo: receipt, amountMinor: 2800, lines: nil)),
      on: subject,
      id: id,
      evidence: evidence
    )
  }

  @Test("a card bound as A4 earns as A4, and not as the bare UID that anybody can copy")
  func downgrade() async throws {
    let world = try StoreWorld()
    let member = try await world.enrol()
    let card = try TapgateStoreTests.uid(uid)
    let strong = Evidence(.a4, technology: "iso14443a.desfire")
    let bound = await world.perform(
      .bindCard(card, cardType: nil, isIssue: false),
      on: .memberID(member),
      evidence: strong
    )
    let shown = bound.result?["cards"]?.array?.last
    #expect(shown?["assurance"]?.string == "A4")
    #expect(shown?["technology"]?.string == "iso14443a.desfire")
    let good = await accrue(world, card, strong, id: "o1", receipt: "R1")
    #expect(good.result?["earned"]?.integer == 28)
    let weak = await accrue(world, card, Evidence(.a1), id: "o2", receipt: "R2")
    #expect(weak.refusal == .assuranceTooLow)
    // The refusal is the id's for ever, and the receipt is free for another.
    #expect(await accrue(world, card, Evidence(.a1), id: "o2", receipt: "R2").isReplay)
    let again = await accrue(world, card, strong, id: "o3", receipt: "R2")
    #expect(again.result?["earned"]?.integer == 28)
    // The till's word for the member needs no card.
    let word = await accrue(world, .memberID(member), .word, id: "o4", receipt: "R4")
    #expect(word.result?["earned"]?.integer == 28)
    try await world.restart()
    let later = await accrue(world, card, Evidence(.a3), id: "o5", receipt: "R5")
    #expect(later.refusal == .assuranceTooLow)
    #expect(world.store.member(card)?.card?.assurance == .a4)
    #expect(try world.verify().isProven)
    await world.store.stop()
  }

  @Test("a card can be reported lost by whatever means it is shown")
  func reportLost() async throws {
    let world = try StoreWorld()
    let member = try await world.enrol()
    let card = try TapgateStoreTests.uid(uid)
    _ = await world.perform(
      .bindCard(card, cardType: nil, isIssue: false),
      on: .memberID(member),
      evidence: Evidence(.a4)
    )
    let lost = await world.perform(.changeCard(.reportLost, reason: nil), on: card)
    #expect(lost.result != nil)
    // What a lost card is refused for comes before how it was shown.
    let outcome = await accrue(world, card, Evidence(.a1), id: "o1", receipt: "R1")
    #expect(outcome.refusal == .cardLost)
    await world.store.stop()
  }

  @Test("a shop may ask more for earning; a number that was only said is then too little")
  func demand() async throws {
    let world = try StoreWorld(assurance: AssurancePolicy(earn: .a1))
    let member = try await world.enrol(card: uid, phone: "13900000001")
    let phone = MemberKey.credential(try Credential(kind: .phoneNumber, value: "13900000001"))
    let said = await accrue(world, phone, .typed(.phoneNumber), id: "o1", receipt: "R1")
    #expect(said.refusal == .assuranceTooLow)
    let card = try TapgateStoreTests.uid(uid)
    let typed = await accrue(world, card, .word, id: "o2", receipt: "R2")
    #expect(typed.result?["earned"]?.integer == 28)
    let view = try #require(world.view(member))
    #expect(view.cards.map(\.assurance) == [.a1, .a0])
    await world.store.stop()
  }

  @Test("a replaced card's successor has the grade by which it was bound itself")
  func replaced() async throws {
    let world = try StoreWorld()
    let member = try await world.enrol(card: uid)
    let old = try #require(world.view(member)?.cards.first?.id)
    let new = try TapgateStoreTests.uid("04000000000001")
    let outcome = await world.perform(
      .replaceCard(new: new, reason: "worn"),
      on: .cardID(old),
      evidence: Evidence(.a3, technology: "iso14443a.ntag424")
    )
    #expect(outcome.result != nil)
    #expect(world.view(member)?.cards.map(\.assurance) == [.a1, .a3])
    #expect(try world.verify().isProven)
    await world.store.stop()
  }
}
