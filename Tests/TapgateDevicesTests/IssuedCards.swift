import TapgateCards
import TapgateCodec
import TapgateRigs

/// Cards that a shop issues, and the profiles that take them.
enum IssuedCards {
  static let key: [UInt8] = (0..<16).map { UInt8($0) }
  static let uidKey: [UInt8] = (0..<16).map { 0xF0 | UInt8($0) }
  static let name: [UInt8] = [0xF0, 0x54, 0x47, 0x41, 0x54, 0x45, 0x01]
  static let file: [UInt8] = [0xF0, 0x54, 0x47, 0x41, 0x54, 0x45, 0x02]
  static let number = Array("8800123456".utf8)
  static let uid: [UInt8] = [0x04, 0x95, 0x8C, 0xAA, 0x5C, 0x5E, 0x80]

  static func cardKey(_ bytes: [UInt8]) -> CardKey {
    guard let key = CardKey(bytes) else { preconditionFailure("a key has 4 to 64 bytes") }
    return key
  }

  static func pattern(_ text: String) -> TextPattern {
    guard case .success(let pattern) = TextPattern.parse(text) else {
      preconditionFailure("\(text) is no pattern")
    }
    return pattern
  }

  static func desfire(key: [UInt8] = key) -> TapgateRigs.CardProfile {
    var setup = DESFireCard.Setup()
    setup.hasRandomID = true
    setup.uid = uid
    setup.keys = [1: DESFireCard.diversified(key, uid + setup.application), 2: uidKey]
    setup.readKey = 1
    setup.content = number + [UInt8](repeating: 0, count: 70)
    return DESFireCard(setup).profile
  }

  static func dynamicTag() -> TapgateRigs.CardProfile {
    var setup = DynamicTagCard.Setup()
    setup.metaKey = uidKey
    setup.fileKey = key
    return DynamicTagCard(setup).profile
  }

  static func ultralight() -> TapgateRigs.CardProfile {
    let uid: [UInt8] = [0x04, 0x5E, 0x4C, 0xC2, 0x45, 0x13, 0x90]
    var setup = Type2Card.Setup.ultralightAES(
      dataKey: DESFireCard.diversified(key, uid),
      uidKey: uidKey
    )
    setup.hasRandomID = true
    setup.reader = .transparent
    return Type2Card(setup).profile
  }

  static func ntag() -> TapgateRigs.CardProfile {
    let text = Array("shop.example/m/8800123456".utf8)
    let message = [0xD1, 0x01, UInt8(text.count + 1), 0x55, 0x04] + text
    var setup = Type2Card.Setup.ntag213(message: message)
    setup.password = [1, 2, 3, 4]
    return Type2Card(setup).profile
  }

  static func phone() -> TapgateRigs.CardProfile {
    .phoneApplication(
      name: name,
      member: "8800123456",
      key: TapgateRigs.CardProfile.phoneKey(key, member: "8800123456", algorithm: "hmac"),
      algorithm: "hmac"
    )
  }

  static func classic() -> TapgateRigs.CardProfile {
    .classic(
      uid: [0xDE, 0xAD, 0xBE, 0xEF],
      sectors: [2: ([1, 2, 3, 4, 5, 6], number + [UInt8](repeating: 0, count: 38))]
    )
  }

  /// All profiles of the shop, as one configuration has them.
  static let profiles: [TapgateCards.CardProfile] = [
    TapgateCards.CardProfile(
      name: "phones",
      method: .hce(PhoneMethod(application: name, key: cardKey(key)))
    ),
    TapgateCards.CardProfile(
      name: "chips",
      method: .iso7816(
        FileMethod(
          application: file,
          file: .identifier(0x2F01),
          region: CardRegion(offset: 0, count: 10),
          text: CardText()
        )
      )
    ),
    TapgateCards.CardProfile(
      name: "members",
      method: .desfire(
        DESFireMethod(
          application: [0xF5, 0x42, 0x30],
          authentication: .ev2,
          source: .content,
          file: 1,
          region: CardRegion(offset: 0, count: 80),
          key: NumberedKey(number: 1, key: cardKey(key)),
          diversification: KeyDiversification(parts: [.uid, .application]),
          uidKey: NumberedKey(number: 2, key: cardKey(uidKey))
        )
      )
    ),
    TapgateCards.CardProfile(
      name: "tags",
      method: .ntag424(
        DynamicMethod(
          pattern: pattern("https://ntag.nxp.com/424?e={picc}&c={mac}"),
          fileKey: cardKey(key),
          metaKey: cardKey(uidKey)
        )
      )
    ),
    TapgateCards.CardProfile(
      name: "stickers",
      method: .ntag(
        NTAGMethod(
          source: .content,
          text: CardText(pattern: pattern("https://shop.example/m/{id}")),
          password: cardKey([1, 2, 3, 4])
        )
      )
    ),
    TapgateCards.CardProfile(
      name: "wristbands",
      method: .ultralightAES(
        UltralightMethod(
          key: cardKey(key),
          diversification: KeyDiversification(parts: [.uid]),
          uidKey: cardKey(uidKey)
        )
      )
    ),
    TapgateCards.CardProfile(
      name: "old cards",
      method: .classic(
        ClassicMethod(
          sector: 2,
          region: CardRegion(offset: 0, count: 10),
          text: CardText(),
          key: cardKey([1, 2, 3, 4, 5, 6])
        )
      )
    ),
  ]
}
