/// What closing a card paid back.
public struct CardClosed: Hashable, Sendable {
  /// Principal that is to be paid out.
  public var refundedMinor: Int64 = 0
  /// Bonus that is lost.
  public var forfeitedMinor: Int64 = 0
  /// What of the principal repaid a debt.
  public var repaidMinor: Int64 = 0
}

extension Programme {
  /// Decides `card.close` (退卡). Where `tender` names how money goes out, the account's stored value
  /// is settled with it: the principal is paid back, the bonus is forfeited, each by its own entry.
  ///
  /// Refused with `dependentOperations` where stored value lies in a hold or a top-up is open.
  public func decideCardClose(
    _ reference: CardReference,
    refundBy tender: String?,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<CardClosed> {
    var draft = try LedgerDraft(self, for: state, in: context)
    guard let card = state.cards.first(where: { $0.reference == reference }) else {
      throw .unknown(field: "cardId")
    }
    let effects: [Effect]
    do { effects = try state.effects(of: .close, on: card) } catch { throw .refused(error) }
    for effect in effects { try draft.add(effect) }
    guard let tender else { return try draft.finished(CardClosed()) }
    let closed = try draft.payOut(by: tender)
    return try draft.finished(closed)
  }
}

extension LedgerDraft {
  /// Pays the principal back and forfeits the bonus.
  mutating func payOut(by tender: String) throws(LedgerProblem) -> CardClosed {
    let assets = state.assets
    guard assets.principalHeldMinor == 0, assets.bonusHeldMinor == 0, assets.topUps.isEmpty else {
      throw .refused(.dependentOperations, "stored value is held or on its way")
    }
    var closed = CardClosed()
    closed.repaidMinor = min(state.principalMinor, assets.valueDebtMinor)
    closed.refundedMinor = state.principalMinor - closed.repaidMinor
    closed.forfeitedMinor = state.bonusMinor
    try move(closed.repaidMinor, from: .principal, to: .valueDebt)
    if closed.refundedMinor > 0 {
      try add(.tendered(kind: tender, amountMinor: -closed.refundedMinor, reference: ""))
    }
    try move(closed.refundedMinor, from: .principal, to: .tenderClearing)
    try move(closed.forfeitedMinor, from: .bonus, to: .bonusForfeited)
    return closed
  }
}
