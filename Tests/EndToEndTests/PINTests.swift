import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("PINs and what becomes of members", .timeLimit(.minutes(3)))
  struct PINTests {
    private static let uid = "04AABBCCDDEE41"
    private static let pin = "90417735"

    private static let programme = TestProgramme.text.replacing(
      "\"growth\": {\"kind\":\"counted\",\"lots\":false} },",
      with: """
        "sv": {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata",
               "expiry":null},
        "growth": {"kind":"counted","lots":false} },
        "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},
          "channels":["cash"], "tiers":[{"fen":20000,"bonus_fen":5000}]},
        """
    )

    private func started() throws -> (LiveGateway, GatewayClient) {
      let gateway = try LiveGateway()
      try gateway.folder.write(Self.programme, to: "programme.json")
      try gateway.start()
      let client = try gateway.client("till")
      try client.enrol("欧阳小明", uid: Self.uid)
      _ = try client.call(
        "value.topUp",
        [
          "operationId": "top-1", "credential": .uid(Self.uid), "amountMinor": 20_000,
          "channel": "cash",
        ]
      )
      return (gateway, client)
    }

    private static func spend(_ id: String, pin: String? = nil) -> JSON {
      [
        "operationId": .string(id), "credential": .uid(uid), "amountMinor": 500,
        "pin": pin.map(JSON.string) ?? .null,
      ]
    }

    @Test("a PIN set by the command line guards stored value, over a kill, and is found nowhere")
    func guarded() throws {
      let (gateway, client) = try started()
      let set = try gateway.command(
        ["card", "set-pin", "cardUid:" + Self.uid, "--json"],
        input: Self.pin + "\n"
      )
      #expect(set.status == 0, "\(set.errors)")
      #expect(try client.refusal("value.spend", Self.spend("s-1"))?.reason == "pinRequired")
      let wrong = try client.refusal("value.spend", Self.spend("s-2", pin: "28374651"))
      #expect(wrong?.reason == "pinWrong")
      #expect(try client.call("value.spend", Self.spend("s-3", pin: Self.pin))["replay"] == false)
      #expect(try client.refusal("value.spend", Self.spend("s-4", pin: "12"))?.name == "E_ILLEGAL")
      gateway.kill()
      try gateway.start()
      let later = try gateway.client("till")
      #expect(try later.call("value.spend", Self.spend("s-3", pin: Self.pin))["replay"] == true)
      for id in ["s-5", "s-6", "s-7"] {
        let refusal = try later.refusal("value.spend", Self.spend(id, pin: "28374651"))
        #expect(refusal?.reason == "pinWrong")
      }
      let locked = try later.refusal("value.spend", Self.spend("s-8", pin: Self.pin))
      #expect(locked?.reason == "pinWrong")
      // A manager needs no old PIN, but a reason; who runs the gateway is one.
      let card: JSON = ["kind": "cardUid", "value": .string(Self.uid)]
      let bare: JSON = ["operationId": "p-1", "credential": card, "pin": .string(Self.pin)]
      #expect(try later.refusal("card.setPin", bare)?.reason == "pinWrong")
      let trivial: JSON = ["operationId": "p-2", "credential": card, "pin": "123456"]
      #expect(try later.refusal("card.setPin", trivial)?.name == "E_ILLEGAL")
      let reset = try gateway.command(
        ["card", "set-pin", "cardUid:" + Self.uid, "--reason", "forgot it"],
        input: Self.pin + "\n"
      )
      #expect(reset.status == 0, "\(reset.errors)")
      #expect(try later.call("value.spend", Self.spend("s-9", pin: Self.pin))["replay"] == false)
      #expect(gateway.stop() == 0)
      var places = [("log", Array(gateway.log.utf8)), ("output", Array(set.output.utf8))]
      for name in try FileManager.default.subpathsOfDirectory(atPath: gateway.dataPath) {
        let path = gateway.dataPath + "/" + name
        places.append((name, [UInt8](FileManager.default.contents(atPath: path) ?? Data())))
      }
      let traces = [Self.pin, "28374651"].flatMap(Canary.forms(ofDigits:))
      for (place, bytes) in places {
        #expect(Canary.found(traces, in: bytes).isEmpty, "in \(place)")
      }
      #expect(try gateway.verify().status == 0)
    }

    @Test("a member is found by pinyin, and erased with the money paid out")
    func erased() throws {
      let (gateway, client) = try started()
      let found = try client.call("member.search", ["text": "oyxm"])
      #expect(found["candidates"]?.array?.count == 1)
      #expect(!found.text.contains("小明"))
      let refused = try gateway.command(["member", "erase", "M1", "--reason", "asked for"])
      #expect(refused.status == 1)
      let erased = try gateway.command(
        ["member", "erase", "M1", "--reason", "asked for", "--refund-tender", "cash", "--json"]
      )
      #expect(erased.status == 0, "\(erased.errors)")
      #expect(erased.output.contains("\"refundedMinor\":20000"))
      let gone = try client.refusal("member.lookup", ["credential": .uid(Self.uid)])
      #expect(gone?.reason == "memberErased")
      #expect(try client.call("member.search", ["text": "oyxm"])["candidates"]?.array == [])
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
    }
  }
}
