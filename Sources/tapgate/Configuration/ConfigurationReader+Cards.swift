internal import TapgateCards
internal import TapgateCodec
internal import TapgateModel

/// `[[card]]`: which cards the shop issues, and how they say whose they are.
extension ConfigurationReader {
  /// Keys that every kind of card may have.
  private static let common = ["name", "type", "kind", "gradeMax"]

  /// The keys that a kind of card may have beside those.
  private static func keys(of kind: CardRecipe.Kind) -> [String] {
    let text = ["content", "pattern"]
    switch kind {
    case .classic: return ["sector", "offset", "length", "key", "slot"] + text
    case .ntag: return ["identity", "pattern", "password", "originality"]
    case .ultralightAes:
      return ["identity", "offset", "length", "key", "uidKey", "diversification", "system"]
        + ["messaging", "originality"] + text
    case .desfire:
      return ["aid", "authentication", "identity", "file", "offset", "length", "mode", "key"]
        + ["uidKey", "diversification", "originality"] + text
    case .ntag424:
      return ["identity", "key", "metaKey", "diversification", "originality"] + text
    case .iso7816: return ["aid", "file", "offset", "length"] + text
    case .hce: return ["aid", "key", "algorithm", "perMember"] + text
    case .felica: return ["systemCode"]
    case .iso15693: return ["identity", "block", "length"] + text
    }
  }

  /// One card; `nil` where what it must have is missing.
  mutating func card(_ section: TOMLSection) -> CardRecipe? {
    let words = CardRecipe.Kind.allCases.map(\.rawValue)
    guard let word = choice("type", of: words, in: section, isRequired: true),
      let kind = CardRecipe.Kind(rawValue: word)
    else { return nil }
    refuseUnknown(section, known: Self.common + Self.keys(of: kind))
    var card = CardRecipe(name: label("name", in: section) ?? word, kind: kind)
    readLimits(section, into: &card)
    readText(section, into: &card)
    readPlace(section, into: &card)
    readKeys(section, into: &card)
    readOptions(section, into: &card)
    checkPattern(section, card)
    return card
  }

  private mutating func readLimits(_ section: TOMLSection, into card: inout CardRecipe) {
    let kinds: [CredentialKind] = [
      .memberNumber, .appFile, .sunToken, .hceToken, .barcode, .phoneNumber,
    ]
    card.credentialKind = choice("kind", of: kinds.map(\.rawValue), in: section)
      .flatMap(CredentialKind.init(rawValue:))
    card.gradeMax = choice("gradeMax", of: CardGrade.allCases.map(\.rawValue), in: section)
      .flatMap(CardGrade.init(rawValue:))
    let sources = CardIdentitySource.allCases.map(\.rawValue)
    let hasContentOnly: Set<CardRecipe.Kind> = [.classic, .iso7816, .hce]
    card.source =
      hasContentOnly.contains(card.kind)
      ? .content
      : choice("identity", of: sources, in: section).flatMap(CardIdentitySource.init(rawValue:))
        ?? .uid
    let rules = OriginalityRule.allCases.map(\.rawValue)
    card.originality =
      choice("originality", of: rules, in: section).flatMap(OriginalityRule.init(rawValue:))
      ?? .off
  }

  private mutating func readText(_ section: TOMLSection, into card: inout CardRecipe) {
    let contents = CardContent.allCases.map(\.rawValue)
    card.text.content =
      choice("content", of: contents, in: section).flatMap(CardContent.init(rawValue:)) ?? .text
    guard let text = label("pattern", in: section, limit: 512) else { return }
    switch TextPattern.parse(text) {
    case .success(let pattern): card.text.pattern = pattern
    case .failure(let problem):
      let words = Words.patternProblems[problem] ?? Words.patternBraces
      note(words(), at: section.place(of: "pattern"))
    }
  }

  /// Where on the card the number stands.
  private mutating func readPlace(_ section: TOMLSection, into card: inout CardRecipe) {
    if let aid = hexadecimal("aid", in: section) {
      let isRight = (5...16).contains(aid.count) || (card.kind == .desfire && aid.count == 3)
      if !isRight { note(Words.cardAID(), at: section.place(of: "aid")) }
      card.application = aid
    } else if Self.keys(of: card.kind).contains("aid"), section["aid"] == nil {
      note(Words.configMissing("aid"), at: section.position)
    }
    card.sector = UInt8(clamping: integer("sector", in: section, range: 0...39) ?? 0)
    card.slot = UInt8(clamping: integer("slot", in: section, range: 0...1) ?? 0)
    card.block = UInt8(clamping: integer("block", in: section, range: 0...255) ?? 0)
    card.file = file(section, card.kind)
    card.region.offset = integer("offset", in: section, range: 0...0x7FFF) ?? 0
    let counts = 1...CardContent.byteCountMax
    card.region.count = integer("length", in: section, range: counts) ?? 0
    guard card.source == .content, Self.keys(of: card.kind).contains("length") else { return }
    var needed = ["length"]
    if card.kind == .classic { needed.append("sector") }
    if card.kind == .desfire || card.kind == .iso7816 { needed.append("file") }
    for key in needed where section[key] == nil {
      note(Words.configMissing(key), at: section.position)
    }
    let size: Int? =
      switch card.kind {
      case .classic: ClassicMethod.byteCount(sector: card.sector)
      case .ultralightAes: TagVersion.Product.ultralightAES.userByteCount
      default: nil
      }
    if let size, card.region.offset + card.region.count > size {
      note(Words.cardRegion(String(size)), at: section.place(of: "length"))
    }
  }

  /// `file`: a number, or for ISO/IEC 7816-4 four hexadecimal digits.
  private mutating func file(
    _ section: TOMLSection,
    _ kind: CardRecipe.Kind
  ) -> FileMethod.File? {
    if kind == .iso7816, case .string = section["file"]?.value {
      guard let bytes = hexadecimal("file", in: section) else { return nil }
      guard bytes.count == 2 else {
        note(Words.cardFile(), at: section.place(of: "file"))
        return nil
      }
      return .identifier(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    }
    let numbers = kind == .desfire ? 0...31 : 1...30
    return integer("file", in: section, range: numbers).map { .short(UInt8(clamping: $0)) }
  }

  private mutating func readKeys(_ section: TOMLSection, into card: inout CardRecipe) {
    let hasNumber = card.kind == .desfire
    let main = card.kind == .ntag ? "password" : "key"
    card.key = key(main, in: section, hasNumber: hasNumber, card: &card)
    card.uidKey = key("uidKey", in: section, hasNumber: hasNumber, card: &card)
    card.metaKey = key("metaKey", in: section, hasNumber: false, card: &card)
    let needsKey: Set<CardRecipe.Kind> = [.classic, .ultralightAes, .desfire, .ntag424]
    if needsKey.contains(card.kind), section["key"] == nil {
      note(Words.configMissing("key"), at: section.position)
    }
    card.diversification = diversification(section, card.kind)
  }

  /// A key's whereabouts: `{ file = "…" }` or `{ credential = "…" }`. Keys themselves never stand
  /// in this file.
  private mutating func key(
    _ name: String,
    in parent: TOMLSection,
    hasNumber: Bool,
    card: inout CardRecipe
  ) -> CardRecipe.Key? {
    guard let table = section(name, in: parent) else { return nil }
    let isClassic = card.kind == .classic
    let more = (hasNumber ? ["number"] : []) + (isClassic ? ["key"] : [])
    refuseUnknown(table, known: ["file", "credential"] + more)
    let file = label("file", in: table, limit: 4096).map(resolved)
    let credential = label("credential", in: table)
    if let credential, credential.contains("/") {
      note(Words.cardCredential(), at: table.place(of: "credential"))
    }
    if isClassic { card.usesKeyB = choice("key", of: ["A", "B"], in: table) == "B" }
    let number = hasNumber ? integer("number", in: table, range: 0...13) ?? 0 : 0
    switch (file, credential) {
    case (let file?, nil):
      return CardRecipe.Key(source: .file(file), number: UInt8(clamping: number))
    case (nil, let credential?):
      return CardRecipe.Key(source: .credential(credential), number: UInt8(clamping: number))
    default:
      note(Words.cardKeySource(name), at: parent.place(of: name))
      return nil
    }
  }

  /// `diversification = ["uid", "aid", "aidReversed", "text:…", "hex:…"]`.
  private mutating func diversification(
    _ section: TOMLSection,
    _ kind: CardRecipe.Kind
  ) -> KeyDiversification? {
    guard section["diversification"] != nil else { return nil }
    var parts: [KeyDiversification.Part] = []
    var count = 0
    for word in strings("diversification", in: section) {
      switch word {
      case "uid": parts.append(.uid)
      case "aid" where kind == .desfire: parts.append(.application)
      case "aidReversed" where kind == .desfire: parts.append(.applicationReversed)
      default:
        guard let bytes = Self.fixedBytes(word) else {
          note(Words.cardDiversification(), at: section.place(of: "diversification"))
          return nil
        }
        parts.append(.bytes(bytes))
        count += bytes.count
      }
    }
    count += parts.filter { $0 == .uid }.count * 7
    if parts.isEmpty || count > KeyDiversification.byteCountMax {
      note(Words.cardDiversification(), at: section.place(of: "diversification"))
    }
    return KeyDiversification(parts: parts)
  }

  private static func fixedBytes(_ word: String) -> [UInt8]? {
    if word.hasPrefix("text:") { return Array(word.dropFirst(5).utf8) }
    guard word.hasPrefix("hex:") else { return nil }
    return Hexadecimal.bytes(String(word.dropFirst(4)))
  }

  private mutating func readOptions(_ section: TOMLSection, into card: inout CardRecipe) {
    let authentications = DESFireMethod.Authentication.allCases.map(\.rawValue)
    card.authentication =
      choice("authentication", of: authentications, in: section)
      .flatMap(DESFireMethod.Authentication.init(rawValue:)) ?? .ev1
    card.mode =
      choice("mode", of: DESFireMethod.Mode.allCases.map(\.rawValue), in: section)
      .flatMap(DESFireMethod.Mode.init(rawValue:)) ?? .full
    card.messaging =
      choice("messaging", of: UltralightMethod.Messaging.allCases.map(\.rawValue), in: section)
      .flatMap(UltralightMethod.Messaging.init(rawValue:)) ?? .auto
    card.algorithm =
      choice("algorithm", of: PhoneMethod.Algorithm.allCases.map(\.rawValue), in: section)
      .flatMap(PhoneMethod.Algorithm.init(rawValue:)) ?? .hmacSHA256
    card.isDiversified = bool("perMember", in: section) ?? true
    card.systemCode = integer("systemCode", in: section, range: 0...0xFFFF)
      .map { UInt16(clamping: $0) }
    if let system = hexadecimal("system", in: section) {
      if !(1...4).contains(system.count) {
        note(Words.outOfRange("`system`", "1", "4"), at: section.place(of: "system"))
      }
      card.system = system
    }
  }

  /// A pattern has to have the gaps that its card needs.
  private mutating func checkPattern(_ section: TOMLSection, _ card: CardRecipe) {
    let gaps = card.text.pattern?.gaps
    var needed: [TextPattern.Gap] = []
    if card.kind == .ntag424 {
      guard let gaps else {
        if section["pattern"] == nil {
          note(Words.configMissing("pattern"), at: section.position)
        }
        return
      }
      needed = [.mac]
      if !gaps.contains(.uid) { needed.append(.picc) }
      if card.source == .content { needed.append(.enc) }
      if gaps.contains(.picc), section["metaKey"] == nil {
        note(Words.configMissing("metaKey"), at: section.position)
      }
    } else if gaps != nil {
      needed = [.id]
    }
    for gap in needed where gaps?.contains(gap) != true {
      note(Words.patternNeeds("{\(gap.rawValue)}"), at: section.place(of: "pattern"))
    }
  }

  /// Bytes as hexadecimal digits in quotes.
  private mutating func hexadecimal(_ key: String, in section: TOMLSection) -> [UInt8]? {
    guard let text = label(key, in: section) else { return nil }
    guard let bytes = Hexadecimal.bytes(text), !bytes.isEmpty else {
      note(Words.cardHexadecimal(key), at: section.place(of: key))
      return nil
    }
    return bytes
  }
}
