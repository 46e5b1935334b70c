import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import TapgateServer
import Testing

@Suite("Profiles over the socket", .timeLimit(.minutes(1)))
struct ProfileMethodTests {
  private static func configure(_ configuration: inout ServerConfiguration) {
    configuration.attributes = [
      ProfileAttribute(id: "skin", name: "皮肤状况", sensitivity: .sensitive),
      ProfileAttribute(id: "job", name: "职业", sensitivity: .internal),
    ]
  }

  private static func fill(_ world: World) {
    var profile = MemberProfile()
    profile.name = "张三"
    profile.phone = "+8613800138000"
    profile.birthday = BusinessDate("1990-05-01")
    profile.attributes = ["skin": "dry"]
    let filled = profile
    world.profiles.all.withLock { $0["m1"] = filled }
  }

  private func request(_ members: KeyValuePairs<String, JSON>) -> JSON { .object(members) }

  @Test("masked for whoever asks, and nothing is written")
  func masked() async throws {
    try await World.run(Self.configure) { world in
      Self.fill(world)
      let client = try await world.client()
      let ask = request(["memberId": .string("m1")])
      let result = try await client.ask("member.profile", ask)["result"]
      #expect(result?["raw"] == .bool(false))
      let profile = result?["profile"]
      #expect(profile?["name"]?.string == "张*")
      #expect(profile?["phone"]?.string == "*8000")
      #expect(profile?["birthday"]?.string == "*")
      #expect(profile?["note"] == .null)
      let rows = profile?["attributes"]?.array
      #expect(rows?.map { $0["value"] ?? .null } == [.string("*"), .null])
      #expect(rows?.first?["class"]?.string == "sensitive")
      #expect(world.ledger.submitted.isEmpty)
      let nobody = request(["memberId": .string("m2")])
      #expect(try await client.ask("member.profile", nobody).errorName == "E_NOEXIST")
    }
  }

  @Test("in clear only after the ledger has the row, and not a second time for one row")
  func raw() async throws {
    try await World.run(Self.configure) { world in
      Self.fill(world)
      let client = try await world.client()
      let bare = request(["memberId": .string("m1"), "raw": .bool(true)])
      #expect(try await client.ask("member.profile", bare)["error"]?["code"]?.integer == -32602)
      #expect(world.ledger.submitted.isEmpty)
      let ask = request([
        "memberId": .string("m1"), "raw": .bool(true), "reason": .string("she asked"),
      ])
      world.ledger.decideAtOnce { .example($0) }
      let profile = try await client.ask("member.profile", ask)["result"]?["profile"]
      #expect(profile?["phone"]?.string == "+8613800138000")
      #expect(profile?["birthday"]?.string == "1990-05-01")
      #expect(profile?["attributes"]?.array?.first?["value"]?.string == "dry")
      #expect(world.ledger.submitted.map(\.body) == [.assets(.readProfile(reason: "she asked"))])
      world.ledger.decideAtOnce { operation in
        let result = JSON.object(["of": .string(operation.id)]).encoded()
        return .committed(result: result, isReplay: true, sequence: 1)
      }
      #expect(try await client.ask("member.profile", ask)["result"]?["profile"] == nil)
      world.ledger.decideAtOnce { _ in .refused(Refusal(.memberErased), isReplay: false) }
      let refused = try await client.ask("member.profile", ask)
      #expect(refused["error"]?["data"]?["reason"]?.string == "memberErased")
      #expect(refused["result"] == nil)
    }
  }

  @Test("attributes are set by id, and only those that are declared")
  func update() async throws {
    try await World.run(Self.configure) { world in
      let client = try await world.client()
      world.ledger.decideAtOnce { .example($0) }
      let values = request(["skin": .string("dry"), "job": .string("")])
      let ask = request(["memberId": .string("m1"), "attributes": values])
      _ = try await client.ask("member.update", ask)
      var change = ProfileChange()
      change.attributes = ["skin": "dry", "job": ""]
      #expect(world.ledger.submitted.map(\.body) == [.update(change)])
      let unknown = request(["shoe": .string("42")])
      let wrong = request(["memberId": .string("m1"), "attributes": unknown])
      let answer = try await client.ask("member.update", wrong)
      #expect(answer.errorName == "E_ILLEGAL")
      #expect(world.ledger.submitted.count == 1)
    }
  }
}
