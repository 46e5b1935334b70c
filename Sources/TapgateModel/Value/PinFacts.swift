/// What is known of a card's PIN. The PIN itself is not: only what can check it.
public struct PinFacts: Hashable, Sendable {
  public var card: CardReference
  /// The salted, slow hash by which the store checks an entry.
  public var verifier: [UInt8]
  /// Wrong entries since the last right one.
  public var wrongTries: Int64 = 0

  /// Creates the facts of a new PIN.
  public init(card: CardReference, verifier: [UInt8]) {
    self.card = card
    self.verifier = verifier
  }

  /// Whether a manager must set a new PIN first.
  public func isLocked(by policy: PINPolicy) -> Bool { wrongTries >= policy.triesMax }
}

/// What the store found of the PIN that a request brought.
public enum PinProof: Hashable, Sendable {
  /// None is asked for.
  case notAsked
  /// The request brought none.
  case missing
  case right
  case wrong
}
