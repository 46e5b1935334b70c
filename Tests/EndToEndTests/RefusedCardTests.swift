import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs
import Testing

extension EndToEnd {
  /// Cards that are nobody's here, on a real pcscd: refused, traced, and accepted where the shop's
  /// own directory or its configuration says so.
  @Suite(
    "Refused cards",
    .enabled(if: PcscdRig.isAvailable, "no pcscd with vpcd"),
    .timeLimit(.minutes(5))
  )
  struct RefusedCardTests {
    private static let nuid: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF]
    private static let uid: [UInt8] = [0x04, 0xDE, 0xC0, 0xDE, 0x00, 0x01, 0x02]
    private static let union: [UInt8] = [0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05]
    private static let felica: [UInt8] = [0x01, 0x27, 0x00, 0x6B, 0x82, 0xA4, 0xF1, 0xD3]

    /// A counter: pcscd, a gateway whose configuration has `settings` behind it, and its till.
    private final class Counter {
      let rig: PcscdRig
      let gateway: LiveGateway
      let till: GatewayClient

      init(_ settings: String) async throws {
        rig = try await PcscdRig.launch(pairs: 1)
        gateway = try LiveGateway(hasCardReaders: true)
        let text = try String(contentsOfFile: gateway.configurationPath, encoding: .utf8)
        try gateway.folder.write(text + settings, to: "tapgate.toml")
        try gateway.start()
        till = try gateway.client("till", lane: "1")
        let names = rig.readers
        _ = try till.wait("device.list") { list in
          let online = list["devices"]?.array?.filter { $0[path: "power.name"] == "PS_ONLINE" }
          return names.allSatisfy { name in
            online?.contains { $0["name"]?.string == name } ?? false
          }
        }
      }

      deinit {
        gateway.kill()
        rig.close()
      }

      /// Lays a card on the reader until the till has heard of it, then takes it away.
      func show(_ profile: CardProfile, _ kind: String) throws -> JSON {
        try till.subscribe(["device.status"])
        let card = rig.card(profile)
        try card.insert()
        let event = try till.event(kind)
        card.remove()
        _ =
          kind == "credential.presented"
          ? try till.event("credential.removed")
          : try till.event("device.status") { $0[path: "status.name"] == "SC_SUE_NO_CARD" }
        return event
      }

      /// Why the last input was refused, as the trace has it.
      func traced() throws -> JSON {
        try till.call("trace.last", ["limit": 1])["taps"]?.array?.first ?? .null
      }
    }

    @Test("a NUID is refused until the shop's directory knows it, and then counts for little")
    func sharedUID() async throws {
      let counter = try await Counter("[input]\nbounceMs = 0\n")
      let refused = try counter.show(.uid(Self.nuid), "credential.refused")
      #expect(refused["reason"] == "nonUniqueUidNotEnrolled")
      let traced = try counter.traced()
      #expect(traced["outcome"] == "refused")
      #expect(traced["reason"] == "nonUniqueUidNotEnrolled")
      #expect(traced["technology"] == "iso14443a.classic")
      #expect(!counter.gateway.log.uppercased().contains("DEADBEEF"))
      let shown = try counter.gateway.command(["trace"])
      #expect(shown.output.contains("nonUniqueUidNotEnrolled"), "\(shown.output)")
      // Enrolled by what is printed on the card.
      let member = try counter.till.enrol("顾客", uid: "DEADBEEF")
      let presented = try counter.show(.uid(Self.nuid), "credential.presented")
      #expect(presented["assurance"] == "A1")
      #expect(presented["reasons"]?.array?.contains("sharedUid") == true)
      let found = try counter.till.call(
        "member.lookup",
        ["eventId": presented["eventId"] ?? .null]
      )
      #expect(found[path: "member.id"]?.string == member)
      let stranger = try counter.show(.uid([0xDE, 0xAD, 0xBE, 0xEE]), "credential.refused")
      #expect(stranger["reason"] == "nonUniqueUidNotEnrolled")
      #expect(counter.gateway.stop() == 0)
    }

    @Test("transit cards are refused, through the air interface of each kind, and so is a stump")
    func transit() async throws {
      let counter = try await Counter("[input]\nbounceMs = 0\n")
      let samples: [(CardProfile, String)] = [
        (.transit(name: Self.union, uid: Self.uid), "transitCardNotEnabled"),
        (
          .transit(name: Self.union, uid: Self.uid, directory: [Self.union]),
          "transitCardNotEnabled"
        ),
        (.transit(name: Array("PAY.SZT".utf8), uid: Self.uid), "transitCardNotEnabled"),
        (.felica(Self.felica, systems: [0x0003]), "transitCardNotEnabled"),
        (.felica(Self.felica, systems: [0x8008], isShy: true), "transitCardNotEnabled"),
        (.uid([0x04, 0xA1]), "tooShort"),
      ]
      for (card, reason) in samples {
        let refused = try counter.show(card, "credential.refused")
        #expect(refused["reason"]?.string == reason)
        #expect(refused["hint"]?.string?.isEmpty == false)
        #expect(try counter.traced()["reason"]?.string == reason)
      }
      for secret in ["04DEC0DE", "0127006B"] {
        #expect(!counter.gateway.log.uppercased().contains(secret))
      }
      #expect(counter.gateway.stop() == 0)
    }

    @Test("where the configuration allows them, both are cards like any other, of grade A1")
    func allowed() async throws {
      let counter = try await Counter(
        "[input]\nbounceMs = 0\nallowNuid = true\nallowTransit = true\n"
      )
      let cards: [CardProfile] = [
        .uid(Self.nuid), .transit(name: Self.union, uid: Self.uid, directory: [Self.union]),
        .felica(Self.felica, systems: [0x0003]),
      ]
      for card in cards {
        let presented = try counter.show(card, "credential.presented")
        #expect(presented["assurance"] == "A1")
      }
      #expect(counter.gateway.stop() == 0)
    }

    @Test("FeliCa and ISO 15693 cards have their own names, identifiers and grades")
    func otherRadios() async throws {
      let counter = try await Counter(
        """
        [input]
        bounceMs = 0
        [[card]]
        type = "felica"
        systemCode = 0x88B4
        [[card]]
        name = "tags"
        type = "iso15693"
        identity = "content"
        block = 1
        length = 10

        """
      )
      let felica = try counter.show(
        .felica(Self.felica, systems: [0x12FC, 0x88B4]),
        "credential.presented"
      )
      #expect(felica["technology"] == "felica")
      #expect(felica["assurance"] == "A1")
      #expect(felica[path: "credential.kind"] == "appFile")
      #expect(felica["reasons"]?.array?.contains("staticUid") == true)

      let identifier: [UInt8] = [0xE0, 0x04, 0x01, 0x50, 0x12, 0x34, 0x56, 0x78]
      let content = [UInt8](repeating: 0, count: 4) + Array("8800123456".utf8) + [0, 0]
      let tag = try counter.show(
        .vicinity(identifier, content: content),
        "credential.presented"
      )
      #expect(tag["technology"] == "iso15693")
      #expect(tag[path: "credential.kind"] == "memberNumber")
      #expect(tag[path: "credential.masked"] == "****3456")
      #expect(tag["assurance"] == "A1")
      // A card of another system is its identifier, and says why.
      let other = try counter.show(
        .felica(Self.felica, systems: [0x12FC]),
        "credential.presented"
      )
      #expect(other[path: "credential.kind"] == "cardUid")
      #expect(other["reasons"]?.array?.contains("applicationAbsent") == true)
      #expect(counter.gateway.stop() == 0)
    }
  }
}
