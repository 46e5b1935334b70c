internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// PINs: what was entered is held against what is set now, and wrong entries are counted.
extension LedgerEngine {
  /// What the operation proves of the member's PIN; `nil` where the PIN changed after the entry was
  /// checked, or could not be checked.
  func pinProof(_ prepared: PreparedOperation, _ found: FoundMember) -> PinProof? {
    guard prepared.operation.pin != nil else { return .missing }
    guard let facts = found.member.state.pinFacts(for: found.reference) else { return .missing }
    guard let finding = prepared.pin, finding.verifier == facts.verifier else { return nil }
    return finding.isRight ? .right : .wrong
  }

  /// The same where points are spent: asked for where the shop wants it or one was entered.
  func pointsPinProof(_ prepared: PreparedOperation, _ found: FoundMember) -> PinProof? {
    let isAsked = shared.pins.guardsPoints || prepared.operation.pin != nil
    return isAsked ? pinProof(prepared, found) : .notAsked
  }

  /// What is answered where a PIN changed while the entry was checked.
  static let pinIsStale = Decision.failed(
    .busy(retryAfterMilliseconds: 200, hint: "the PIN was changed meanwhile; send it again")
  )

  /// What spends by a PIN, where one is set: stored value, and points where the shop wants it.
  func decideByPin(
    _ request: LedgerRequest,
    _ found: FoundMember,
    _ prepared: PreparedOperation,
    _ row: JournalRow
  ) -> Decision {
    if case .setPin(let change) = request { return decideSetPin(change, prepared, found, row) }
    let proof: PinProof?
    switch request {
    case .redeem, .redeemCash: proof = pointsPinProof(prepared, found)
    default: proof = pinProof(prepared, found)
    }
    guard let proof else { return Self.pinIsStale }
    return countingWrongPin(proof, prepared, found, row) {
      spend(request, found, prepared.operation, row, proof)
    }
  }

  private func spend(
    _ request: LedgerRequest,
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow,
    _ pin: PinProof
  ) -> Decision {
    let (programme, calendar) = (active.programme, active.calendar)
    switch request {
    case .spend(let amount):
      let spend = SpendRequest(amountMinor: amount, pin: pin)
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideSpend(spend, for: state, in: context)
      } reply: {
        AssetReply.spent($1, into: &$0)
      }
    case .hold(let legs, let seconds):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideHold(legs, seconds: seconds, pin: pin, for: state, in: context)
      } reply: {
        AssetReply.hold($1, calendar.rfc3339, into: &$0)
      }
    case .redeem(let reward, let points):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideRedeem(
          reward: reward,
          points: points,
          pin: pin,
          for: state,
          in: context
        )
      } reply: {
        AssetReply.redeemed($1, into: &$0)
      }
    case .redeemCash(let points):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideRedeemCash(points, pin: pin, for: state, in: context)
      } reply: {
        AssetReply.redeemed($1, into: &$0)
      }
    default:
      return .failed(.illegal(field: "method", problem: "is not one that a PIN guards"))
    }
  }

  /// `card.setPin`.
  func decideSetPin(
    _ change: PINChange,
    _ prepared: PreparedOperation,
    _ found: FoundMember,
    _ row: JournalRow
  ) -> Decision {
    let operation = prepared.operation
    guard let reference = found.reference, let card = found.card, card.kind != .phoneNumber else {
      return .failed(.illegal(field: "credential", problem: "names no card; a phone has no PIN"))
    }
    let isSet = found.member.state.assets.pins.contains { $0.card == reference }
    var proof = PinProof.notAsked
    if isSet, !change.isByManager {
      guard let found = pinProof(prepared, found) else { return Self.pinIsStale }
      proof = found
    }
    if change.pin != nil, prepared.pin?.new == nil { return Self.pinIsStale }
    let request = LedgerRequest.setPin(change)
    let new = prepared.pin?.new
    let programme = active.programme
    return countingWrongPin(proof, prepared, found, row) {
      onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideSetPin(new, of: reference, proof: proof, for: state, in: context)
      } reply: { writer, facts in
        writer.name("cardId")
        writer.value(reference.cardID)
        writer.name("pin")
        writer.value(facts == nil ? "none" : "set")
        writer.name("reason")
        writer.value(change.reason)
      }
    }
  }

  /// Decides, and where the PIN was wrong adds the row that counts it. Whose card is too weak to
  /// spend cannot lock the PIN of its member.
  func countingWrongPin(
    _ proof: PinProof,
    _ prepared: PreparedOperation,
    _ found: FoundMember,
    _ row: JournalRow,
    _ decide: () -> Decision
  ) -> Decision {
    let decision = decide()
    guard proof == .wrong, case .refused(var refusal) = decision, refusal.reason == .pinWrong else {
      return decision
    }
    let weak = Self.refusal { () throws(Refusal) in
      try refuseWeak(.value, prepared.operation, found)
    }
    if let weak { return .refused(weak) }
    var row = row
    row.sequence += 1
    row.kind = .wrongPin
    row.operationKey = JournalRow.companionKey(of: row.operationKey)
    let counted: Decided<PinTry>
    do throws(LedgerProblem) {
      let context = context(prepared.operation, row, found)
      let programme = active.programme
      let found = try programme.decideWrongPin(for: found.member.state, in: context)
      guard let found else { return decision }
      counted = found
    } catch {
      return Self.decision(error)
    }
    let left = counted.answer.triesLeft
    if counted.answer.isLocked {
      refusal.detail = "the PIN is locked now; a manager sets a new one"
    } else {
      refusal.detail = left == 1 ? "1 try is left" : "\(left) tries are left"
    }
    var writer = JSONWriter(capacity: 96)
    writer.beginObject()
    writer.name("triesLeft")
    writer.value(left)
    writer.name("locked")
    writer.value(counted.answer.isLocked)
    row = finished(row, counted.effects, after: found.member.state, writer)
    var member = found.member
    member.state = counted.after
    return .refusedWith(
      refusal,
      Draft(row: row, number: found.number, member: member, job: nil)
    )
  }
}

extension FoundMember {
  /// The card by which the member was named.
  var card: CardState? {
    guard let reference else { return nil }
    return member.state.cards.first { $0.reference == reference }
  }
}
