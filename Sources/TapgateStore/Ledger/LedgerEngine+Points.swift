internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension LedgerEngine {
  // MARK: Accrual

  func decide(_ accrual: Accrual, _ prepared: PreparedOperation, _ row: JournalRow) -> Decision {
    let operation = prepared.operation
    guard let found = prepared.reference.map(find) ?? operation.subject.flatMap(find) else {
      return unknown(operation.subject)
    }
    let state = found.member.state
    let context = context(operation, row, found)
    let today = context.today
    let accrued: Accrued
    do throws(LedgerProblem) {
      accrued = try active.programme.decideAccrual(
        accrual,
        quantities: accrual.quantities,
        for: state,
        in: context
      ).answer
    } catch {
      return Self.decision(error)
    }
    let decided = accrued.decision
    if let refusal = Self.refusal({ () throws(Refusal) in
      try state.refuseUnlessActive(card: found.reference)
      try refuseWeak(.earn, operation, found)
    }) {
      return .refused(refusal)
    }
    let blank = row
    var row = row
    row.previous = state.lastSequence
    row.receiptKey = JournalRow.receiptKey(
      date: row.businessDate,
      store: operation.store,
      counter: operation.counter,
      receiptNo: accrual.receiptNo
    )
    row.effects = Effect.packed(decided.effects)
    var member = found.member
    member.state = decided.after
    let job = receipt(accrual, operation, decided, found: found, row: row)
    row.print = job.map { Self.printColumn(printer: $0.printer, document: $0.document.encoded()) }
    row.reply = Self.reply(decided, row: row, today: today, job: job)
    return .row(
      Draft(
        row: row,
        number: found.number,
        member: member,
        job: job,
        shopEffects: Self.shopEffects(decided.effects),
        companions: rewards(
          ofInvitationBy: accrued.inviter,
          found,
          after: decided.after,
          operation,
          blank
        )
      )
    )
  }

  private static func reply(
    _ decided: AccrualDecision,
    row: JournalRow,
    today: BusinessDate,
    job: PrintJob?
  ) -> [UInt8] {
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    writer.name("receiptId")
    writer.value(letter: "R", number: row.sequence)
    writer.name("earned")
    writer.value(decided.earned)
    writer.name("available")
    writer.value(decided.after.pointsAvailable(on: today))
    writer.name("tierBefore")
    writer.value(decided.tierBefore)
    writer.name("tierAfter")
    writer.value(decided.tierAfter)
    writer.name("lots")
    writer.beginArray()
    for lot in decided.lots {
      writer.beginObject()
      writer.name("lotId")
      writer.value(lot.wireID)
      writer.name("points")
      writer.value(lot.original)
      writer.name("expires")
      writer.value(lot.expiresOn?.description)
      writer.name("matures")
      writer.value(lot.maturesOn?.description)
      writer.endObject()
    }
    writer.endArray()
    writer.name("growth")
    writer.value(decided.growth)
    writer.name("sequence")
    writer.value(row.sequence)
    writer.name("printJobId")
    writer.value(job?.id)
    writer.name("durable")
    writer.value("local")
    writer.endObject()
    return writer.bytes
  }

  private func receipt(
    _ accrual: Accrual,
    _ operation: Operation,
    _ decided: AccrualDecision,
    found: FoundMember,
    row: JournalRow
  ) -> PrintJob? {
    guard accrual.wantsPrint, let printer = shared.receiptPrinter else { return nil }
    let view = shared.views.view(
      of: decided.after,
      profile: found.member.profile,
      card: found.reference
    )
    let slip = AccrualSlip(
      language: shared.language,
      store: operation.store,
      counter: operation.counter,
      operatorName: operation.operatorName,
      receiptNo: accrual.receiptNo,
      operationID: operation.id,
      time: shared.active.calendar.rfc3339(
        operation.businessTime ?? Timestamp(microseconds: row.at)
      ),
      member: view,
      tierBefore: tierName(decided.tierBefore),
      decision: decided
    )
    return PrintJob(
      id: "J\(row.sequence)",
      printer: printer,
      document: slip.document,
      isSimulated: operation.isSimulated
    )
  }

  private func tierName(_ id: String) -> String {
    let levels = active.programme.levels
    return levels.first { $0.id == id }?.name ?? id
  }

  // MARK: Members by number

  func load(number: UInt32) -> FoundMember? {
    let pending = members[number] ?? flying[number]?.member
    guard let id = pending?.state.id ?? memberID(number) else { return nil }
    return find(.memberID(id))
  }

  private func memberID(_ number: UInt32) -> String? {
    guard let row = shared.memory.row(number) else { return nil }
    return (try? MemberState.identity(packed: row.state))?.id  // `verify` tells of damage.
  }

  // MARK: Printing

  func decidePrint(_ document: [UInt8], printer: String, _ row: JournalRow) -> Decision {
    var row = row
    guard let json = try? JSONParser.parse(document) else {
      return .failed(.illegal(field: "document", problem: "is not JSON"))
    }
    row.print = Self.printColumn(printer: printer, document: document)
    row.reply = Self.printReply(sequence: row.sequence, state: PrintState.queued.rawValue)
    let job = PrintJob(
      id: "J\(row.sequence)",
      printer: printer,
      document: json,
      isSimulated: row.isSimulated
    )
    return .row(Draft(row: row, number: nil, member: nil, job: job))
  }

  static func printColumn(printer: String, document: [UInt8]) -> [UInt8] {
    var writer = JSONWriter(capacity: document.count + 64)
    writer.beginObject()
    writer.name("printer")
    writer.value(printer)
    writer.name("document")
    writer.raw(document)
    writer.endObject()
    return writer.bytes
  }
}

extension OperationBody {
  /// The kind of the operation's journal row.
  var kind: JournalKind {
    switch self {
    case .accrue: .accrue
    case .reverse: .reverse
    case .enrol: .enrol
    case .update: .update
    case .bindCard(_, _, let isIssue): isIssue ? .issueCard : .bindCard
    case .changeCard(let action, _):
      switch action {
      case .unbind: .unbindCard
      case .reportLost: .reportLost
      case .cancelLost: .cancelLost
      case .freeze: .freezeCard
      case .unfreeze: .unfreezeCard
      case .close: .closeCard
      }
    case .replaceCard: .replaceCard
    case .print: .print
    case .assets(let request): request.kind
    }
  }
}
