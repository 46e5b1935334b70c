import TapgateCodec
import TapgateModel
import TapgateRigs
import Testing

@testable import TapgateCards

@Suite("Storage cards by profile")
struct StorageCardTests {
  static let uid = bytes("04E10CDA993C80")

  // MARK: MIFARE Classic

  static let classicKey = "A0B1C2D3E4F5"

  static func classic(_ content: String) -> TapgateRigs.CardProfile {
    let padded = Array(content.utf8) + [UInt8](repeating: 0, count: 48 - content.utf8.count)
    return .classic(uid: bytes("DEADBEEF"), sectors: [2: (bytes(classicKey), padded)])
  }

  static func classicMethod(_ key: String = classicKey, at offset: Int = 0) -> CardMethod {
    .classic(
      ClassicMethod(
        sector: 2,
        region: CardRegion(offset: offset, count: 20),
        text: CardText(),
        key: cardKey(key)
      )
    )
  }

  @Test("a Classic card's number is read with the configured key, and counts for A1")
  func classicNumber() {
    let tap = Tap(Self.classic("8800123456"), [profile(Self.classicMethod())])
    #expect(tap.credential == "memberNumber:8800123456")
    #expect(tap.identity?.grade == .a1)
    #expect(tap.identity?.reasons == [.staticContent, .brokenCipher])
    #expect(tap.identity?.technology == "iso14443a.classic")
    let expected = [
      "FFCA000000", "FF82000006A0B1C2D3E4F5", "FF860000050100086000", "FFB0000810", "FFB0000910",
    ]
    #expect(tap.commands.map { Hexadecimal.text($0) } == expected)
    let second = Tap(Self.classic("...............8800"), [profile(Self.classicMethod(at: 15))])
    #expect(second.credential == "memberNumber:8800")
  }

  @Test("a Classic card with another key is refused after one attempt, and its identifier not used")
  func classicWrongKey() {
    let tap = Tap(Self.classic("88"), [profile(Self.classicMethod("FFFFFFFFFFFF"))])
    #expect(tap.refusal == .authFailed)
    #expect(tap.commands.count == 3)
    #expect(!tap.detail.uppercased().contains("DEADBEEF"))
  }

  @Test("an erased sector, a bank card's number and a sector out of range give no member")
  func classicContent() {
    #expect(Tap(Self.classic(""), [profile(Self.classicMethod())]).refusal == .unreadable)
    let bank = Tap(Self.classic("4111111111111111"), [profile(Self.classicMethod())])
    #expect(bank.refusal == .paymentCard)
    #expect(!bank.detail.contains("4111"))
    let far = profile(Self.classicMethod(at: 40))
    #expect(Tap(Self.classic("88"), [far]).refusal == .unreadable)
    var big = ClassicMethod(
      sector: 39,
      region: CardRegion(offset: 224, count: 16),
      text: CardText(),
      key: cardKey(Self.classicKey)
    )
    #expect(big.firstBlock == 240)
    big.sector = 31
    #expect(big.firstBlock == 124)
  }

  // MARK: NTAG

  static let signature = bytes(
    "8B76052EE42F5567BEB53238B3E3F9950707C0DCC956B5C5EFCFDB709B2D82B3"
  )

  static func ntag(_ change: (inout Type2Card.Setup) -> Void = { _ in }) -> Type2Card {
    var setup = Type2Card.Setup.ntag213(message: uriMessage("shop.example/m/8800123456"))
    setup.signature = signature
    setup.password = bytes("C0FFEE01")
    setup.passwordAnswer = bytes("BEEF")
    change(&setup)
    return Type2Card(setup)
  }

  static func ntagMethod(
    _ source: CardIdentitySource = .content,
    password: String? = nil,
    originality: OriginalityRule = .off
  ) -> CardMethod {
    .ntag(
      NTAGMethod(
        source: source,
        text: CardText(pattern: pattern("https://shop.example/m/{id}")),
        password: password.map { cardKey($0) },
        originality: originality
      )
    )
  }

  @Test("an NTAG's message is read by the reader's own commands alone")
  func ndef() {
    let card = Self.ntag { $0.reader = .none }
    let tap = Tap(card.profile, [profile(Self.ntagMethod())])
    #expect(tap.credential == "memberNumber:8800123456")
    #expect(tap.identity?.grade == .a1)
    #expect(tap.identity?.reasons == [.staticContent])
    #expect(tap.commands.count == 5, "identifier, container, and three windows of 16 bytes")
    #expect(card.highestPage < 4 + 36)
  }

  @Test("a message at the very end of the memory is read without a page behind it")
  func lastPage() {
    let message = uriMessage("shop.example/m/" + String(repeating: "8", count: 114))
    let card = Self.ntag {
      $0.memory = [0x03, UInt8(message.count)] + message + [0xFE] + [0, 0, 0, 0, 0, 0, 0]
    }
    let size = 2 + message.count + 8
    let exact = Self.ntag {
      $0.memory = Array(
        ([0x03, UInt8(message.count)] + message + [UInt8](repeating: 0, count: 16)).prefix(
          size / 8 * 8
        )
      )
      $0.container = [0xE1, 0x10, UInt8(size / 8), 0x00]
      $0.reader = .none
    }
    let tap = Tap(exact.profile, [profile(Self.ntagMethod())])
    #expect(tap.identity != nil, "\(tap.detail)")
    #expect(exact.highestPage < 4 + size / 8 * 2)
    #expect(card.highestPage == 0)
  }

  @Test("password and signature lift an NTAG to A2, through every kind of reader")
  func evidence() {
    for reader in [TagReader.pn532, .transparent, .direct] {
      let transport = reader == .direct ? TagTransport.direct : nil
      for method in [
        Self.ntagMethod(.uid, password: "C0FFEE01"), Self.ntagMethod(.uid, originality: .require),
        Self.ntagMethod(.content, password: "C0FFEE01BEEF", originality: .check),
      ] {
        let card = Self.ntag { setup in
          setup.reader = reader
          setup.protectedPage = 0x10
        }
        let tap = Tap(card.profile, [profile(method)], transport: transport)
        #expect(tap.identity?.grade == .a2, "\(reader): \(tap.detail)")
        #expect(card.attempts <= 1)
        #expect(card.highestPage < 4 + 36)
        if reader == .transparent { #expect(tap.commands.last == TagTransport.endSession) }
      }
    }
  }

  @Test("a wrong password is refused after one attempt, a wrong answer to it is a copy")
  func wrongPassword() {
    for reader in [TagReader.pn532, .transparent] {
      let card = Self.ntag { $0.reader = reader }
      let tap = Tap(card.profile, [profile(Self.ntagMethod(.uid, password: "C0FFEE02"))])
      #expect(tap.refusal == .authFailed)
      #expect(card.attempts == 1)
      if reader == .transparent { #expect(tap.commands.last == TagTransport.endSession) }
      let copy = Tap(card.profile, [profile(Self.ntagMethod(.uid, password: "C0FFEE01DEAD"))])
      #expect(copy.refusal == .forged)
    }
  }

  @Test("a signature that is not the chip's is told, or refuses the card where it is required")
  func signatures() {
    let forged = Self.ntag { $0.signature[3] ^= 0x01 }
    let checked = Tap(forged.profile, [profile(Self.ntagMethod(.uid, originality: .check))])
    #expect(checked.identity?.grade == .a1)
    #expect(checked.identity?.reasons.contains(.originalityForged) == true)
    let required = Tap(forged.profile, [profile(Self.ntagMethod(.uid, originality: .require))])
    #expect(required.refusal == .authFailed)
    let absent = Self.ntag { $0.signature = [] }
    let none = Tap(absent.profile, [profile(Self.ntagMethod(.uid, originality: .check))])
    #expect(none.identity?.reasons.contains(.originalityAbsent) == true)
    let good = Tap(Self.ntag().profile, [profile(Self.ntagMethod(.uid, originality: .check))])
    #expect(good.credential == "cardUid:04E10CDA993C80")
    #expect(good.identity?.reasons == [.staticUid, .originalityGenuine])
  }

  @Test("a reader without raw commands leaves the bare identifier, and says why")
  func noRawCommands() {
    let card = Self.ntag { $0.reader = .none }
    let tap = Tap(card.profile, [profile(Self.ntagMethod(.uid, password: "C0FFEE01"))])
    #expect(tap.credential == "cardUid:04E10CDA993C80")
    #expect(tap.identity?.grade == .a1)
    #expect(tap.identity?.reasons == [.staticUid, .rawCommandsAbsent])
  }

  @Test("somebody else's tag leaves the bare identifier, and says why")
  func foreignTag() {
    let others: [(inout Type2Card.Setup) -> Void] = [
      { $0 = .ntag213(message: uriMessage("other.example/m/1")) },
      { $0 = .ntag213(message: []) },
      { $0 = .ntag213(message: bytes("D00000")) },
      { $0.container = [0, 0, 0, 0] },
      { $0.memory = [UInt8](repeating: 0, count: 144) },
    ]
    for change in others {
      let tap = Tap(Self.ntag(change).profile, [profile(Self.ntagMethod())])
      #expect(tap.credential == "cardUid:04E10CDA993C80")
      #expect(tap.identity?.reasons == [.staticUid, .applicationAbsent])
    }
  }

  @Test("a message that is cut off or too long is a typed error")
  func brokenMessage() {
    let samples: [([UInt8], String)] = [
      (bytes("03 05 D101FF5504"), "ndef.truncated"), (bytes("03 F0 D1010155"), "ndef.overlong"),
      (bytes("03 FF 0400 00"), "ndef.overlong"), (bytes("03 06 D10102550441"), ""),
      (bytes("03 04 D7010055"), "ndef.reservedFormat"),
    ]
    for (memory, expected) in samples where !expected.isEmpty {
      let card = Self.ntag { setup in
        setup.memory = memory + [UInt8](repeating: 0, count: 144 - memory.count)
      }
      let tap = Tap(card.profile, [profile(Self.ntagMethod())])
      #expect(tap.refusal == .unreadable)
      #expect(tap.detail.contains(expected), "\(tap.detail)")
      #expect(card.highestPage < 4 + 36)
    }
  }

  // MARK: FeliCa and ISO/IEC 15693

  @Test("a FeliCa card counts within its system")
  func felica() {
    let identifier = bytes("0127006B82A4F1D3")
    for reader in [TagReader.transparent, .pn532] {
      let card = TapgateRigs.CardProfile.felica(
        identifier,
        systems: [0x12FC, 0x88B4],
        reader: reader
      )
      let tap = Tap(card, [profile(.felica(FeliCaMethod(systemCode: 0x88B4)))])
      #expect(tap.credential == "appFile:f:0127006B82A4F1D388B4")
      #expect(tap.identity?.grade == .a1)
      let other = Tap(card, [profile(.felica(FeliCaMethod(systemCode: 0x1234)))])
      #expect(other.credential == "cardUid:0127006B82A4F1D3")
      #expect(other.identity?.reasons == [.staticUid, .applicationAbsent])
      let any = Tap(card, [profile(.felica(FeliCaMethod()))])
      #expect(any.credential == "cardUid:0127006B82A4F1D3")
      #expect(any.commands.count == 1)
    }
  }

  @Test("an ISO 15693 tag's identifier starts with E0, whichever way the reader gives it")
  func vicinity() {
    let method = profile(.iso15693(VicinityMethod(source: .uid)))
    for identifier in ["E004015012345678", "78563412500104E0"] {
      let tap = Tap(.vicinity(bytes(identifier)), [method])
      #expect(tap.credential == "cardUid:E004015012345678")
      #expect(tap.identity?.technology == "iso15693")
      #expect(tap.identity?.reasons == [.staticUid])
    }
    let content = VicinityMethod(source: .content, block: 1, count: 10)
    let card = TapgateRigs.CardProfile.vicinity(
      bytes("E004015012345678"),
      content: [0, 0, 0, 0] + Array("8800123456".utf8) + [0, 0]
    )
    let tap = Tap(card, [profile(.iso15693(content))])
    #expect(tap.credential == "memberNumber:8800123456")
    #expect(tap.commands.count == 4)
    let empty = Tap(.vicinity(bytes("E004015012345678")), [profile(.iso15693(content))])
    #expect(empty.refusal == .unreadable)
  }
}
