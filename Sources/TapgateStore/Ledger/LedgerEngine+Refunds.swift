internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// What goes back of a receipt, be it of a checkout or of an accrual.
extension LedgerEngine {
  func decideRefund(
    _ refund: RefundRequest,
    of receipt: Int64,
    _ operation: Operation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    guard let original = try statements.row(sequence: receipt), !original.isRefused,
      original.kind == .checkout || original.kind == .accrue
    else { return .failed(.unknown(field: "receiptId")) }
    if try statements.isReversed(sequence: receipt) {
      return .refused(Refusal(.alreadyReversed))
    }
    if original.kind == .accrue, case .lines = refund {
      let problem = "the receipt has no lines: it was entered with points.accrue"
      return .failed(.illegal(field: "lines", problem: problem))
    }
    let number = original.member.flatMap { UInt32(exactly: $0) }
    let found = number.flatMap { load(number: $0) }
    guard found != nil || original.member == nil,
      let facts = try facts(of: original, found?.member.state)
    else { return .failed(.broken(hint: "the receipt's row is damaged: run tapgate verify")) }
    let decided: Decided<Refunded>
    do throws(LedgerProblem) {
      decided = try active.programme.decideRefund(
        refund,
        of: facts,
        for: found?.member.state,
        in: context(operation, row, found)
      )
    } catch {
      return Self.decision(error)
    }
    let after = found == nil ? nil : decided.after
    let today = shared.active.calendar.date(of: Timestamp(microseconds: row.at))
    var writer = JSONWriter(capacity: 512)
    writer.beginObject()
    CheckoutReply.refunded(
      decided.answer,
      receipt: receipt,
      hasMember: found != nil,
      into: &writer
    )
    CheckoutReply.balances(after, on: today, into: &writer)
    var member = found?.member
    member?.state = decided.after
    return .row(
      Draft(
        row: finished(row, decided.effects, after: found?.member.state, writer),
        number: found?.number,
        member: member,
        job: nil,
        shopEffects: Self.shopEffects(decided.effects),
        companions: decided.answer.amounts.isWhole
          ? try rewardsTakenBack(of: original, found?.number, after: decided.after, operation, row)
          : []
      )
    )
  }

  /// What a refund needs to know of a receipt; `nil` where its row is damaged.
  private func facts(
    of original: JournalRow,
    _ state: MemberState?
  ) throws(SQLiteFailure) -> RefundFacts? {
    guard let effects = try? Effect.unpacked(original.effects),  // `verify` tells of damage.
      let record = try record(of: original, effects)
    else { return nil }
    var facts = RefundFacts(receipt: original.sequence, record: record, effects: effects)
    if let packed = try shopTable.refund(receipt: original.sequence) {
      guard let progress = try? RefundProgress(packed: packed) else { return nil }
      facts.progress = progress
    }
    for case .bearerCoupon(_, let used) in effects {
      if let coupon = try shopTable.coupon(used.serial) { facts.bearers.append(coupon) }
    }
    if let state {
      // Where the receipt is not the largest, the largest stays what it is.
      facts.otherSingleMax =
        record.baseMinor < state.facts.singleMaxMinor
        ? state.facts.singleMaxMinor
        : try otherSingleMax(than: original.sequence, in: state)
    }
    return facts
  }

  private func record(
    of original: JournalRow,
    _ effects: [Effect]
  ) throws(SQLiteFailure) -> SaleRecord? {
    if original.kind == .checkout {
      for case .sale(let bytes) in effects { return try? SaleRecord(packed: bytes) }
      return nil
    }
    guard let reply = try? JSONParser.parse(original.reply),
      let points = reply["earned"]?.integer, let growth = reply["growth"]?.integer
    else { return nil }
    var base: Int64 = 0
    for case .spent(_, let amount) in effects { base = base &+ amount }
    return try programme(of: original).saleRecord(
      ofAccrual: points,
      growth: growth,
      baseMinor: base,
      on: original.businessDate,
      tierBefore: reply["tierBefore"]?.string ?? "",
      tierAfter: reply["tierAfter"]?.string ?? ""
    )
  }

  /// The revision that decided a row; the one in force where its text is not kept.
  private func programme(of row: JournalRow) throws(SQLiteFailure) -> Programme {
    if row.programme == active.revision { return active.programme }
    let text = try shopTable.programme(revision: row.programme)
    return text.flatMap { try? Programme.parse($0) } ?? active.programme
  }

  /// The largest single receipt among the member's rows that stand, but for row `sequence`, each
  /// less what went back of it.
  func otherSingleMax(
    than sequence: Int64,
    in state: MemberState
  ) throws(SQLiteFailure) -> Int64 {
    var reversed: Set<Int64> = [sequence]
    var refunded: [Int64: Int64] = [:]
    var next = state.lastSequence
    var largest: Int64 = 0
    while next > 0, let row = try statements.row(sequence: next) {
      next = row.previous
      if let reference = row.reference { reversed.insert(reference) }
      guard [.accrue, .checkout, .refund].contains(row.kind), !row.isRefused,
        !reversed.contains(row.sequence)
      else { continue }
      let effects = (try? Effect.unpacked(row.effects)) ?? []  // `verify` tells of damage.
      var spent: Int64 = 0
      for case .spent(_, let amount) in effects { spent = spent &+ amount }
      if row.kind == .refund {
        for case .refunded(let receipt, _) in effects { refunded[receipt, default: 0] &+= spent }
      } else {
        largest = max(largest, spent &+ (refunded[row.sequence] ?? 0))
      }
    }
    return largest
  }
}
