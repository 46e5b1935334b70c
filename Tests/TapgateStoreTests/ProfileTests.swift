import Foundation
import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateReports
import Testing

@testable import TapgateStore

/// Attributes of profiles: sealed on the disk, masked on screens, and who reads them is noted.
@Suite("Profiles", .timeLimit(.minutes(2)))
struct ProfileTests {
  private static let skin = "combination-canary-7261"
  private static let attributes = [
    ProfileAttribute(id: "skin", name: "皮肤状况", sensitivity: .sensitive),
    ProfileAttribute(id: "job", name: "职业", sensitivity: .internal),
    ProfileAttribute(id: "brand", name: "以往品牌", sensitivity: .public),
  ]
  private let world: StoreWorld

  init() throws { world = try StoreWorld() }

  private func profile(_ id: String) async throws -> MemberProfile {
    try #require(await world.store.profile(memberID: id))
  }

  private func change(_ attributes: [String: String]) -> OperationBody {
    var change = ProfileChange()
    change.attributes = attributes
    return .update(change)
  }

  @Test("values are kept, changed one by one and taken away; nothing of them is readable on disk")
  func sealed() async throws {
    let id = try await world.enrol("张三", card: "04A1B2C3D4E501", phone: "13800138000")
    let key = MemberKey.memberID(id)
    try await world.committed(change(["skin": Self.skin, "job": "教师", "brand": "A"]), on: key)
    try await world.committed(change(["job": "", "brand": "B"]), on: key)
    let kept = ["skin": Self.skin, "brand": "B"]
    #expect(try await profile(id).attributes == kept)
    try await world.restart()
    #expect(try await profile(id).attributes == kept)
    #expect(try await profile(id).name == "张三")
    #expect(await world.store.profile(memberID: "M404") == nil)
    await world.store.stop()
    #expect(try world.verify().problems == [])
    for file in try FileManager.default.contentsOfDirectory(atPath: world.directory) {
      let path = world.directory + "/" + file
      guard let bytes = FileManager.default.contents(atPath: path) else { continue }
      #expect(bytes.range(of: Data(Self.skin.utf8)) == nil, "\(file)")
    }
  }

  @Test("a reading in clear is a row of the journal that says who and why, and holds no value")
  func readings() async throws {
    let id = try await world.enrol("张三", phone: "13800138000")
    let key = MemberKey.memberID(id)
    try await world.committed(change(["skin": Self.skin]), on: key)
    let reading = OperationBody.assets(.readProfile(reason: "allergy asked for"))
    let reply = try await world.committed(reading, on: key)
    #expect(reply["reason"]?.string == "allergy asked for")
    #expect(!reply.encoded().contains(Array(Self.skin.utf8)))
    _ = await world.perform(.assets(.exportProfiles(after: 0)))
    let history = try #require(
      await world.store.history(memberID: id, before: nil, limit: 10)?["entries"]?.array
    )
    #expect(history.first?["method"]?.string == "member.profile")
    #expect(history.first?["reason"]?.string == "allergy asked for")
    await world.store.stop()
    #expect(try world.verify().problems == [])
  }

  @Test("of who is gone nothing can be read")
  func gone() async throws {
    let id = try await world.enrol("张三")
    let heir = try await world.enrol("张三")
    try await world.committed(change(["skin": "oily", "job": "x"]), on: .memberID(id))
    try await world.committed(change(["skin": "dry"]), on: .memberID(heir))
    try await world.committed(.assets(.merge(from: id, reason: "one")), on: .memberID(heir))
    #expect(try await profile(heir).attributes == ["skin": "dry", "job": "x"])
    let reading = OperationBody.assets(.readProfile(reason: "x"))
    #expect(await world.refusal(reading, on: .memberID(id)) == .memberMerged)
    let nobody = await world.perform(reading, on: .memberID("M404"))
    #expect(nobody.failure == .unknown(field: "memberId"))
  }

  @Test("what is shown masked, by the attribute's class")
  func masked() {
    var profile = MemberProfile()
    profile.name = "欧阳修"
    profile.phone = "+8613800138000"
    profile.note = "calls twice"
    profile.attributes = ["skin": Self.skin, "job": "教师", "brand": "B", "old": "forgotten"]
    let shown = profile.masked(Self.attributes)
    #expect(shown.name == "欧**")
    #expect(shown.phone == "*8000")
    #expect(shown.note == "*")
    #expect(shown.attributes == ["skin": "*", "job": "教*", "brand": "B", "old": "*"])
  }

  @Test("packed and read again, with and without each part")
  func packed() throws {
    var profile = MemberProfile()
    for change in 0..<4 {
      if change & 1 != 0 { profile.codeReferences = ["r1", "r2"] }
      if change & 2 != 0 { profile.attributes = ["b": "2", "a": "一"] }
      #expect(try MemberProfile(packed: profile.packed()) == profile)
    }
  }
}
