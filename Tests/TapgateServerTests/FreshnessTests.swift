import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

@Suite("Tokens that count once, at the hub", .timeLimit(.minutes(1)))
struct FreshnessTests {
  private func taps(_ client: RawClient, _ limit: Int64 = 200) async throws -> [JSON] {
    let limit = JSON.object(["limit": .integer(limit)])
    return try await client.ask("trace.last", limit)["result"]?["taps"]?.array ?? []
  }

  @Test("of 100 readers that show one token at once, one is heard; 99 are refused, with the rule")
  func parallel() async throws {
    try await World.run { world in
      for number in 0..<100 { world.plug("reader\(number)") }
      let client = try await world.client(lane: "1")
      world.freshness.hold()
      for number in 0..<100 {
        try world.tapTag(counter: 7, presence: UInt64(number), reader: "reader\(number)")
      }
      #expect(try await client.eventsSoFar().isEmpty)
      #expect(world.freshness.heldCount == 100)
      world.freshness.release()
      var kinds: [String: Int] = [:]
      while kinds.values.reduce(0, +) < 101 {
        let event = try await client.event()
        kinds[event.kind ?? "", default: 0] += 1
        if event.kind == "credential.refused" {
          #expect(event["reason"]?.string == "counterReplay")
        }
      }
      #expect(
        kinds == [
          "credential.presented": 1, "member.resolved": 1, "credential.refused": 99,
        ]
      )
      let entries = try await taps(client)
      #expect(entries.count == 100)
      #expect(entries.count { $0["rule"]?.string == "R6" } == 99)
      let accepted = entries.first { $0["outcome"]?.string == "delivered" }
      let steps = accepted?["steps"]?.array?.compactMap { $0["step"]?.string }
      #expect(steps == ["accepted", "delivered", "resolved"])
    }
  }

  @Test("a token read twice by one reader is a duplicate for 2 s and a replay afterwards")
  func sameToken() async throws {
    let clock = TestClock()
    try await World.run({ $0.clock = clock.clock }) { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tapTag(counter: 7, presence: 1)
      let first = try await client.event()
      #expect(first["assurance"]?.string == "A3")
      #expect(first["reasons"] == .array([.string("counter")]))
      #expect(first["medium"]?.string == "card")
      _ = try await client.event()
      world.remove(presence: 1)
      #expect(try await client.event().kind == "credential.removed")
      clock.pass(milliseconds: 1900)
      try world.tapTag(counter: 7, presence: 2)
      #expect(try await client.eventsSoFar().isEmpty)
      let duplicate = try #require(try await taps(client, 1).first)
      #expect(duplicate["outcome"]?.string == "suppressed")
      #expect(duplicate["reason"]?.string == "sameToken")
      #expect(duplicate["rule"]?.string == "R6")
      #expect(duplicate["duplicateOf"] == first["eventId"])
      world.remove(presence: 2)
      clock.pass(milliseconds: 3000)
      try world.tapTag(counter: 7, presence: 3)
      let refused = try await client.event()
      #expect(refused.kind == "credential.refused")
      #expect(refused["reason"]?.string == "counterReplay")
      // A card that was refused may be tapped again at once; its counter has risen by then.
      world.remove(presence: 3)
      try world.tapTag(counter: 9, presence: 4)
      #expect(try await client.event().kind == "credential.presented")
    }
  }

  @Test("what a device reports while its token is decided comes after it, in order")
  func order() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      world.freshness.hold()
      try world.tapTag(counter: 1, presence: 1)
      world.remove(presence: 1)
      try world.tap("04000000000001", presence: 2)
      world.plug("other")
      try world.tap("04000000000002", presence: 1, reader: "other")
      // Another reader waits for nobody.
      #expect(try await client.event()["deviceId"]?.string == "other")
      #expect(try await client.event().kind == "member.resolved")
      #expect(try await client.eventsSoFar().isEmpty)
      world.freshness.release()
      var seen: [String] = []
      for _ in 0..<5 {
        let event = try await client.event()
        seen.append("\(event.kind ?? "") \(event["presence"]?.integer ?? 0)")
      }
      #expect(
        seen == [
          "credential.presented 1", "member.resolved 0", "credential.removed 1",
          "credential.presented 2", "member.resolved 0",
        ]
      )
    }
  }

  @Test("a token that cannot be written down is refused as busy, and accepted when it can")
  func busy() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      world.freshness.setBroken(true)
      try world.tapTag(counter: 1, presence: 1)
      let refused = try await client.event()
      #expect(refused["reason"]?.string == "deviceBusy")
      world.remove(presence: 1)
      world.freshness.setBroken(false)
      try world.tapTag(counter: 1, presence: 2)
      #expect(try await client.event().kind == "credential.presented")
    }
  }

  @Test("a device whose token is not decided keeps a bounded number of inputs waiting")
  func bounded() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      world.freshness.hold()
      try world.tapTag(counter: 1, presence: 1)
      for number in 0..<(Limits.waitingReportCountMax + 3) {
        world.scan("goods \(number)", scanner: "reader")
      }
      for _ in 0..<3 {
        #expect(try await client.event()["reason"]?.string == "deviceBusy")
      }
      #expect(try await client.eventsSoFar().isEmpty)
      world.freshness.release()
      var scans = 0
      while scans < Limits.waitingReportCountMax {
        if try await client.event().kind == "scan.data" { scans += 1 }
      }
      #expect(try await client.eventsSoFar().isEmpty)
    }
  }

  @Test("a scan that cannot wait is refused for what it is, and its text is overwritten")
  func forgotten() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      world.freshness.hold()
      try world.tapTag(counter: 1, presence: 1)
      for number in 0..<Limits.waitingReportCountMax {
        world.scan("goods \(number)", scanner: "reader")
      }
      let parts = ["134567", "890123", "456789"]
      for (text, reason) in [
        (parts.joined(), "paymentCode"), (parts.joined(separator: "-GOODS-"), "deviceBusy"),
      ] {
        world.scan(text, scanner: "reader")
        #expect(try await client.event()["reason"]?.string == reason)
        #expect(text.utf8.count >= 18 && text.utf8.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("removals and refusals behind a token that is not decided have a bound")
  func boundedRemovals() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      world.freshness.hold()
      try world.tapTag(counter: 1, presence: 1)
      for number in 0..<Limits.waitingReportCountMax {
        world.scan("goods \(number)", scanner: "reader")
      }
      for _ in 0..<500 { world.remove(presence: 1) }
      for presence in 100..<200 { world.remove(presence: UInt64(presence)) }
      let refused = RefusedInput(
        deviceID: "reader",
        presence: nil,
        refusal: .unreadable,
        hint: "",
        detail: "",
        detectedNanoseconds: 0,
        isSimulated: false
      )
      for _ in 0..<100 { world.server.receive(.refused(refused)) }
      // None of these waits: they are told while the token is not decided.
      for _ in 0..<100 {
        let event = try await client.event()
        #expect(event["reason"]?.string == "unreadable")
      }
      world.freshness.release()
      var kinds: [String: Int] = [:]
      while kinds["credential.removed"] == nil {
        kinds[try await client.event().kind ?? "", default: 0] += 1
      }
      #expect(
        kinds == [
          "credential.presented": 1, "member.resolved": 1, "credential.removed": 1,
          "scan.data": Limits.waitingReportCountMax,
        ]
      )
      #expect(try await client.eventsSoFar().isEmpty)
    }
  }

  @Test("two cards that take turns on a reader are refused, and their event ids stand for nothing")
  func crowd() async throws {
    let clock = TestClock()
    try await World.run({ $0.clock = clock.clock }) { world in
      try world.directory.add("m1", .cardUid, "04000000000001")
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap("04000000000001", presence: 1)
      let first = try await client.event()
      _ = try await client.event()
      world.remove(presence: 1)
      _ = try await client.event()
      clock.pass(milliseconds: 100)
      try world.tap("04000000000002", presence: 2)
      let second = try await client.event()
      _ = try await client.event()
      world.remove(presence: 2)
      _ = try await client.event()
      clock.pass(milliseconds: 100)
      try world.tap("04000000000001", presence: 3)
      var refused: [JSON] = []
      for _ in 0..<3 {
        let event = try await client.event()
        #expect(event.kind == "credential.refused")
        #expect(event["reason"]?.string == "multipleCards")
        refused.append(try #require(event["eventId"]))
      }
      #expect(
        Set(refused).isSuperset(of: [first["eventId"], second["eventId"]].compactMap(\.self))
      )
      let found = try await client.ask(
        "member.lookup",
        .object(["eventId": try #require(first["eventId"])])
      )
      #expect(found.errorName == "E_NOEXIST")
      for entry in try await taps(client) {
        #expect(entry["outcome"]?.string == "refused")
        #expect(entry["rule"]?.string == "R7")
      }
    }
  }
}
