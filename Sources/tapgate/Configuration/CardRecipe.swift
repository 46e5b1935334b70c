internal import TapgateCards
internal import TapgateCodec
internal import TapgateModel

/// One `[[card]]`, without its keys: those stand in files of their own, and are read when the
/// gateway starts.
struct CardRecipe: Hashable, Sendable {
  /// What kind of card is meant.
  enum Kind: String, Sendable, CaseIterable {
    case classic, ntag, ultralightAes, desfire, ntag424, iso7816, hce, felica, iso15693
  }

  /// Where a key is, and the number under which the card has it.
  struct Key: Hashable, Sendable {
    /// A file, or a credential of systemd's (systemd.exec(5), LoadCredential).
    enum Source: Hashable, Sendable {
      case file(String)
      case credential(String)
    }

    var source: Source
    /// 0 to 13.
    var number: UInt8 = 0
  }

  /// Unique among the cards; the trace calls it so.
  var name: String
  var kind: Kind
  var credentialKind: CredentialKind?
  var gradeMax: CardGrade?
  var source = CardIdentitySource.uid
  var region = CardRegion(offset: 0, count: 0)
  var text = CardText()
  var originality = OriginalityRule.off
  /// `aid`.
  var application: [UInt8] = []
  /// `file`: a DESFire file's number, an ISO file's short identifier, or its identifier.
  var file: FileMethod.File?
  /// `sector`, `slot` and `block`.
  var sector: UInt8 = 0
  var slot: UInt8 = 0
  var block: UInt8 = 0
  var usesKeyB = false
  var key: Key?
  var uidKey: Key?
  var metaKey: Key?
  var diversification: KeyDiversification?
  var authentication = DESFireMethod.Authentication.ev1
  var mode = DESFireMethod.Mode.full
  var messaging = UltralightMethod.Messaging.auto
  var system: [UInt8]?
  var algorithm = PhoneMethod.Algorithm.hmacSHA256
  /// `perMember`.
  var isDiversified = true
  var systemCode: UInt16?

  /// Creates a recipe that says nothing yet.
  init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// Every key that the card needs, with the lengths that it may have.
  var keys: [(key: Key, byteCounts: Set<Int>)] {
    let main: Set<Int> =
      switch kind {
      case .classic: [6]
      case .ntag: [4, 6]
      case .hce: algorithm == .aesCMAC ? [16] : Set(16...64)
      default: [16]
      }
    let others = [uidKey, metaKey].compactMap(\.self).map { ($0, Set([16])) }
    return (key.map { [($0, main)] } ?? []) + others
  }

  /// The profile, with the keys that `load` gives; `nil` where it gives too few of them.
  func profile(_ load: (Key) throws -> CardKey) throws -> CardProfile? {
    guard let method = try method(load) else { return nil }
    return CardProfile(name: name, method: method, kind: credentialKind, gradeMax: gradeMax)
  }

  private func method(_ load: (Key) throws -> CardKey) throws -> CardMethod? {
    let main = try key.map(load)
    let uid = try uidKey.map(load)
    switch kind {
    case .classic: return main.map { classic($0) }
    case .ntag:
      return .ntag(
        NTAGMethod(source: source, text: text, password: main, originality: originality)
      )
    case .ultralightAes: return main.map { ultralight($0, uid) }
    case .desfire: return main.map { desfire($0, uid) }
    case .ntag424:
      let meta = try metaKey.map(load)
      return main.flatMap { dynamic($0, meta) }
    case .iso7816:
      return file.map {
        .iso7816(FileMethod(application: application, file: $0, region: region, text: text))
      }
    case .hce:
      return .hce(
        PhoneMethod(
          application: application,
          text: text,
          key: main,
          algorithm: algorithm,
          isDiversified: isDiversified
        )
      )
    case .felica: return .felica(FeliCaMethod(systemCode: systemCode))
    case .iso15693:
      return .iso15693(
        VicinityMethod(source: source, block: block, count: region.count, text: text)
      )
    }
  }

  private func classic(_ key: CardKey) -> CardMethod {
    .classic(
      ClassicMethod(
        sector: sector,
        region: region,
        text: text,
        key: key,
        keyKind: usesKeyB ? .b : .a,
        slot: slot
      )
    )
  }

  private func ultralight(_ key: CardKey, _ uidKey: CardKey?) -> CardMethod {
    .ultralightAES(
      UltralightMethod(
        source: source,
        region: region,
        text: text,
        key: key,
        diversification: diversification,
        uidKey: uidKey,
        system: system,
        messaging: messaging,
        originality: originality
      )
    )
  }

  private func desfire(_ main: CardKey, _ uid: CardKey?) -> CardMethod {
    var number: UInt8 = 0
    if case .short(let file) = file { number = file }
    return .desfire(
      DESFireMethod(
        application: application,
        authentication: authentication,
        source: source,
        file: number,
        region: region,
        mode: mode,
        text: text,
        key: NumberedKey(number: key?.number ?? 0, key: main),
        diversification: diversification,
        uidKey: uid.map { NumberedKey(number: uidKey?.number ?? 0, key: $0) },
        originality: originality
      )
    )
  }

  private func dynamic(_ fileKey: CardKey, _ metaKey: CardKey?) -> CardMethod? {
    text.pattern.map {
      .ntag424(
        DynamicMethod(
          pattern: $0,
          source: source,
          text: CardText(content: text.content),
          fileKey: fileKey,
          diversification: diversification,
          metaKey: metaKey,
          originality: originality
        )
      )
    }
  }
}
