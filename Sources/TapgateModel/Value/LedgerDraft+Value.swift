/// Stored value by its parts, in fen.
public struct ValueParts: Hashable, Sendable {
  public var principalMinor: Int64
  public var bonusMinor: Int64

  /// Creates parts.
  public init(principalMinor: Int64 = 0, bonusMinor: Int64 = 0) {
    self.principalMinor = principalMinor
    self.bonusMinor = bonusMinor
  }

  /// Both together.
  public var sumMinor: Int64 { principalMinor &+ bonusMinor }
}

extension Programme.ValueOrder {
  /// How `amountMinor` is taken from `balance`, which holds at least that much: pro rata the
  /// principal's share is floor(amount × principal / both), and the bonus takes the rest.
  public func split(_ amountMinor: Int64, of balance: ValueParts) -> ValueParts {
    let principal: Int64
    switch self {
    case .principalFirst: principal = min(amountMinor, balance.principalMinor)
    case .bonusFirst: principal = amountMinor - min(amountMinor, balance.bonusMinor)
    case .proRata:
      let both = Int128(balance.principalMinor) + Int128(balance.bonusMinor)
      guard both > 0 else { return ValueParts() }
      principal = Int64(
        clamping: Int128(amountMinor) * Int128(balance.principalMinor) / both
      )
    }
    return ValueParts(principalMinor: principal, bonusMinor: amountMinor - principal)
  }
}

extension LedgerDraft {
  // MARK: Stored value

  /// Takes stored value in the programme's order and posts it to `accounts`.
  public mutating func takeValue(
    _ amountMinor: Int64,
    to accounts: (principal: Account, bonus: Account) = (.valueConsumed, .valueConsumed)
  ) throws(LedgerProblem) -> ValueParts {
    guard amountMinor >= 0 else { throw .illegal("amountMinor", "is negative") }
    let available = state.valueAvailableMinor
    guard amountMinor <= available else {
      throw .refused(.insufficientValue, "\(amountMinor - available) fen are missing")
    }
    let balance = ValueParts(
      principalMinor: state.principalMinor,
      bonusMinor: state.bonusMinor
    )
    let parts = (programme.valueOrder ?? .proRata).split(amountMinor, of: balance)
    try move(parts.principalMinor, from: .principal, to: accounts.principal)
    try move(parts.bonusMinor, from: .bonus, to: accounts.bonus)
    return parts
  }

  /// Gives back what a refunded sale had taken, each part to its own.
  public mutating func returnValue(_ parts: ValueParts) throws(LedgerProblem) {
    guard parts.principalMinor >= 0, parts.bonusMinor >= 0 else {
      throw .illegal("amountMinor", "is negative")
    }
    try move(parts.principalMinor, from: .valueConsumed, to: .principal)
    try move(parts.bonusMinor, from: .valueConsumed, to: .bonus)
  }

  /// Checks the presented card's rules for stored value and counts what is spent of its day.
  /// `isByParent`: another account pays, as such a card's type demands.
  public mutating func countCardSpending(
    _ amountMinor: Int64,
    isByParent: Bool = false
  ) throws(LedgerProblem) {
    try refuseUnlessCard(can: "sv")
    if !isByParent { try refuseDependentCard() }
    guard let cardType, let reference = context.card else { return }
    if let most = cardType.receiptMaxMinor, amountMinor > most {
      throw .refused(.limitExceeded, "\(most) fen per receipt")
    }
    guard let most = cardType.dayMaxMinor else { return }
    try count(Self.name(of: reference), .init(per: .day, count: most), quantity: amountMinor)
  }

  /// Refuses a card that has no account of its own.
  func refuseDependentCard() throws(LedgerProblem) {
    guard cardType?.needsParent ?? false else { return }
    throw .refused(.notSupportedByProgramme, "the card spends on its parent's account")
  }

  static func name(of card: CardReference) -> String { "value:" + card.cardID }

  // MARK: PIN

  /// What a till's keeper is told of a locked PIN.
  static let lockedPin = "the PIN is locked; a manager sets a new one"

  /// Refuses where a PIN is set and was not entered right; a right one forgives the wrong tries.
  public mutating func demandPin(_ proof: PinProof) throws(LedgerProblem) {
    guard proof != .notAsked, var facts = state.pinFacts(for: context.card) else { return }
    if facts.isLocked(by: context.pin) { throw .refused(.pinWrong, Self.lockedPin) }
    switch proof {
    case .notAsked: return
    case .missing: throw .refused(.pinRequired)
    case .wrong: throw .refused(.pinWrong)
    case .right:
      guard facts.wrongTries > 0 else { return }
      facts.wrongTries = 0
      try add(.pin(facts))
    }
  }
}
