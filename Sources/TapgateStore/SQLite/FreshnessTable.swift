internal import TapgateCore
internal import TapgateModel

/// What was accepted of each credential's counters and time steps: one row a credential.
///
/// Lives on the ledger's thread, inside its transactions, so that a token is accepted in the same
/// flush as the operations beside it and is gone again where the flush fails. The table is no part
/// of the journal's chain: losing it makes old tokens good again, no balance wrong.
final class FreshnessTable {
  static let schema = """
    CREATE TABLE freshness (
      reference BLOB PRIMARY KEY, highest INTEGER NOT NULL, earlier INTEGER NOT NULL)
    WITHOUT ROWID
    """

  private let find: Statement
  private let store: Statement

  init(on connection: OpaquePointer) throws(SQLiteFailure) {
    find = try Statement(
      "SELECT highest, earlier FROM freshness WHERE reference = ?",
      on: connection
    )
    store = try Statement("INSERT OR REPLACE INTO freshness VALUES (?,?,?)", on: connection)
  }

  /// Accepts a token, once; the row is changed where it did.
  func accept(
    _ freshness: Freshness,
    of reference: CardReference
  ) throws(SQLiteFailure) -> Bool {
    let key = Self.key(reference)
    var window: FreshnessWindow
    if let known = try self.window(key) {
      window = known
      guard window.accept(freshness) else { return false }
    } else {
      window = FreshnessWindow(first: freshness)
    }
    store.bind(key, at: 1)
    store.bind(Int64(bitPattern: window.highest), at: 2)
    store.bind(Int64(bitPattern: window.earlier), at: 3)
    try store.run()
    return true
  }

  private func window(_ key: [UInt8]) throws(SQLiteFailure) -> FreshnessWindow? {
    find.bind(key, at: 1)
    guard try find.step() else { return nil }
    defer { find.reset() }
    return FreshnessWindow(
      highest: UInt64(bitPattern: find.integer(0)),
      earlier: UInt64(bitPattern: find.integer(1))
    )
  }

  private static func key(_ reference: CardReference) -> [UInt8] {
    [reference.high, reference.low].flatMap { half in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
    }
  }
}
