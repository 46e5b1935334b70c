import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

@Suite("Taps and scans", .timeLimit(.minutes(1)))
struct TapTests {
  private let uid = "04A1B2C3D4E5F6"

  private func claim(_ client: RawClient, _ device: String = "reader") async throws -> JSON {
    try await client.ask("device.claim", .object(["deviceId": .string(device)]))
  }

  private func subscribe(_ client: RawClient, _ kinds: [String]) async throws {
    let kinds = JSON.array(kinds.map(JSON.string))
    let reply = try await client.ask("events.subscribe", .object(["kinds": kinds]))
    try #require(reply["result"]?["kinds"] != nil)
  }

  @Test("of three clients, the claim's holder alone hears 500 cards; the others get no byte of one")
  func oneRecipient() async throws {
    try await World.run { world in
      world.plug()
      let holder = try await world.client("a", lane: "1")
      let second = try await world.client("b", lane: "1")
      let third = try await world.client("c")
      try await subscribe(third, ["credential.presented", "member.resolved", "scan.data"])
      #expect(try await claim(holder)["result"]?["claimId"] != nil)
      let digits = Array("0123456789ABCDEF")
      for number in 1...500 as ClosedRange<UInt64> {
        let tail = String((0..<4).map { digits[Int(number >> ($0 * 4)) & 15] }.reversed())
        try world.tap("04A1B2C3D4" + tail, presence: number)
        world.server.receive(
          .removed(deviceID: "reader", presence: number, detectedNanoseconds: 0)
        )
      }
      var presences: [Int64] = []
      while presences.count < 500 {
        let event = try await holder.event()
        if event.kind == "credential.presented", let presence = event["presence"]?.integer {
          presences.append(presence)
        }
      }
      #expect(presences == Array(1...500))
      #expect(try await second.eventsSoFar().isEmpty)
      let seen = try await third.eventsSoFar()
      // Its queue is bounded, so it may have lost some; what it got is status, without the card.
      #expect(Set(seen.compactMap(\.kind)).isSubset(of: ["device.status", "events.lost"]))
      for event in seen {
        let text = String(decoding: event.encoded(), as: UTF8.self)
        #expect(!text.contains("04A1B2C3D4") && event["credential"] == nil)
      }
    }
  }

  @Test("a tap comes as two events of one id, which then stands for the card")
  func resolved() async throws {
    try await World.run { world in
      try world.directory.add("m1", .cardUid, uid)
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap(uid, presence: 7)
      let presented = try await client.event()
      let resolved = try await client.event()
      #expect(presented.kind == "credential.presented")
      #expect(
        presented["credential"] == .object(["kind": .string("cardUid"), "masked": .string("****")])
      )
      #expect(presented["assurance"]?.string == "A1")
      #expect(presented["lane"]?.string == "1")
      #expect(presented["heldMs"] == .null)
      #expect(resolved.kind == "member.resolved")
      #expect(resolved["member"]?["id"]?.string == "m1")
      #expect(resolved["eventId"] == presented["eventId"])
      let eventID = try #require(presented["eventId"])
      let found = try await client.ask("member.lookup", .object(["eventId": eventID]))
      #expect(found["result"]?["member"]?["id"]?.string == "m1")
      // The id is this client's: it stands for nothing elsewhere.
      let other = try await world.client()
      let stranger = try await other.ask("member.lookup", .object(["eventId": eventID]))
      #expect(stranger.errorName == "E_NOEXIST")
      #expect(stranger.errorField == "eventId")
      world.server.receive(.removed(deviceID: "reader", presence: 7, detectedNanoseconds: 0))
      let removed = try await client.event()
      #expect(removed.kind == "credential.removed")
      #expect(removed["presence"] == .integer(7))
    }
  }

  @Test("an unknown card is told with every member of the answer empty")
  func unknownCard() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap(uid, presence: 1)
      _ = try await client.event()
      let resolved = try await client.event()
      for name in ["member", "card", "points", "value", "asOf"] {
        #expect(resolved[name] == .null)
      }
      #expect(resolved["coupons"] == .array([]))
    }
  }

  @Test("an accrual by an event id that is not known any more still reaches the ledger")
  func forgottenEvent() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      let client = try await world.client()
      let params = JSON.object([
        "operationId": .string("o1"), "eventId": .string("long-gone"),
        "receiptNo": .string("r"), "amountMinor": .integer(1),
      ])
      #expect(try await client.ask("points.accrue", params)["result"] != nil)
      #expect(world.ledger.submitted.first?.subject == .forgottenEvent)
    }
  }

  @Test("two clients of one lane both learn why neither hears the card; a claim then gets it")
  func ambiguous() async throws {
    try await World.run { world in
      world.plug()
      let clients = [
        try await world.client("a", lane: "1"), try await world.client("b", lane: "1"),
      ]
      try world.tap(uid, presence: 1)
      for client in clients {
        let event = try await client.event()
        #expect(event.kind == "events.lost")
        #expect(event["reason"]?.string == "laneAmbiguous")
        #expect(event["count"] == .integer(1))
      }
      try clients[1].request("device.claim", .object(["lane": .string("1")]), id: 8)
      #expect(
        try await clients[1].answer(to: 8)["result"]?["devices"] == .array([.string("reader")])
      )
      let presented = try await clients[1].event()
      #expect(presented.kind == "credential.presented")
      #expect(presented["heldMs"]?.integer != nil)
      #expect(try await clients[0].eventsSoFar().isEmpty)
    }
  }

  @Test("a client of another lane, or of none, or an observer, is not bound by the tap")
  func otherLane() async throws {
    try await World.run { world in
      world.plug()
      let far = try await world.client("far", lane: "2")
      let none = try await world.client("none")
      try world.tap(uid, presence: 1)
      #expect(try await far.eventsSoFar().isEmpty)
      #expect(try await none.eventsSoFar().isEmpty)
    }
  }

  @Test("what nobody claims in time, nobody ever hears, and the trace says so")
  func expired() async throws {
    try await World.run({ $0.heldMilliseconds = 20 }) { world in
      world.plug()
      let client = try await world.client()
      try world.tap(uid, presence: 1)
      var outcome: String?
      while outcome != "expired" {
        let trace = try await client.ask("trace.last", .object(["limit": .integer(1)]))
        outcome = trace["result"]?["taps"]?.array?.first?["outcome"]?.string
      }
      #expect(try await claim(client)["result"] != nil)
      #expect(try await client.eventsSoFar().isEmpty)
    }
  }

  @Test("only the newest of several unheard taps is kept")
  func newest() async throws {
    try await World.run { world in
      world.plug()
      try world.tap(uid, presence: 1)
      try world.tap("04000000000001", presence: 2)
      let client = try await world.client()
      #expect(try await claim(client)["result"] != nil)
      #expect(try await client.event()["presence"] == .integer(2))
      let kinds = try await client.eventsSoFar().compactMap(\.kind)
      #expect(kinds == ["member.resolved"])
      let taps = try await client.ask("trace.last")["result"]?["taps"]?.array ?? []
      #expect(taps.compactMap { $0["outcome"]?.string } == ["delivered", "superseded"])
      #expect(taps.first?["deliveredTo"]?.string?.hasPrefix("pos (pid ") == true)
      let steps = taps.first?["steps"]?.array?.compactMap { $0["step"]?.string }
      #expect(steps == ["held", "delivered", "resolved"])
    }
  }

  @Test("a card that lay there at start is told as status, to who subscribed, and is no tap")
  func alreadyPresent() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try await subscribe(client, ["device.status"])
      world.server.receive(
        .presented(
          Presentation(
            deviceID: "reader",
            presence: 1,
            credential: try Credential(kind: .cardUid, value: uid),
            technology: "iso14443a.t2",
            assurance: .a1,
            isAlreadyPresent: true,
            detectedNanoseconds: 0
          )
        )
      )
      let event = try await client.event()
      #expect(event.kind == "device.status")
      #expect(event["reason"]?.string == "alreadyPresent")
      #expect(try await client.eventsSoFar().isEmpty)
    }
  }

  @Test("a reader that flaps is told of twice a second, the last time as it is, with a count")
  func flapping() async throws {
    try await World.run { world in
      let client = try await world.client()
      try await subscribe(client, ["device.status"])
      for _ in 0..<50 {
        world.plug(power: .online)
        world.server.receive(.deviceLost(id: "reader"))
      }
      world.plug(power: .online)
      var seen: [JSON] = []
      var changes: Int64 = 0
      while changes < 101 {
        let event = try await client.event()
        changes += 1 + (event["flapCount"]?.integer ?? 0)
        seen.append(event)
      }
      #expect(changes == 101)
      let times = seen.compactMap { $0["monotonicUs"]?.integer }
      for (early, late) in zip(times, times.dropFirst(2)) { #expect(late - early >= 999_000) }
      #expect(seen.last?["device"]?["power"]?["name"]?.string == "PS_ONLINE")
      let list = try await client.ask("device.list")["result"]?["devices"]?.array
      #expect(list?.first?["power"]?["name"]?.string == "PS_ONLINE")
    }
  }

  @Test("a refused input goes to the recipient with its hint, and is not kept for a later one")
  func refused() async throws {
    try await World.run { world in
      world.plug()
      let refusal = RefusedInput(
        deviceID: "reader",
        presence: 3,
        refusal: .paymentCard,
        hint: "for the technician",
        detail: "PPSE 9000",
        detectedNanoseconds: 0
      )
      let early = try await world.client(language: "zh")
      world.server.receive(.refused(refusal))
      #expect(try await claim(early)["result"] != nil)
      #expect(try await early.eventsSoFar().isEmpty)
      world.server.receive(.refused(refusal))
      let event = try await early.event()
      #expect(event.kind == "credential.refused")
      #expect(event["reason"]?.string == "paymentCard")
      #expect(event["hint"]?.string == "这里不能使用银行卡，请使用会员卡。")
      let other = try await world.client(language: "en")
      _ = try await early.ask("device.release", .object(["deviceId": .string("reader")]))
      #expect(try await claim(other)["result"] != nil)
      world.server.receive(.refused(refusal))
      let hint = try await other.event()["hint"]?.string
      #expect(hint == "Payment cards are not accepted here. Please use the member card.")
      // Counted whichever way it came, and whoever heard of it.
      let counters = try await other.ask("daemon.status")["result"]?["counters"]
      #expect(counters?["paymentCards"] == .integer(3))
      #expect(counters?["refused"] == .integer(3))
    }
  }

  @Test("a scan is a member's where it is enrolled or fits a pattern, and goods otherwise")
  func scans() async throws {
    let pattern = ScanPattern(kind: .memberNumber, prefix: "88", length: 12)
    try await World.run({ $0.patterns = [pattern] }) { world in
      try world.directory.add("m1", .barcode, "A-100")
      try world.directory.add("m2", .memberNumber, "880000000002")
      world.plug("scanner")
      let client = try await world.client(lane: "1")
      // 4000000000006 is an EAN-13 of goods whose digits would also do for a payment card.
      for (text, aim) in [
        ("A-100", "]C0"), ("880000000002", "]C0"), ("8800000000022", "]C0"),
        ("4000000000006", "]E0"),
      ] {
        world.server.receive(
          .scanned(
            ScannedCode(deviceID: "scanner", data: text, aim: aim, detectedNanoseconds: 0)
          )
        )
      }
      #expect(try await client.event()["credential"]?["kind"]?.string == "barcode")
      #expect(try await client.event()["member"]?["id"]?.string == "m1")
      #expect(try await client.event()["credential"]?["masked"]?.string == "****0002")
      #expect(try await client.event()["member"]?["id"]?.string == "m2")
      #expect(try await client.event()["data"]?.string == "8800000000022")
      let goods = try await client.event()
      #expect(goods.kind == "scan.data")
      #expect(goods["symbology"]?.string == "]E0")
    }
  }

  @Test("an acknowledged event shows in the trace")
  func acknowledged() async throws {
    try await World.run { world in
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap(uid, presence: 1)
      let event = try #require(try await client.event()["eventId"])
      let known = try await client.ask("events.ack", .object(["eventId": event]))
      #expect(known["result"]?["acknowledged"] == .bool(true))
      let unknown = try await client.ask("events.ack", .object(["eventId": .string("x")]))
      #expect(unknown["result"]?["acknowledged"] == .bool(false))
      let taps = try await client.ask("trace.last")["result"]?["taps"]?.array
      #expect(taps?.first?["acknowledged"] == .bool(true))
    }
  }

  @Test("commits are told to who subscribed")
  func commits() async throws {
    try await World.run { world in
      let client = try await world.client()
      try await subscribe(client, ["operation.committed"])
      world.ledger.tell(
        CommittedOperation(
          sequence: 12,
          operationID: "o1",
          method: "points.accrue",
          memberID: "m1",
          businessDate: BusinessDate(day: 20_000),
          job: nil,
          isSimulated: false
        )
      )
      let event = try await client.event()
      #expect(event["sequence"] == .integer(12))
      #expect(event["operation"]?.string == "points.accrue")
      #expect(event["businessDate"]?.string == "2024-10-04")
    }
  }
}
