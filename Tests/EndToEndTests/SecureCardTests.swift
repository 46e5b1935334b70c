import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Cards that prove themselves, on a real pcscd: from the card's cryptography to the till.
  @Suite(
    "Secure cards",
    .enabled(if: PcscdRig.isAvailable, "no pcscd with vpcd"),
    .timeLimit(.minutes(5))
  )
  struct SecureCardTests {
    private static let metaKey = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"
    private static let fileKey = "000102030405060708090A0B0C0D0E0F"
    private static let uid: [UInt8] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]
    private static let number = "8800123456"

    /// A tag of the shop whose counter stands at `counter`; two of them are a tag and its copy.
    private static func tag(counter: UInt32) -> CardProfile {
      var setup = DynamicTagCard.Setup()
      setup.uid = uid
      setup.metaKey = (0..<16).map { 0xF0 | UInt8($0) }
      setup.fileKey = (0..<16).map { UInt8($0) }
      setup.counter = counter
      return DynamicTagCard(setup).profile
    }

    /// A gateway whose shop issues such cards: `keys` are files beside the configuration, `cards`
    /// its sections.
    private static func gateway(_ keys: [String: String], _ cards: String) throws -> LiveGateway {
      let gateway = try LiveGateway(hasCardReaders: true)
      for (name, key) in keys {
        let path = try gateway.folder.write(key + "\n", to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      }
      let settings = try String(contentsOfFile: gateway.configurationPath, encoding: .utf8)
      // Without a bounce, a card may follow another at once.
      let text = settings + "[input]\nbounceMs = 0\n" + cards
      try gateway.folder.write(text, to: "tapgate.toml")
      return gateway
    }

    private static func tags() throws -> LiveGateway {
      try gateway(
        ["meta.key": metaKey, "file.key": fileKey],
        """
        [[card]]
        type = "ntag424"
        pattern = "https://ntag.nxp.com/424?e={picc}&c={mac}"
        key = { file = "file.key" }
        metaKey = { file = "meta.key" }

        """
      )
    }

    /// DESFire cards whose number stands in a file, and stickers with a number of the same kind.
    private static func numberedCards() throws -> LiveGateway {
      try gateway(
        ["app.key": fileKey, "uid.key": metaKey],
        """
        [[card]]
        name = "members"
        type = "desfire"
        kind = "memberNumber"
        aid = "F54230"
        authentication = "ev2"
        identity = "content"
        file = 1
        offset = 0
        length = 80
        key = { file = "app.key", number = 1 }
        uidKey = { file = "uid.key", number = 2 }
        diversification = ["uid", "aid"]
        [[card]]
        name = "stickers"
        type = "ntag"
        identity = "content"
        pattern = "https://shop.example/m/{id}"

        """
      )
    }

    /// A DESFire EV2 card of the shop: a random identifier outside, its own key inside.
    private static func desfire(master: String = fileKey) -> DESFireCard {
      var setup = DESFireCard.Setup()
      setup.uid = uid
      setup.hasRandomID = true
      setup.keys = [
        1: DESFireCard.diversified(bytes(master), uid + setup.application), 2: bytes(metaKey),
      ]
      setup.readKey = 1
      setup.content = Array(number.utf8) + [UInt8](repeating: 0, count: 70)
      return DESFireCard(setup)
    }

    /// A cheap tag on which somebody wrote a member's number.
    private static func sticker() -> CardProfile {
      let text = Array("shop.example/m/\(number)".utf8)
      let message = [0xD1, 0x01, UInt8(text.count + 1), 0x55, 0x04] + text
      return Type2Card(.ntag213(message: message)).profile
    }

    private static func bytes(_ digits: String) -> [UInt8] {
      stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(digits.dropFirst($0).prefix(2), radix: 16)
      }
    }

    /// A till of lane 1 that hears the reader's cards.
    private func till(_ gateway: LiveGateway, _ rig: PcscdRig) throws -> GatewayClient {
      let till = try gateway.client("till", lane: "1")
      _ = try till.wait("device.list") { list in
        let online = list["devices"]?.array?.filter { $0[path: "power.name"] == "PS_ONLINE" }
        return rig.readers.allSatisfy { name in
          online?.contains { $0["name"]?.string == name } ?? false
        }
      }
      return till
    }

    /// Lays a card on the reader and takes it away: what the till hears of it, and whose it is.
    private func show(
      _ card: VirtualCard,
      _ client: GatewayClient,
      _ kind: String
    ) throws -> (event: JSON, member: JSON?) {
      try client.subscribe(["device.status"])
      try card.insert()
      let event = try client.event(kind)
      guard kind == "credential.presented" else {
        card.remove()
        _ = try client.event("device.status") { $0[path: "status.name"] == "SC_SUE_NO_CARD" }
        return (event, nil)
      }
      let resolved = try client.event("member.resolved")
      card.remove()
      _ = try client.event("credential.removed")
      return (event, resolved["member"])
    }

    @Test("a tag's message counts once: its copy is refused, and the bare number is nobody's")
    func copies() async throws {
      let rig = try await PcscdRig.launch(pairs: 1)
      defer { rig.close() }
      let gateway = try Self.tags()
      try gateway.start()
      var client = try till(gateway, rig)
      let member = try client.enrol("顾客", uid: "04C0FFEE000001")
      let genuine = rig.card(Self.tag(counter: 60))
      let first = try show(genuine, client, "credential.presented").event
      #expect(first["assurance"] == "A3")
      _ = try client.call(
        "card.bind",
        ["memberId": .string(member), "eventId": first["eventId"] ?? .null]
      )
      let copy = try show(rig.card(Self.tag(counter: 10)), client, "credential.refused").event
      #expect(copy["reason"] == "counterReplay")
      let bare = try show(rig.card(.uid(Self.uid)), client, "credential.presented")
      #expect(bare.member == .null)
      #expect(try refusedAccrual("b1", bare.event, client)?.name == "E_NOEXIST")
      gateway.kill()
      try gateway.start()
      client = try till(gateway, rig)
      let late = try show(rig.card(Self.tag(counter: 60)), client, "credential.refused").event
      #expect(late["reason"] == "counterReplay")
      let again = try show(genuine, client, "credential.presented")
      #expect(again.member?["id"]?.string == member)
      #expect(again.event["reasons"]?.array?.contains("downgraded") == false)
      let accrued = try client.call("points.accrue", accrual("a1", again.event))
      #expect(accrued["earned"] == 28)
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
    }

    /// 28.00 by an event, under an id that is also the receipt's number.
    private func accrual(_ id: String, _ event: JSON) -> JSON {
      [
        "operationId": .string(id), "eventId": event["eventId"] ?? .null,
        "receiptNo": .string(id), "amountMinor": 2800, "print": false,
      ]
    }

    private func refusedAccrual(
      _ id: String,
      _ event: JSON,
      _ client: GatewayClient
    ) throws -> GatewayError? {
      try client.refusal("points.accrue", accrual(id, event))
    }

    @Test("a DESFire card proves itself with a key of its own; its number elsewhere earns nothing")
    func mutual() async throws {
      let rig = try await PcscdRig.launch(pairs: 1)
      defer { rig.close() }
      let gateway = try Self.numberedCards()
      try gateway.start()
      let client = try till(gateway, rig)
      let member = try client.enrol("顾客", uid: "04C0FFEE000001")
      let card = Self.desfire()
      let genuine = rig.card(card.profile)
      let first = try show(genuine, client, "credential.presented")
      #expect(first.event["assurance"] == "A4")
      #expect(first.event["technology"] == "iso14443a.desfire")
      #expect(first.event["reasons"]?.array?.contains("mutualAuthentication") == true)
      #expect(first.member == .null)
      _ = try client.call(
        "card.bind",
        ["memberId": .string(member), "eventId": first.event["eventId"] ?? .null]
      )
      let again = try show(genuine, client, "credential.presented")
      #expect(again.member?["id"]?.string == member)
      #expect(try client.call("points.accrue", accrual("a1", again.event))["earned"] == 28)
      #expect(card.attempts >= 2)

      let cheap = try show(rig.card(Self.sticker()), client, "credential.presented")
      #expect(cheap.event["reasons"]?.array?.contains("downgraded") == true)
      #expect(cheap.member?["id"]?.string == member)
      let weak = try refusedAccrual("a2", cheap.event, client)
      #expect(weak?.reason == "assuranceTooLow")
      let bare = try show(rig.card(.uid(Self.uid)), client, "credential.presented")
      #expect(bare.member == .null)
      #expect(try refusedAccrual("a3", bare.event, client)?.name == "E_NOEXIST")
      let stranger = rig.card(Self.desfire(master: Self.metaKey).profile)
      let other = try show(stranger, client, "credential.refused").event
      #expect(other["reason"] == "authFailed")
      // What stands on the wire between card and reader gives the number away to nobody.
      for command in genuine.commands + stranger.commands {
        #expect(!String(decoding: command, as: UTF8.self).contains(Self.number))
      }
      #expect(!gateway.log.contains(Self.number))
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
    }
  }
}
