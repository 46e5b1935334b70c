import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import TapgateServer
import Testing

@Suite("Recorded sessions and rotating codes, by their methods", .timeLimit(.minutes(1)))
struct SessionMethodTests {
  private let reference = "ABCDEFGH23456722"

  /// Everything that a driver can report, with numbers that must not be found again.
  private func everything(_ world: World, _ clock: TestClock) throws {
    world.plug()
    world.plug("scanner")
    try world.tap("04CA7A21EB5EC7", presence: 1)
    world.remove(presence: 1)
    try world.tapTag("04CAFE33445566", counter: 17, presence: 2)
    world.scan("884242424242", aim: "]C0")
    world.scan("4006381333931", aim: "]E0")
    world.scan("134567890123456789")
    world.scan("4111111111111111", aim: "]C0")
    world.scan(world.codes.token(of: reference, step: clock.step - 1).text)
    world.scan("TG1.K1.\(reference).1.AAAAAAAAAAAAAAAAAAAAAAAAAA")
    world.server.receive(
      .refused(
        RefusedInput(
          deviceID: "reader",
          presence: 3,
          refusal: .randomUid,
          hint: "",
          detail: "4 bytes",
          detectedNanoseconds: 0
        )
      )
    )
    world.server.receive(.deviceLost(id: "reader"))
  }

  private static let secrets = [
    "04CA7A21EB5EC7", "EB5EC7", "04CAFE33445566", "445566", "4242424242", "400638133393",
    "134567890123456789", "4111111111111111", "ABCDEFGH23456722",
  ]

  /// Records until a device is lost; the lines without their times.
  private func record(_ client: RawClient) async throws -> [JSON] {
    var lines: [JSON] = []
    while lines.last?["input"]?.string != "deviceLost" {
      let event = try await client.event()
      guard event.kind == "session.input" else { continue }
      #expect(event["us"]?.integer != nil)
      let line = try #require(event["line"])
      lines.append(line)
      let text = String(decoding: event.encoded(), as: UTF8.self)
      for secret in Self.secrets { #expect(!text.contains(secret)) }
    }
    return lines
  }

  @Test("a recording holds every input and no real number, and its replay is the same inputs")
  func roundTrip() async throws {
    let clock = TestClock()
    let configure = { (configuration: inout ServerConfiguration) in
      configuration.clock = clock.clock
      configuration.patterns = [ScanPattern(kind: .memberNumber, prefix: "88", length: 12)]
    }
    try await World.run(configure) { world in
      let client = try await world.client("recorder")
      #expect(try await client.ask("session.record")["result"]?["startedAt"]?.string != nil)
      try everything(world, clock)
      let lines = try await record(client)
      #expect(
        lines.compactMap { $0["input"]?.string } == [
          "device", "device", "presented", "removed", "presented", "scanned", "scanned",
          "scanned", "scanned", "scanned", "scanned", "refused", "deviceLost",
        ]
      )
      #expect(try await client.ask("session.stop")["result"]?["stopped"] == .bool(true))
      #expect(try await client.ask("session.stop")["result"]?["stopped"] == .bool(false))
      let reply = try await client.ask(
        "simulate.replay",
        .object(["inputs": .array(lines)])
      )
      #expect(reply["result"]?["replayed"] == .integer(Int64(lines.count)))
      try expectReplayed(world, clock)
    }
  }

  private func expectReplayed(_ world: World, _ clock: TestClock) throws {
    var scans: [ScannedCode] = []
    for report in world.simulator.replayed.withLock({ $0 }) {
      switch report {
      case .device(let device):
        #expect(device.isSimulated && device.id.hasPrefix("replay:"))
      case .presented(let presentation):
        #expect(presentation.isSimulated)
        #expect(presentation.presence > 1_000_000)
        if presentation.credential.kind == .sunToken {
          #expect(presentation.freshness == .counter(17))
          #expect(presentation.assurance == .a3)
        }
      case .scanned(let code): scans.append(code)
      case .refused(let input): #expect(input.refusal == .randomUid)
      default: break
      }
    }
    let classifier = ScanClassifier(
      patterns: [ScanPattern(kind: .memberNumber, prefix: "88", length: 12)]
    )
    let kinds = scans.map { classifier.classify($0.data, aim: $0.aim) }
    try #require(kinds.count == 6)
    guard case .member(let credential) = kinds[0] else {
      Issue.record("the member's number became something else")
      return
    }
    #expect(credential.kind == .memberNumber)
    #expect(kinds[1] == .other)
    #expect(ScannedNumber.isTradeItemNumber(scans[1].data))
    #expect(kinds[2] == .paymentCode("wechat"))
    #expect(kinds[3] == .paymentCard)
    guard case .rotating(let genuine?) = kinds[4], case .rotating(let forged?) = kinds[5] else {
      Issue.record("the rotating codes became something else")
      return
    }
    #expect(genuine.step == clock.step - 1)
    #expect(world.codes.isAuthentic(genuine))
    #expect(!world.codes.isAuthentic(forged))
    // The same member's code is the same stand-in's.
    #expect(genuine.memberReference == forged.memberReference)
  }

  @Test("a line that is none refuses the whole replay and names its place")
  func badLine() async throws {
    try await World.run { world in
      let client = try await world.client()
      let lines: [JSON] = [
        .object(["input": .string("deviceLost"), "device": .string("a")]),
        .object(["input": .string("removed"), "device": .string("a")]),
      ]
      let reply = try await client.ask("simulate.replay", .object(["inputs": .array(lines)]))
      #expect(reply.errorName == "E_ILLEGAL")
      #expect(reply.errorField == "inputs[1].presence")
      #expect(world.simulator.replayed.withLock { $0.isEmpty })
    }
    try await World.run({ $0.isSimulation = false }) { world in
      let client = try await world.client()
      let reply = try await client.ask("simulate.replay", .object(["inputs": .array([])]))
      #expect(reply.errorCode == -32601)
    }
  }

  @Test("four clients may record at one time; one that leaves makes room")
  func bounded() async throws {
    try await World.run { world in
      var clients: [RawClient] = []
      for _ in 0..<Limits.recordingCountMax {
        let client = try await world.client()
        #expect(try await client.ask("session.record")["result"] != nil)
        clients.append(client)
      }
      let late = try await world.client("late")
      #expect(try await late.ask("session.record").errorName == "E_BUSY")
      #expect(try await clients[0].ask("session.stop")["result"] != nil)
      #expect(try await late.ask("session.record")["result"] != nil)
    }
  }

  // MARK: Rotating codes

  @Test("a member's code is a card bound as A3; its secret is in the answer only")
  func qrKey() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { operation in
        guard case .bindCard(.credential(let credential), _, _, _) = operation.body else {
          return .example(operation)
        }
        let result = JSON.object([
          "qr": .object(["memberRef": .string(credential.reveal())]), "replay": .bool(false),
        ])
        return .committed(result: result.encoded(), isReplay: false, sequence: 1)
      }
      let client = try await world.client()
      let reply = try await client.ask("member.qrKey", .object(["memberId": .string("m1")]))
      let code = try #require(reply["result"]?["qr"])
      let reference = try #require(code["memberRef"]?.string)
      #expect(code["kid"]?.string == "K1")
      #expect(code["stepSeconds"] == .integer(30))
      #expect(Base32.decode(try #require(code["secret"]?.string)) == Array(reference.utf8))
      let operation = try #require(world.ledger.submitted.first)
      #expect(operation.evidence == Evidence(.a3, technology: "screen.qr"))
      #expect(operation.subject == .memberID("m1"))
    }
  }

  @Test(
    "member.qr answers what the telephone shows now, of the newest code or of one that is named"
  )
  func qr() async throws {
    let clock = TestClock()
    try await World.run({ $0.clock = clock.clock }) { world in
      try world.directory.add("m1", .cardUid, "04A1B2C3D4E5F6")
      let client = try await world.client()
      let params = JSON.object(["memberId": .string("m1")])
      #expect(try await client.ask("member.qr", params).errorName == "E_NOEXIST")
      world.codes.members.withLock {
        $0["m1"] = ["AAAAAAAA", "BBBBBBBB"].map { MemberCode(cardID: "c\($0)", reference: $0) }
      }
      let newest = try await client.ask("member.qr", params)["result"]
      #expect(newest?["cardId"]?.string == "cBBBBBBBB")
      let step = try #require(newest?["step"]?.integer)
      #expect(step == Int64(clock.step))
      let text = world.codes.token(of: "BBBBBBBB", step: clock.step).text
      #expect(newest?["token"]?.string == text)
      #expect(newest?["until"]?.string == "2026-03-10T04:00:30.000Z")
      let first = try await client.ask(
        "member.qr",
        .object(["memberId": .string("m1"), "cardId": .string("cAAAAAAAA")])
      )
      #expect(first["result"]?["token"]?.string?.contains("AAAAAAAA") == true)
      let none = try await client.ask("member.qr", .object(["memberId": .string("m2")]))
      #expect(none.errorName == "E_NOEXIST")
    }
  }

  // MARK: Grades of requests

  @Test("an operation bears the grade of the event or credential that it names")
  func evidence() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tapTag(counter: 1, presence: 1)
      let event = try #require(try await client.event()["eventId"])
      func credential(_ kind: String, _ value: String) -> JSON {
        .object(["kind": .string(kind), "value": .string(value)])
      }
      let names: [(String, JSON)] = [
        ("eventId", event), ("credential", credential("cardUid", "04A1B2C3D4E5F6")),
        ("credential", credential("phoneNumber", "13900000001")),
        ("memberId", .string("m1")), ("eventId", .string("forgotten")),
      ]
      for (number, (name, value)) in names.enumerated() {
        let params = JSON.object([
          "operationId": .string("o\(number)"), name: value, "receiptNo": .string("r"),
          "amountMinor": .integer(1),
        ])
        _ = try await client.ask("points.accrue", params, id: Int64(number + 10))
      }
      let grades = world.ledger.submitted.map(\.evidence.assurance)
      #expect(grades == [.a3, .a1, .a0, .a1, .a1])
      #expect(world.ledger.submitted.first?.evidence.technology == "iso14443a.ntag424")
      let bind = JSON.object(["memberId": .string("m1"), "eventId": event])
      _ = try await client.ask("card.bind", bind, id: 30)
      #expect(world.ledger.submitted.last?.evidence.assurance == .a3)
    }
  }

  @Test("a card shown by weaker means than it was bound by is told as downgraded")
  func downgraded() async throws {
    try await World.run { world in
      try world.directory.add("m1", .cardUid, "04A1B2C3D4E5F6", assurance: .a4)
      try world.directory.add("m2", .sunToken, "04112233445566", assurance: .a3)
      world.plug()
      let client = try await world.client(lane: "1")
      try world.tap("04A1B2C3D4E5F6", presence: 1)
      #expect(try await client.event()["reasons"] == .array([.string("downgraded")]))
      #expect(try await client.event()["member"]?["id"]?.string == "m1")
      try world.tapTag(counter: 1, presence: 2)
      #expect(try await client.event()["reasons"] == .array([.string("counter")]))
    }
  }
}
