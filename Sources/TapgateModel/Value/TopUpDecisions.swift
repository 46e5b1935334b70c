/// What `value.topUp` asks for.
public struct TopUpRequest: Hashable, Sendable {
  public var amountMinor: Int64
  public var channel: String
  /// The till's reference of the payment.
  public var reference: String

  /// Creates a request.
  public init(amountMinor: Int64, channel: String, reference: String = "") {
    self.amountMinor = amountMinor
    self.channel = channel
    self.reference = reference
  }
}

/// What a top-up came to.
public struct ToppedUp: Hashable, Sendable {
  /// The sequence of the row that opened it.
  public var topUpID: Int64
  /// Whether the channel has yet to answer: nothing can be spent before.
  public var isOpen: Bool
  public var principalMinor: Int64
  public var bonusMinor: Int64
  /// What of the amount repaid a debt.
  public var repaidMinor: Int64 = 0
  public var gift = GivenGift()
  /// The multiplier of the next receipt's points in basis points; 0 for none.
  public var boost: Int64 = 0
  /// Gifts that could not be given when the channel confirmed.
  public var omitted: [Programme.Gift] = []
}

extension Programme.TopUpRules {
  /// The step that an amount reaches: the highest.
  public func step(for amountMinor: Int64) -> Step? {
    steps.filter { $0.fromMinor <= amountMinor }.max { $0.fromMinor < $1.fromMinor }
  }
}

extension Programme {
  /// Decides `value.topUp`: at once, or opened where the channel answers later.
  public func decideTopUp(
    _ request: TopUpRequest,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<ToppedUp> {
    var draft = try LedgerDraft(self, active: state, in: context)
    guard let rules = topUp, rules.channels.contains(request.channel) else {
      throw .refused(.notSupportedByProgramme, topUp == nil ? nil : "channel \(request.channel)")
    }
    guard request.amountMinor > 0 else { throw .illegal("amountMinor", "is not positive") }
    guard request.amountMinor <= MemberState.balanceMax else {
      throw .illegal("amountMinor", "is too large")
    }
    guard request.amountMinor >= rules.minMinor else {
      throw .refused(.limitExceeded, "at least \(rules.minMinor) fen")
    }
    try draft.refuseUnlessCard(can: "sv")
    try draft.refuseDependentCard()
    let step = rules.step(for: request.amountMinor)
    let topUp = TopUp(
      id: context.sequence,
      amountMinor: request.amountMinor,
      bonusMinor: step?.bonusMinor ?? 0,
      channel: request.channel,
      reference: request.reference,
      openedOn: context.date,
      gifts: step?.gifts ?? [],
      boost: step?.pointsBasisPoints ?? 0
    )
    try draft.refuseAboveCap(topUp, rules)
    guard rules.remoteChannels.contains(request.channel) else {
      let done = try draft.settle(topUp, isConfirmation: false)
      return try draft.finished(done)
    }
    let isKnown = state.assets.topUps.contains {
      $0.channel == topUp.channel && $0.reference == topUp.reference
    }
    guard !isKnown else {
      throw .illegal("tenderReference", "is that of another open top-up")
    }
    try draft.add(.topUpOpened(topUp))
    return try draft.finished(
      ToppedUp(
        topUpID: topUp.id,
        isOpen: true,
        principalMinor: topUp.amountMinor,
        bonusMinor: topUp.bonusMinor,
        boost: topUp.boost
      )
    )
  }

  /// Decides `value.confirmTopUp`: the channel has taken the money. Whatever stands against it by
  /// now, the money is the member's; only a gift that is not to be had any more is left out.
  public func decideTopUpConfirmation(
    _ topUpID: Int64,
    channelReference: String,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<ToppedUp> {
    guard var topUp = state.assets.topUps.first(where: { $0.id == topUpID }) else {
      throw .unknown(field: "topUpId")
    }
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.add(.topUpEnded(topUp, .confirmed))
    topUp.reference = channelReference
    let done = try draft.settle(topUp, isConfirmation: true)
    return try draft.finished(done)
  }

  /// Decides `value.cancelTopUp`: the channel has not taken the money.
  public func decideTopUpCancellation(
    _ topUpID: Int64,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<TopUp> {
    guard let topUp = state.assets.topUps.first(where: { $0.id == topUpID }) else {
      throw .unknown(field: "topUpId")
    }
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.add(.topUpEnded(topUp, .cancelled))
    return try draft.finished(topUp)
  }
}

extension LedgerDraft {
  /// Whether the account bears a name: the presented card's type says so; where none was presented,
  /// one of the cards that can be used has to.
  private var isNamed: Bool {
    if let cardType { return cardType.isNamed }
    let active = state.cards.filter { $0.status == .active }
    return active.isEmpty
      || active.contains { card in
        programme.cardTypes.first { $0.id == card.type }?.isNamed ?? true
      }
  }

  /// Open top-ups and held value count, so that a confirmation never goes beyond the cap.
  fileprivate func refuseAboveCap(
    _ topUp: TopUp,
    _ rules: Programme.TopUpRules
  ) throws(LedgerProblem) {
    guard let most = isNamed ? rules.namedMaxMinor : rules.bearerMaxMinor else { return }
    let assets = state.assets
    var sum = Int128(state.principalMinor) + Int128(state.bonusMinor)
    sum += Int128(assets.principalHeldMinor) + Int128(assets.bonusHeldMinor)
    for open in assets.topUps + [topUp] {
      sum += Int128(open.amountMinor) + Int128(open.bonusMinor)
    }
    guard sum <= Int128(most) else {
      throw .refused(.balanceCapExceeded, "at most \(most) fen")
    }
  }

  /// Enters the money, the bonus and the gifts.
  fileprivate mutating func settle(
    _ topUp: TopUp,
    isConfirmation: Bool
  ) throws(LedgerProblem) -> ToppedUp {
    let repaid = min(topUp.amountMinor, state.assets.valueDebtMinor)
    try add(
      .tendered(
        kind: topUp.channel,
        amountMinor: topUp.amountMinor,
        reference: topUp.reference
      )
    )
    try move(repaid, from: .tenderClearing, to: .valueDebt)
    try move(topUp.amountMinor - repaid, from: .tenderClearing, to: .principal)
    try move(topUp.bonusMinor, from: .bonusExpense, to: .bonus)
    if topUp.boost > state.assets.boost {
      try add(.boost(from: state.assets.boost, to: topUp.boost))
    }
    var done = ToppedUp(
      topUpID: topUp.id,
      isOpen: false,
      principalMinor: topUp.amountMinor - repaid,
      bonusMinor: topUp.bonusMinor,
      repaidMinor: repaid,
      boost: topUp.boost
    )
    for gift in topUp.gifts {
      let before = self
      do {
        done.gift.add(try give(gift))
      } catch {
        guard isConfirmation else { throw error }
        self = before
        done.omitted.append(gift)
      }
    }
    return done
  }
}
