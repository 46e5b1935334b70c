public import TapgateModel

/// Whether a token is new.
public enum FreshnessVerdict: Hashable, Sendable {
  /// It is, and that it was shown is on disk.
  case fresh
  /// It was shown before, here or at another counter of the store, or an equal or newer one was.
  case replayed
  /// The ledger could not write it down; it may be shown again. The sentence is for a technician.
  case undecided(hint: String)
}

/// Accepts each token of a credential once, store-wide and for ever.
public protocol FreshnessGuard: Sendable {
  /// Decides about a token. Returns at once, on any thread; `completion` is called once, on the
  /// ledger's thread, after the verdict is on disk. It must not block.
  func accept(
    _ freshness: Freshness,
    of credential: Credential,
    completion: @escaping @Sendable (FreshnessVerdict) -> Void
  )
}

/// The secrets behind rotating codes. Any thread; no call touches the disk.
public protocol RotatingCodes: Sendable {
  /// Whether the token was made with the key that it names. Takes as long for a wrong code as for a
  /// right one.
  func isAuthentic(_ token: RotatingToken) -> Bool

  /// A reference for a new code; random, never given before.
  func newReference() -> String

  /// What a telephone needs in order to make tokens of `reference` itself.
  func secret(of reference: String) -> RotatingSecret

  /// The token of `reference` in time step `step`.
  func token(of reference: String, step: UInt64) -> RotatingToken

  /// The codes that a member holds and that may be shown, the oldest first.
  func codes(ofMember id: String) -> [MemberCode]
}

/// The key of one rotating code.
public struct RotatingSecret: Sendable {
  public var keyID: String
  /// 32 bytes.
  public var bytes: [UInt8]

  /// Creates a secret.
  public init(keyID: String, bytes: [UInt8]) {
    self.keyID = keyID
    self.bytes = bytes
  }
}

/// A rotating code that a member holds.
public struct MemberCode: Hashable, Sendable {
  public var cardID: String
  public var reference: String

  /// Creates a code.
  public init(cardID: String, reference: String) {
    self.cardID = cardID
    self.reference = reference
  }
}
