internal import TapgateJSON
internal import TapgateModel

/// The close of a counter's shift (交班): one row whose result is what was done since the last.
extension LedgerEngine {
  /// The back office counted the rows up to `close.through`; what came since is counted here, so
  /// that the row is exact and the ledger's thread reads a few rows and not a day's.
  func decideShiftClose(
    _ close: ShiftClose,
    _ operation: Operation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    let shift = ShiftKey(
      store: operation.store,
      counter: operation.counter,
      operatorName: close.operatorName
    )
    var totals = close.counted
    var sequence = close.through + 1
    while sequence < row.sequence {
      guard let next = try statements.row(sequence: sequence) else { break }
      sequence += 1
      if next.kind == .shiftClose, !next.isRefused, shift.isOfCounter(next) {
        // What was counted before may be closed by now.
        return .failed(
          .busy(retryAfterMilliseconds: 50, hint: "another shift of this counter was closed")
        )
      }
      totals.take(next, of: shift)
    }
    guard !totals.isEmpty else { return .refused(Refusal(.shiftEmpty)) }
    var writer = JSONWriter(capacity: 768)
    writer.beginObject()
    for member in totals.members(of: close).members {
      writer.name(member.name)
      writer.value(member.value)
    }
    return .row(Draft(row: finished(row, [], after: nil, writer), number: nil, member: nil))
  }
}

/// Whose rows a shift has.
struct ShiftKey: Hashable, Sendable {
  var store: String
  var counter: String
  /// `nil` for everybody at the counter.
  var operatorName: String?

  /// Store, counter and operator of a row.
  static func origin(_ row: JournalRow) -> (store: String, counter: String, operatorName: String) {
    let parts = row.origin.split(separator: "\u{1F}", omittingEmptySubsequences: false)
    func part(_ index: Int) -> String { index < parts.count ? String(parts[index]) : "" }
    return (part(0), part(1), part(2))
  }

  func isOfCounter(_ row: JournalRow) -> Bool {
    let origin = Self.origin(row)
    return origin.store == store && origin.counter == counter
  }

  /// Whether the row was made at the counter by whom the shift is of.
  func holds(_ row: JournalRow) -> Bool {
    let origin = Self.origin(row)
    return origin.store == store && origin.counter == counter
      && (operatorName.map { $0 == origin.operatorName } ?? true)
  }
}

extension ShiftTotals {
  /// Takes a row of the journal.
  mutating func take(_ row: JournalRow, of shift: ShiftKey, isClosed: Bool = false) {
    guard !row.isRefused, row.kind != .importChunk else { return }
    take(
      row.kind,
      sequence: row.sequence,
      effects: (try? Effect.unpacked(row.effects)) ?? [],  // `verify` tells of damage.
      reply: row.reply,
      isOwn: !isClosed && shift.holds(row)
    )
  }
}
