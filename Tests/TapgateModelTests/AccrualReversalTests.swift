import Testing

@testable import TapgateModel

@Suite("Reversals of accruals")
struct AccrualReversalTests {
  /// Accrues `amount` by the accrual's own way, which writes no marker.
  private func accrue(_ amount: Int64, _ ledger: inout TestLedger) throws {
    try ledger.run(.accrue) { programme, state, context in
      let decided = try programme.decide(
        Accrual(receiptNo: "r\(context.sequence)", amountMinor: amount, lines: nil),
        for: state,
        on: context.date,
        today: context.today,
        sequence: context.sequence
      )
      return Decided(
        effects: decided.effects,
        after: decided.after,
        shop: context.shop,
        answer: decided.earned
      )
    }
  }

  private func reverse(
    _ original: [Effect],
    _ ledger: TestLedger,
    otherSingleMax: Int64 = 0
  ) throws(Refusal) -> ReversalDecision {
    try ledger.programme.decideReversal(
      of: original,
      otherSingleMax: otherSingleMax,
      tierBefore: "normal",
      for: ledger.state(),
      on: ledger.today,
      today: ledger.today,
      now: Timestamp(microseconds: ledger.now),
      sequence: ledger.sequence
    )
  }

  @Test("the mirror of an accrual restores all, and reports what it took back")
  func restores() throws {
    var ledger = try TestLedger()
    let before = ledger.state()
    try accrue(25_000, &ledger)
    #expect(ledger.state().tier == "silver")
    let decided = try reverse(ledger.effects, ledger)
    #expect(decided.points == 250 && decided.growth == 250)
    #expect(decided.tierBefore == "silver" && decided.tierAfter == "normal")
    #expect(LedgerInvariant.isRestored(before, by: decided.after))
    #expect(decided.after.lastSequence == ledger.sequence)
  }

  @Test("a tier that other receipts have earned too keeps its end")
  func keptEnd() throws {
    var ledger = try TestLedger { $0.tierRules.validity = .rolling(.init(months: 12, days: 0)) }
    let earn: TestLedger.Rule<ReceiptEarned> = { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let earned = try draft.earn(points: 1, growth: 0, baseMinor: 30_000)
      return try draft.finished(earned)
    }
    let before = ledger.state()
    try ledger.run(.accrue, earn)
    let first = ledger.effects
    var alone = ledger
    try alone.reverse(first, .init(otherSingleMax: 0, tierBefore: "normal"))
    #expect(LedgerInvariant.isRestored(before, by: alone.state()))
    alone = ledger
    alone.pass(days: 2)
    var facts = MirrorFacts(otherSingleMax: 0, tierBefore: "normal")
    facts.tierSinceBefore = before.tierSince
    try alone.reverse(first, facts)
    #expect(LedgerInvariant.isRestored(before, by: alone.state()))
    try ledger.run(.accrue, earn)
    let end = ledger.state().assets.tierEnd
    #expect(end != nil)
    try ledger.reverse(first, .init(otherSingleMax: 30_000, tierBefore: "normal"))
    #expect(ledger.state().tier == "silver" && ledger.state().assets.tierEnd == end)
  }

  @Test("what expired with the accrual's row does not come back with its mirror")
  func expired() throws {
    var ledger = try TestLedger()
    try ledger.give(70)
    ledger.pass(days: 366)
    try accrue(1000, &ledger)
    #expect(ledger.all.sum(of: .pointsExpired) == 70)
    let decided = try reverse(ledger.effects, ledger)
    #expect(decided.after.lots.isEmpty)
    #expect(decided.points == 10)
    var totals = LedgerTotals()
    totals.take(decided.effects)
    #expect(totals.sum(of: .pointsExpired) == 0)
    #expect(totals.violations.isEmpty)
  }

  @Test("refused where points of it were spent or held; its own expired lot is taken back as such")
  func dependent() throws {
    var ledger = try TestLedger()
    try accrue(1000, &ledger)
    let original = ledger.effects
    var held = ledger
    let hold = try held.run(.holdCreate) {
      try $0.decideHold(.init(points: 1), for: $1, in: $2)
    }
    #expect(throws: Refusal.self) { try reverse(original, held) }
    try held.run(.holdVoid) { try $0.decideVoid(of: hold.id, for: $1, in: $2) }
    _ = try reverse(original, held)
    ledger.pass(days: 366)
    let late = try reverse(original, ledger)
    #expect(late.after.lots.isEmpty)
    #expect(!late.effects.contains { if case .lotUsed = $0 { true } else { false } })
  }

  @Test("a hold whose time is over does not stand in the way, entered or not")
  func lapsedHold() throws {
    var ledger = try TestLedger()
    try accrue(1000, &ledger)
    let original = ledger.effects
    try ledger.run(.holdCreate) {
      try $0.decideHold(.init(points: 5), seconds: 60, for: $1, in: $2)
    }
    #expect(throws: Refusal.self) { try reverse(original, ledger) }
    ledger.now += 60_000_000
    let mirror = try reverse(original, ledger)
    #expect(mirror.after.lots.isEmpty && mirror.after.assets.holds.isEmpty)
    #expect(mirror.after.pointsHeld == 0)
  }

  @Test("a debt that the accrual repaid is a debt again")
  func debt() throws {
    var ledger = try TestLedger()
    try ledger.run(.refund) { programme, state, context in
      var draft = try LedgerDraft(programme, for: state, in: context)
      let short = try draft.takeBackPoints(30, lotRow: 0).short
      return try draft.finished(short)
    }
    let before = ledger.state()
    try ledger.run(.accrue) { programme, state, context in
      var draft = try LedgerDraft(programme, active: state, in: context)
      let earned = try draft.earn(points: 50, growth: 0, baseMinor: 0)
      return try draft.finished(earned)
    }
    #expect(ledger.state().pointsAvailable(on: ledger.today) == 20)
    try ledger.reverse(ledger.effects)
    #expect(LedgerInvariant.isRestored(before, by: ledger.state()))
    #expect(ledger.state().pointsDebt == 30)
  }

  @Test("rows of kinds that end otherwise have no mirror")
  func kinds() throws {
    for kind in JournalKind.allCases { #expect(!kind.method.isEmpty) }
    #expect(Set(JournalKind.allCases.map(\.method)).count == JournalKind.allCases.count)
    #expect(JournalKind.allCases.map(\.rawValue) == Array(1...UInt8(JournalKind.allCases.count)))
    #expect(JournalKind.accrue.method == "points.accrue" && JournalKind.accrue.hasMirror)
    #expect(JournalKind.shiftClose.method == "shift.close")
    var ledger = try TestLedger()
    try ledger.topUp(1000, channel: "web_self")
    let open = ledger.effects
    #expect(
      ledger.reason { try $0.decideMirror(of: open, for: $1, in: $2) } == .dependentOperations
    )
    try ledger.run(.suspend) { try $0.decideStatus(.suspend, for: $1, in: $2) }
    let suspended = ledger.effects
    #expect(
      ledger.reason { try $0.decideMirror(of: suspended, for: $1, in: $2) }
        == .dependentOperations
    )
  }
}
