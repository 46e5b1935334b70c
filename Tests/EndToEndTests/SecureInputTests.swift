import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Secure input", .timeLimit(.minutes(3)))
  struct SecureInputTests {
    /// A member with a rotating code; the member's id.
    private func memberWithCode(_ client: GatewayClient) throws -> String {
      let member = try client.enrol("顾客", uid: "04C0FFEE000001")
      let made = try client.call("member.qrKey", ["memberId": .string(member)])
      #expect(made[path: "qr.secret"]?.string?.count == 52)
      #expect(made[path: "qr.memberRef"]?.string?.count == 16)
      return member
    }

    private func token(_ client: GatewayClient, _ member: String) throws -> String {
      let answer = try client.call("member.qr", ["memberId": .string(member)])
      return answer["token"]?.string ?? ""
    }

    /// The answer to a scan: the event that it leads to.
    private func scan(
      _ text: String,
      _ client: GatewayClient,
      _ kind: String
    ) throws -> JSON {
      _ = try client.call("simulate.scan", ["data": .string(text), "aim": "]Q1"])
      return try client.event(kind)
    }

    @Test("a token that was heard is used up, also where the gateway is killed right after")
    func killed() throws {
      let gateway = try LiveGateway.started()
      var till = try gateway.client("till", lane: "1")
      let member = try memberWithCode(till)
      let text = try token(till, member)
      let presented = try scan(text, till, "credential.presented")
      #expect(presented["assurance"] == "A3")
      #expect(try till.event("member.resolved")[path: "member.id"]?.string == member)
      _ = try till.call("simulate.tap", ["uid": "04C0FFEE000002", "counter": 7])
      _ = try till.event("credential.presented")
      gateway.kill()
      try gateway.start()
      till = try gateway.client("till", lane: "1")
      #expect(try scan(text, till, "credential.refused")["reason"] == "tokenReplayed")
      for (counter, kind) in [(7, "refused"), (6, "refused"), (8, "presented")] {
        _ = try till.call(
          "simulate.tap",
          ["uid": "04C0FFEE000002", "counter": .integer(Int64(counter))]
        )
        let event = try till.event("credential.\(kind)")
        if kind == "refused" { #expect(event["reason"] == "counterReplay") }
        _ = try till.call("simulate.remove")
      }
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
    }

    @Test("a card bound by what it could prove earns nothing as a bare number")
    func downgrade() throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      let member = try till.enrol("顾客", uid: "04C0FFEE000001")
      let uid = "04C0FFEE000003"
      _ = try till.call("simulate.tap", ["uid": .string(uid), "assurance": "A4"])
      let strong = try till.event("credential.presented")["eventId"] ?? .null
      _ = try till.call("card.bind", ["memberId": .string(member), "eventId": strong])
      func accrue(_ id: String, _ name: String, _ value: JSON) throws -> GatewayError? {
        try till.refusal(
          "points.accrue",
          [
            "operationId": .string(id), name: value, "receiptNo": .string(id),
            "amountMinor": 2800,
          ]
        )
      }
      #expect(try accrue("o1", "eventId", strong) == nil)
      let typed = try accrue("o2", "credential", .uid(uid))
      #expect(typed?.reason == "assuranceTooLow")
      #expect(try accrue("o3", "memberId", .string(member)) == nil)
      _ = try till.call("card.reportLost", ["credential": .uid(uid)])
      #expect(gateway.stop() == 0)
    }

    @Test("a session recorded here is played there: the same inputs, and not one real number")
    func sessions() throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      let member = try memberWithCode(till)
      let file = gateway.folder.path + "/session.jsonl"
      let recorder = try CommandRun(
        ["record", file, "--count", "6", "--socket", gateway.socketPath]
      )
      _ = try till.wait("daemon.status") { $0["recordings"] == 1 }
      let secrets = [
        "04C0FFEE000001", "134567890123456789", "4111111111111111", "9900123456781",
      ]
      _ = try till.call("simulate.tap", ["uid": .string(secrets[0])])
      _ = try till.call("simulate.remove")
      let code = try token(till, member)
      _ = try till.call("simulate.scan", ["data": .string(code), "aim": "]Q1"])
      for number in secrets[1...2] {
        _ = try till.call("simulate.scan", ["data": .string(number), "aim": "]C0"])
      }
      _ = try till.call("simulate.swipe", ["track2": .string(";\(secrets[3])=2512?")])
      #expect(try recorder.wait().status == 0)
      let session = try String(contentsOfFile: file, encoding: .utf8)
      let reference = code.split(separator: ".")[2]
      for secret in secrets + [String(reference)] { #expect(!session.contains(secret)) }

      let other = try LiveGateway.started()
      let there = try other.client("till", lane: "1")
      let played = try other.command(["replay", file, "--speed", "1000", "--json"])
      #expect(played.status == 0)
      #expect(try JSONParser.parse(Array(played.output.utf8))["replayed"] == 6)
      // Each device's inputs keep their order; a token waits for the disk, other devices do not.
      var events: [JSON] = []
      var stories: [String: [String]] = [:]
      while stories.values.joined().count < 6 {
        let event = try #require(try there.nextEvent(timeoutMilliseconds: 20_000)).parameters
        events.append(event)
        guard let word = Self.story(event) else { continue }
        stories[event["deviceId"]?.string ?? "", default: []].append(word)
      }
      #expect(
        stories == [
          "replay:sim:reader": ["cardUid", "removed"], "replay:sim:msr": ["magstripe"],
          "replay:sim:scanner": ["rotatingQr", "paymentCode", "paymentCard"],
        ]
      )
      #expect(events.allSatisfy { $0["simulated"] == true })
      // A replay's devices go with it, as if they had never been.
      _ = try there.wait("device.list") { !$0.text.contains("replay:") }
      for event in events {
        for secret in secrets { #expect(!event.text.contains(secret)) }
      }
      #expect(other.stop() == 0)
      #expect(gateway.stop() == 0)
    }

    /// What an event says of an input; `nil` for what only goes with it.
    private static func story(_ event: JSON) -> String? {
      switch event["kind"]?.string {
      case "credential.presented": event[path: "credential.kind"]?.string
      case "credential.refused": event["reason"]?.string
      case "credential.removed": "removed"
      default: nil
      }
    }

    @Test("the code that the command line prints is the one that the scanner takes")
    func commandLine() throws {
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      let member = try till.enrol("顾客", uid: "04C0FFEE000001")
      let made = try gateway.command(["member", "qr-key", member, "--json"])
      #expect(made.status == 0)
      let shown = try gateway.command(["member", "qr", member, "--json"])
      let document = try JSONParser.parse(Array(shown.output.utf8))
      let text = try #require(document["token"]?.string)
      #expect(try scan(text, till, "credential.presented")["assurance"] == "A3")
      #expect(try till.event("member.resolved")[path: "member.id"]?.string == member)
      let card = try #require(document["cardId"]?.string)
      #expect(try gateway.command(["card", "report-lost", "cardId:\(card)"]).status == 0)
      #expect(try gateway.command(["member", "qr", member]).status != 0)
      #expect(gateway.stop() == 0)
      // The secret was told, and written nowhere.
      let key = try JSONParser.parse(Array(made.output.utf8))[path: "qr.secret"]?.string
      let secret = try #require(key)
      for name in try FileManager.default.subpathsOfDirectory(atPath: gateway.dataPath) {
        let path = gateway.dataPath + "/" + name
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "in \(name)")
      }
      #expect(!gateway.log.contains(secret))
    }
  }
}
