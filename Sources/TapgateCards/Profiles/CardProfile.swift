public import TapgateCodec
public import TapgateModel

/// A kind of card that a shop issues, and how such a card says whose it is: one `[[card]]` of the
/// configuration, keys included.
public struct CardProfile: Hashable, Sendable {
  /// What the trace calls it; never a secret.
  public var name: String
  public var method: CardMethod
  /// The kind of credential that such a card makes, where it is not the method's own.
  public var kind: CredentialKind?
  /// The most that such a card counts for, whatever it proves; `nil` for no limit.
  public var gradeMax: CardGrade?

  /// Creates a profile.
  public init(
    name: String,
    method: CardMethod,
    kind: CredentialKind? = nil,
    gradeMax: CardGrade? = nil
  ) {
    self.name = name
    self.method = method
    self.kind = kind
    self.gradeMax = gradeMax
  }
}

/// How a card is read.
public enum CardMethod: Hashable, Sendable {
  case classic(ClassicMethod)
  case ntag(NTAGMethod)
  case ultralightAES(UltralightMethod)
  case desfire(DESFireMethod)
  case ntag424(DynamicMethod)
  case iso7816(FileMethod)
  case hce(PhoneMethod)
  case felica(FeliCaMethod)
  case iso15693(VicinityMethod)
}

/// What of a card is its identity.
public enum CardIdentitySource: String, Hashable, Sendable, CaseIterable {
  /// Its identifier.
  case uid
  /// A number that is written on it.
  case content
}

/// Where a number stands in a card's memory or file, in bytes.
public struct CardRegion: Hashable, Sendable {
  public var offset: Int
  public var count: Int

  /// Creates a region.
  public init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }
}

/// How a number is written, and what stands around it.
public struct CardText: Hashable, Sendable {
  public var content: CardContent
  /// `nil` where the whole text is the number.
  public var pattern: TextPattern?

  /// Creates a rule.
  public init(content: CardContent = .text, pattern: TextPattern? = nil) {
    self.content = content
    self.pattern = pattern
  }

  /// The number that bytes say; `nil` where they say none of this kind.
  func number(_ bytes: [UInt8]) -> String? { content.decode(bytes).flatMap { number($0) } }

  /// The number in a text; `nil` where the text does not fit.
  func number(_ text: String) -> String? {
    guard let pattern else { return text.utf8.count <= CardContent.byteCountMax ? text : nil }
    return pattern.match(text)?[.id]
  }
}

extension CardKey: Hashable {
  /// Keys are told apart by comparison; their hash says nothing but their length.
  public func hash(into hasher: inout Hasher) { hasher.combine(byteCount) }
}

/// A key of a card with the number under which the card has it.
public struct NumberedKey: Hashable, Sendable {
  public var number: UInt8
  public var key: CardKey

  /// Creates a pair.
  public init(number: UInt8, key: CardKey) {
    self.number = number
    self.key = key
  }
}

/// Whether a maker's signature is asked for.
public enum OriginalityRule: String, Hashable, Sendable, CaseIterable {
  case off
  /// It is looked at, and told among the reasons.
  case check
  /// A card without a good one is refused.
  case require
}
