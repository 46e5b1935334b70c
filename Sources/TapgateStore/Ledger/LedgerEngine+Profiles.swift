internal import TapgateJSON
internal import TapgateModel

extension LedgerEngine {
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
