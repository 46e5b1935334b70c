import TapgateCodec
import TapgateModel
import TapgateRigs
import Testing

@testable import TapgateCards

@Suite("The dialogue as a whole")
struct DialogueTests {
  /// A card of every kind with the profile that takes it.
  static func everyKind() -> [(String, TapgateRigs.CardProfile, TapgateCards.CardProfile)] {
    let file = FileMethod(
      application: bytes("F0544150474154450002"),
      file: .identifier(0x2F01),
      region: CardRegion(offset: 0, count: 4),
      text: CardText()
    )
    let phoneKey = TapgateRigs.CardProfile.phoneKey(
      bytes(ApplicationTests.key),
      member: "8800123456",
      algorithm: "hmac"
    )
    return [
      (
        "classic", StorageCardTests.classic("8800123456"), profile(StorageCardTests.classicMethod())
      ),
      (
        "ntag", StorageCardTests.ntag().profile,
        profile(
          StorageCardTests.ntagMethod(.content, password: "C0FFEE01BEEF")
        )
      ),
      (
        "ultralight",
        UltralightTests.card {
          $0.hasRandomID = true; $0.reader = .transparent
        }.profile,
        profile(.ultralightAES(UltralightTests.method(.content)))
      ),
      (
        "desfire ev1", DESFireCard(DESFireTests.setup { $0.hasRandomID = true }).profile,
        profile(.desfire(DESFireTests.method(.ev1, .content, hasUIDKey: true)))
      ),
      (
        "desfire ev2", DESFireCard(DESFireTests.setup { $0.hasRandomID = true }).profile,
        profile(.desfire(DESFireTests.method(.ev2, .content, hasUIDKey: true)))
      ),
      (
        "ntag424", DynamicTagTests.tag().profile, profile(.ntag424(DynamicTagTests.method()))
      ),
      (
        "iso7816",
        .fileCard(
          application: bytes("F0544150474154450002"),
          file: 0x2F01,
          short: 5,
          content: Array("8800".utf8),
          isT0: true
        ), profile(.iso7816(file))
      ),
      (
        "hce",
        .phoneApplication(
          name: ApplicationTests.application,
          member: "8800123456",
          key: phoneKey,
          algorithm: "hmac"
        ), profile(ApplicationTests.phone(.hmacSHA256))
      ),
      (
        "felica", .felica(bytes("0127006B82A4F1D3"), systems: [0x88B4]),
        profile(.felica(FeliCaMethod(systemCode: 0x88B4)))
      ),
      (
        "iso15693", .vicinity(bytes("E004015012345678"), content: Array("8800".utf8)),
        profile(.iso15693(VicinityMethod(source: .content, block: 0, count: 4)))
      ),
    ]
  }

  @Test("a card of every kind is identified where all profiles are configured together")
  func together() {
    let profiles = Self.everyKind().map(\.2)
    for (name, card, own) in Self.everyKind() {
      let alone = Tap(card, [own])
      #expect(alone.identity != nil, "\(name): \(alone.detail)")
      for order in [profiles, profiles.reversed()] {
        let all = Tap(card, order)
        #expect(all.credential == alone.credential, "\(name): \(all.detail)")
      }
    }
  }

  @Test("without profiles a card is asked for its identifier, and what it may not be")
  func withoutProfiles() {
    let allowed = Set(
      [CardScript.getUID, CardScript.selectPaymentDirectory]
        + TransitCard.names.map(CardCommand.select(name:))
    )
    for (name, card, _) in Self.everyKind() where name != "felica" {
      let tap = Tap(card, [])
      #expect(tap.commands.count <= 2 + TransitCard.names.count, "\(name)")
      #expect(tap.commands.allSatisfy(allowed.contains), "\(name)")
      if let identity = tap.identity {
        #expect(identity.grade == .a1)
        #expect(identity.reasons.first == .staticUid)
        #expect(identity.credential.kind == .cardUid)
      }
    }
    let shared = Tap(.uid(bytes("DEADBEEF")), [])
    #expect(shared.identity?.reasons == [.staticUid, .sharedUid])
  }

  @Test("a card that leaves after any command is a torn tap, never an identity")
  func torn() {
    for (name, card, own) in Self.everyKind() {
      let whole = Tap(card, [own]).commands.count
      let isSession = name == "ultralight" || name == "felica"
      for tear in 0..<whole {
        let tap = Tap(card, [own], tear: tear)
        // What ends a reader's session comes after the identity.
        if isSession, tear == whole - 1 { continue }
        #expect(tap.refusal == .torn, "\(name) after \(tear): \(String(describing: tap.finding))")
      }
    }
  }

  @Test(
    "a status that is no success never gives an identity",
    arguments: [0x6300, 0x6A81, 0x6F00, 0x9000]
  )
  func badStatus(status: Int) {
    for (name, card, own) in Self.everyKind() {
      let broken = card.tampered { _, _ in [UInt8(status >> 8), UInt8(status & 0xFF)] }
      #expect(Tap(broken, [own]).identity == nil, "\(name)")
    }
  }

  @Test("nothing of the card stands in the trace")
  func secrecy() {
    for (name, card, own) in Self.everyKind() {
      for change in 0..<3 {
        let broken = card.tampered { command, answer in
          switch change {
          case 0: answer.count > 4 ? Array(answer.dropLast(4)) + [0x6F, 0x00] : answer
          case 1: command.count > 20 ? [0x91, 0xAE] : answer
          default: answer.count > 12 ? answer.map { $0 ^ 0x01 } : answer
          }
        }
        let tap = Tap(broken, [own])
        let said = "\(String(describing: tap.finding))".uppercased()
        for secret in [
          "8800", "04958C", "04DE5F", "045E4C", "04E10C", "DEADBEEF", "0127006B", "E0040150",
          "38, 38", "C0FFEE", "A0B1C2",
        ] {
          #expect(!said.contains(secret), "\(name) \(change): \(tap.detail)")
        }
      }
    }
  }

  @Test("a profile's limit and kind decide over what the card proves")
  func limits() {
    for (name, card, own) in Self.everyKind() {
      var capped = own
      capped.gradeMax = .a1
      capped.kind = .memberNumber
      let tap = Tap(card, [capped])
      #expect(tap.identity?.grade == .a1, "\(name)")
      #expect(tap.identity?.credential.kind == .memberNumber, "\(name)")
      let before = Tap(card, [own]).identity?.grade ?? .a0
      #expect(tap.identity?.reasons.contains(.gradeCapped) == (before > .a1), "\(name)")
    }
  }

  @Test("a card that never ends is refused")
  func endless() {
    let card = DESFireCard(DESFireTests.setup()).profile.tampered { command, answer in
      command.starts(with: [0x90, 0xBD]) || command == CardCommand.native(0xAF)
        ? [0x00, 0x91, 0xAF] : answer
    }
    let tap = Tap(card, [profile(.desfire(DESFireTests.method(.ev1, .content)))])
    #expect(tap.refusal == .unreadable)
    #expect(tap.commands.count <= 401)
    let contact = TapgateRigs.CardProfile.fileCard(
      application: ApplicationTests.application,
      file: 1,
      short: 1,
      content: []
    ).tampered { _, _ in [0x00, 0x61, 0x10] }
    let method = FileMethod(
      application: ApplicationTests.application,
      file: .short(1),
      region: CardRegion(offset: 0, count: 4),
      text: CardText()
    )
    #expect(Tap(contact, [profile(.iso7816(method))]).refusal == .unreadable)
  }

  @Test("no answers trap a dialogue: 10^5 random ones")
  func random() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("dialogue: seed \(seed)")
    var state = seed
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
    let statuses: [[UInt8]] = [
      [0x90, 0x00], [0x91, 0x00], [0x91, 0xAF], [0x61, 0x05], [0x6C, 0x04], [0x6A, 0x82],
      [0x91, 0x90], [0x63, 0x00],
    ]
    var answers = 0
    var found: Set<String> = []
    while answers < 100_000 {
      for (_, card, own) in Self.everyKind() {
        var dialogue = CardDialogue(answer: card.answerToReset, profiles: [own])
        var step = dialogue.start(randomness: Tap.randomness)
        while case .transmit(let command) = step {
          answers += 1
          // Mostly the card's own answer, so that the random ones come deep inside.
          var answer = card.respond(command)
          if next() < 60 {
            answer = (0..<(next() % 40)).map { _ in next() } + statuses[Int(next() % 8)]
          } else if next() < 60, !answer.isEmpty {
            answer[Int(next()) % answer.count] = next()
          }
          step = dialogue.next(answer)
        }
        if case .done(.refused(let refusal, _)) = step { found.insert(refusal.rawValue) }
      }
    }
    #expect(found.count >= 5, "\(found)")
  }
}
