import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

/// What becomes of personal data when members are merged or erased, and how they are found.
@Suite("Merged, erased and searched members", .timeLimit(.minutes(2)))
struct ErasureTests {
  private let world: StoreWorld

  init() throws { world = try StoreWorld(programme: AssetProgramme.text) }

  private func phone(_ text: String) throws -> MemberKey {
    .credential(try Credential(kind: .phoneNumber, value: text))
  }

  private func profile(_ id: String) throws -> MemberProfile {
    let views = world.store.shared.views
    let number = try #require(views.memory.number(ofMember: id))
    return views.profile(views.memory.row(number)?.profile, memberID: id)
  }

  private func found(_ text: String) async throws -> [String] {
    try await world.store.search(text: text, limit: 20).map(\.id)
  }

  private static func merge(_ from: String) -> OperationBody {
    .assets(.merge(from: from, reason: "same person"))
  }

  @Test("a merge brings the phone and the name to who has none")
  func merged() async throws {
    let old = try await world.enrol("张三", card: "04A1B2C3D4E501", phone: "13800138000")
    let new = try await world.enrol("", card: "04A1B2C3D4E502")
    try await world.committed(Self.merge(old), on: .memberID(new))
    #expect(world.store.member(try phone("13800138000"))?.id == new)
    #expect(try profile(new).name == "张三")
    #expect(try profile(new).phone == "+8613800138000")
    #expect(try profile(old).isEmpty)
    try await world.restart()
    #expect(world.store.member(try phone("13800138000"))?.id == new)
    #expect(try await found("zs") == [new])
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("a merge of two numbers keeps the taker's, and the other is anybody's again")
  func twoPhones() async throws {
    let old = try await world.enrol("张三", card: "04A1B2C3D4E501", phone: "13800138000")
    let new = try await world.enrol("张叁", card: "04A1B2C3D4E502", phone: "13900139000")
    try await world.committed(Self.merge(old), on: .memberID(new))
    #expect(world.store.member(try phone("13900139000"))?.id == new)
    #expect(world.store.member(try phone("13800138000")) == nil)
    #expect(world.store.member(try uid("04A1B2C3D4E501"))?.id == new)
    #expect(try profile(new).name == "张叁")
    let third = try await world.enrol("李四", phone: "13800138000")
    #expect(world.store.member(try phone("13800138000"))?.id == third)
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("erased: no name, no phone, no value; the ledger is proven still")
  func erased() async throws {
    let id = try await world.enrol("欧阳修", card: "04A1B2C3D4E501", phone: "13800138000")
    let key = MemberKey.memberID(id)
    _ = await world.accrue(key, 12_300)
    try await world.committed(
      .assets(.topUp(TopUpRequest(amountMinor: 20_000, channel: "cash"))),
      on: key
    )
    let erase = OperationBody.assets(.erase(reason: "asked for"))
    #expect(await world.refusal(erase, on: key) == .dependentOperations)
    #expect(try profile(id).name == "欧阳修")
    let reply = try await world.committed(
      .assets(.erase(reason: "asked for", tender: "cash")),
      on: key
    )
    #expect(reply["refundedMinor"]?.integer == 20_000)
    #expect(reply["forfeitedMinor"]?.integer == 5_000)
    #expect(reply["pointsWrittenOff"]?.integer == 123)
    #expect(try profile(id).isEmpty)
    #expect(world.view(id)?.status == .erased)
    #expect(world.view(id)?.displayName == "*")
    #expect(world.store.member(try phone("13800138000")) == nil)
    #expect(try await found("ouyang").isEmpty)
    #expect(try await found("oyx").isEmpty)
    #expect(await world.refusal(.assets(.event("signin")), on: key) == .memberErased)
    // The number and the person can come back as somebody new.
    let again = try await world.enrol("欧阳修", phone: "13800138000")
    #expect(again != id)
    try await world.restart()
    #expect(world.view(id)?.status == .erased)
    #expect(try await found("oyx") == [again])
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("a card is closed and the account's money paid out in one row")
  func closed() async throws {
    let id = try await world.enrol("张三", card: "04A1B2C3D4E501")
    let card = try uid("04A1B2C3D4E501")
    let topUp = LedgerRequest.topUp(TopUpRequest(amountMinor: 20_000, channel: "cash"))
    try await world.committed(.assets(topUp), on: card)
    let close = OperationBody.assets(.closeCard(tender: "cash", reason: "moves away"))
    let reply = try await world.committed(close, on: card)
    #expect(reply["refundedMinor"]?.integer == 20_000)
    #expect(reply["forfeitedMinor"]?.integer == 5_000)
    #expect(world.view(id)?.principalMinor == 0)
    #expect(world.store.member(card)?.card?.status == .closed)
    #expect(await world.refusal(close, on: card) == .cardClosed)
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("members are found by name, its first letters, phone, last digits and id")
  func searched() async throws {
    let zhang = try await world.enrol("张三", phone: "13800138000")
    let shan = try await world.enrol("单雄信", phone: "13900139001")
    let lee = try await world.enrol("Ann Lee")
    for (text, ids) in [
      ("zs", [zhang]), ("ZS", [zhang]), ("张", [zhang]), ("三", [zhang]), ("sxx", [shan]),
      ("dxx", [shan]), ("al", [lee]), ("lee", [lee]), ("8000", [zhang]), ("13800138000", [zhang]),
      ("9001", [shan]), (lee, [lee]), ("zsx", []), ("000", []), ("z", []),
    ] {
      #expect(try await found(text) == ids, "\(text)")
    }
    // A name that changes is found by its new letters only.
    try await world.committed(.update(ProfileChange(name: "李四")), on: .memberID(zhang))
    #expect(try await found("ls") == [zhang])
    #expect(try await found("zs").isEmpty)
  }

  @Test(
    "first letters of names",
    arguments: [
      ("张三", "zs", nil), ("欧阳娜娜", "oynn", nil), ("曾国藩", "cgf", "zgf"),
      ("吕布", "lb", nil), ("王小明 Wang", "wxmw", nil), ("Ann Lee", "al", nil),
      ("解晓东", "jxd", "xxd"), ("Émile Zola", "ez", nil), ("", "", nil), ("***", "", nil),
      ("張三豐", "zsf", nil),
    ]
  )
  func initials(name: String, usual: String, other: String?) {
    let found = PinyinInitials().initials(of: name)
    #expect(found.usual == usual)
    #expect(found.other == other)
  }
}
