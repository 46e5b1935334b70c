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
    case (.unbind, .active): return [.cardRemoved(card.reference)] + pinRemoval(of: card.reference)
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
    case (.close, _):
      return [.cardStatus(card.reference, .closed)] + pinRemoval(of: card.reference)
    }
  }

  private func pinRemoval(of card: CardReference) -> [Effect] {
    guard !hasNoAssets, assets.pins.contains(where: { $0.card == card }) else { return [] }
    return [.pinRemoved(card)]
  }

  /// What goes over from a card to the one that replaces it, beside its place: the PIN with its
  /// wrong tries, and what was spent of the day. Without that a lost card's limits would be new.
  public func effects(ofReplacing old: CardReference, by new: CardReference) -> [Effect] {
    guard !hasNoAssets else { return [] }
    let assets = assets
    var effects: [Effect] = []
    if var facts = assets.pins.first(where: { $0.card == old }) {
      facts.card = new
      effects += [.pinRemoved(old), .pin(facts)]
    }
    let name = LedgerDraft.name(of: old)
    for counter in assets.limits where counter.key.name == name {
      var key = counter.key
      key.name = LedgerDraft.name(of: new)
      effects += [
        .counted(counter.key, quantity: -counter.count), .counted(key, quantity: counter.count),
      ]
    }
    return effects
  }
}
