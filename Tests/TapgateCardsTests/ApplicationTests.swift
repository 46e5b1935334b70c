import TapgateCodec
import TapgateModel
import TapgateRigs
import Testing

@testable import TapgateCards

@Suite("Dynamic messages by profile")
struct DynamicTagTests {
  static let metaKey = "0102030405060708090A0B0C0D0E0F10"
  static let fileMaster = "00112233445566778899AABBCCDDEEFF"
  static let uid = bytes("04DE5F1EACC040")

  static func tag(_ change: (inout DynamicTagCard.Setup) -> Void = { _ in }) -> DynamicTagCard {
    var setup = DynamicTagCard.Setup()
    setup.metaKey = bytes(metaKey)
    setup.fileKey = DESFireCard.diversified(bytes(fileMaster), uid)
    change(&setup)
    return DynamicTagCard(setup)
  }

  static func method(
    _ text: String = "https://ntag.nxp.com/424?e={picc}&c={mac}",
    _ source: CardIdentitySource = .uid
  ) -> DynamicMethod {
    DynamicMethod(
      pattern: pattern(text) ?? TextPatternFallback.never,
      source: source,
      fileKey: cardKey(fileMaster),
      diversification: KeyDiversification(parts: [.uid]),
      metaKey: cardKey(metaKey)
    )
  }

  @Test("a fresh message is A3 with its counter, one more at each tap")
  func fresh() {
    let card = Self.tag().profile
    for counter in [61, 62, 63] as [UInt64] {
      let tap = Tap(card, [profile(.ntag424(Self.method()))])
      #expect(tap.credential == "sunToken:04DE5F1EACC040", "\(tap.detail)")
      #expect(tap.identity?.grade == .a3)
      #expect(tap.identity?.counter == counter)
      #expect(tap.identity?.reasons == [.dynamicMessage])
      #expect(tap.identity?.technology == "iso14443a.ntag424")
    }
  }

  @Test("a message with plain mirrors, and one with file data, are verified")
  func forms() {
    let plain = Self.tag {
      $0.metaKey = []
      $0.url = "a.example/{uid}x{ctr}?c={mac}"
    }
    let mirrored = Self.method("https://a.example/{uid}x{ctr}?c={mac}")
    let first = Tap(plain.profile, [profile(.ntag424(mirrored))])
    #expect(first.credential == "sunToken:04DE5F1EACC040", "\(first.detail)")
    #expect(first.identity?.counter == 61)
    let file = Self.tag {
      $0.url = "a.example/?p={picc}&e={enc}&c={mac}"
      $0.macFrom = "&e="
      $0.content = Array("8800123456".utf8) + [UInt8](repeating: 0, count: 6)
    }
    let content = Self.method("https://a.example/?p={picc}&e={macFrom}{enc}&c={mac}", .content)
    let second = Tap(file.profile, [profile(.ntag424(content))])
    #expect(second.credential == "sunToken:8800123456", "\(second.detail)")
    #expect(second.identity?.grade == .a3)
  }

  @Test("a message without a counter can be shown again: A1")
  func withoutCounter() {
    let url = "a.example/{uid}?c={mac}"
    var setup = DynamicTagCard.Setup()
    // The tag's own MAC is over nothing that changes: made here, as such a tag would.
    let key = zeroKey
    let message = DynamicMessage(uid: setup.uid, counter: nil)
    let vector = bytes("3CC300010080") + setup.uid + [0, 0, 0]
    let session = BlockCipher.mac(vector, key)
    let mac = BlockCipher.odd(BlockCipher.mac([], TapgateCards.CardKey(session)?.key ?? key))
    #expect(message.isAuthentic(mac, over: [], fileKey: key))
    let text = url.replacing("{uid}", with: Hexadecimal.text(setup.uid))
      .replacing("{mac}", with: Hexadecimal.text(mac))
    let record = uriMessage(text)
    setup.file = [0x00, UInt8(record.count)] + record + [UInt8](repeating: 0, count: 100)
    var method = Self.method("https://a.example/{uid}?c={mac}")
    method.fileKey = CardKey(zeroKey)
    method.diversification = nil
    let tap = Tap(DynamicTagCard(setup).profile, [profile(.ntag424(method))])
    #expect(tap.identity?.grade == .a1, "\(tap.detail)")
    #expect(tap.identity?.counter == nil)
    #expect(tap.identity?.reasons == [.counterAbsent])
  }

  @Test("any changed digit of the message is a wrong MAC")
  func changed() {
    let card = Self.tag().profile
    for digit in 0..<48 {
      let reads = card.tampered { command, answer in
        guard command.count == 5, command[1] == 0xB0, answer.count > 60 else { return answer }
        var text = answer
        // D1 01 len 55 04, then the text; the digits start behind "e=".
        let place = digit < 32 ? 24 + digit : 24 + 35 + digit - 32
        text[place] = text[place] == 0x30 ? 0x31 : 0x30
        return text
      }
      let tap = Tap(reads, [profile(.ntag424(Self.method()))])
      #expect(tap.refusal == .macInvalid, "digit \(digit): \(tap.detail)")
      #expect(!tap.detail.contains("04DE5F"))
    }
    var wrong = Self.method()
    wrong.fileKey = cardKey(Self.metaKey)
    #expect(Tap(card, [profile(.ntag424(wrong))]).refusal == .macInvalid)
  }

  @Test("a small MLe is kept to, and nothing is read past the file")
  func chunks() {
    let card = Self.tag { $0.readByteCountMax = 15 }
    let tap = Tap(card.profile, [profile(.ntag424(Self.method()))])
    #expect(tap.identity?.grade == .a3, "\(tap.detail)")
    let reads = tap.commands.filter { $0.count == 5 && $0[1] == 0xB0 }
    #expect(reads.allSatisfy { $0[4] <= 15 })
    #expect(card.highestByte <= 256)
  }

  @Test("somebody else's tag leaves the bare identifier, a broken one is a typed error")
  func others() {
    let foreign = Self.tag { $0.url = "evil.example/424?e={picc}&c={mac}" }
    let tap = Tap(foreign.profile, [profile(.ntag424(Self.method()))])
    #expect(tap.credential == "cardUid:04DE5F1EACC040")
    #expect(tap.identity?.reasons == [.staticUid, .applicationAbsent])
    let samples: [([UInt8], String)] = [
      ([0x00, 0x05, 0xD1, 0x01, 0xFF, 0x55, 0x04], "ndef.truncated"),
      ([0xFF, 0xFF] + [UInt8](repeating: 0, count: 254), "ndef.overlong"),
    ]
    for (file, expected) in samples {
      let broken = Self.tag { $0.file = file + [UInt8](repeating: 0, count: 256 - file.count) }
      let tap = Tap(broken.profile, [profile(.ntag424(Self.method()))])
      #expect(tap.refusal == .unreadable)
      #expect(tap.detail.contains(expected), "\(tap.detail)")
      #expect(broken.highestByte <= 256)
    }
    let static4 = Self.tag { setup in
      let record = uriMessage("shop.example/m/88")
      setup.file = [0x00, UInt8(record.count)] + record + [UInt8](repeating: 0, count: 100)
    }
    let method = NTAGMethod(
      source: .content,
      text: CardText(pattern: pattern("https://shop.example/m/{id}"))
    )
    let plain = Tap(static4.profile, [profile(.ntag(method))])
    #expect(plain.credential == "memberNumber:88", "\(plain.detail)")
    #expect(plain.identity?.grade == .a1)
  }

  @Test("the maker's signature can be asked for beside")
  func originality() {
    var method = Self.method()
    method.originality = .check
    let tap = Tap(Self.tag().profile, [profile(.ntag424(method))])
    #expect(tap.identity?.reasons == [.dynamicMessage, .originalityAbsent])
    method.originality = .require
    #expect(Tap(Self.tag().profile, [profile(.ntag424(method))]).refusal == .authFailed)
  }
}

/// A pattern for a test whose own is broken: it matches nothing that a tag says.
enum TextPatternFallback {
  static var never: TextPattern {
    guard case .success(let pattern) = TextPattern.parse("-") else {
      preconditionFailure("a pattern without gaps is one")
    }
    return pattern
  }
}

@Suite("Applications by name")
struct ApplicationTests {
  static let application = bytes("F0544150474154450001")
  static let key = String(repeating: "5A", count: 16)

  static func phone(
    _ algorithm: PhoneMethod.Algorithm,
    key: String? = key,
    isDiversified: Bool = true
  ) -> CardMethod {
    .hce(
      PhoneMethod(
        application: application,
        key: key.map { cardKey($0) },
        algorithm: algorithm,
        isDiversified: isDiversified
      )
    )
  }

  @Test("a phone that answers a challenge is A4, with its own key or the shop's")
  func phones() {
    for (algorithm, word) in [(PhoneMethod.Algorithm.hmacSHA256, "hmac"), (.aesCMAC, "cmac")] {
      for isDiversified in [true, false] {
        let own = TapgateRigs.CardProfile.phoneKey(
          bytes(Self.key),
          member: "8800123456",
          algorithm: word
        )
        let card = TapgateRigs.CardProfile.phoneApplication(
          name: Self.application,
          member: "8800123456",
          key: isDiversified ? own : bytes(Self.key),
          algorithm: word
        )
        let method = Self.phone(algorithm, isDiversified: isDiversified)
        let tap = Tap(card, [profile(method)])
        #expect(tap.credential == "hceToken:8800123456", "\(word) \(tap.detail)")
        #expect(tap.identity?.grade == .a4)
        #expect(tap.identity?.medium == .phone)
        #expect(tap.identity?.reasons == [.challengeResponse])
        #expect(tap.commands.count == 2)
        let other = Self.phone(algorithm, isDiversified: !isDiversified)
        #expect(Tap(card, [profile(other)]).refusal == .forged)
        let plain = Tap(card, [profile(Self.phone(algorithm, key: nil))])
        #expect(plain.identity?.grade == .a1)
        #expect(plain.commands.count == 1)
      }
    }
  }

  @Test(
    "a phone that answers no challenge is refused, one without the application hides its number"
  )
  func phoneTroubles() {
    let silent = TapgateRigs.CardProfile.phoneApplication(
      name: Self.application,
      member: "88",
      key: [],
      algorithm: "none"
    )
    let method = profile(Self.phone(.hmacSHA256))
    #expect(Tap(silent, [method]).refusal == .authFailed)
    let empty = TapgateRigs.CardProfile.phoneApplication(
      name: Self.application,
      member: "",
      key: [],
      algorithm: "none"
    )
    #expect(Tap(empty, [method]).refusal == .unreadable)
    #expect(Tap(.phone(), [method]).refusal == .randomUID)
    let replayed = Tap(silent, [method]).commands.last
    #expect(replayed != Tap(silent, [method]).commands.last, "a challenge is never sent twice")
  }

  @Test("a contact card's file is read by identifier and by short identifier, with T=1 and T=0")
  func files() {
    for isT0 in [false, true] {
      let card = TapgateRigs.CardProfile.fileCard(
        application: Self.application,
        file: 0x2F01,
        short: 5,
        content: [0x00, 0x88, 0x00, 0x12, 0x34, 0x5F, 0xFF],
        isT0: isT0
      )
      for file in [FileMethod.File.identifier(0x2F01), .short(5)] {
        let method = FileMethod(
          application: Self.application,
          file: file,
          region: CardRegion(offset: 1, count: 6),
          text: CardText(content: .bcd)
        )
        let tap = Tap(card, [profile(.iso7816(method))])
        #expect(tap.credential == "memberNumber:880012345", "\(tap.detail)")
        #expect(tap.identity?.grade == .a1)
        #expect(tap.identity?.technology == "iso7816")
        var far = method
        far.region = CardRegion(offset: 5, count: 20)
        #expect(Tap(card, [profile(.iso7816(far))]).refusal == .unreadable)
      }
      let other = FileMethod(
        application: bytes("F000000000"),
        file: .short(5),
        region: CardRegion(offset: 0, count: 4),
        text: CardText()
      )
      #expect(Tap(card, [profile(.iso7816(other))]).identity == nil)
    }
  }

  @Test("names are asked for in the order of the profiles, messages after them, the bank card last")
  func order() {
    let dynamic = profile(.ntag424(DynamicTagTests.method()), name: "tags")
    let desfire = profile(.desfire(DESFireTests.method(.ev1, .uid)), name: "cards")
    let phone = profile(Self.phone(.hmacSHA256), name: "phones")
    let tap = Tap(.payment(uid: bytes("DEADBEEF")), [dynamic, phone, desfire])
    #expect(tap.refusal == .paymentCard || tap.refusal == .authFailed || tap.refusal == .unreadable)
    let bank = TapgateRigs.CardProfile.payment(uid: bytes("DEADBEEF")).tampered { command, answer in
      command.dropFirst(5).starts(with: Array("2PAY.SYS.DDF01".utf8)) ? answer : [0x6A, 0x82]
    }
    let refused = Tap(bank, [dynamic, phone, desfire])
    #expect(refused.refusal == .paymentCard)
    #expect(
      refused.commands == [
        CardCommand.select(name: Self.application),
        CardCommand.native(0x5A, DESFireTests.application.reversed()),
        CardCommand.select(name: Type4Capability.applicationName),
        CardScript.selectPaymentDirectory,
      ]
    )
    #expect(!refused.detail.uppercased().contains("DEADBEEF"))
  }
}
