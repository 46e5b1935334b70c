internal import TapgateJSON
internal import TapgateModel

/// The first and the last row of a batch of coupons; between them stands one for each member.
extension LedgerEngine {
  /// The row that fixes who gets coupons: what comes after it follows from it, also after a crash.
  func decideBatch(_ batch: CouponBatch, _ row: JournalRow) -> Decision {
    let programme = shared.active.programme
    guard let template = programme.coupons.first(where: { $0.id == batch.template }) else {
      return .failed(.unknown(field: "template"))
    }
    guard !template.isBearer else {
      return .failed(.illegal(field: "template", problem: "belongs to whoever has the code"))
    }
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.name("template")
    writer.value(batch.template)
    writer.name("count")
    writer.value(batch.count)
    writer.name("matched")
    writer.value(Int64(batch.members.count))
    writer.name("members")
    writer.value(CouponBatch.text(of: batch.members))
    return .row(Draft(row: finished(row, [], after: nil, writer), number: nil, member: nil))
  }

  /// The row that ends it, with what became of it.
  func decideBatchEnd(_ done: CouponBatchDone, _ row: JournalRow) -> Decision {
    var writer = JSONWriter(capacity: 192)
    writer.beginObject()
    writer.name("template")
    writer.value(done.template)
    writer.name("matched")
    writer.value(done.matched)
    writer.name("issued")
    writer.value(done.issued)
    writer.name("refused")
    writer.value(done.refused)
    return .row(Draft(row: finished(row, [], after: nil, writer), number: nil, member: nil))
  }

  /// Notes that a batch was begun, so that a start finds it without reading the journal.
  func noteBatch(_ body: OperationBody, sequence: Int64) throws(SQLiteFailure) {
    guard case .assets(.issueBatch) = body else { return }
    try statements.setMeta("couponBatch:\(sequence)", [1])
  }
}
