/// What is known of the PIN that came with an operation.
public enum OperatorProof: Hashable, Sendable {
  /// None came.
  case missing
  /// It is the operator's.
  case right
  /// It is another; so many tries are left.
  case wrong(left: Int)
  /// Too many were wrong: a manager has to set a new one.
  case locked
  /// The operator has none yet.
  case unset
}

/// Why an operator may not do something. Its `code` is what the journal keeps.
public enum OperatorDenial: Error, Hashable, Sendable {
  /// Nobody said who stands there, and the book asks for it.
  case nobody
  /// The book has no such operator.
  case unknown(String)
  /// The operator works elsewhere: at this node and below it.
  case place(String)
  /// No permission is about this method.
  case verb(String)
  /// No permission for the method has this channel.
  case channel(String)
  /// The most of one operation that any permission allows, in fen.
  case amount(maxMinor: Int64)
  /// The same in points.
  case points(max: Int64)
  /// What is left of the day, in fen.
  case dayAmount(leftMinor: Int64)
  /// The same in points.
  case dayPoints(left: Int64)
  case pinMissing
  case pinUnset
  case pinWrong(left: Int)
  case pinLocked

  /// What the till is told.
  public var reason: RefusalReason {
    switch self {
    case .pinMissing, .pinUnset: .pinRequired
    case .pinWrong, .pinLocked: .pinWrong
    default: .operatorNotAllowed
    }
  }

  /// The refusal that is remembered.
  public var refusal: Refusal { Refusal(reason, detail: code) }

  /// `operator.` and what is missing, with what it is about after a colon.
  public var code: String {
    switch self {
    case .nobody: "operator.nobody"
    case .unknown(let id): "operator.unknown:\(id)"
    case .place(let node): "operator.place:\(node)"
    case .verb(let method): "operator.verb:\(method)"
    case .channel(let channel): "operator.channel:\(channel)"
    case .amount(let most): "operator.amount:\(most)"
    case .points(let most): "operator.points:\(most)"
    case .dayAmount(let left): "operator.dayAmount:\(left)"
    case .dayPoints(let left): "operator.dayPoints:\(left)"
    case .pinMissing: "operator.pinMissing"
    case .pinUnset: "operator.pinUnset"
    case .pinWrong(let left): "operator.pinWrong:\(left)"
    case .pinLocked: "operator.pinLocked"
    }
  }

  /// Reads what `code` wrote; `nil` for anything else.
  public init?(code: String) {
    let parts = code.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let text = parts.count > 1 ? String(parts[1]) : ""
    let number = Int64(text)
    switch (parts[0], number) {
    case ("operator.nobody", _): self = .nobody
    case ("operator.unknown", _): self = .unknown(text)
    case ("operator.place", _): self = .place(text)
    case ("operator.verb", _): self = .verb(text)
    case ("operator.channel", _): self = .channel(text)
    case ("operator.amount", let most?): self = .amount(maxMinor: most)
    case ("operator.points", let most?): self = .points(max: most)
    case ("operator.dayAmount", let left?): self = .dayAmount(leftMinor: left)
    case ("operator.dayPoints", let left?): self = .dayPoints(left: left)
    case ("operator.pinMissing", _): self = .pinMissing
    case ("operator.pinUnset", _): self = .pinUnset
    case ("operator.pinWrong", let left?): self = .pinWrong(left: Int(clamping: left))
    case ("operator.pinLocked", _): self = .pinLocked
    default: return nil
    }
  }

  /// Whether it says more of what would be allowed than `other` does: what is left of a day before
  /// the most of one operation, and the larger bound.
  func isNearer(than other: OperatorDenial?) -> Bool {
    guard let other else { return true }
    return bound > other.bound
  }

  private var bound: Int64 {
    switch self {
    case .amount(let bound), .points(let bound), .dayAmount(let bound), .dayPoints(let bound):
      bound
    default: -1
    }
  }
}

extension JournalKind {
  /// Whether an operator answers for it. What the gateway does by itself has none, what only a
  /// manager's role may do asks for that instead, and a print changes no ledger.
  public var needsOperator: Bool {
    switch self {
    case .print, .importChunk, .importPublished, .programme, .sweep, .referral, .income,
      .tierReview, .wrongPin, .couponVoid:
      false
    default: true
    }
  }
}
