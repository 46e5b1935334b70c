import Foundation
import TapgateFakeGateway
import TapgateJSON
import Testing

@Suite("The command line against a scripted gateway")
struct CommandTests {
  static let member = JSON.object([
    "member": .object(["id": .string("M1"), "displayName": .string("王**")]),
    "points": .object(["available": .integer(120)]),
  ])

  static func document(_ run: CommandRun) throws -> JSON {
    try JSONParser.parse(Array(run.output.utf8))
  }

  @Test("lookup asks for the credential and shows whom it names")
  func lookup() throws {
    let gateway = try FakeGateway { request in
      request.method == "member.lookup" ? .lines([request.result(Self.member)]) : .unscripted
    }
    let run = try CommandRun(["lookup", "cardUid:04:AA:BB"], socket: gateway.path)
    #expect(run.status == 0)
    #expect(run.output.contains("王**"))
    #expect(!run.output.contains("\u{1B}"))
    let sent = try #require(gateway.received.last)
    #expect(
      sent.parameters
        == .object([
          "credential": .object(["kind": .string("cardUid"), "value": .string("04:AA:BB")])
        ])
    )
    let hello = try #require(gateway.received.first)
    #expect(hello.parameters["client"]?["lane"] == nil)
  }

  @Test("with --json the answer is one document, as the gateway gave it")
  func json() throws {
    let gateway = try FakeGateway { request in
      request.method == "member.lookup" ? .lines([request.result(Self.member)]) : .unscripted
    }
    let run = try CommandRun(["lookup", "memberId:M1", "--json"], socket: gateway.path)
    #expect(try Self.document(run) == Self.member)
    #expect(gateway.received.last?.parameters == .object(["memberId": .string("M1")]))
  }

  @Test("accrue sends fen, the receipt and a new operation id")
  func accrue() throws {
    let gateway = try FakeGateway { request in
      guard request.method == "points.accrue" else { return .unscripted }
      return .lines([request.result(.object(["earned": .integer(28)]))])
    }
    let arguments = ["accrue", "cardUid:04AABB", "--amount", "28.00", "--receipt", "R1", "--json"]
    let run = try CommandRun(arguments, socket: gateway.path)
    #expect(run.status == 0)
    let sent = try #require(gateway.received.last?.parameters)
    #expect(sent["amountMinor"] == .integer(2800))
    #expect(sent["receiptNo"] == .string("R1"))
    let identifier = try #require(sent["operationId"]?.string)
    #expect(identifier.utf8.count == 36)
    #expect(try Self.document(run)["operationId"] == .string(identifier))
    let again = try CommandRun(arguments, socket: gateway.path)
    #expect(again.status == 0)
    #expect(gateway.received.last?.parameters["operationId"] != .string(identifier))
  }

  @Test("an answer that never comes tells the id to repeat with")
  func unanswered() throws {
    let gateway = try FakeGateway { request in
      request.method == "points.accrue" ? .close([]) : .unscripted
    }
    let run = try CommandRun(
      ["accrue", "memberId:M1", "--amount", "1", "--receipt", "R", "--operation-id", "op-7"],
      socket: gateway.path
    )
    #expect(run.status == 2)
    #expect(run.errors.contains("--operation-id op-7"))
    #expect(gateway.received.last?.parameters["operationId"] == .string("op-7"))
  }

  @Test(
    "what the gateway refuses is 1, what is broken is 2",
    arguments: [
      ("E_FAILURE", "cardLost", 1), ("E_NOEXIST", nil, 1), ("E_ILLEGAL", nil, 1),
      ("E_EXISTS", nil, 1), ("E_FAILURE", nil, 2), ("E_BUSY", nil, 2), ("E_OFFLINE", nil, 2),
    ] as [(String, String?, Int32)]
  )
  func exitCodes(name: String, reason: String?, status: Int32) throws {
    let gateway = try FakeGateway { request in
      guard request.method == "member.lookup" else { return .unscripted }
      return .lines([request.error(name, "sentence", ["reason": .optional(reason)])])
    }
    let run = try CommandRun(["lookup", "memberId:M1", "--json"], socket: gateway.path)
    #expect(run.status == status)
    #expect(run.errors.contains("sentence"))
    #expect(try Self.document(run)["error"]?["data"]?["name"] == .string(name))
  }

  @Test("a gateway that is down is 3, and the way out is named in the locale's language")
  func down() throws {
    let run = try CommandRun(["status"], environment: ["LC_ALL": "zh_CN.UTF-8"])
    #expect(run.status == 3)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("网关没有应答"))
    #expect(run.errors.contains("/nonexistent/tapgate.sock"))
  }

  @Test(
    "wrong usage is 64 and never repeats a card's number",
    arguments: [
      ["lookup", "04AABBCCDD"], ["lookup", "uid:04AABBCCDD"], ["lookup", "cardUid:"],
      ["accrue", "cardUid:04AABBCCDD", "--amount", "28.005", "--receipt", "1"],
      ["accrue", "cardUid:04AABBCCDD", "--receipt", "1"], ["card", "freeze", "04AABBCCDD"],
      ["member", "search", "x", "--limit", "21"], ["nonsense"], ["status", "--nonsense"],
      [
        "accrue", "memberId:M", "--amount", "1", "--receipt", "1", "--operation-id",
        String(repeating: "x", count: 65),
      ],
    ]
  )
  func usage(arguments: [String]) throws {
    let run = try CommandRun(arguments)
    #expect(run.status == 64)
    #expect(!run.errors.contains("04AABBCCDD"))
    #expect(!run.output.contains("04AABBCCDD"))
  }

  @Test(
    "each command of a card asks for its own method",
    arguments: [
      ("report-lost", "card.reportLost"), ("cancel-lost", "card.cancelLost"),
      ("freeze", "card.freeze"), ("unfreeze", "card.unfreeze"), ("close", "card.close"),
      ("unbind", "card.unbind"),
    ]
  )
  func cards(command: String, method: String) throws {
    let gateway = try FakeGateway { request in
      request.method == method ? .lines([request.result(.object([:]))]) : .unscripted
    }
    let run = try CommandRun(
      ["card", command, "cardId:C1", "--reason", "r"],
      socket: gateway.path
    )
    #expect(run.status == 0)
    let sent = try #require(gateway.received.last?.parameters)
    #expect(sent["cardId"] == .string("C1"))
    #expect(sent["reason"] == .string("r"))
    #expect(sent["operationId"]?.string?.isEmpty == false)
  }

  @Test("a card is issued to a member and replaced by another credential")
  func issueAndReplace() throws {
    let gateway = try FakeGateway { request in
      request.method.hasPrefix("card.") ? .lines([request.result(.object([:]))]) : .unscripted
    }
    let issue = ["card", "issue", "cardUid:04AA", "--member", "M1", "--card-type", "personal"]
    #expect(try CommandRun(issue, socket: gateway.path).status == 0)
    let issued = try #require(gateway.received.last?.parameters)
    #expect(issued["memberId"] == .string("M1"))
    #expect(issued["cardType"] == .string("personal"))
    let replace = ["card", "replace", "cardId:C1", "--by", "cardUid:04BB"]
    #expect(try CommandRun(replace, socket: gateway.path).status == 0)
    let replaced = try #require(gateway.received.last?.parameters)
    #expect(replaced["cardId"] == .string("C1"))
    #expect(replaced["newCredential"]?["value"] == .string("04BB"))
  }

  @Test(
    "a card is named by its id alone, or by what identifies it, wherever a card is named",
    arguments: ["freeze", "replace"]
  )
  func cardNames(command: String) throws {
    let id = "c0123456789abcdef0123456789abcdef"
    let card = JSON.object(["card": .object(["id": .string(id)])])
    let gateway = try FakeGateway { request in
      switch request.method {
      case "member.lookup": .lines([request.result(card)])
      case "card.freeze", "card.replace": .lines([request.result(.object([:]))])
      default: .unscripted
      }
    }
    let rest = command == "replace" ? ["--by", "cardUid:04BB"] : []
    #expect(try CommandRun(["card", command, id] + rest, socket: gateway.path).status == 0)
    #expect(gateway.received.last?.parameters["cardId"] == .string(id))
    let named = ["card", command, "cardUid:04AA"] + rest
    #expect(try CommandRun(named, socket: gateway.path).status == 0)
    let sent = try #require(gateway.received.last)
    #expect(sent.method == "card.\(command)")
    if command == "replace" {
      #expect(sent.parameters["cardId"] == .string(id))
      let phone = ["card", "replace", "phoneNumber:13800138000"] + rest
      #expect(try CommandRun(phone, socket: gateway.path).status == 64)
    } else {
      #expect(sent.parameters["credential"]?["value"] == .string("04AA"))
    }
    #expect(try CommandRun(["card", command, id + "0"] + rest).status == 64)
  }

  @Test("history finds the member first where a card is named")
  func history() throws {
    let gateway = try FakeGateway { request in
      switch request.method {
      case "member.lookup": .lines([request.result(Self.member)])
      case "member.history": .lines([request.result(.object(["entries": .array([])]))])
      default: .unscripted
      }
    }
    let run = try CommandRun(["history", "cardUid:04AA", "--limit", "5"], socket: gateway.path)
    #expect(run.status == 0)
    let sent = try #require(gateway.received.last?.parameters)
    #expect(sent == .object(["memberId": .string("M1"), "limit": .integer(5)]))
  }

  @Test(
    "a member is named by the id alone, or by what identifies them",
    arguments: [["member", "show"], ["history"]]
  )
  func memberNames(command: [String]) throws {
    let gateway = try FakeGateway { request in
      switch request.method {
      case "member.lookup": .lines([request.result(Self.member)])
      case "member.history": .lines([request.result(.object(["entries": .array([])]))])
      default: .unscripted
      }
    }
    let names: [(String, JSON)] = [
      ("M1", .object(["memberId": .string("M1")])),
      ("memberId:M1", .object(["memberId": .string("M1")])),
      (
        "cardUid:04AA",
        .object([
          "credential": .object(["kind": .string("cardUid"), "value": .string("04AA")])
        ])
      ),
    ]
    for (name, parameters) in names {
      #expect(try CommandRun(command + [name], socket: gateway.path).status == 0)
      let asked = gateway.received.last { $0.method == "member.lookup" }?.parameters
      let told = gateway.received.last { $0.method == "member.history" }?.parameters["memberId"]
      #expect(asked == parameters || told == parameters["memberId"] && told != nil, "\(name)")
    }
    #expect(try CommandRun(command + ["card:04AA"], socket: gateway.path).status == 64)
  }

  @Test("watch writes one event a line and ends after its count")
  func watch() throws {
    let gateway = try FakeGateway { request in
      guard request.method == "events.subscribe" else { return .unscripted }
      return .lines([
        request.result(.object([:])),
        FakeGateway.event(["kind": .string("device.status"), "seq": .integer(1)]),
        FakeGateway.event(["kind": .string("device.status"), "seq": .integer(2)]),
        FakeGateway.event(["kind": .string("device.status"), "seq": .integer(3)]),
      ])
    }
    let run = try CommandRun(["watch", "--count", "2", "--json"], socket: gateway.path)
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(try JSONParser.parse(Array(lines[1].utf8))["seq"] == .integer(2))
  }

  @Test("simulate hands its arguments on")
  func simulate() throws {
    let gateway = try FakeGateway { request in
      request.method.hasPrefix("simulate.") ? .lines([request.result(.object([:]))]) : .unscripted
    }
    let tap = ["simulate", "tap", "04AABBCC", "--device", "virtual-reader-1"]
    #expect(try CommandRun(tap, socket: gateway.path).status == 0)
    #expect(
      gateway.received.last?.parameters
        == .object(["deviceId": .string("virtual-reader-1"), "uid": .string("04AABBCC")])
    )
    let scan = ["simulate", "scan", "8812", "--aim", "]E0"]
    #expect(try CommandRun(scan, socket: gateway.path).status == 0)
    #expect(gateway.received.last?.parameters["aim"] == .string("]E0"))
  }

  @Test("a control sequence in a name does not reach the terminal")
  func injection() throws {
    let gateway = try FakeGateway { request in
      guard request.method == "member.lookup" else { return .unscripted }
      return .lines([request.result(.object(["name": .string("a\u{1B}]0;x\u{07}")]))])
    }
    let run = try CommandRun(["lookup", "memberId:M1"], socket: gateway.path)
    #expect(!run.output.utf8.contains(0x1B))
    #expect(!run.output.utf8.contains(0x07))
  }

  @Test("doctor works with the gateway down, says so, and answers 2")
  func doctor() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun(["doctor", "--json", "--data", folder.path])
    #expect(run.status == 2)
    let findings = try #require(try Self.document(run)["findings"]?.array)
    let codes = findings.compactMap { $0["code"]?.string }
    #expect(codes.contains("gateway.down"))
    #expect(codes.contains("key.absent"))
  }

  @Test("a programme's file is checked without the gateway")
  func programme() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(#"{"format":"tapgate.programme/2"}"#, to: "p.json")
    let run = try CommandRun(["programme", "check", file, "--json"])
    #expect(run.status == 2)
    #expect(try Self.document(run)["valid"] == .bool(false))
    #expect(try CommandRun(["programme", "check", file + ".absent"]).status == 3)
  }
}
