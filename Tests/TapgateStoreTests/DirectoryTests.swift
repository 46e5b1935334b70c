import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Members and cards")
struct DirectoryTests {
  @Test("a lost card is shown and refuses, and works again when it was found")
  func lostCard() async throws {
    let world = try StoreWorld()
    _ = try await world.enrol(card: "04A1B2C3D4E580")
    let card = try uid("04A1B2C3D4E580")
    let lost = await world.perform(.changeCard(.reportLost, reason: "left on a bus"), on: card)
    #expect(lost.result?["card"]?["status"] == .string("lost"))
    #expect(world.store.member(card)?.card?.status == .lost)
    #expect(await world.accrue(card, 100).refusal == .cardLost)
    _ = await world.perform(.changeCard(.cancelLost, reason: "found"), on: card)
    #expect(await world.accrue(card, 100).result != nil)
    #expect(try world.verify().problems == [])
  }

  @Test("a loss that is cancelled gives back the status before: a frozen card stays frozen")
  func frozenCardLost() async throws {
    let world = try StoreWorld()
    _ = try await world.enrol(card: "04A1B2C3D4E580")
    let card = try uid("04A1B2C3D4E580")
    func change(_ action: CardAction) async -> OperationOutcome {
      await world.perform(.changeCard(action, reason: nil), on: card)
    }
    _ = await change(.freeze)
    #expect(await change(.reportLost).result?["card"]?["status"] == .string("lost"))
    _ = await change(.reportLost)
    try await world.restart()
    #expect(world.store.member(card)?.card?.status == .lost)
    #expect(await change(.unfreeze).refusal == .cardLost)
    #expect(await change(.cancelLost).result?["card"]?["status"] == .string("frozen"))
    #expect(await world.accrue(card, 100).refusal == .cardFrozen)
    _ = await change(.unfreeze)
    _ = await change(.reportLost)
    #expect(await change(.cancelLost).result?["card"]?["status"] == .string("active"))
    #expect(try world.verify().problems == [])
  }

  @Test("a phone and a birthday can be cleared; the number is free then")
  func clearing() async throws {
    let world = try StoreWorld()
    let phone = try Credential(kind: .phoneNumber, value: "13800138000")
    let id = try await world.enrol(card: "04A1B2C3D4E580", phone: "13800138000")
    let birthday = ProfileChange(birthday: BusinessDate("1990-05-01"))
    _ = await world.perform(.update(birthday), on: .memberID(id))
    var change = ProfileChange()
    change.cleared = [.phone, .birthday]
    let cleared = await world.perform(.update(change), on: .memberID(id))
    #expect(cleared.result?["cards"]?.array?.count == 1)
    #expect(world.store.member(.credential(phone)) == nil)
    let rows = try await world.store.export(after: 0, limit: 10)["rows"]?.array
    #expect(rows?.first?["phone"] == .string(""))
    #expect(rows?.first?["birthday"] == .string(""))
    #expect(rows?.first?["name"] == .string("张三"))
    let other = try await world.enrol("李四", phone: "13800138000")
    #expect(world.store.member(.credential(phone))?.id == other)
    try await world.restart()
    #expect(world.store.member(.credential(phone))?.id == other)
    #expect(try world.verify().problems == [])
  }

  @Test("a phone names the member, and the card that is shown is the member's own")
  func phoneShowsNoPhone() async throws {
    let world = try StoreWorld()
    let phone = try Credential(kind: .phoneNumber, value: "13800138000")
    let id = try await world.enrol(phone: "13800138000")
    #expect(world.store.member(.credential(phone))?.card == nil)
    _ = await world.perform(
      .bindCard(try uid("04A1B2C3D4E580"), cardType: nil, isIssue: true),
      on: .memberID(id)
    )
    let plastic = world.store.member(try uid("04A1B2C3D4E580"))?.card
    #expect(plastic != nil)
    #expect(world.store.member(.credential(phone))?.card == plastic)
    #expect(world.store.member(.credential(phone))?.cards.count == 2)
  }

  @Test("the number of members is how many there are, not the newest one's number")
  func memberCount() async throws {
    let world = try StoreWorld()
    _ = try await world.enrol()
    let abandoned = try await world.store.beginImport(isDryRun: false)
    _ = try await abandoned.add([ImportRow(line: 2, fields: ["memberId": "V1"])])
    let session = try await refusedCommit(of: abandoned, in: world)
    #expect(try await world.store.figures()["members"] == .integer(1))
    _ = try await session.add([ImportRow(line: 2, fields: ["memberId": "V2"])])
    _ = try await session.commit { _ in }
    _ = try await world.enrol()
    #expect(try await world.store.figures()["members"] == .integer(3))
    try await world.restart()
    #expect(try await world.store.figures()["members"] == .integer(3))
  }

  /// Lets an import fail while it is staged: its member's id was taken meanwhile.
  ///
  /// - Returns: the next import.
  private func refusedCommit(
    of session: any MemberImport,
    in world: StoreWorld
  ) async throws -> any MemberImport {
    // 300 members are two chunks; the second cannot be staged, and the first one's are discarded.
    let rows = (0..<300).map { ImportRow(line: $0 + 3, fields: ["memberId": "W\($0)"]) }
    _ = try await session.add(rows)
    let taken = ImportRow(
      line: 400,
      fields: ["memberId": "W300", "cardKind": "cardUid", "cardValue": "04A1B2C3D4E580"]
    )
    _ = try await session.add([taken])
    let id = try #require(world.view("M1")?.id)
    let card = try uid("04A1B2C3D4E580")
    _ = await world.perform(.bindCard(card, cardType: nil, isIssue: false), on: .memberID(id))
    await #expect(throws: BackOfficeRefusal.self) { try await session.commit { _ in } }
    world.clock.set("2026-03-10T12:00:01+08:00")  // An import is called by its instant.
    return try await world.store.beginImport(isDryRun: false)
  }

  @Test("a replaced card points to nothing that earns; the new one carries on")
  func replacement() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol(card: "04A1B2C3D4E580")
    let (old, new) = (try uid("04A1B2C3D4E580"), try uid("04000000000001"))
    let cardID = try #require(world.store.member(old)?.card?.id)
    let outcome = await world.perform(.replaceCard(new: new, reason: "broken"), on: .cardID(cardID))
    #expect(outcome.result?["replacedCardId"] == .string(cardID))
    #expect(await world.accrue(old, 100).refusal == .cardReplaced)
    #expect(await world.accrue(new, 10_000).result?["available"] == .integer(100))
    #expect(world.store.member(new)?.id == id)
    try await world.restart()
    #expect(world.store.member(old)?.card?.status == .replaced)
    #expect(try world.verify().problems == [])
  }

  @Test("a card belongs to one member; who unbinds it frees it")
  func taken() async throws {
    let world = try StoreWorld()
    _ = try await world.enrol("王五", card: "04A1B2C3D4E580")
    let other = try await world.enrol("赵六")
    let card = try uid("04A1B2C3D4E580")
    let refused = await world.perform(
      .bindCard(card, cardType: nil, isIssue: false),
      on: .memberID(other)
    )
    #expect(refused.refusal == .credentialTaken)
    if case .refused(let refusal, _) = refused { #expect(refusal.detail == "王*") }
    _ = await world.perform(.changeCard(.unbind, reason: nil), on: card)
    #expect(world.store.member(card) == nil)
    let bound = await world.perform(
      .bindCard(card, cardType: "vip", isIssue: false),
      on: .memberID(other)
    )
    #expect(bound.result?["card"]?["type"] == .string("vip"))
    #expect(world.store.member(card)?.id == other)
    #expect(try world.verify().problems == [])
  }

  @Test("a phone number is a card; a new one takes the old one's place")
  func phone() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol(phone: "138 0013 8000")
    let old = MemberKey.credential(try Credential(kind: .phoneNumber, value: "+8613800138000"))
    let new = try Credential(kind: .phoneNumber, value: "13900139000")
    #expect(world.store.member(old)?.id == id)
    _ = await world.perform(.update(ProfileChange(phone: new)), on: .memberID(id))
    #expect(world.store.member(old) == nil)
    #expect(world.store.member(.credential(new))?.id == id)
    #expect(try await world.store.search(text: "9000", limit: 5).map(\.id) == [id])
  }

  @Test("a phone that was enrolled as a card is the member's own, and unbinding frees it")
  func phoneAsCard() async throws {
    let world = try StoreWorld()
    let phone = try Credential(kind: .phoneNumber, value: "13800138000")
    let enrolled = await world.perform(
      .enrol(profile: ProfileChange(name: "钱七"), credential: .credential(phone), cardType: nil)
    )
    let id = try #require(enrolled.result?["member"]?["id"]?.string)
    let same = await world.perform(.update(ProfileChange(phone: phone)), on: .memberID(id))
    #expect(same.result != nil)
    _ = await world.perform(.changeCard(.unbind, reason: nil), on: .credential(phone))
    #expect(world.store.member(.credential(phone)) == nil)
    _ = await world.perform(.update(ProfileChange(phone: phone)), on: .memberID(id))
    #expect(world.store.member(.credential(phone))?.id == id)
    #expect(world.view(id)?.cards.map(\.kind) == [.phoneNumber])
    #expect(try world.verify().problems == [])
  }

  @Test("search finds by a part of the name, newest first, masked")
  func search() async throws {
    let world = try StoreWorld()
    _ = try await world.enrol("欧阳锋")
    let second = try await world.enrol("欧阳克")
    let found = try await world.store.search(text: "欧阳", limit: 1)
    #expect(found.map(\.id) == [second])
    #expect(found.first?.displayName == "欧**")
  }

  @Test("nothing in the files shows a card, a phone or a name")
  func canary() async throws {
    let world = try StoreWorld(printer: "receipt")
    _ = try await world.enrol("司马光", card: "04CAFE11BABE22", phone: "13812345678")
    _ = await world.accrue(try uid("04CAFE11BABE22"), 100)
    await world.store.stop()
    let files = try FileManager.default.contentsOfDirectory(atPath: world.directory)
    for file in files {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: world.directory + "/" + file))
      for canary in ["04CAFE11BABE22", "04cafe11babe22", "13812345678", "司马光"] {
        #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(canary) stands in \(file)")
      }
      let raw = Data([0x04, 0xCA, 0xFE, 0x11, 0xBA, 0xBE, 0x22])
      #expect(bytes.range(of: raw) == nil, "the UID's bytes stand in \(file)")
    }
  }
}
