import TapgateCards
import TapgateCodec
import TapgateModel
import TapgateRigs

/// Answers of cards: bare decoders, whole conversations, and cards of the shop whose cryptography
/// is right and whose content is anything.
package enum CardFuzzing {
  package static let entries: [(name: String, run: @Sendable ([UInt8]) -> Int)] = [
    ("answerToReset", answerToReset),
    ("ndef", ndef),
    ("type2Memory", type2Memory),
    ("type4Capability", type4Capability),
    ("cardResponses", cardResponses),
    ("cardScript", cardScript),
    ("issuedCards", issuedCards),
    ("desfireContent", desfireContent),
    ("dynamicTag", dynamicTag),
    ("type2Card", type2Card),
    ("tagText", tagText),
    ("typedUID", typedUID),
  ]

  private static let key: [UInt8] = (0..<16).map { UInt8($0) }
  private static let metaKey: [UInt8] = (0..<16).map { 0xF0 | UInt8($0) }
  private static let uid: [UInt8] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]
  private static let name: [UInt8] = [0xF0, 0x54, 0x47, 0x41, 0x54, 0x45, 0x01]
  private static let randomness = [UInt8](repeating: 0x5A, count: CardDialogue.randomByteCount)

  /// A phone or DESFire card, an NTAG, a Classic, FeliCa, ISO 15693, and a contact card.
  private static let answers: [[UInt8]] = [
    TapgateRigs.CardProfile.answerToReset(historical: [0x80]),
    TapgateRigs.CardProfile.storageAnswer(standard: 0x03, number: 0x0003),
    TapgateRigs.CardProfile.storageAnswer(standard: 0x03, number: 0x0001),
    TapgateRigs.CardProfile.storageAnswer(standard: 0x11, number: 0x003B),
    TapgateRigs.CardProfile.storageAnswer(standard: 0x0B, number: 0x0014),
    [0x3B, 0x65, 0x00, 0x00, 0x9C, 0x02, 0x02, 0x07, 0x02],
  ]

  /// One profile of every kind, where its key and pattern are well formed.
  private static let profiles: [TapgateCards.CardProfile] = {
    guard let main = CardKey(key), let meta = CardKey(metaKey),
      let short = CardKey([1, 2, 3, 4]), let six = CardKey([1, 2, 3, 4, 5, 6]),
      case .success(let dynamic) = TextPattern.parse(
        "https://ntag.nxp.com/424?e={picc}&c={mac}"
      ),
      case .success(let link) = TextPattern.parse("https://shop.example/m/{id}")
    else { return [] }
    let region = CardRegion(offset: 0, count: 32)
    let methods: [CardMethod] = [
      .hce(PhoneMethod(application: name, key: main)),
      .iso7816(
        FileMethod(
          application: name,
          file: .identifier(0x2F01),
          region: region,
          text: CardText()
        )
      ),
      .desfire(
        DESFireMethod(
          application: [0xF5, 0x42, 0x30],
          authentication: .ev2,
          source: .content,
          file: 1,
          region: region,
          key: NumberedKey(number: 1, key: main),
          diversification: KeyDiversification(parts: [.uid, .application]),
          uidKey: NumberedKey(number: 2, key: meta)
        )
      ),
      .ntag424(DynamicMethod(pattern: dynamic, fileKey: main, metaKey: meta)),
      .ntag(
        NTAGMethod(source: .content, text: CardText(pattern: link), password: short)
      ),
      .ultralightAES(UltralightMethod(key: main, uidKey: meta)),
      .classic(ClassicMethod(sector: 2, region: region, text: CardText(), key: six)),
      .felica(FeliCaMethod(systemCode: nil)),
      .iso15693(VicinityMethod(source: .content, block: 0, count: 16, text: CardText())),
    ]
    return methods.enumerated().map { place, method in
      TapgateCards.CardProfile(name: "profile \(place)", method: method)
    }
  }()

  @Sendable package static func answerToReset(_ bytes: [UInt8]) -> Int {
    _ = CardClass.of(bytes)
    guard case .success = AnswerToReset.parse(bytes) else { return 0 }
    return 1
  }

  @Sendable package static func ndef(_ bytes: [UInt8]) -> Int {
    guard case .success(let message) = NDEFMessage.parse(bytes) else { return 0 }
    return message.records.count
  }

  /// The first byte is what GET_VERSION said of the memory's size.
  @Sendable package static func type2Memory(_ bytes: [UInt8]) -> Int {
    let end = Int(bytes.first ?? 0) * 4
    guard case .success(let progress) = Type2Memory.parse(Array(bytes.dropFirst())),
      case .success(.message(let message)) = Type2Memory.parse(
        Array(bytes.dropFirst()),
        byteCountMax: end
      )
    else { return 0 }
    if case .needs(let count) = progress, count > 16 + 255 * 8 { FuzzTarget.fail("past the end") }
    return message.count
  }

  @Sendable package static func type4Capability(_ bytes: [UInt8]) -> Int {
    let start = Array(bytes.prefix(2))
    _ = Type4Capability.byteCount(start)
    guard case .success(let capability) = Type4Capability.parse(bytes) else { return 0 }
    guard case .success(let count) = capability.messageByteCount(Array(bytes.suffix(2))) else {
      return 0
    }
    return count
  }

  /// One answer, by everything that reads single answers.
  @Sendable package static func cardResponses(_ bytes: [UInt8]) -> Int {
    _ = TagVersion(bytes)
    for content in CardContent.allCases { _ = content.decode(bytes) }
    guard let response = ResponseAPDU(bytes) else { return 0 }
    for transport in TagTransport.allCases { _ = transport.unwrap(response) }
    return TagTransport.isAccepted(response) ? 1 : 0
  }

  /// The first byte chooses the answer to reset; the rest are answers, each after its length.
  @Sendable package static func cardScript(_ bytes: [UInt8]) -> Int {
    var rest = bytes.dropFirst()
    var script = CardScript(answer: answers[Int(bytes.first ?? 0) % answers.count])
    var step = script.start()
    var count = 0
    while case .transmit = step, count < 64 {
      step = script.next(Self.nextAnswer(&rest))
      count += 1
    }
    guard case .done = step else { FuzzTarget.fail("a script without an end") }
    return count
  }

  /// The same with the shop's profiles, for cards that answer anything.
  @Sendable package static func issuedCards(_ bytes: [UInt8]) -> Int {
    var rest = bytes.dropFirst()
    let answer = answers[Int(bytes.first ?? 0) % answers.count]
    let card = TapgateRigs.CardProfile(answerToReset: answer) { _ in [] }
    return tap(card) { _ in nextAnswer(&rest) }
  }

  /// A DESFire card of the shop with the bytes in its file. The first byte chooses its mode, the
  /// second an answer that is changed on its way.
  @Sendable package static func desfireContent(_ bytes: [UInt8]) -> Int {
    var setup = DESFireCard.Setup()
    setup.uid = uid
    setup.hasRandomID = true
    setup.keys = [1: DESFireCard.diversified(key, uid + setup.application), 2: metaKey]
    setup.readKey = 1
    setup.mode = ["full", "mac", "plain"][Int(bytes.first ?? 0) % 3]
    setup.content = bytes.dropFirst(2) + [UInt8](repeating: 0, count: 32)
    return tampered(DESFireCard(setup).profile, bytes.dropFirst().first ?? 0)
  }

  /// An NTAG 424 DNA of the shop with the bytes as its NDEF file, or with its own message and an
  /// answer that is changed.
  @Sendable package static func dynamicTag(_ bytes: [UInt8]) -> Int {
    var setup = DynamicTagCard.Setup()
    setup.uid = uid
    setup.metaKey = metaKey
    setup.fileKey = key
    if let first = bytes.first, first & 1 == 1 { setup.file = Array(bytes.dropFirst(2)) }
    return tampered(DynamicTagCard(setup).profile, bytes.dropFirst().first ?? 0)
  }

  /// An NTAG with the bytes as its message, or as its whole memory.
  @Sendable package static func type2Card(_ bytes: [UInt8]) -> Int {
    let rest = Array(bytes.dropFirst(2).prefix(128))
    var setup = Type2Card.Setup.ntag213(message: rest)
    if let first = bytes.first, first & 1 == 1 {
      setup.memory = rest + [UInt8](repeating: 0, count: 144 - rest.count)
    }
    setup.password = [1, 2, 3, 4]
    return tampered(Type2Card(setup).profile, bytes.dropFirst().first ?? 0)
  }

  /// The first line is a pattern, the rest the text on the card.
  @Sendable package static func tagText(_ bytes: [UInt8]) -> Int {
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    let pattern = String(decoding: parts[0], as: UTF8.self)
    let text = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
    guard case .success(let pattern) = TextPattern.parse(pattern),
      let match = pattern.match(text)
    else { return 0 }
    return pattern.gaps.count { match[$0] != nil && match.bytes($0) != nil }
  }

  @Sendable package static func typedUID(_ bytes: [UInt8]) -> Int {
    let text = String(decoding: bytes, as: UTF8.self)
    return TypedUIDFormat.allCases.count { format in
      if case .success = format.uid(of: text) { true } else { false }
    }
  }

  /// One length byte, then as many bytes; nothing once the input is used up.
  private static func nextAnswer(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    guard let count = rest.popFirst() else { return [] }
    defer { rest = rest.dropFirst(Int(count)) }
    return Array(rest.prefix(Int(count)))
  }

  /// A card of which the `place`-th answer has a bit changed; 0 changes none.
  private static func tampered(_ card: TapgateRigs.CardProfile, _ place: UInt8) -> Int {
    var left = Int(place)
    return tap(card) { command in
      var answer = card.respond(command)
      left -= 1
      if left == 0, !answer.isEmpty { answer[answer.count / 2] ^= 0x10 }
      return answer
    }
  }

  /// Puts a card before a dialogue; how many commands it took.
  private static func tap(
    _ card: TapgateRigs.CardProfile,
    _ respond: ([UInt8]) -> [UInt8]
  ) -> Int {
    card.reset()
    var dialogue = CardDialogue(answer: card.answerToReset, profiles: profiles)
    var step = dialogue.start(randomness: randomness)
    var count = 0
    while case .transmit(let command) = step {
      count += 1
      if count > 1000 { FuzzTarget.fail("a dialogue without an end") }
      step = dialogue.next(respond(command))
    }
    return count
  }
}
