/// What `value.spend` asks for.
public struct SpendRequest: Hashable, Sendable {
  public var amountMinor: Int64
  public var pin: PinProof

  /// Creates a request.
  public init(amountMinor: Int64, pin: PinProof = .missing) {
    self.amountMinor = amountMinor
    self.pin = pin
  }
}

/// What spending came to.
public struct Spent: Hashable, Sendable {
  public var parts: ValueParts
  /// The balance after it.
  public var left: ValueParts
}

/// What became of a wrong PIN.
public struct PinTry: Hashable, Sendable {
  public var triesLeft: Int64
  public var isLocked: Bool
}

extension Programme {
  /// Decides `value.spend` of the member's own account.
  ///
  /// A wrong PIN is refused; `decideWrongPin` is the row that counts it.
  public func decideSpend(
    _ request: SpendRequest,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Spent> {
    var draft = try LedgerDraft(self, active: state, in: context)
    try draft.refuseWithoutValue(request.amountMinor)
    try draft.demandPin(request.pin)
    try draft.countCardSpending(request.amountMinor)
    let parts = try draft.takeValue(request.amountMinor)
    return try draft.finished(Spent(parts: parts, left: draft.valueLeft))
  }

  /// The id of the member on whose account the presented card spends; `nil` for its holder's own.
  public func payer(for state: MemberState, card reference: CardReference?) -> String? {
    guard let reference, let card = state.cards.first(where: { $0.reference == reference }),
      cardTypes.first(where: { $0.id == card.type })?.needsParent ?? false
    else { return nil }
    return state.assets.parent
  }

  /// Decides `value.spend` by a supplementary or linked card (附属卡, 关联卡): its holder's row counts
  /// its own limits, the parent's row pays. Both rows are of one transaction.
  public func decideDependentSpend(
    _ request: SpendRequest,
    by holder: MemberState,
    in context: LedgerContext,
    payer: MemberState,
    in payerContext: LedgerContext
  ) throws(LedgerProblem) -> (holder: Decided<Spent>, payer: Decided<Spent>) {
    var own = try LedgerDraft(self, active: holder, in: context)
    try own.refuseWithoutValue(request.amountMinor)
    guard holder.assets.parent == payer.id, payer.id != holder.id else {
      throw .refused(.notSupportedByProgramme, "the card has no such parent")
    }
    try own.demandPin(request.pin)
    try own.countCardSpending(request.amountMinor, isByParent: true)
    var payerContext = payerContext
    payerContext.card = nil
    var draft = try LedgerDraft(self, active: payer, in: payerContext)
    let parts = try draft.takeValue(request.amountMinor)
    let spent = Spent(parts: parts, left: draft.valueLeft)
    return (try own.finished(spent), try draft.finished(spent))
  }

  /// Decides on what account a member's dependent cards spend; `nil` for none.
  public func decideParent(
    _ parent: String?,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<String?> {
    var draft = try LedgerDraft(self, for: state, in: context)
    guard parent != state.id else { throw .illegal("parent", "is the member itself") }
    try draft.refuseUnlessThere()
    if state.assets.parent != parent {
      try draft.add(.parent(from: state.assets.parent, to: parent))
    }
    return try draft.finished(parent)
  }

  // MARK: PIN

  /// Decides the row that counts a wrong PIN; `nil` where no PIN is set or it is locked already.
  public func decideWrongPin(
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<PinTry>? {
    var draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    let policy = context.pin
    guard var facts = state.pinFacts(for: context.card), !facts.isLocked(by: policy) else {
      return nil
    }
    facts.wrongTries += 1
    try draft.add(.pin(facts))
    let left = max(0, policy.triesMax - facts.wrongTries)
    return try draft.finished(PinTry(triesLeft: left, isLocked: facts.isLocked(by: policy)))
  }

  /// Decides `card.setPin`: a new PIN, which also unlocks; `nil` takes it away. `proof` is that of
  /// the PIN there is; a manager needs none.
  public func decideSetPin(
    _ verifier: [UInt8]?,
    of reference: CardReference,
    proof: PinProof = .notAsked,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<PinFacts?> {
    guard state.cards.contains(where: { $0.reference == reference }) else {
      throw .unknown(field: "cardId")
    }
    var context = context
    context.card = reference
    var draft = try LedgerDraft(self, active: state, in: context)
    let isSet = state.assets.pins.contains { $0.card == reference }
    if isSet { try draft.demandPin(proof) }
    guard let verifier else {
      if isSet { try draft.add(.pinRemoved(reference)) }
      return try draft.finished(nil)
    }
    guard !verifier.isEmpty, verifier.count <= 256 else {
      throw .illegal("pin", "has no usable verifier")
    }
    let facts = PinFacts(card: reference, verifier: verifier)
    try draft.add(.pin(facts))
    return try draft.finished(facts)
  }
}

extension LedgerDraft {
  var valueLeft: ValueParts {
    ValueParts(principalMinor: state.principalMinor, bonusMinor: state.bonusMinor)
  }

  fileprivate func refuseWithoutValue(_ amountMinor: Int64) throws(LedgerProblem) {
    guard programme.topUp != nil || programme.valueOrder != nil else {
      throw .refused(.notSupportedByProgramme)
    }
    guard amountMinor > 0 else { throw .illegal("amountMinor", "is not positive") }
  }

  /// Refuses what nobody can do for a member who is gone.
  func refuseUnlessThere() throws(LedgerProblem) {
    if state.status == .merged { throw .refused(.memberMerged) }
    if state.status == .erased { throw .refused(.memberErased) }
  }
}
