import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

@Suite("Requests", .timeLimit(.minutes(1)))
struct RequestTests {
  private func accrual(_ id: String) -> JSON {
    .object([
      "operationId": .string(id), "memberId": .string("m1"), "receiptNo": .string(id),
      "amountMinor": .integer(2800),
    ])
  }

  private func uid(_ value: String) -> JSON {
    .object(["credential": .object(["kind": .string("cardUid"), "value": .string(value)])])
  }

  @Test("hello tells the role, the limits and what can be done")
  func hello() async throws {
    try await World.run { world in
      let client = try world.connect()
      try client.send(
        line: #"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":{"name":"acme-pos","#
          + #""version":"4.2","lane":"1","language":"zh"},"apiMin":1,"apiMax":1}}"#
      )
      let result = try #require(try await client.next()?["result"])
      #expect(result["api"] == .integer(1))
      #expect(result["role"]?.string == "manager")
      #expect(result["limits"]?["lineBytes"] == .integer(65_536))
      #expect(result["limits"]?["inFlight"] == .integer(256))
      #expect(result["capabilities"]?.array?.contains(.string("member")) == true)
      #expect(result["bootId"]?.string?.count == 36)
    }
  }

  @Test("before hello everything else is E_CLOSED; a second hello and another api are E_ILLEGAL")
  func helloFirst() async throws {
    try await World.run { world in
      let client = try world.connect()
      #expect(try await client.ask("member.lookup", uid("04A1B2C3D4E5F6")).errorName == "E_CLOSED")
      #expect(try await client.ask("no.such").errorName == "E_CLOSED")
      let future = JSON.object([
        "client": .object(["name": .string("pos")]), "apiMin": .integer(2), "apiMax": .integer(3),
      ])
      #expect(try await client.ask("hello", future).errorField == "apiMin")
      let good = JSON.object(["client": .object(["name": .string("pos")])])
      #expect(try await client.ask("hello", good)["result"] != nil)
      #expect(try await client.ask("hello", good).errorName == "E_ILLEGAL")
    }
  }

  @Test("messages come in the language of hello")
  func language() async throws {
    try await World.run { world in
      var messages: [String] = []
      for tag in ["zh-CN", "en-GB"] {
        let client = try world.connect()
        let who = JSON.object(["name": .string("pos"), "language": .string(tag)])
        _ = try await client.ask("hello", .object(["client": who]))
        let reply = try await client.ask("member.lookup", uid("04A1B2C3D4E5F6"))
        messages.append(reply["error"]?["message"]?.string ?? "")
      }
      #expect(messages == ["查无此会员。", "No member is known by this."])
    }
  }

  @Test("a look-up finds a member by credential and by id, and says what is unknown")
  func lookup() async throws {
    try await World.run { world in
      try world.directory.add("m1", .cardUid, "04A1B2C3D4E5F6")
      let client = try await world.client()
      let found = try await client.ask("member.lookup", uid("04:a1:b2:c3:d4:e5:f6"))
      #expect(found["result"]?["member"]?["id"]?.string == "m1")
      #expect(found["result"]?["points"]?["available"] == .integer(120))
      let byID = try await client.ask("member.lookup", .object(["memberId": .string("m1")]))
      #expect(byID["result"] == found["result"])
      let unknown = try await client.ask("member.lookup", uid("04A1B2C3D4E5F7"))
      #expect(unknown.errorName == "E_NOEXIST")
      #expect(unknown.errorField == "credential")
    }
  }

  @Test("a look-up does not wait for an operation, and two operations answer in their order")
  func overtaking() async throws {
    try await World.run { world in
      try world.directory.add("m1", .cardUid, "04A1B2C3D4E5F6")
      let client = try await world.client()
      try client.request("points.accrue", accrual("o1"), id: 11)
      try client.request("points.accrue", accrual("o2"), id: 12)
      try client.request("member.lookup", uid("04A1B2C3D4E5F6"), id: 13)
      #expect(try await client.next()?["id"] == .integer(13))
      world.ledger.decide { .example($0) }
      #expect(try await client.next()?["id"] == .integer(11))
      let second = try #require(try await client.next())
      #expect(second["result"]?["of"]?.string == "o2")
    }
  }

  @Test("an operation reaches the ledger as it was asked")
  func operation() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      let client = try await world.client()
      _ = try await client.ask("points.accrue", accrual("o1"))
      let operation = try #require(world.ledger.submitted.first)
      #expect(operation.id == "o1")
      #expect(operation.subject == .memberID("m1"))
      #expect(operation.store == "S001")
      let expected = Accrual(receiptNo: "o1", amountMinor: 2800, lines: nil)
      #expect(operation.body == .accrue(expected))
      #expect(
        String(decoding: operation.content, as: UTF8.self)
          == #"points.accrue{"amountMinor":2800,"memberId":"m1","#
          + #""operationId":"o1","receiptNo":"o1"}"#
      )
      _ = try await client.ask("card.reportLost", .object(["cardId": .string("c1")]))
      let lost = try #require(world.ledger.submitted.last)
      #expect(lost.subject == .cardID("c1"))
      #expect(lost.body == .changeCard(.reportLost, reason: nil))
      #expect(lost.id.count == 36)
    }
  }

  @Test("an operator's PIN is accepted and leaves no trace: no operator's entry demands one")
  func operatorPin() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      let client = try await world.client()
      var request = try #require(accrual("o1").object)
      request["operator"] = .string("anna")
      let without = try await client.ask("points.accrue", .object(request))
      request["operatorPin"] = .string("739184")
      let with = try await client.ask("points.accrue", .object(request))
      #expect(without["result"] != nil && with["result"] != nil)
      let sent = world.ledger.submitted
      #expect(sent.count == 2)
      #expect(sent[0].content == sent[1].content)
      #expect(sent[1].operatorName == "anna")
      var said = ""
      dump(sent[1], to: &said)
      #expect(!said.contains("739184"))
    }
  }

  static let outcomes: [(OperationOutcome, String, String?)] = [
    (.refused(Refusal(.receiptUsed), isReplay: false), "E_FAILURE", nil),
    (.failed(.exists), "E_EXISTS", "operationId"),
    (.failed(.unknown(field: "memberId")), "E_NOEXIST", "memberId"),
    (.failed(.illegal(field: "lines", problem: "sum")), "E_ILLEGAL", "lines"),
    (.failed(.busy(retryAfterMilliseconds: 250, hint: "queue")), "E_BUSY", nil),
    (.failed(.closing), "E_CLOSED", nil),
    (.failed(.broken(hint: "disk")), "E_FAILURE", nil),
  ]

  @Test("what the ledger says becomes the contract's error", arguments: outcomes.indices)
  func becomesError(index: Int) async throws {
    let (outcome, name, field) = Self.outcomes[index]
    try await World.run { world in
      world.ledger.decideAtOnce { _ in outcome }
      let client = try await world.client()
      let reply = try await client.ask("points.accrue", accrual("o1"))
      #expect(reply.errorName == name)
      #expect(reply.errorField == field)
      let data = try #require(reply["error"]?["data"])
      if case .refused(let refusal, _) = outcome {
        #expect(data["reason"]?.string == refusal.reason.rawValue)
      }
      if name == "E_BUSY" { #expect(data["retryAfterMs"] == .integer(250)) }
      let names = data.object?.members.map(\.name) ?? []
      for name in ["upos", "class", "extended", "deviceId", "holder", "retryable", "traceId"] {
        #expect(names.contains(name))
      }
    }
  }

  @Test("the 257th request in flight is E_BUSY, and the others are all answered")
  func inFlight() async throws {
    try await World.run { world in
      let client = try await world.client()
      for number in 1...257 as ClosedRange<Int64> {
        try client.request("points.accrue", accrual("o\(number)"), id: number)
      }
      let refused = try #require(try await client.next())
      #expect(refused["id"] == .integer(257))
      #expect(refused.errorName == "E_BUSY")
      world.ledger.decide { .example($0) }
      for number in 1...256 as ClosedRange<Int64> {
        #expect(try await client.next()?["id"] == .integer(number))
      }
      #expect(try await client.ask("device.list")["result"] != nil)
    }
  }

  @Test(
    "after sixty unknown numbers a minute comes E_BUSY, but not for cards or for others"
  )
  func guessing() async throws {
    try await World.run { world in
      try world.directory.add("m1", .cardUid, "04A1B2C3D4E5F6")
      try world.directory.add("m2", .memberNumber, "8800001")
      let client = try await world.client()
      let number = { (text: String) in
        JSON.object([
          "credential": .object(["kind": .string("memberNumber"), "value": .string(text)])
        ])
      }
      for guess in 0..<60 {
        let reply = try await client.ask("member.lookup", number("99\(guess)"))
        #expect(reply.errorName == "E_NOEXIST")
      }
      // A known number is refused too: otherwise the refusals would tell which are unknown.
      let reply = try await client.ask("member.lookup", number("8800001"))
      #expect(reply.errorName == "E_BUSY")
      let wait = try #require(reply["error"]?["data"]?["retryAfterMs"]?.integer)
      #expect((1...60_000).contains(wait))
      #expect(
        try await client.ask("member.search", .object(["text": .string("a")])).errorName == "E_BUSY"
      )
      #expect(try await client.ask("member.lookup", uid("04A1B2C3D4E5F6"))["result"] != nil)
      // To connect again does not begin anew.
      client.shutdown()
      let again = try await world.client()
      #expect(try await again.ask("member.lookup", number("8800001")).errorName == "E_BUSY")
      let other = try await world.client("kiosk")
      #expect(try await other.ask("member.lookup", number("8800001"))["result"] != nil)
    }
  }

  @Test("what update is told to clear is cleared, and null is another content than nothing")
  func clearing() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      let client = try await world.client()
      func update(_ method: String, _ fields: JSONObject.Member...) async throws -> Operation {
        let id = JSONObject.Member(name: "memberId", value: .string("m1"))
        let rest = method == "member.enrol" ? [] : [id]
        _ = try await client.ask(method, .object(JSONObject(rest + fields)))
        return try #require(world.ledger.submitted.last)
      }
      func profile(_ operation: Operation) -> ProfileChange? {
        switch operation.body {
        case .update(let profile): profile
        case .enrol(let profile, _, _): profile
        default: nil
        }
      }
      let empty = try await update(
        "member.update",
        .init(name: "phone", value: .string("")),
        .init(name: "birthday", value: .null),
        .init(name: "operator", value: .null)
      )
      #expect(profile(empty)?.cleared == [.phone, .birthday])
      #expect(profile(empty)?.phone == nil)
      let text = String(decoding: empty.content, as: UTF8.self)
      #expect(text.contains(#""birthday":null"#) && !text.contains("operator"))
      let left = try await update("member.update", .init(name: "name", value: .string("王")))
      #expect(profile(left)?.cleared == [])
      #expect(profile(left)?.name == "王")
      let enrolled = try await update(
        "member.enrol",
        .init(name: "name", value: .string("王")),
        .init(name: "phone", value: .null),
        .init(name: "birthday", value: .string(""))
      )
      #expect(profile(enrolled)?.cleared == [.birthday])
      #expect(!String(decoding: enrolled.content, as: UTF8.self).contains("phone"))
    }
  }

  @Test("a client that has said its last still gets its answer, and then the connection ends")
  func halfClosed() async throws {
    try await World.run { world in
      let client = try await world.client()
      try client.request("points.accrue", accrual("o1"), id: 5)
      client.shutdownWriting()
      _ = await world.ledger.nextOperation()
      world.ledger.decide { .example($0) }
      #expect(try await client.next()?["id"] == .integer(5))
      #expect(try await client.next() == nil)
    }
  }

  @Test("a client that dies with operations under way loses only their answers")
  func killed() async throws {
    try await World.run { world in
      let client = try await world.client()
      try client.request("points.accrue", accrual("o1"), id: 5)
      _ = await world.ledger.nextOperation()
      client.shutdown()
      #expect(try await client.next() == nil)
      world.ledger.decide { .example($0) }
      let other = try await world.client()
      #expect(try await other.ask("device.list")["result"] != nil)
    }
  }

  @Test("a stop answers what is under way and refuses what is new")
  func stop() async throws {
    try await World.run { world in
      let client = try await world.client()
      try client.request("points.accrue", accrual("o1"), id: 5)
      _ = await world.ledger.nextOperation()
      async let stopped: Void = world.server.stop()
      // The listener closes first: that is how the test knows that the stop has begun.
      while (try? RawClient(path: world.path, isReading: false)) != nil { await Task.yield() }
      world.ledger.decide { .example($0) }
      #expect(try await client.next()?["result"]?["of"]?.string == "o1")
      #expect(try await client.next() == nil)
      await stopped
    }
  }
}
