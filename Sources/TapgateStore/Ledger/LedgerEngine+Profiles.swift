internal import TapgateJSON
internal import TapgateModel

extension LedgerEngine {
  /// Somebody reads a profile in clear: nothing changes but the journal.
  func decideProfileReading(
    _ request: LedgerRequest,
    reason: String,
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    let programme = active.programme
    return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
      try programme.decideProfileReading(for: state, in: context)
    } reply: { writer, status in
      AssetReply.status(status, into: &writer)
      writer.name("reason")
      writer.value(reason)
    }
  }

  /// `member.export`: the row says who took members' data out of the gateway, and from where on.
  func noteExport(after: Int64, _ row: JournalRow) -> Decision {
    var writer = JSONWriter(capacity: 96)
    writer.beginObject()
    writer.name("after")
    writer.value(after)
    let row = finished(row, [], after: nil, writer)
    return .row(Draft(row: row, number: nil, member: nil, job: nil))
  }
}
