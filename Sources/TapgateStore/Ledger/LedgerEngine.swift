internal import GRDB
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// A member as a batch left it, not yet visible.
struct PendingMember: Sendable {
  var state: MemberState
  var profile: [UInt8]?
  var isNew: Bool
  /// The state as it was written.
  var packed: [UInt8] = []
  /// Cards that the batch added to or took from the member.
  var cardsAdded: [CardReference] = []
  var cardsRemoved: [CardReference] = []
}

/// A row that was decided, with everything that is to be done beside it.
struct Draft {
  var row: JournalRow
  var number: UInt32?
  var member: PendingMember?
  var job: PrintJob?
  /// What it changes beside its member; empty where it changes nothing else.
  var shopEffects: [Effect] = []
  /// The rows of the other members whom the operation concerns, written after this one.
  var companions: [Draft] = []
}

/// An operation with what can be worked out of it before its turn, on the thread that brings it.
struct PreparedOperation: Sendable {
  var operation: Operation
  /// The id as the journal's index holds it.
  let key: [UInt8]
  /// The keyed hash of the request.
  let content: [UInt8]
  /// Store, counter and operator as the journal's row holds them.
  let origin: String
  /// The card's reference, where the subject is named by a credential.
  let reference: CardReference?
  /// What the desk for PINs found; `nil` where it was not asked.
  var pin: PINFinding?

  init(_ operation: Operation, keys: KeyRing) {
    self.operation = operation
    key = JournalRow.key(of: operation.id)
    content = keys.contentHash(operation.content)
    origin = "\(operation.store)\u{1F}\(operation.counter)\u{1F}\(operation.operatorName ?? "")"
    if case .credential(let credential) = operation.subject {
      reference = keys.reference(of: credential)
    } else {
      reference = nil
    }
  }
}

/// What the rules say to an operation.
enum Decision {
  case row(Draft)
  case refused(Refusal)
  /// Refused, and something else is remembered with it in a row of its own: a wrong PIN.
  case refusedWith(Refusal, Draft)
  case failed(OperationFailure)
}

/// Decides and writes operations inside the transaction of one batch. Lives on the ledger's thread.
///
/// A batch's changes stay here until COMMIT returned; if it does not, they are forgotten and
/// nothing was ever visible. What was committed and is not flushed yet stays here too, for the
/// decisions after it, until `settle` says that it is published.
final class LedgerEngine {
  let shared: LedgerShared
  let statements: JournalStatements
  let shopTable: ShopTable
  /// What the shop has issued, the open batch included.
  private(set) var shop: ShopState
  /// The programme that rules the operation at hand: that of the day on which it happened.
  private(set) var active: ActiveProgramme
  /// The sequence that the next row gets.
  var nextSequence: Int64
  /// The hash of the newest row.
  var lastHash: [UInt8]
  /// The number that the next member gets.
  var nextNumber: UInt32

  // The batch that is open.
  var members: [UInt32: PendingMember] = [:]
  /// Members of committed batches that are not published yet, with the newest batch that has them.
  private(set) var flying: [UInt32: (member: PendingMember, batch: UInt64)] = [:]
  /// The number of the batch that is open.
  private var batch: UInt64 = 0
  var cards: [CardReference: UInt32] = [:]
  var freedCards: Set<CardReference> = []
  var ids: [String: UInt32] = [:]
  var committed: [CommittedOperation] = []
  /// Members of imports that the batch wrote.
  var staged: [CommittedBatch.Staged] = []
  var publishedBatches: [Int64] = []
  /// Members of imports that the batch removed.
  var discarded: [CommittedBatch.Discarded] = []
  /// The programmes from now on, where the batch activates one.
  var schedule: [ProgrammeSchedule.Entry]?
  /// The numbers that each import under way took, to be given back where it is given up.
  var batchNumbers: [Int64: ClosedRange<UInt32>]
  private var mark: (sequence: Int64, hash: [UInt8], number: UInt32, shop: ShopState) =
    (0, [], 0, ShopState())
  /// What operators did on this day, where any of them has a limit for it; read from the journal
  /// again where it is `nil`.
  var tally: OperatorTally?
  /// `batchNumbers` when the open batch began.
  private var markedBatchNumbers: [Int64: ClosedRange<UInt32>] = [:]

  init(
    shared: LedgerShared,
    statements: JournalStatements,
    shopTable: ShopTable,
    nextSequence: Int64,
    lastHash: [UInt8],
    nextNumber: UInt32,
    batchNumbers: [Int64: ClosedRange<UInt32>] = [:]
  ) throws(SQLiteFailure) {
    self.shopTable = shopTable
    shop = try shopTable.shop()
    self.batchNumbers = batchNumbers
    self.shared = shared
    active = shared.active
    self.statements = statements
    self.nextSequence = nextSequence
    self.lastHash = lastHash
    self.nextNumber = nextNumber
  }

  // MARK: Batches

  /// The number that the open batch will have.
  var batchNumber: UInt64 { batch + 1 }

  func beginBatch() {
    mark = (nextSequence, lastHash, nextNumber, shop)
    markedBatchNumbers = batchNumbers
  }

  /// Forgets everything since `beginBatch`.
  func forgetBatch() {
    (nextSequence, lastHash, nextNumber, shop) = mark
    batchNumbers = markedBatchNumbers
    tally = nil
    clearBatch()
  }

  /// Ends the batch after COMMIT returned, and gives what is to be published once it is flushed.
  func takeBatch() -> CommittedBatch {
    batch += 1
    var changed: [CommittedBatch.Member] = []
    changed.reserveCapacity(members.count)
    for (number, member) in members {
      changed.append(CommittedBatch.Member(number: number, pending: member))
      flying[number] = (member, batch)
    }
    for batch in publishedBatches { batchNumbers[batch] = nil }
    let taken = CommittedBatch(
      number: batch,
      members: changed,
      movedCards: Set(cards.keys),
      staged: staged,
      publishedBatches: publishedBatches,
      discarded: discarded,
      schedule: schedule,
      notices: committed
    )
    clearBatch()
    return taken
  }

  /// Forgets what batches up to `batch` left here: it is in memory now.
  func settle(through batch: UInt64) {
    guard !flying.isEmpty else { return }
    if batch >= self.batch { return flying.removeAll(keepingCapacity: true) }
    flying = flying.filter { $0.value.batch > batch }
  }

  private func clearBatch() {
    members.removeAll(keepingCapacity: true)
    cards.removeAll(keepingCapacity: true)
    freedCards.removeAll(keepingCapacity: true)
    ids.removeAll(keepingCapacity: true)
    committed.removeAll(keepingCapacity: true)
    staged.removeAll(keepingCapacity: true)
    publishedBatches.removeAll(keepingCapacity: true)
    discarded.removeAll(keepingCapacity: true)
    schedule = nil
  }

  // MARK: One operation

  /// Decides an operation and writes its rows.
  func perform(_ prepared: PreparedOperation) throws(SQLiteFailure) -> OperationOutcome {
    let operation = prepared.operation
    let (key, content) = (prepared.key, prepared.content)
    let now = shared.clock.now()
    let instant = operation.businessTime ?? now
    active = shared.schedule.active(at: instant)
    var blank = JournalRow(
      sequence: nextSequence,
      operationKey: key,
      kind: operation.body.kind,
      businessDate: active.calendar.date(of: instant),
      at: now.microseconds,
      origin: prepared.origin,
      programme: active.revision,
      content: content
    )
    blank.isSimulated = operation.isSimulated
    switch try decide(prepared, row: blank, now: now) {
    case .failed(let failure):
      return try answerFromJournal(key: key, content: content) ?? .failed(failure)
    case .refused(let refusal):
      return try write(refusal, blank)
    case .refusedWith(let refusal, let draft):
      let outcome = try write(refusal, blank)
      if case .refused(_, isReplay: false) = outcome { try insert(draft, id: operation.id) }
      return outcome
    case .row(var draft):
      if let denial = try denial(of: draft, operation, now) {
        return try write(denial.refusal, blank)
      }
      printSlip(of: &draft, operation)
      do {
        try insert(draft, id: operation.id)
        tally?.count(draft.row, by: operation.operatorName)
        try noteBatch(operation.body, sequence: draft.row.sequence)
      } catch  where error.isUniqueViolation {
        return try answerToConflict(operation, blank, draft)
      }
      return .committed(
        result: Self.answer(draft.row.reply, isReplay: false),
        isReplay: false,
        sequence: draft.row.sequence
      )
    }
  }

  private func decide(
    _ prepared: PreparedOperation,
    row: JournalRow,
    now: Timestamp
  ) throws(SQLiteFailure) -> Decision {
    let operation = prepared.operation
    if let instant = operation.businessTime, !Self.isPlausible(instant, now: now) {
      return .refused(Refusal(.businessTimeOutOfRange))
    }
    if let denial = denial(of: operation) { return .refused(denial.refusal) }
    switch operation.body {
    case .accrue(let accrual): return decide(accrual, prepared, row)
    case .reverse(let id, let reason):
      return try decideReversal(of: id, reason: reason, operation, row)
    case .enrol(let profile, let credential, let cardType):
      return decideEnrolment(profile, credential, cardType, operation, row)
    case .update(let change): return decideUpdate(change, operation, row)
    case .bindCard(let card, let cardType, _, let parent):
      return decideBinding(card, cardType, parent: parent, operation, row)
    case .changeCard(let action, let reason):
      return decideCardAction(action, reason: reason, operation, row)
    case .replaceCard(let new, let reason):
      return decideReplacement(new, reason: reason, operation, row)
    case .print(let document, let printer):
      return decidePrint(document, printer: printer, row)
    case .assets(let request): return try decide(request, prepared, row)
    case .closeShift(let close):
      guard let close else { return .failed(.broken(hint: "a shift that nobody counted")) }
      return try decideShiftClose(close, operation, row)
    }
  }

  /// A receipt may be entered a day ahead of the gateway's clock, and 400 days after it was made.
  static func isPlausible(_ instant: Timestamp, now: Timestamp) -> Bool {
    let day: Int64 = 86_400
    let distance = instant.seconds - now.seconds
    return distance <= day && distance >= -400 * day
  }

  // MARK: Writing

  /// Writes the decided row of operation `id`, and its member.
  func insert(_ draft: Draft, id: String) throws(SQLiteFailure) {
    var row = draft.row
    row.member = draft.number.map { Int64($0) }
    let image = row.image()
    let hash = KeyRing.chain(lastHash, image.bytes)
    try statements.insert(row, image, hash: hash)
    lastHash = hash
    nextSequence += 1
    if let number = draft.number, let member = draft.member { try keep(member, number: number) }
    if !draft.shopEffects.isEmpty { try keep(draft.shopEffects, of: draft.number) }
    committed.append(
      CommittedOperation(
        sequence: row.sequence,
        operationID: id,
        method: row.kind.method,
        memberID: draft.member?.state.id,
        businessDate: row.businessDate,
        job: draft.job,
        isSimulated: row.isSimulated
      )
    )
    for companion in draft.companions { try insert(companion, id: id) }
  }

  /// Writes what a row changes beside its member.
  private func keep(_ effects: [Effect], of number: UInt32?) throws(SQLiteFailure) {
    var shop = shop
    guard shop.apply(effects) else {
      throw SQLiteFailure(call: "shop", code: 0, message: "the shop's counts do not fit")
    }
    if shop != self.shop {
      try shopTable.setShop(shop)
      self.shop = shop
    }
    for effect in effects {
      switch effect {
      case .bearerCoupon(_, let coupon): try shopTable.setCoupon(coupon)
      case .couponAdded(let coupon):
        if let number { try shopTable.setHolder(ofCoupon: coupon.serial, number) }
      case .refunded(let receipt, let progress):
        try shopTable.setRefund(progress, receipt: receipt)
      default: break
      }
    }
  }

  private func keep(_ member: PendingMember, number: UInt32) throws(SQLiteFailure) {
    var member = member
    let state = member.state.packed()
    member.packed = state
    let known = members[number]
    if member.isNew {
      try statements.insertMember(Int64(number), state: state, profile: member.profile, batch: 0)
      nextNumber = max(nextNumber, number + 1)
      ids[member.state.id] = number
    } else if member.profile == (known?.profile ?? shared.memory.anyRow(number)?.profile) {
      try statements.updateMember(Int64(number), state: state)
    } else {
      try statements.updateMember(Int64(number), state: state, profile: member.profile)
    }
    for reference in member.cardsAdded {
      cards[reference] = number
      freedCards.remove(reference)
    }
    for reference in member.cardsRemoved {
      cards[reference] = nil
      freedCards.insert(reference)
    }
    if let known {
      member.isNew = known.isNew || member.isNew
      member.cardsAdded =
        known.cardsAdded.filter { !member.cardsRemoved.contains($0) }
        + member.cardsAdded
      member.cardsRemoved = known.cardsRemoved + member.cardsRemoved
    }
    members[number] = member
  }

  /// Writes that a rule refused, so that the same id is refused for ever.
  func write(_ refusal: Refusal, _ blank: JournalRow) throws(SQLiteFailure) -> OperationOutcome {
    var row = blank
    row.isRefused = true
    row.receiptKey = nil
    row.reference = nil
    row.reply = JSON.object([
      "reason": .string(refusal.reason.rawValue), "detail": .optional(refusal.detail),
    ]).encoded()
    let image = row.image()
    let hash = KeyRing.chain(lastHash, image.bytes)
    do {
      try statements.insert(row, image, hash: hash)
    } catch  where error.isUniqueViolation {
      let known = try answerFromJournal(key: row.operationKey, content: row.content)
      return known ?? .failed(.broken(hint: "the journal refused a row: \(error)"))
    }
    lastHash = hash
    nextSequence += 1
    return .refused(refusal, isReplay: false)
  }
}
