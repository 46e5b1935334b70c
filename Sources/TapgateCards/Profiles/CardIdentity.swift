public import TapgateCodec
public import TapgateModel

/// How far a card can be trusted, in the words of the wire.
public enum CardGrade: String, Hashable, Sendable, Comparable, CaseIterable {
  /// A claim.
  case a0 = "A0"
  /// A secret that never changes and can be copied.
  case a1 = "A1"
  /// The same with some evidence beside it.
  case a2 = "A2"
  /// Something that was never said before.
  case a3 = "A3"
  /// A challenge of ours that was answered.
  case a4 = "A4"

  /// Weaker comes first.
  public static func < (left: CardGrade, right: CardGrade) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Why a card has its grade; the words go out with the presentation.
public enum CardReason: String, Hashable, Sendable, CaseIterable {
  /// The bare identifier: anybody can copy it.
  case staticUid
  /// A four-byte identifier, which several cards may share.
  case sharedUid
  /// A number that is written on the card, and can be copied with it.
  case staticContent
  /// MIFARE Classic's cipher, which is broken.
  case brokenCipher
  /// The card knew a password, which goes over the air in clear.
  case passwordAccepted
  /// One of the maker's keys signed the identifier.
  case originalityGenuine
  case originalityForged
  /// The card gives no signature, or the reader passes none on.
  case originalityAbsent
  /// A message with a MAC of the card's and its counter.
  case dynamicMessage
  /// The message has no counter: it can be shown again.
  case counterAbsent
  /// Card and gateway proved to each other that they have the key.
  case mutualAuthentication
  /// The phone's application answered a fresh challenge.
  case challengeResponse
  /// The card has the key, but nothing ties the number to that card.
  case identityUnbound
  /// The profile allows no more.
  case gradeCapped
  /// A profile fits this kind of card, but the card is not one of those.
  case applicationAbsent
  /// A profile fits this kind of card, but the reader passes no raw commands to it.
  case rawCommandsAbsent
}

/// What a credential comes from.
public enum CardMedium: String, Hashable, Sendable { case card, phone }

/// Who a card says it belongs to, and how far that can be trusted.
public struct CardIdentity: Hashable, Sendable {
  public var credential: Credential
  /// In the words of the input events, such as `iso14443a.desfire`.
  public var technology: String
  public var grade: CardGrade
  public var reasons: [CardReason]
  public var medium: CardMedium
  /// A counter that has to be greater than any that the store saw with this credential; `nil` where
  /// freshness needs no memory.
  public var counter: UInt64?

  /// Creates an identity.
  public init(
    credential: Credential,
    technology: String,
    grade: CardGrade,
    reasons: [CardReason] = [],
    medium: CardMedium = .card,
    counter: UInt64? = nil
  ) {
    self.credential = credential
    self.technology = technology
    self.grade = grade
    self.reasons = reasons
    self.medium = medium
    self.counter = counter
  }

  /// The identity that a bare identifier is: `nil` where it names no card.
  public init?(uid: CardUID, technology: String) {
    // A judged identifier is a credential by construction; the error could say nothing more.
    guard let credential = try? Credential(kind: .cardUid, value: uid.hexadecimal) else {
      return nil
    }
    self.init(
      credential: credential,
      technology: technology,
      grade: .a1,
      reasons: uid.isPossiblyShared ? [.staticUid, .sharedUid] : [.staticUid]
    )
  }
}

/// What a card turned out to be.
public enum CardFinding: Hashable, Sendable {
  case identified(CardIdentity)
  /// `detail` is for the trace: steps and status words, never a byte of the card.
  case refused(CardRefusal, detail: String)
}
