import Crypto
import Testing

@testable import TapgateCards

@Suite("Secure messaging")
struct MessagingTests {
  /// pydesfire, tests.py, AuthTest_AES (a real card's trace).
  @Test("DESFire's AES authentication is a real card's")
  func ev1Authentication() throws {
    let pass = try #require(
      ThreePass(
        bytes("B969FDFE56FD91FC9DE6F6F213B8FD1E"),
        key: zeroKey,
        challenge: bytes("F44B26F5686F3A391CD38EBD10772281"),
        isChained: true
      )
    )
    #expect(pass.answer == bytes("C05DDD714FD788A6B7B754F3C4D066E8"))
    let response = bytes("36AAD7DF6E436BA08D18613830A70D5AD43E3D3F4A8D47541EEE623A934E4774")
    #expect(pass.response == response)
    #expect(pass.isProof(bytes("800DB680BC146BD121D6578F2D2E2059")))
    #expect(!pass.isProof(bytes("800DB680BC146BD121D6578F2D2E2058")))
    #expect(!pass.isProof([]))
  }

  /// pydesfire, tests.py, ChangeKeyTest_AES: CRC-32 over command, key number, key and version.
  @Test("DESFire's checksum is a real card's")
  func checksum() {
    let data = bytes("C40000102030405060708090A0B0B0A0908010")
    #expect(DESFireEV1Session.checksum(data) == bytes("D2C6E66B"))
  }

  /// "DESFire EV1 Communication Examples" (Elmü, CodeProject 1096861), the file example with an AES
  /// key: create, list, settings, write, read, delete, each answer with the MAC of a real card.
  @Test("a whole EV1 session has a real card's MACs")
  func ev1Session() throws {
    let pass = try #require(
      ThreePass(
        bytes("B351CB2465D4F33AC627FD6E87A168F2"),
        key: key("10182028303840485058606870788088"),
        challenge: bytes("40E7D27174CBA675E8EFBAB99C530E3D"),
        isChained: true
      )
    )
    let response = bytes("044B6CAC343A0865895149649CA8DDE1F5AC4EC67BD208900AF02F049E05F0B0")
    #expect(pass.response == response)
    #expect(pass.isProof(bytes("A2EE144B1012FBEB7B2F11132D95A454")))
    var session = DESFireEV1Session(challenge: pass.challenge, answer: pass.answer)
    let data = (0..<80).map { UInt8($0) }
    let exchanges: [(UInt8, [UInt8], [UInt8], String)] = [
      (0xCD, bytes("05001100500000"), [], "A75316AD1596B953"),
      (0x6F, [], [0x05], "2D5FF67FFEC9D2D3"),
      (0xF5, [0x05], bytes("00001100500000"), "2AAC7517024E09DC"),
      (0x3D, bytes("05000000340000") + data[0..<52], [], "765C9DAA50ECB62F"),
      (0x3D, bytes("053400001C0000") + data[52...], [], "3E0AED986B8B0F37"),
      (0xBD, bytes("05000000300000"), Array(data[0..<48]), "4C65F1F842262BAC"),
      (0xBD, bytes("05300000200000"), Array(data[48...]), "F02205CF913C03C9"),
      (0xDF, [0x05], [], "1BEF0D32B6D1D7F9"),
    ]
    for (instruction, command, answer, mac) in exchanges {
      session.send(instruction, command)
      var broken = session
      #expect(broken.verified(answer + bytes(mac).map { $0 ^ 0x80 }) == nil)
      #expect(session.verified(answer + bytes(mac)) == answer)
    }
  }

  /// NXP AN12196 table 14.
  @Test("AuthenticateEV2First has the application note's keys")
  func ev2First() throws {
    let pass = try #require(
      ThreePass(
        bytes("A04C124213C186F22399D33AC2A30215"),
        key: zeroKey,
        challenge: bytes("13C5DB8A5930439FC3DEF9A4C675360F"),
        isChained: false
      )
    )
    #expect(pass.answer == bytes("B9E2FC789B64BF237CCCAA20EC7E6E48"))
    let response = bytes("35C3E05A752E0144BAC0DE51C1F22C56B34408A23D8AEA266CAB947EA8E0118D")
    #expect(pass.response == response)
    let last = bytes("3FA64DB5446D1F34CD6EA311167F5E4985B89690C04A05F17FA7AB2F08120663")
    #expect(pass.transaction(last) == bytes("9D00C4DF"))
    #expect(pass.transaction(last.dropLast()) == nil)
    var forged = last
    forged[10] ^= 1
    #expect(pass.transaction(forged) == nil)
    let keys = (pass.challenge, pass.answer)
    let encryption = SessionKeyDerivation.encryption(zeroKey, keys.0, keys.1)
    #expect(encryption == key("1309C877509E5A215007FF0ED19CA564"))
    let authentication = SessionKeyDerivation.authentication(zeroKey, keys.0, keys.1)
    #expect(authentication == key("4C6626F5E72EA694202139295C7A7FC7"))
  }

  /// NXP AN12196 table 23: AuthenticateEV2NonFirst with key 0.
  @Test("AuthenticateEV2NonFirst has the application note's keys")
  func ev2NonFirst() {
    let a = bytes("60BE759EDA560250AC57CDDC11743CF6")
    let b = bytes("6924E8D09722659A2E7DEC68E66312B8")
    #expect(
      SessionKeyDerivation.encryption(zeroKey, a, b) == key("4CF3CB41A22583A61E89B158D252FC53")
    )
    #expect(
      SessionKeyDerivation.authentication(zeroKey, a, b) == key("5529860B2FC5FB6154B7F28361D30BF9")
    )
  }

  /// NXP AN12196 table 7: GetFileSettings in CommMode.MAC.
  @Test("an EV2 message with a MAC is the application note's")
  func ev2MAC() {
    var session = EV2Session(
      encryption: zeroKey,
      authentication: key("8248134A386E86EB7FAF54A52E536CB6"),
      transaction: bytes("7A21085E"),
      counter: 0
    )
    #expect(session.mac(0xF5, [0x02]) == bytes("6597A457C8CD442C"))
    let data = bytes("0040EEEE000100D1FE001F00004400004400002000006A0000")
    var broken = session
    #expect(broken.verified(data + bytes("2A474282E7A47987")) == nil)
    #expect(session.verified(data + bytes("2A474282E7A47986")) == data)
    #expect(session.counter == 1)
  }

  /// NXP AN12196 table 28: GetCardUID, enciphered.
  @Test("GetCardUID under EV2 is the application note's")
  func ev2CardUID() {
    var session = EV2Session(
      encryption: key("2B4D963C014DC36F24F69A50A394F875"),
      authentication: key("379D32130CE61705DD5FD8C36B95D764"),
      transaction: bytes("DF055522"),
      counter: 0
    )
    #expect(session.mac(0x51, []) == bytes("8E2C155ADDA99BE3"))
    let answer = bytes("70756055688505B52A5E26E59E329CD6595F672298EA41B7")
    for bit in 0..<answer.count * 8 {
      var flipped = answer
      flipped[bit / 8] ^= 1 << (bit % 8)
      var copy = session
      #expect(copy.decrypted(flipped) == nil, "bit \(bit)")
    }
    #expect(session.decrypted(answer) == bytes("04958CAA5C5E80"))
  }

  /// NXP AN13452, and libpretixnfc's trace of a real card (TestAuthenticate.kt).
  @Test("Ultralight AES has the application note's and a real card's messages")
  func ultralight() throws {
    let note = try #require(
      ThreePass(
        bytes("374142DAFB0AB97183D846EB7ED379E0"),
        key: zeroKey,
        challenge: bytes("42BDF7E08E110F14B6D3323D14F1C2B9"),
        isChained: false
      )
    )
    let response = bytes("794693B2A31E7F10964A2BD834590AC485F84E9F8B13197AB32433346F60B821")
    #expect(note.response == response)
    #expect(note.isProof(bytes("A17673DCC20D27EE80584ACCFC39E0A3")))
    let session = SessionKeyDerivation.authentication(zeroKey, note.challenge, note.answer)
    #expect(session == key("D6B4F8AC7A66CFA041DC179A154543BF"))
    var messages = UltralightSession(authentication: session)
    #expect(messages.protected([0x60]) == bytes("601D5DE802D6751670"))
    let card = try #require(
      ThreePass(
        bytes("85707404563f8ac0cd2d9a18c7db6239"),
        key: key("000102030405060708090A0B0C0D0E0F"),
        challenge: bytes("0293746d6cbe0d637672bd9d3bec4422"),
        isChained: false
      )
    )
    let sent = bytes("79c178d209dd780364fefda24240b757f02e08a6ad0cabf4a2b3f6557509718f")
    #expect(card.response == sent)
    #expect(card.isProof(bytes("6251131285824545e764e56a5f8592c4")))
    var real = UltralightSession(
      key: key("000102030405060708090A0B0C0D0E0F"),
      challenge: card.challenge,
      answer: card.answer
    )
    #expect(real.protected([0x30, 0x29]) == bytes("3029218f09e0c13b5ee1"))
  }

  /// NXP's MF0AES(H)20 data sheet, the numeric example of an authentication.
  @Test("Ultralight AES authenticates as in the data sheet")
  func ultralightDataSheet() throws {
    let pass = try #require(
      ThreePass(
        bytes("D5A847B84862FF3874A7F07B8DDF351B"),
        key: zeroKey,
        challenge: bytes("F29B0123F5C00DF612487BBF42468C7E"),
        isChained: false
      )
    )
    let response = bytes("CDF22C5F7A92F0AF0155612B9B236AC7A424BC5238D41AD041B8165B7D99E524")
    #expect(pass.response == response)
    #expect(pass.isProof(bytes("2C743D6B1E128F8076BD197B76012CE8")))
  }

  /// NXP AN12196 tables 1 (session keys), 2 and 4 (PICCENCData, MAC over nothing), 3 and 5 (file
  /// data, MAC over it), and a plain mirror of sdm-backend's demonstration with factory keys.
  @Test("dynamic messages are the application note's")
  func dynamicMessages() throws {
    let picc = bytes("EF963FF7828658A599F3041510671E88")
    let plain = try #require(DynamicMessage(enciphered: picc, metaKey: zeroKey))
    #expect(plain.uid == bytes("04DE5F1EACC040"))
    #expect(plain.counter == 61)
    #expect(plain.isAuthentic(bytes("94EED9EE65337086"), over: [], fileKey: zeroKey))

    let other = bytes("FDE4AFA99B5C820A2C1BB0F1C792D0EB")
    let first = try #require(DynamicMessage(enciphered: other, metaKey: zeroKey))
    #expect(first.uid == bytes("04958CAA5C5E80"))
    #expect(first.counter == 1)
    let crosses = [UInt8](repeating: 0x78, count: 16)
    #expect(first.content(bytes("94592FDE69FA06E8E3B6CA686A22842B"), fileKey: zeroKey) == crosses)

    let third = bytes("FD91EC264309878BE6345CBE53BADF40")
    let file = try #require(DynamicMessage(enciphered: third, metaKey: zeroKey))
    #expect(file.counter == 8)
    let enc = "CEE9A53E3E463EF1F459635736738962"
    #expect(file.content(bytes(enc), fileKey: zeroKey) == crosses)
    let input = Array("\(enc)&cmac=".utf8)
    #expect(file.isAuthentic(bytes("ECC1E7F6C6C73BF6"), over: input, fileKey: zeroKey))

    let mirror = DynamicMessage(uid: bytes("041E3C8A2D6B80"), counter: bytes("000006"))
    #expect(mirror.counter == 6)
    #expect(mirror.isAuthentic(bytes("4B00064004B0B3D3"), over: [], fileKey: zeroKey))
  }

  @Test("any flipped bit of a dynamic message makes it no message of the tag's")
  func flippedBits() {
    let picc = bytes("FD91EC264309878BE6345CBE53BADF40")
    let input = Array("CEE9A53E3E463EF1F459635736738962&cmac=".utf8)
    let mac = bytes("ECC1E7F6C6C73BF6")
    let whole = picc + input + mac
    for bit in 0..<whole.count * 8 {
      var flipped = whole
      flipped[bit / 8] ^= 1 << (bit % 8)
      let message = DynamicMessage(enciphered: Array(flipped[0..<16]), metaKey: zeroKey)
      let isAuthentic = message?.isAuthentic(
        Array(flipped.suffix(8)),
        over: Array(flipped[16..<flipped.count - 8]),
        fileKey: zeroKey
      )
      // The last five bytes of PICCData are random padding that nothing is made of, but a flipped
      // bit of the cryptogram changes the whole block.
      #expect(isAuthentic != true, "bit \(bit)")
    }
  }

  @Test("a message without counter or identifier says so")
  func partial() throws {
    for tag in [0x87, 0x40, 0x00] as [UInt8] {
      let block = [tag] + [UInt8](repeating: 0x11, count: 15)
      let enciphered = BlockCipher.encrypt(block, zeroKey)
      let message = try #require(DynamicMessage(enciphered: enciphered, metaKey: zeroKey))
      #expect((message.uid != nil) == (tag & 0x80 != 0))
      #expect((message.counter != nil) == (tag & 0x40 != 0))
    }
    for tag in [0xC4, 0xF7, 0x17] as [UInt8] {
      let block = [tag] + [UInt8](repeating: 0x11, count: 15)
      let enciphered = BlockCipher.encrypt(block, zeroKey)
      #expect(DynamicMessage(enciphered: enciphered, metaKey: zeroKey) == nil)
    }
    #expect(DynamicMessage(enciphered: [1], metaKey: zeroKey) == nil)
  }

  @Test("no bytes trap a session: 10^5 random answers")
  func random() {
    var session = EV2Session(
      encryption: zeroKey,
      authentication: zeroKey,
      transaction: [1, 2, 3, 4],
      counter: 0xFFFF
    )
    var old = DESFireEV1Session(challenge: BlockCipher.zeros, answer: BlockCipher.zeros)
    var tag = UltralightSession(authentication: zeroKey)
    for _ in 0..<100_000 {
      let answer = (0..<Int.random(in: 0...40)).map { _ in UInt8.random(in: 0...255) }
      #expect(session.decrypted(answer) == nil)
      #expect(old.verified(answer) == nil)
      _ = old.decrypted(answer, count: Int.random(in: 0...20))
      #expect(tag.verified(answer) == nil)
    }
  }
}
