import TapgateCards
import TapgateCodec
import TapgateCore
import TapgateDevices
import TapgateModel
import TapgateRigs
import Testing

extension PCSCTests {
  @Suite("Issued cards through PC/SC")
  struct PCSCSecureCardTests {
    private static let configuration = PCSCBackend.Configuration(
      lane: "1",
      cards: IssuedCards.profiles
    )

    private struct Expected {
      let card: TapgateRigs.CardProfile
      let credential: String
      let technology: String
      let assurance: Assurance
      let reasons: [String]
      var medium = "card"
      var freshness: Freshness?
    }

    @Test("every kind of issued card is read on a real pcscd, with its grade and why")
    func kinds() async throws {
      let contact = [false, true].map { isT0 in
        Expected(
          card: .fileCard(
            application: IssuedCards.file,
            file: 0x2F01,
            short: 1,
            content: IssuedCards.number,
            isT0: isT0
          ),
          credential: "memberNumber:8800123456",
          technology: "iso7816",
          assurance: .a1,
          reasons: ["staticContent"]
        )
      }
      let expected = [
        Expected(
          card: IssuedCards.desfire(),
          credential: "appFile:8800123456",
          technology: "iso14443a.desfire",
          assurance: .a4,
          reasons: ["mutualAuthentication"]
        ),
        Expected(
          card: IssuedCards.dynamicTag(),
          credential: "sunToken:04DE5F1EACC040",
          technology: "iso14443a.ntag424",
          assurance: .a3,
          reasons: ["dynamicMessage"],
          freshness: .counter(61)
        ),
        Expected(
          card: IssuedCards.ultralight(),
          credential: "appFile:045E4CC2451390",
          technology: "iso14443a.t2",
          assurance: .a4,
          reasons: ["mutualAuthentication"]
        ),
        Expected(
          card: IssuedCards.ntag(),
          credential: "memberNumber:8800123456",
          technology: "iso14443a.t2",
          assurance: .a2,
          reasons: ["staticContent", "passwordAccepted"]
        ),
        Expected(
          card: IssuedCards.phone(),
          credential: "hceToken:8800123456",
          technology: "iso14443a.isodep",
          assurance: .a4,
          reasons: ["challengeResponse"],
          medium: "phone"
        ),
        Expected(
          card: IssuedCards.classic(),
          credential: "memberNumber:8800123456",
          technology: "iso14443a.classic",
          assurance: .a1,
          reasons: ["staticContent", "brokenCipher"]
        ),
        Expected(
          card: .ntag(PCSCWorld.uidA),
          credential: "cardUid:04A1B2C3D4E580",
          technology: "iso14443a.t2",
          assurance: .a1,
          reasons: ["staticUid", "rawCommandsAbsent"]
        ),
      ]
      try await PCSCWorld.run(configuration: Self.configuration) { world in
        for each in expected + contact {
          let mark = world.sink.count
          let (card, tap) = try await world.tap(each.card)
          let credential = tap.credential.kind.rawValue + ":" + tap.credential.reveal()
          #expect(credential == each.credential)
          #expect(tap.technology == each.technology)
          #expect(tap.assurance == each.assurance)
          #expect(tap.reasons == each.reasons)
          #expect(tap.medium == each.medium)
          #expect(tap.freshness == each.freshness)
          card.remove()
          try await world.sink.removed(after: mark)
        }
        #expect(world.sink.refusals.isEmpty)
      }
    }

    @Test("a card with another key and a copy are refused, counted, and never presented")
    func refusals() async throws {
      let wrong = IssuedCards.desfire(key: IssuedCards.uidKey)
      let copy = IssuedCards.desfire().tampered { command, answer in
        guard command.starts(with: [0x90, 0xAF, 0x00, 0x00, 0x20]) else { return answer }
        return [UInt8](repeating: 0x5A, count: 32) + [0x91, 0x00]
      }
      let changed = IssuedCards.dynamicTag().tampered { command, answer in
        guard command.count == 5, command[1] == 0xB0, answer.count > 60 else { return answer }
        var text = answer
        text[30] = text[30] == 0x30 ? 0x31 : 0x30
        return text
      }
      try await PCSCWorld.run(configuration: Self.configuration) { world in
        for (profile, refusal) in [
          (wrong, InputRefusal.authFailed), (copy, .authFailed), (changed, .macInvalid),
        ] {
          let mark = world.sink.count
          let card = world.rig.card(profile)
          try card.insert()
          let refused = try await world.sink.refused(after: mark)
          #expect(refused.refusal == refusal, "\(refused.detail)")
          #expect(refused.hint.contains("not valid"))
          for secret in ["04958C", "04DE5F", "880012"] { #expect(!refused.detail.contains(secret)) }
          let begun = card.commands.filter { $0.starts(with: [0x90, 0x71]) }
          #expect(begun.count == (refusal == .authFailed ? 1 : 0), "one attempt a presence")
          card.remove()
          try await world.sink.removed(after: mark)
        }
        #expect(world.sink.presentations.isEmpty)
        let counters = world.backend.statistics(deviceID: "pcsc:Tapgate Sim")
        #expect(counters?["TapgateFailedAuthenticationCount"] == 2)
        #expect(counters?["TapgateCloneAlarmCount"] == 2)
      }
    }

    @Test("a card that leaves in the middle of an authentication is a torn tap, and may come again")
    func torn() async throws {
      try await PCSCWorld.run(configuration: Self.configuration) { world in
        for fault in [VirtualCard.Fault.drop, .tear] {
          var mark = world.sink.count
          let card = world.rig.card(IssuedCards.desfire())
          card.onCommand { command in
            if command.starts(with: [0x90, 0xAF]) { card.fault = fault }
          }
          try card.insert()
          let refused = try await world.sink.refused(after: mark)
          // The fault strikes with the command after the one that set it.
          #expect(refused.refusal == .tornTap, "\(refused.detail)")
          card.fault = .none
          card.remove()
          try await world.sink.removed(after: mark)
          mark = world.sink.count
          let (again, tap) = try await world.tap(IssuedCards.desfire())
          #expect(tap.assurance == .a4)
          again.remove()
          try await world.sink.removed(after: mark)
        }
      }
    }

    @Test("a bank card and a foreign phone are refused as without profiles")
    func foreign() async throws {
      try await PCSCWorld.run(configuration: Self.configuration) { world in
        let directory = Array("2PAY.SYS.DDF01".utf8)
        let bank = TapgateRigs.CardProfile.payment(uid: PCSCWorld.uidB).tampered {
          command,
          answer in
          command.dropFirst(5).starts(with: directory) ? answer : [0x6A, 0x82]
        }
        let samples: [(TapgateRigs.CardProfile, InputRefusal)] = [
          (bank, .paymentCard), (.phone(), .randomUid),
        ]
        for (profile, refusal) in samples {
          let mark = world.sink.count
          let card = world.rig.card(profile)
          try card.insert()
          #expect(try await world.sink.refused(after: mark).refusal == refusal)
          // Names of ours, DESFire's select, the NDEF application, then the directory.
          #expect(card.commands.count <= 6)
          #expect(card.commands.allSatisfy { $0[1] == 0xA4 || $0[1] == 0x5A || $0[1] == 0xCA })
          card.remove()
          try await world.sink.removed(after: mark)
        }
        #expect(world.sink.presentations.isEmpty)
      }
    }
  }
}
