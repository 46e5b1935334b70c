import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

@Suite("Identifiers that several cards may have", .timeLimit(.minutes(1)))
struct SharedUIDTests {
  private let nuid = "DEADBEEF"

  /// What `trace.last` says of the last input.
  private func last(_ client: RawClient) async throws -> JSON {
    let reply = try await client.ask("trace.last", id: 77)
    return try #require(reply["result"]?["taps"]?.array?.first)
  }

  @Test("a NUID that nobody holds is refused, told, traced and forgotten")
  func refused() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap(nuid, presence: 1)
      let refused = try await client.event()
      #expect(refused.kind == "credential.refused")
      #expect(refused["reason"] == .string("nonUniqueUidNotEnrolled"))
      #expect(refused["hint"]?.string?.contains("not unique") == true)
      let traced = try await last(client)
      #expect(traced["outcome"] == .string("refused"))
      #expect(traced["reason"] == .string("nonUniqueUidNotEnrolled"))
      #expect(traced["eventId"] == refused["eventId"])
      let text = String(decoding: traced.encoded(), as: UTF8.self)
      #expect(text.contains("allowNuid") && !text.uppercased().contains(nuid))
      // Its event id stands for nothing: no member can be found by it.
      let eventID = try #require(refused["eventId"])
      let found = try await client.ask("member.lookup", .object(["eventId": eventID]))
      #expect(found.errorName == "E_NOEXIST")
    }
  }

  @Test("once the directory knows it, the same card counts at its next tap, within a second")
  func enrolled() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap(nuid, presence: 1)
      #expect(try await client.event().kind == "credential.refused")
      world.server.receive(.removed(deviceID: "reader", presence: 1, detectedNanoseconds: 0))
      try world.directory.add("m1", .cardUid, nuid)
      try world.tap(nuid, presence: 2)
      let presented = try await client.event()
      #expect(presented.kind == "credential.presented")
      #expect(presented["assurance"] == .string("A1"))
      #expect(try await client.event()["member"]?["id"] == .string("m1"))
    }
  }

  @Test("the configuration may allow them, and nothing that is longer is refused")
  func allowed() async throws {
    try await World.run({ $0.inputs.allowsSharedUID = true }) { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap(nuid, presence: 1)
      #expect(try await client.event().kind == "credential.presented")
    }
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap("04A1B2C3D4E5F6", presence: 1)
      #expect(try await client.event().kind == "credential.presented")
    }
  }

  @Test("a NUID that takes turns with a card in the field is a crowd all the same")
  func crowd() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      var kinds: [String] = []
      for (number, uid) in ["04A1B2C3D4E5F6", nuid, "04A1B2C3D4E5F6"].enumerated() {
        try world.tap(uid, presence: UInt64(number) + 1)
      }
      while kinds.count < 5 {
        let event = try await client.event()
        kinds.append(event["reason"]?.string ?? event.kind ?? "")
      }
      #expect(
        kinds == [
          "credential.presented", "member.resolved", "nonUniqueUidNotEnrolled", "multipleCards",
          "multipleCards",
        ]
      )
    }
  }
}
