import TapgateModel
import Testing

/// What may happen to a card in each of its states: the whole table.
@Suite("Card operations by state")
struct CardStateTableTests {
  /// What an operation on a card comes to.
  enum Outcome: Equatable {
    /// The card's state after it.
    case becomes(CardStatus)
    /// Nothing changes: it is so already.
    case stays
    /// The card is nobody's.
    case gone
    case refused(RefusalReason)
  }

  private static let table: [CardAction: [CardStatus: Outcome]] = [
    .unbind: [
      .active: .gone, .lost: .refused(.cardLost), .frozen: .refused(.cardFrozen),
      .replaced: .refused(.cardReplaced), .closed: .refused(.cardClosed),
    ],
    .reportLost: [
      .active: .becomes(.lost), .lost: .stays, .frozen: .becomes(.lost),
      .replaced: .refused(.cardReplaced), .closed: .refused(.cardClosed),
    ],
    .cancelLost: [
      .active: .stays, .lost: .becomes(.active), .frozen: .refused(.cardFrozen),
      .replaced: .refused(.cardReplaced), .closed: .refused(.cardClosed),
    ],
    .freeze: [
      .active: .becomes(.frozen), .lost: .refused(.cardLost), .frozen: .stays,
      .replaced: .refused(.cardReplaced), .closed: .refused(.cardClosed),
    ],
    .unfreeze: [
      .active: .stays, .lost: .refused(.cardLost), .frozen: .becomes(.active),
      .replaced: .refused(.cardReplaced), .closed: .refused(.cardClosed),
    ],
    .close: [
      .active: .becomes(.closed), .lost: .becomes(.closed), .frozen: .becomes(.closed),
      .replaced: .refused(.cardReplaced), .closed: .refused(.cardClosed),
    ],
  ]

  @Test("each operation in each state", arguments: CardAction.allCases, CardStatus.allCases)
  func outcome(_ action: CardAction, _ status: CardStatus) throws {
    let wanted = try #require(Self.table[action]?[status])
    let reference = CardReference(high: 1, low: 2)
    var state = MemberState(id: "m", joinedOn: BusinessDate(day: 20_000), tier: "normal")
    var card = CardState(reference: reference, kind: .cardUid, type: "personal", status: status)
    card.status = status
    state.cards = [card]
    let found: Outcome
    do {
      let effects = try state.effects(of: action, on: card)
      let isApplied = state.apply(effects, sequence: 1)
      #expect(isApplied)
      let after = state.cards.first?.status
      found = after.map { $0 == status ? .stays : .becomes($0) } ?? .gone
    } catch {
      found = .refused(error.reason)
    }
    #expect(found == wanted)
  }

  @Test("nothing happens to the cards of who is gone", arguments: CardAction.allCases)
  func gone(_ action: CardAction) {
    for (status, reason) in [
      (MemberStatus.merged, RefusalReason.memberMerged), (.erased, .memberErased),
    ] {
      let reference = CardReference(high: 1, low: 2)
      var state = MemberState(id: "m", joinedOn: BusinessDate(day: 20_000), tier: "normal")
      let card = CardState(
        reference: reference,
        kind: .cardUid,
        type: "personal",
        status: .active
      )
      state.cards = [card]
      state.status = status
      #expect(throws: Refusal(reason)) { try state.effects(of: action, on: card) }
    }
  }

  @Test("a frozen card that was lost is frozen when it is found")
  func frozenAndLost() throws {
    let reference = CardReference(high: 1, low: 2)
    var state = MemberState(id: "m", joinedOn: BusinessDate(day: 20_000), tier: "normal")
    state.cards = [
      CardState(reference: reference, kind: .cardUid, type: "personal", status: .frozen)
    ]
    for (action, status) in [
      (CardAction.reportLost, CardStatus.lost), (.cancelLost, .frozen), (.unfreeze, .active),
    ] {
      let effects = try state.effects(of: action, on: state.cards[0])
      let isApplied = state.apply(effects, sequence: 1)
      #expect(isApplied)
      #expect(state.cards[0].status == status)
    }
  }
}
