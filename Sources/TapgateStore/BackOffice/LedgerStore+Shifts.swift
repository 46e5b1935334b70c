internal import GRDB
public import TapgateCore
internal import TapgateJSON
public import TapgateModel

extension LedgerStore: ShiftDesk {
  public func shift(
    store: String,
    counter: String,
    operatorName: String?
  ) async throws -> ShiftClose {
    let key = ShiftKey(store: store, counter: counter, operatorName: operatorName)
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { throw OperationFailure.closing }
      let newest = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0
      return try ShiftReader(key: key, newest: newest).read(connection)
    }
  }
}

/// Counts a shift up to the newest row, on the back office's connection.
private struct ShiftReader {
  let key: ShiftKey
  let newest: Int64

  func read(_ connection: OpaquePointer) throws(SQLiteFailure) -> ShiftClose {
    let closes = try self.closes(connection)
    // Of an operator's shift what that operator closed counts, of a counter's the close of all.
    let whole = closes.filter { $0.operatorName == nil }.map(\.sequence).max() ?? 0
    let own = closes.filter { $0.operatorName == key.operatorName }.map(\.sequence).max() ?? 0
    let start = max(whole, own)
    var closed: [String: Int64] = [:]
    for close in closes {
      if let name = close.operatorName {
        closed[name] = max(closed[name] ?? 0, close.sequence)
      }
    }
    var totals = ShiftTotals()
    let rows = try Statement(
      JournalRow.select + " WHERE sequence > ? ORDER BY sequence",
      on: connection
    )
    rows.bind(start, at: 1)
    while try rows.step() {
      // A row of a kind that this version does not know is `verify`'s to tell of.
      guard let row = JournalRow(rows) else { continue }
      let name = ShiftKey.origin(row).operatorName
      let isClosed = key.operatorName == nil && row.sequence <= closed[name] ?? 0
      totals.take(row, of: key, isClosed: isClosed)
    }
    return ShiftClose(
      operatorName: key.operatorName,
      through: newest,
      firstSequence: start + 1,
      counted: totals
    )
  }

  /// The closes of the counter, the newest first, down to one of everybody.
  private func closes(
    _ connection: OpaquePointer
  ) throws(SQLiteFailure) -> [(sequence: Int64, operatorName: String?)] {
    let rows = try Statement(
      JournalRow.select + " WHERE kind = ? AND refused = 0 ORDER BY sequence DESC",
      on: connection
    )
    rows.bind(Int64(JournalKind.shiftClose.rawValue), at: 1)
    var closes: [(Int64, String?)] = []
    while try rows.step() {
      guard let row = JournalRow(rows), key.isOfCounter(row) else { continue }
      // A damaged result is `verify`'s to tell of; the shift then counts as everybody's.
      let name = (try? JSONParser.parse(row.reply))?["shiftOperator"]?.string
      closes.append((row.sequence, name))
      if name == nil { break }
    }
    return closes
  }
}
