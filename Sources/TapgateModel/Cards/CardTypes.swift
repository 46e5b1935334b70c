internal import TapgateJSON

/// What types of cards mean: whose account a card spends from, and within which limits.
extension Programme {
  /// The rules of a card's type; `nil` where the programme does not name it (a telephone's number).
  public func type(of card: CardState) -> CardType? {
    cardTypes.first { $0.id == card.type }
  }

  /// The PIN that guards what `card` spends: its own, else the member's first one. A telephone's
  /// number, or a card bound later, is no way round the PIN. Cards that several people share an
  /// account with ask for their own only.
  public func pinFacts(of state: MemberState, for card: CardReference?) -> PinFacts? {
    guard !state.hasNoAssets else { return nil }
    let pins = state.assets.pins
    if let own = pins.first(where: { $0.card == card }) { return own }
    if let shown = state.cards.first(where: { $0.reference == card }),
      type(of: shown)?.isForSeveral ?? false
    {
      return nil
    }
    return pins.first { pin in
      guard let held = state.cards.first(where: { $0.reference == pin.card }) else { return false }
      return !(type(of: held)?.isForSeveral ?? false)
    }
  }

  /// Why a card of this type cannot become the member's with that parent; `nil` where it can.
  ///
  /// A supplementary or linked card (附属卡, 关联卡) hangs on another member's account, its parent,
  /// or on a card of the account itself.
  public func refusal(
    ofGiving type: CardType,
    to state: MemberState,
    parent: String?
  ) -> LedgerProblem? {
    guard type.needsParent else {
      return parent == nil ? nil : .illegal("parent", "is for a type of card that needs one")
    }
    if parent == state.id { return nil }
    guard parent ?? state.assets.parent == nil else { return nil }
    return state.cards.contains(where: isMain)
      ? nil : .illegal("parent", "is needed by this type of card: the member has no main card")
  }

  /// Whether other cards can hang on `card`.
  func isMain(_ card: CardState) -> Bool {
    guard card.kind != .phoneNumber, card.status != .closed, card.status != .replaced else {
      return false
    }
    return !(type(of: card)?.needsParent ?? false)
  }
}

extension Programme.CardType {
  /// Whether others than the account's holder carry such cards.
  public var isForSeveral: Bool { needsParent || isShared }
}

extension MemberView.Card {
  /// What a card's type lets it do, and what of its limits is left.
  public struct Limits: Hashable, Sendable {
    public var receiptMinor: Int64?
    public var dayMinor: Int64?
    public var dayLeftMinor: Int64?
  }

  /// Shows the rules of the card's type.
  public mutating func show(
    rulesOf card: CardState,
    of state: MemberState,
    _ programme: Programme,
    on date: BusinessDate
  ) {
    guard let type = programme.type(of: card) else { return }
    typeName = type.name
    payer = programme.payer(for: state, card: card.reference)
    can = Programme.CardType.capabilities.filter(type.can.contains)
    guard type.dayMaxMinor != nil || type.receiptMaxMinor != nil else { return }
    var limits = Limits(receiptMinor: type.receiptMaxMinor, dayMinor: type.dayMaxMinor)
    if let most = type.dayMaxMinor {
      let name = LedgerDraft.name(of: card.reference)
      let used = state.count(of: name, per: .day, on: date)
      limits.dayLeftMinor = max(0, most - used)
    }
    self.limits = limits
  }

  func writeRules(into writer: inout JSONWriter) {
    writer.name("typeName")
    writer.value(typeName)
    writer.name("can")
    writer.beginArray()
    for word in can { writer.value(word) }
    writer.endArray()
    writer.name("limits")
    if let limits {
      writer.beginObject()
      writer.name("perReceiptMinor")
      writer.value(limits.receiptMinor)
      writer.name("perDayMinor")
      writer.value(limits.dayMinor)
      writer.name("leftTodayMinor")
      writer.value(limits.dayLeftMinor)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.name("payerId")
    writer.value(payer)
  }
}
