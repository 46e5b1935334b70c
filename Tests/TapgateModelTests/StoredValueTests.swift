import Testing

@testable import TapgateModel

@Suite("Stored value")
struct StoredValueTests {
  private func request(_ amount: Int64, _ channel: String = "bank_card") -> TopUpRequest {
    TopUpRequest(amountMinor: amount, channel: channel, reference: "r")
  }

  @Test("a top-up brings principal, the step's bonus and its gifts")
  func topUp() throws {
    var ledger = try TestLedger()
    #expect(try ledger.topUp(19_999).bonusMinor == 0)
    let done = try ledger.topUp(50_000)
    #expect(done.bonusMinor == 10_000)
    #expect(done.gift.points == 100)
    #expect(done.gift.coupons.count == 1)
    let state = ledger.state()
    #expect(state.principalMinor == 69_999)
    #expect(state.bonusMinor == 10_000)
    #expect(state.pointsAvailable(on: ledger.today) == 100)
    #expect(state.assets.boost == 20_000)
    #expect(ledger.all.sum(of: .tenderClearing) == -69_999)
    #expect(ledger.all.sum(of: .bonusExpense) == -10_000)
    #expect(ledger.shop.count(of: "coupon:c10") == 1)
  }

  @Test("why a top-up is refused")
  func topUpRefusals() throws {
    var ledger = try TestLedger()
    ledger.addCard(CardReference(high: 1, low: 1), type: "bearer")
    ledger.addCard(CardReference(high: 2, low: 2), type: "plain")
    func reason(_ amount: Int64, _ channel: String = "bank_card", card: UInt64? = nil)
      -> RefusalReason?
    {
      ledger.reason(card: card.map { CardReference(high: $0, low: $0) }) {
        try $0.decideTopUp(request(amount, channel), for: $1, in: $2)
      }
    }
    #expect(reason(999) == .limitExceeded)
    #expect(reason(1000, "pigeon") == .notSupportedByProgramme)
    #expect(reason(1000, card: 2) == .notSupportedByProgramme)
    #expect(reason(495_000) == .balanceCapExceeded)
    #expect(reason(95_001, card: 1) == .balanceCapExceeded)
    #expect(reason(89_999, card: 1) == nil)
    for amount in [0, -1, Int64.max] {
      let field = ledger.field { try $0.decideTopUp(request(amount), for: $1, in: $2) }
      #expect(field == "amountMinor")
    }
    // Named by its id: one named card is enough for the higher cap.
    #expect(reason(100_001) == nil)
    ledger.members["m"]?.cards.removeAll { $0.type == "personal" || $0.type == "plain" }
    #expect(reason(100_001) == .balanceCapExceeded)
    ledger.members["m"]?.status = .frozen
    #expect(reason(1000) == .memberFrozen)
    ledger.members["m"]?.status = .active
    ledger.programme.topUp = nil
    #expect(reason(1000) == .notSupportedByProgramme)
  }

  @Test("a remote channel: opened, counted in the cap, confirmed or cancelled once")
  func remote() throws {
    var ledger = try TestLedger()
    let open = try ledger.topUp(400_000, channel: "web_self")
    #expect(open.isOpen)
    #expect(ledger.state().valueAvailableMinor == 0)
    let tooMuch = ledger.reason { try $0.decideTopUp(request(100_000), for: $1, in: $2) }
    #expect(tooMuch == .balanceCapExceeded)
    ledger.programme.topUp?.steps = []
    let done = try ledger.run(.confirmTopUp) {
      try $0.decideTopUpConfirmation(open.topUpID, channelReference: "w1", for: $1, in: $2)
    }
    // What it brings was settled when it was opened.
    #expect(done.bonusMinor == 10_000)
    #expect(
      ledger.effects.contains {
        $0
          == .tendered(
            kind: "web_self",
            amountMinor: 400_000,
            reference: "w1"
          )
      }
    )
    #expect(ledger.state().principalMinor == 400_000)
    let again = ledger.field {
      try $0.decideTopUpConfirmation(open.topUpID, channelReference: "w1", for: $1, in: $2)
    }
    #expect(again == "topUpId")
    let other = try ledger.topUp(1000, channel: "web_self")
    try ledger.run(.cancelTopUp) {
      try $0.decideTopUpCancellation(other.topUpID, for: $1, in: $2)
    }
    #expect(ledger.state().principalMinor == 400_000)
    #expect(ledger.state().assets.topUps.isEmpty)
    let cancelled = ledger.field {
      try $0.decideTopUpCancellation(other.topUpID, for: $1, in: $2)
    }
    #expect(cancelled == "topUpId")
  }

  @Test("two open top-ups of one reference, and a gift that is gone when the money comes")
  func openTwice() throws {
    var ledger = try TestLedger()
    let twin = TopUpRequest(amountMinor: 50_000, channel: "web_self", reference: "same")
    let open = try ledger.run(.topUp) { try $0.decideTopUp(twin, for: $1, in: $2) }
    #expect(ledger.field { try $0.decideTopUp(twin, for: $1, in: $2) } == "tenderReference")
    ledger.programme.coupons = []
    let done = try ledger.run(.confirmTopUp) {
      try $0.decideTopUpConfirmation(open.topUpID, channelReference: "w", for: $1, in: $2)
    }
    #expect(done.omitted == [.coupon(template: "c10", count: 1)])
    #expect(done.gift.points == 100)
    #expect(ledger.state().principalMinor == 50_000)
    #expect(ledger.field { try $0.decideTopUp(request(50_000), for: $1, in: $2) } == "template")
  }

  @Test(
    "how a spend is split",
    arguments: [
      (Programme.ValueOrder.proRata, 8000, 2000), (.principalFirst, 10_000, 0),
      (.bonusFirst, 5000, 5000),
    ]
  )
  func orders(_ order: Programme.ValueOrder, _ principal: Int64, _ bonus: Int64) throws {
    var ledger = try TestLedger { $0.valueOrder = order }
    try ledger.topUp(20_000)
    let spent = try ledger.spend(10_000)
    #expect(spent.parts == ValueParts(principalMinor: principal, bonusMinor: bonus))
    #expect(spent.left == ValueParts(principalMinor: 20_000 - principal, bonusMinor: 5000 - bonus))
    #expect(ledger.all.sum(of: .valueConsumed) == 10_000)
  }

  @Test("pro rata rounds the principal down and never takes more bonus than there is")
  func proRata() {
    let orders = Programme.ValueOrder.allCases
    for principal in Int64(0)..<12 {
      for bonus in Int64(0)..<12 {
        for amount in 0...(principal + bonus) {
          for order in orders {
            let balance = ValueParts(principalMinor: principal, bonusMinor: bonus)
            let parts = order.split(amount, of: balance)
            #expect(parts.sumMinor == amount)
            #expect(parts.principalMinor >= 0 && parts.principalMinor <= principal)
            #expect(parts.bonusMinor >= 0 && parts.bonusMinor <= bonus)
          }
        }
      }
    }
    let huge = ValueParts(principalMinor: .max / 4, bonusMinor: .max / 4)
    #expect(Programme.ValueOrder.proRata.split(.max / 4, of: huge).sumMinor == .max / 4)
  }

  @Test("why a spend is refused")
  func spendRefusals() throws {
    var ledger = try TestLedger()
    let day = CardReference(high: 3, low: 3)
    let child = CardReference(high: 4, low: 4)
    let plain = CardReference(high: 5, low: 5)
    for (card, type) in [(day, "day"), (child, "child"), (plain, "plain")] {
      ledger.addCard(card, type: type)
    }
    try ledger.topUp(20_000)
    func reason(_ amount: Int64, _ card: CardReference? = nil) -> RefusalReason? {
      ledger.reason(card: card) {
        try $0.decideSpend(.init(amountMinor: amount), for: $1, in: $2)
      }
    }
    #expect(reason(25_001) == .insufficientValue)
    #expect(reason(25_000) == nil)
    #expect(reason(1, plain) == .notSupportedByProgramme)
    // It hangs on another card of the account, which is its own parent.
    #expect(reason(1, child) == nil)
    #expect(reason(5001, day) == .limitExceeded)
    try ledger.spend(4000, card: day)
    #expect(reason(1001, day) == .limitExceeded)
    #expect(reason(1000, day) == nil)
    ledger.pass(days: 1)
    #expect(reason(5000, day) == nil)
    #expect(ledger.field { try $0.decideSpend(.init(amountMinor: 0), for: $1, in: $2) } != nil)
    ledger.members["m"]?.cards[0].status = .lost
    #expect(reason(1, TestLedger.card) == .cardLost)
    ledger.programme.topUp = nil
    ledger.programme.valueOrder = nil
    #expect(reason(1) == .notSupportedByProgramme)
  }

  @Test("a PIN is asked for, counted, locked and set anew")
  func pin() throws {
    var ledger = try TestLedger()
    try ledger.topUp(20_000)
    try ledger.run(.setPin) {
      try $0.decideSetPin([1, 2], of: TestLedger.card, for: $1, in: $2)
    }
    func reason(_ pin: PinProof, _ card: CardReference? = TestLedger.card) -> RefusalReason? {
      ledger.reason(card: card) {
        try $0.decideSpend(.init(amountMinor: 100, pin: pin), for: $1, in: $2)
      }
    }
    #expect(reason(.missing) == .pinRequired)
    #expect(reason(.missing, nil) == .pinRequired)
    #expect(reason(.wrong) == .pinWrong)
    #expect(reason(.right) == nil)
    for left in [Int64(2), 1, 0] {
      let decided = try #require(
        try ledger.programme.decideWrongPin(for: ledger.state(), in: ledger.context())
      )
      #expect(decided.answer.triesLeft == left)
      ledger.commit(.wrongPin, decided, on: "m")
      if left == 1 {
        // A right one in between forgives.
        var other = ledger
        try other.spend(100, card: TestLedger.card, pin: .right)
        #expect(other.state().assets.pins[0].wrongTries == 0)
      }
    }
    #expect(reason(.right) == .pinWrong)
    #expect(try ledger.programme.decideWrongPin(for: ledger.state(), in: ledger.context()) == nil)
    try ledger.run(.setPin) {
      try $0.decideSetPin([3], of: TestLedger.card, for: $1, in: $2)
    }
    #expect(reason(.right) == nil)
    try ledger.run(.setPin) { try $0.decideSetPin(nil, of: TestLedger.card, for: $1, in: $2) }
    #expect(reason(.missing) == nil)
    #expect(ledger.state().assets.pins.isEmpty)
  }

  @Test("a card's PIN goes over to the card that replaces it, with the day's spending, or goes")
  func replacedCard() throws {
    var ledger = try TestLedger()
    let (old, new) = (CardReference(high: 3, low: 3), CardReference(high: 3, low: 4))
    ledger.addCard(old, type: "day")
    try ledger.topUp(20_000)
    try ledger.run(.setPin) { try $0.decideSetPin([1], of: old, for: $1, in: $2) }
    try ledger.spend(4000, card: old, pin: .right)
    var unbound = ledger
    try unbound.run(.unbindCard) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      for effect in try state.effects(of: .unbind, on: state.cards[1]) { try draft.add(effect) }
      return try draft.finished(0)
    }
    #expect(unbound.state().assets.pins.isEmpty)
    try ledger.run(.replaceCard) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      try draft.add(.cardStatus(old, .replaced))
      let card = CardState(reference: new, kind: .cardUid, type: "day", status: .active)
      try draft.add(.cardAdded(card))
      for effect in state.effects(ofReplacing: old, by: new) { try draft.add(effect) }
      return try draft.finished(0)
    }
    let spend: (Int64, PinProof) -> TestLedger.Rule<Spent> = { amount, pin in
      { try $0.decideSpend(.init(amountMinor: amount, pin: pin), for: $1, in: $2) }
    }
    #expect(ledger.reason(card: new, spend(1, .missing)) == .pinRequired)
    #expect(ledger.reason(card: new, spend(1001, .right)) == .limitExceeded)
    #expect(ledger.reason(card: new, spend(1000, .right)) == nil)
    #expect(ledger.reason(card: old, spend(1, .right)) == .cardReplaced)
    try ledger.run(.closeCard) {
      try $0.decideCardClose(new, refundBy: "cash", for: $1, in: $2)
    }
    #expect(ledger.state().assets.pins.isEmpty)
  }

  @Test("a supplementary card spends on its parent's account within its own limits")
  func dependent() throws {
    var ledger = try TestLedger()
    let child = CardReference(high: 4, low: 4)
    ledger.addCard(child, type: "child", to: "n")
    try ledger.topUp(20_000)
    // It has no account of its own to hold from or to pay into.
    let hold = ledger.reason(on: "n", card: child) {
      try $0.decideHold(.init(valueMinor: 1), for: $1, in: $2)
    }
    #expect(hold == .notSupportedByProgramme)
    let topUp = ledger.reason(on: "n", card: child) {
      try $0.decideTopUp(request(1000), for: $1, in: $2)
    }
    #expect(topUp == .notSupportedByProgramme)
    func spend(_ amount: Int64) throws -> (holder: Decided<Spent>, payer: Decided<Spent>) {
      var payer = ledger.context()
      payer.sequence += 1
      return try ledger.programme.decideDependentSpend(
        .init(amountMinor: amount),
        by: ledger.state("n"),
        in: ledger.context(child),
        payer: ledger.state("m"),
        in: payer
      )
    }
    #expect(throws: LedgerProblem.self) { try spend(100) }
    #expect(ledger.programme.payer(for: ledger.state("n"), card: child) == nil)
    try ledger.run(.setParent, on: "n") { try $0.decideParent("m", for: $1, in: $2) }
    #expect(ledger.programme.payer(for: ledger.state("n"), card: child) == "m")
    #expect(throws: LedgerProblem.refused(.limitExceeded, "3000 fen per receipt")) {
      try spend(3001)
    }
    let both = try spend(3000)
    ledger.commit(.spend, both.holder, on: "n")
    ledger.commit(.spend, both.payer, on: "m")
    #expect(ledger.state("m").valueAvailableMinor == 22_000)
    #expect(throws: LedgerProblem.refused(.limitExceeded, "5000 per day")) { try spend(2001) }
    let itself = ledger.field(on: "n") { try $0.decideParent("n", for: $1, in: $2) }
    #expect(itself == "parent")
  }

  @Test("closing a card pays the principal back and forfeits the bonus")
  func close() throws {
    var ledger = try TestLedger()
    try ledger.topUp(20_000)
    try ledger.spend(10_000)
    let open = try ledger.topUp(1000, channel: "web_self")
    let close: TestLedger.Rule<CardClosed> = {
      try $0.decideCardClose(TestLedger.card, refundBy: "cash", for: $1, in: $2)
    }
    #expect(ledger.reason(close) == .dependentOperations)
    try ledger.run(.cancelTopUp) { try $0.decideTopUpCancellation(open.topUpID, for: $1, in: $2) }
    let closed = try ledger.run(.closeCard, close)
    #expect(closed == CardClosed(refundedMinor: 12_000, forfeitedMinor: 3000))
    #expect(ledger.state().valueAvailableMinor == 0)
    #expect(ledger.state().cards[0].status == .closed)
    #expect(ledger.all.sum(of: .bonusForfeited) == 3000)
    #expect(ledger.all.sum(of: .tenderClearing) == -8000)
    #expect(ledger.reason(close) == .cardClosed)
  }

  @Test("top-ups and spends are mirrored; what was spent since refuses, or becomes a debt")
  func mirrors() throws {
    var ledger = try TestLedger()
    let before = ledger.state()
    try ledger.topUp(50_000)
    let topUp = ledger.effects
    let full = ledger.state()
    try ledger.spend(100)
    let spend = ledger.effects
    #expect(
      ledger.reason { try $0.decideMirror(of: topUp, for: $1, in: $2) }
        == .dependentOperations
    )
    try ledger.reverse(spend)
    #expect(LedgerInvariant.isRestored(full, by: ledger.state()))
    try ledger.reverse(topUp)
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
    #expect(ledger.all.sum(of: .tenderClearing) == 0)

    try ledger.topUp(20_000)
    let bounced = ledger.effects
    try ledger.spend(5000)
    var facts = MirrorFacts()
    facts.mayOwe = true
    #expect(try ledger.reverse(bounced, facts).owedMinor == 5000)
    #expect(ledger.state().assets.valueDebtMinor == 5000)
    #expect(ledger.state().valueAvailableMinor == 0)
    // The next top-up repays it.
    #expect(try ledger.topUp(6000).repaidMinor == 5000)
    #expect(ledger.state().principalMinor == 1000)
    #expect(ledger.state().assets.valueDebtMinor == 0)
  }
}
