internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// The exact mirror of an operation, and what stands in its way.
extension LedgerEngine {
  func decideReversal(
    of id: String,
    reason: String,
    _ operation: Operation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    guard let original = try statements.row(operationKey: JournalRow.key(of: id)) else {
      return .failed(.unknown(field: "reverses"))
    }
    guard !original.isRefused, original.kind.hasMirror || original.kind == .holdCreate else {
      return .failed(.illegal(field: "reverses", problem: Self.problem(with: original)))
    }
    guard let effects = try? Effect.unpacked(original.effects) else { return Self.damaged }
    let found = original.member.flatMap { UInt32(exactly: $0) }.flatMap { load(number: $0) }
    guard found != nil || original.member == nil else { return Self.damaged }
    switch found?.member.state.status {
    case .merged: return .refused(Refusal(.memberMerged))
    case .erased: return .refused(Refusal(.memberErased))
    default: break
    }
    if try statements.isReversed(sequence: original.sequence) {
      return .refused(Refusal(.alreadyReversed))
    }
    let blockers = try blockers(of: original, effects, found)
    if let blockers { return .refused(Self.refusal(blockers)) }
    var reversed = Reversed(of: original, effects: effects, id: id, reason: reason, found: found)
    let context = context(operation, row, nil)
    let facts = try facts(of: reversed)
    do throws(LedgerProblem) {
      reversed.decided = try decide(reversed, facts, context)
    } catch {
      return try decision(error, reversed)
    }
    var draft = draft(reversed, row)
    if let decided = reversed.decided {
      draft.companions = try rewardsTakenBack(
        of: original,
        found?.number,
        after: decided.after,
        operation,
        row
      )
    }
    return .row(draft)
  }

  /// A reversal under way.
  struct Reversed {
    var original: JournalRow
    var effects: [Effect]
    var id: String
    var reason: String
    var found: FoundMember?
    var decided: Decided<Mirrored>?

    init(
      of original: JournalRow,
      effects: [Effect],
      id: String,
      reason: String,
      found: FoundMember?
    ) {
      self.original = original
      self.effects = effects
      self.id = id
      self.reason = reason
      self.found = found
    }
  }

  private static let damaged = Decision.failed(
    .broken(hint: "the operation's row is damaged: run tapgate verify")
  )

  private static func problem(with original: JournalRow) -> String {
    if original.isRefused { return "names an operation that was refused: it changed nothing" }
    return switch original.kind {
    case .reverse: "names a reversal: send the operation itself again under a new id"
    case .refund: "names a refund: enter the sale again"
    case .membershipRefund: "names the end of a paid level: sell it again"
    case .holdVoid, .cancelTopUp: "names what ended something: open it again"
    case .suspend, .resume, .freeze, .unfreeze: "names a change that has a method to undo it"
    default: "names an operation that has no mirror"
    }
  }

  private func decide(
    _ reversed: Reversed,
    _ facts: MirrorFacts,
    _ context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Mirrored> {
    let programme = active.programme
    let nobody = MemberState(id: "", joinedOn: context.date, tier: "")
    let state = reversed.found?.member.state ?? nobody
    guard reversed.original.kind == .holdCreate else {
      return try programme.decideMirror(of: reversed.effects, facts, for: state, in: context)
    }
    return try programme.decideHoldMirror(of: reversed.original.sequence, for: state, in: context)
  }

  // MARK: What the mirror asks for

  private func facts(of reversed: Reversed) throws(SQLiteFailure) -> MirrorFacts {
    var facts = MirrorFacts()
    facts.isTierGiven = reversed.original.kind == .setTier
    let own = reversed.effects
    if let state = reversed.found?.member.state {
      if own.contains(where: { if case .spent = $0 { true } else { false } }) {
        facts.otherSingleMax = try otherSingleMax(than: reversed.original.sequence, in: state)
      }
      if own.contains(where: { if case .tier = $0 { true } else { false } }) {
        let known = try tier(before: reversed.original)
        facts.tierBefore = known?.tier
        facts.tierSinceBefore = known?.since
      }
    }
    for case .bearerCoupon(_, let to) in own {
      if let coupon = try shopTable.coupon(to.serial) { facts.bearers.append(coupon) }
    }
    return facts
  }

  /// The tier that a member had before `row`: the newest that an earlier row gave.
  private func tier(
    before row: JournalRow
  ) throws(SQLiteFailure) -> (tier: String, since: BusinessDate)? {
    // A review that came before the row's own effects has given it.
    var effects = (try? Effect.unpacked(row.effects)) ?? []
    if let marker = effects.lastIndex(of: .swept) {
      effects = Array(effects[..<marker])
    } else {
      effects = []
    }
    var next = row.previous
    while true {
      for effect in effects.reversed() {
        switch effect {
        case .tier(let tier, let since): return (tier, since)
        case .created(_, let joinedOn, let tier): return (tier, joinedOn)
        default: break
        }
      }
      guard next > 0, let earlier = try statements.row(sequence: next) else { return nil }
      effects = (try? earlier.effects(on: row.member)) ?? []  // `verify` tells of damage.
      // An import's chunk is the first row of the members that it brought.
      next = earlier.kind == .importChunk ? 0 : earlier.previous
    }
  }

  // MARK: What stands in its way

  /// Operations that must be taken back before; `nil` where none must.
  private func blockers(
    of original: JournalRow,
    _ effects: [Effect],
    _ found: FoundMember?
  ) throws(SQLiteFailure) -> [String]? {
    if try shopTable.refund(receipt: original.sequence) != nil {
      return try dependents(of: original, effects, found)
    }
    guard original.kind == .setTier, let state = found?.member.state else { return nil }
    var given = state.tier
    for case .tier(let tier, _) in effects { given = tier }
    return given == state.tier ? nil : try dependents(of: original, effects, found)
  }

  private static func refusal(_ ids: [String], _ detail: String? = nil) -> Refusal {
    let list = ids.joined(separator: ", ")
    return Refusal(.dependentOperations, detail: ids.isEmpty ? detail : list)
  }

  private func decision(
    _ problem: LedgerProblem,
    _ reversed: Reversed
  ) throws(SQLiteFailure) -> Decision {
    guard case .refused(let refusal) = problem, refusal.reason == .dependentOperations else {
      // Sums beyond what is kept stand in the way like any later row.
      if case .illegal = problem { return .refused(Refusal(.dependentOperations)) }
      return Self.decision(problem)
    }
    let ids = try dependents(of: reversed.original, reversed.effects, reversed.found)
    return .refused(Self.refusal(ids, refusal.detail))
  }

  /// The ids of later operations that used what the row made, newest first, at most 8.
  private func dependents(
    of original: JournalRow,
    _ effects: [Effect],
    _ found: FoundMember?
  ) throws(SQLiteFailure) -> [String] {
    let made = Made(by: original, effects)
    var ids: [String] = []
    var undone: Set<Int64> = []
    var next = found?.member.state.lastSequence ?? 0
    while next > original.sequence, ids.count < 8, let row = try statements.row(sequence: next) {
      next = row.previous
      if let reference = row.reference { undone.insert(reference) }
      guard !row.isRefused, row.kind != .reverse, !undone.contains(row.sequence) else { continue }
      let later = (try? row.effects(on: original.member)) ?? []  // `verify` tells of damage.
      if later.contains(where: made.isUsed) {
        ids.append(JournalRow.operationID(of: row.operationKey))
      }
    }
    for serial in made.bearers {
      guard let coupon = try shopTable.coupon(serial), coupon.row > original.sequence,
        let row = try statements.row(sequence: coupon.row)
      else { continue }
      let id = JournalRow.operationID(of: row.operationKey)
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  // MARK: The row

  private func draft(_ reversed: Reversed, _ blank: JournalRow) -> Draft {
    guard let decided = reversed.decided else { return Draft(row: blank, number: nil) }
    let today = shared.active.calendar.date(of: Timestamp(microseconds: blank.at))
    let mirrored = decided.answer
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    for (name, text) in [
      ("reverses", reversed.id), ("reason", reversed.reason),
      ("operation", reversed.original.kind.method),
    ] {
      writer.name(name)
      writer.value(text)
    }
    for (name, quantity) in [
      ("points", mirrored.points), ("growth", mirrored.growth),
      ("valueMinor", mirrored.valueMinor), ("owedMinor", mirrored.owedMinor),
    ] {
      writer.name(name)
      writer.value(quantity)
    }
    let hasMember = reversed.found != nil
    writer.name("tierBefore")
    writer.value(hasMember ? mirrored.tierBefore : nil)
    writer.name("tierAfter")
    writer.value(hasMember ? mirrored.tierAfter : nil)
    CheckoutReply.balances(hasMember ? decided.after : nil, on: today, into: &writer)
    var row = finished(blank, decided.effects, after: reversed.found?.member.state, writer)
    row.reference = reversed.original.sequence
    var member = reversed.found?.member
    member?.state = decided.after
    return Draft(
      row: row,
      number: reversed.found?.number,
      member: member,
      job: nil,
      shopEffects: Self.shopEffects(decided.effects)
    )
  }
}

/// What a row made that later rows can use.
private struct Made {
  var lots: Set<Int64> = []
  var coupons: Set<Int64> = []
  var bearers: [Int64] = []
  var hold: Int64?
  var receipt: Int64
  var hasTier = false
  var hasPaid = false
  var hasValue = false

  init(by row: JournalRow, _ effects: [Effect]) {
    receipt = row.sequence
    hold = row.kind == .holdCreate ? row.sequence : nil
    for effect in effects {
      switch effect {
      case .lotAdded(let lot), .countedAdded(_, let lot): lots.insert(lot.id)
      case .couponAdded(let coupon): coupons.insert(coupon.serial)
      case .bearerCoupon(_, let coupon): bearers.append(coupon.serial)
      case .tier: hasTier = row.kind == .setTier
      case .paid: hasPaid = true
      case .post(.principal, let quantity), .post(.bonus, let quantity):
        hasValue = hasValue || quantity > 0
      default: break
      }
    }
  }

  func isUsed(_ effect: Effect) -> Bool {
    switch effect {
    case .lotTaken(let slice), .countedTaken(_, let slice): lots.contains(slice.id)
    case .lotUsed(let id, _): lots.contains(id)
    case .couponRemoved(let coupon, _): coupons.contains(coupon.serial)
    case .hold(let rest): rest.id == hold
    case .holdEnded(let id, _): id == hold
    case .tier: hasTier
    case .paid: hasPaid
    case .post(.principal, let quantity), .post(.bonus, let quantity): hasValue && quantity < 0
    case .refunded(let receipt, _): receipt == self.receipt
    default: false
    }
  }
}

extension JournalRow {
  /// The row's effects on a member: an import's chunk has those of many.
  func effects(on member: Int64?) throws -> [Effect] {
    guard kind == .importChunk else { return try Effect.unpacked(effects) }
    let all = try ImportColumn.unpacked(effects)
    return all.first { Int64($0.number) == member }?.effects ?? []
  }
}
