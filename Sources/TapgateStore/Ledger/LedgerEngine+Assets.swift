internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Stored value, points, coupons, passes, paid levels, and what happens to a member as such.
extension LedgerEngine {
  func decide(
    _ request: LedgerRequest,
    _ prepared: PreparedOperation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    let operation = prepared.operation
    switch request {
    case .issueCoupons(let template, let count) where operation.subject == nil:
      return issueBearerCoupons(template, count: count, operation, row)
    case .issueBatch(let batch): return decideBatch(batch, row)
    case .endBatch(let done): return decideBatchEnd(done, row)
    case .useCoupon(let code, let receiptNo):
      if let coupon = try shopTable.coupon(code.serial), coupon.code == code {
        return useBearerCoupon(coupon, receiptNo: receiptNo, operation, row)
      }
      if operation.subject == nil {
        guard let found = try holder(of: code) else { return .failed(.unknown(field: "code")) }
        return decide(request, found, prepared, row)
      }
    case .unuseCoupon(let code, _):
      return try decideUnuse(code, operation, row)
    case .confirmTopUp(let id, _), .cancelTopUp(let id):
      guard let found = try owner(ofRow: id, kind: .topUp) else {
        return .failed(.unknown(field: "topUpId"))
      }
      return decide(request, found, prepared, row)
    case .capture(let id, _, _), .void(let id):
      guard let found = try owner(ofRow: id, kind: .holdCreate) else {
        return .failed(.unknown(field: "holdId"))
      }
      return decide(request, found, prepared, row)
    case .activate(let programme, let from):
      return try decideActivation(programme, from: from, row)
    case .invite(let code): return decideInvitation(code, operation, row)
    case .exportProfiles(let after): return noteExport(after: after, row)
    case .merge(let from, _): return decideMerge(from: from, operation, row)
    case .checkout(let order): return try decideCheckout(order, prepared, row)
    case .refund(let receipt, let refund):
      return try decideRefund(refund, of: receipt, operation, row)
    default: break
    }
    guard let found = prepared.reference.map(find) ?? operation.subject.flatMap(find) else {
      return unknown(operation.subject)
    }
    return decide(request, found, prepared, row)
  }

  /// The member of a journal row that opened something.
  private func owner(ofRow sequence: Int64, kind: JournalKind) throws(SQLiteFailure) -> FoundMember?
  {
    guard let row = try statements.row(sequence: sequence), row.kind == kind, !row.isRefused,
      let number = row.member.flatMap({ UInt32(exactly: $0) })
    else { return nil }
    return load(number: number)
  }

  // MARK: One member

  func decide(
    _ request: LedgerRequest,
    _ found: FoundMember,
    _ prepared: PreparedOperation,
    _ row: JournalRow
  ) -> Decision {
    let programme = active.programme
    let operation = prepared.operation
    switch request {
    case .topUp(let topUp):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideTopUp(topUp, for: state, in: context)
      } reply: {
        AssetReply.topUp($1, into: &$0)
      }
    case .confirmTopUp(let id, let reference):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideTopUpConfirmation(
          id,
          channelReference: reference,
          for: state,
          in: context
        )
      } reply: {
        AssetReply.topUp($1, into: &$0)
      }
    case .cancelTopUp(let id):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideTopUpCancellation(id, for: state, in: context)
      } reply: {
        AssetReply.cancelled($1, into: &$0)
      }
    case .spend, .hold, .redeem, .redeemCash, .setPin:
      return decideByPin(request, found, prepared, row)
    case .capture(let id, let legs, let isFinal):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideCapture(of: id, legs, isFinal: isFinal, for: state, in: context)
      } reply: {
        AssetReply.captured($1, hold: id, into: &$0)
      }
    case .void(let id):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideVoid(of: id, for: state, in: context)
      } reply: {
        AssetReply.voided($1, into: &$0)
      }
    default: return decidePointsAndCoupons(request, found, operation, row)
    }
  }

  private func decidePointsAndCoupons(
    _ request: LedgerRequest,
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    let programme = active.programme
    switch request {
    case .event(let event):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideEvent(event, for: state, in: context)
      } reply: {
        AssetReply.event($1, into: &$0)
      }
    case .issueCoupons(let template, let count):
      let nonces = Self.nonces(count)
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideCouponIssue(
          template,
          count: count,
          nonces: nonces,
          for: state,
          in: context
        )
      } reply: {
        AssetReply.coupons($1, into: &$0)
      }
    case .useCoupon(let code, let receiptNo):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideCouponUse(code, for: state, in: context)
      } reply: {
        AssetReply.coupon($1, receiptNo: receiptNo, into: &$0)
      }
    default: return decideCounted(request, found, operation, row)
    }
  }

  /// Passes, stamps, benefits, lotteries.
  private func decideCounted(
    _ request: LedgerRequest,
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    let programme = active.programme
    switch request {
    case .usePass(let pass, let quantity):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decidePassUse(pass, quantity: quantity, for: state, in: context)
      } reply: {
        AssetReply.counted($1, into: &$0)
      }
    case .addStamps(let stamp, let quantity):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideStampAdd(stamp, quantity: quantity, for: state, in: context)
      } reply: {
        AssetReply.counted($1, into: &$0)
      }
    case .useBenefit(let benefit):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideBenefitUse(benefit, for: state, in: context)
      } reply: {
        AssetReply.benefit(benefit, left: $1, into: &$0)
      }
    case .draw(let draw, let nonce):
      let reveal = shared.keys.drawReveal(draw, number: shop.drawCount(draw) + 1)
      let randomness = KeyRing.hash(reveal + Array(nonce.utf8))
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideDraw(draw, randomness: randomness, for: state, in: context)
      } reply: {
        AssetReply.drawn($1, reveal: reveal, nonce: nonce, into: &$0)
      }
    default: return decideStanding(request, found, operation, row)
    }
  }

  /// Paid levels, tiers, and the member's standing.
  private func decideStanding(
    _ request: LedgerRequest,
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    let programme = active.programme
    switch request {
    case .membership(let paid):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideMembership(
          paid.level,
          priceMinor: paid.priceMinor,
          tender: paid.tender,
          reference: paid.reference,
          isRenewal: paid.isRenewal,
          for: state,
          in: context
        )
      } reply: {
        AssetReply.paid($1, into: &$0)
      }
    case .refundMembership(let tender):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideMembershipRefund(tender: tender, for: state, in: context)
      } reply: {
        AssetReply.paid($1, into: &$0)
      }
    case .setTier(let tier, _):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideSetTier(tier, for: state, in: context)
      } reply: {
        AssetReply.tier($1, into: &$0)
      }
    case .closeCard(let tender, let reason):
      guard let reference = found.reference else { return .failed(.unknown(field: "cardId")) }
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideCardClose(reference, refundBy: tender, for: state, in: context)
      } reply: {
        AssetReply.closed($1, reference, reason: reason, into: &$0)
      }
    case .erase(let reason, let tender):
      return decideErase(reason: reason, tender: tender, found, operation, row)
    case .status(let action, _):
      return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
        try programme.decideStatus(action, for: state, in: context)
      } reply: {
        AssetReply.status($1, into: &$0)
      }
    case .readProfile(let reason):
      return decideProfileReading(request, reason: reason, found, operation, row)
    default:
      return .failed(.illegal(field: "method", problem: "is not one of a member's assets"))
    }
  }

  /// What a rule sees of an operation.
  func context(
    _ operation: Operation,
    _ row: JournalRow,
    _ found: FoundMember?,
    sequence: Int64? = nil
  ) -> LedgerContext {
    let now = Timestamp(microseconds: row.at)
    let calendar = shared.active.calendar
    var situation = active.situation(
      at: operation.businessTime ?? now,
      store: operation.store,
      counter: operation.counter,
      in: shared.operators.organisation
    )
    if let found, let day = birthday(of: found) { situation.birthday = day }
    if let reference = found?.reference {
      let card = found?.member.state.cards.first { $0.reference == reference }
      situation.cardType = card?.type
    }
    return LedgerContext(
      date: row.businessDate,
      today: calendar.date(of: now),
      sequence: sequence ?? row.sequence,
      now: shared.clock.holdTime(),
      situation: situation,
      shop: shop,
      card: found?.reference,
      pin: shared.pins
    )
  }

  func birthday(of found: FoundMember) -> (month: Int, dayOfMonth: Int)? {
    guard active.asksForBirthday, let sealed = found.member.profile else { return nil }
    let profile = shared.views.profile(sealed, memberID: found.member.state.id)
    return profile.birthday.map { ($0.parts.month, $0.parts.dayOfMonth) }
  }

  func onMember<Answer>(
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow,
    _ request: LedgerRequest,
    _ decide: (MemberState, LedgerContext) throws(LedgerProblem) -> Decided<Answer>,
    reply: (inout JSONWriter, Answer) -> Void
  ) -> Decision {
    let decided: Decided<Answer>
    do throws(LedgerProblem) {
      decided = try decide(found.member.state, context(operation, row, found))
    } catch {
      return Self.decision(error)
    }
    if let act = request.act {
      let refusal = Self.refusal { () throws(Refusal) in try refuseWeak(act, operation, found) }
      if let refusal { return .refused(refusal) }
    }
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    reply(&writer, decided.answer)
    AssetReply.member(decided.after, on: row.businessDate, into: &writer)
    var row = finished(row, decided.effects, after: found.member.state, writer)
    row.receiptKey = Self.uniqueKey(request, of: found.member.state)
    var member = found.member
    member.state = decided.after
    return .row(
      Draft(
        row: row,
        number: found.number,
        member: member,
        job: nil,
        shopEffects: Self.shopEffects(decided.effects)
      )
    )
  }

  static func decision(_ problem: LedgerProblem) -> Decision {
    switch problem {
    case .illegal(let problem):
      .failed(.illegal(field: problem.field, problem: problem.problem))
    case .refused(let refusal): .refused(refusal)
    case .unknown(let field): .failed(.unknown(field: field))
    }
  }

  /// What of a row concerns more than its member. A coupon that a row gets and passes on to another
  /// member is that member's: so it is where a merge ends the giver's hold first.
  static func shopEffects(_ effects: [Effect]) -> [Effect] {
    var moved: Set<Int64> = []
    for case .couponRemoved(let coupon, .moved) in effects { moved.insert(coupon.serial) }
    return effects.filter {
      switch $0 {
      case .couponAdded(let coupon): !moved.contains(coupon.serial)
      case .couponSerials, .shopCount, .bearerCoupon, .refunded: true
      default: false
      }
    }
  }

  /// A channel's own reference is used once; it stands where receipts' numbers do, none of which
  /// begins as it does.
  private static func uniqueKey(_ request: LedgerRequest, of state: MemberState) -> [UInt8]? {
    switch request {
    case .topUp(let topUp) where !topUp.reference.isEmpty:
      return Array("T\(topUp.channel)\u{1F}\(topUp.reference)".utf8)
    case .confirmTopUp(let id, let reference):
      let channel = state.assets.topUps.first { $0.id == id }?.channel ?? ""
      return Array("C\(channel)\u{1F}\(reference)".utf8)
    default: return nil
    }
  }

  func finished(
    _ row: JournalRow,
    _ effects: [Effect],
    after state: MemberState?,
    _ writer: JSONWriter
  ) -> JournalRow {
    var (row, writer) = (row, writer)
    writer.name("sequence")
    writer.value(row.sequence)
    writer.name("durable")
    writer.value("local")
    writer.endObject()
    if let state { row.previous = state.lastSequence }
    row.effects = Effect.packed(effects)
    row.reply = writer.bytes
    return row
  }
}
