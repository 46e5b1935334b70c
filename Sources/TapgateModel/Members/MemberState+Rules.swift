extension MemberState {
  /// Refuses an operation that earns, where the member or the card it came by may not take part.
  ///
  /// `reference` is the card by which the member was named; `nil` where it was named by id.
  public func refuseUnlessActive(card reference: CardReference?) throws(Refusal) {
    if let reference, let card = cards.first(where: { $0.reference == reference }) {
      switch card.status {
      case .active: break
      case .lost: throw Refusal(.cardLost)
      case .frozen: throw Refusal(.cardFrozen)
      case .replaced: throw Refusal(.cardReplaced)
      case .closed: throw Refusal(.cardClosed)
      }
    }
    try refuseUnlessActive()
  }

  /// Refuses an operation where the member may not take part.
  public func refuseUnlessActive() throws(Refusal) {
    switch status {
    case .active: break
    case .suspended: throw Refusal(.memberSuspended)
    case .frozen: throw Refusal(.memberFrozen)
    case .merged: throw Refusal(.memberMerged)
    case .erased: throw Refusal(.memberErased)
    }
  }

  /// The change that `action` makes to `card`, or why not.
  public func effects(
    of action: CardAction,
    on card: CardState
  ) throws(Refusal) -> [Effect] {
    if status == .merged { throw Refusal(.memberMerged) }
    if status == .erased { throw Refusal(.memberErased) }
    switch (action, card.status) {
    case (_, .replaced): throw Refusal(.cardReplaced)
    case (_, .closed): throw Refusal(.cardClosed)
    case (.unbind, .active): return [.cardRemoved(card.reference)]
    case (.unbind, .lost): throw Refusal(.cardLost)
    case (.unbind, .frozen): throw Refusal(.cardFrozen)
    case (.reportLost, .lost), (.freeze, .frozen): return []
    case (.reportLost, .frozen): return [.frozenCardLost(card.reference)]
    case (.reportLost, _): return [.cardStatus(card.reference, .lost)]
    case (.cancelLost, .lost):
      return [.cardStatus(card.reference, card.isFrozenWhenFound ? .frozen : .active)]
    case (.cancelLost, .frozen): throw Refusal(.cardFrozen)
    case (.cancelLost, .active), (.unfreeze, .active): return []
    case (.freeze, .lost), (.unfreeze, .lost): throw Refusal(.cardLost)
    case (.freeze, .active): return [.cardStatus(card.reference, .frozen)]
    case (.unfreeze, .frozen): return [.cardStatus(card.reference, .active)]
    case (.close, _): return [.cardStatus(card.reference, .closed)]
    }
  }
}
