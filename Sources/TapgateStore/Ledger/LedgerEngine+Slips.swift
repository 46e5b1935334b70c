internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Slips of operations that have no receipt of their own: made of the decided row, and committed
/// with it.
extension LedgerEngine {
  /// Adds the slip of a row that has one to it, and to its result the job's id.
  func printSlip(of draft: inout Draft, _ operation: Operation) {
    guard draft.job == nil, draft.row.kind.hasSlip else { return }
    let job = slip(of: draft, operation)
    draft.job = job
    draft.row.print = job.map {
      Self.printColumn(printer: $0.printer, document: $0.document.encoded())
    }
    guard draft.row.reply.last == UInt8(ascii: "}") else { return }
    let id = job.map { "\"\($0.id)\"" } ?? "null"
    draft.row.reply.removeLast()
    if draft.row.reply.count > 1 { draft.row.reply.append(UInt8(ascii: ",")) }
    draft.row.reply += Array("\"printJobId\":\(id)}".utf8)
  }

  private func slip(of draft: Draft, _ operation: Operation) -> PrintJob? {
    let row = draft.row
    guard operation.wantsSlip, let printer = shared.receiptPrinter,
      // Both were made a moment ago; what cannot be read has no slip, and `verify` tells of it.
      let reply = try? JSONParser.parse(row.reply), let effects = try? Effect.unpacked(row.effects)
    else { return nil }
    let slip = OperationSlip(
      language: shared.language,
      store: operation.store,
      counter: operation.counter,
      operatorName: operation.operatorName,
      operationID: operation.id,
      time: shared.active.calendar.rfc3339(
        operation.businessTime ?? Timestamp(microseconds: row.at)
      ),
      kind: row.kind,
      reply: reply,
      effects: effects,
      member: draft.member.map {
        shared.views.view(of: $0.state, profile: $0.profile, card: nil)
      }
    )
    guard let document = slip.document else { return nil }
    return PrintJob(
      id: "J\(row.sequence)",
      printer: printer,
      document: document,
      isSimulated: operation.isSimulated
    )
  }
}
