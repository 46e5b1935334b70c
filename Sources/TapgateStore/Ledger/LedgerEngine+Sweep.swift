internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// A piece of a sweep, small enough that the till behind it does not wait noticeably.
enum SweepPart: Sendable {
  /// Members who looked due.
  case members([UInt32])
  /// Bearers' coupons with serial numbers after this one.
  case bearerCoupons(after: Int64)

  static let memberCountMax = 32
  static let couponCountMax = 512
}

/// What a piece of a sweep did.
struct SweepStep: Sendable {
  /// Rows that were written.
  var rowCount = 0
  /// Members of whom nothing was to be entered, or whose row is damaged.
  var idle: [UInt32] = []
  /// The last serial number that was looked at; `nil` where there is none left.
  var nextSerial: Int64?
}

/// What the calendar ended, entered by the gateway itself.
extension LedgerEngine {
  func sweep(_ part: SweepPart) throws(SQLiteFailure) -> SweepStep {
    switch part {
    case .members(let numbers):
      var step = SweepStep()
      for number in numbers {
        if try sweep(number) { step.rowCount += 1 } else { step.idle.append(number) }
      }
      return step
    case .bearerCoupons(let serial): return try sweepBearerCoupons(after: serial)
    }
  }

  private func sweep(_ number: UInt32) throws(SQLiteFailure) -> Bool {
    guard let found = load(number: number) else { return false }
    let state = found.member.state
    // What cannot be decided is a damaged row, of which `verify` tells.
    guard let decided = try? shared.active.programme.decideSweep(for: state, in: sweepContext)
    else { return false }
    let summary = decided.answer
    let name = "sweep:\(summary.subject ?? "")@\(sweepContext.today)#\(state.lastSequence)"
    var row = ownRow(summary.tier == nil ? .sweep : .tierReview, name: name)
    row.previous = state.lastSequence
    row.effects = Effect.packed(decided.effects)
    row.reply = JSON.object([
      "pointsExpired": .integer(summary.pointsExpired),
      "passesExpired": .integer(summary.countedExpired),
      "couponsExpired": .integer(Int64(summary.couponsExpired.count)),
      "holdsExpired": .array(summary.holdsExpired.map { .string("H\($0)") }),
      "paidLevelEnded": .optional(summary.paidLevelEnded),
      "tierBefore": .string(state.tier), "tierAfter": .string(decided.after.tier),
      "tierUntil": .optional(decided.after.assets.tierEnd?.description),
      "sequence": .integer(row.sequence), "durable": .string("local"),
    ]).encoded()
    var member = found.member
    member.state = decided.after
    let draft = Draft(
      row: row,
      number: number,
      member: member,
      job: nil,
      shopEffects: Self.shopEffects(decided.effects)
    )
    try insert(draft, id: name)
    return true
  }

  private func sweepBearerCoupons(after serial: Int64) throws(SQLiteFailure) -> SweepStep {
    var step = SweepStep()
    let coupons = try shopTable.coupons(after: serial, limit: SweepPart.couponCountMax)
    step.nextSerial = coupons.last?.serial
    for coupon in coupons
    where coupon.status == .issued && coupon.isExpired(on: sweepContext.today) {
      guard
        let decided = try? shared.active.programme.decideBearerEnd(coupon, in: sweepContext)
      else { continue }
      let name = "sweep:K\(coupon.serial)@\(sweepContext.today)"
      var row = ownRow(.sweep, name: name)
      row.effects = Effect.packed(decided.effects)
      row.reply = JSON.object([
        "couponsExpired": .integer(1), "sequence": .integer(row.sequence),
        "durable": .string("local"),
      ]).encoded()
      let draft = Draft(
        row: row,
        number: nil,
        member: nil,
        job: nil,
        shopEffects: Self.shopEffects(decided.effects)
      )
      try insert(draft, id: name)
      step.rowCount += 1
    }
    return step
  }

  private var sweepContext: LedgerContext {
    LedgerContext(
      date: shared.active.calendar.date(of: shared.clock.now()),
      sequence: nextSequence,
      now: shared.clock.holdTime(),
      shop: shop
    )
  }

  /// A row that the gateway writes by itself.
  func ownRow(_ kind: JournalKind, name: String) -> JournalRow {
    let now = shared.clock.now()
    return JournalRow(
      sequence: nextSequence,
      operationKey: JournalRow.ownKey(of: name),
      kind: kind,
      businessDate: shared.active.calendar.date(of: now),
      at: now.microseconds,
      origin: "\u{1F}\u{1F}",
      programme: shared.active.revision,
      content: shared.keys.contentHash(Array(name.utf8))
    )
  }
}
