internal import TapgateLock
internal import TapgateModel

/// Every member's row in memory: committed state only, readable from any thread at any time.
///
/// Cut into 256 shards with a lock each, so that growing one costs a reader microseconds and never
/// a pause. Rows stay packed; who looks one up decodes it.
final class MemberMemory: Sendable {
  /// A member's row as the database holds it.
  struct Row: Sendable {
    var state: [UInt8]
    var profile: [UInt8]?
    /// The import that brought it; 0 for every other. Invisible until the import is published.
    var batch: Int64
  }

  private static let shardCount = 256

  private final class IndexShard: Sendable {
    let table = Mutex(ReferenceTable())
  }

  private final class RowShard: Sendable {
    let rows = Mutex<ContiguousArray<Row?>>([])
  }

  private let cards: [IndexShard]
  private let ids: [IndexShard]
  private let shards: [RowShard]
  /// Batches whose rows are visible.
  private let published = Mutex<Set<Int64>>([0])
  /// Members by the import that brought them; 0 for every other.
  private let counts = Mutex<[Int64: Int]>([:])
  /// Two seeds of this process: ids of members are hashed with them to 128 bits.
  private let seeds: (Int, Int) = (.random(in: .min ... .max), .random(in: .min ... .max))

  init() {
    cards = (0..<Self.shardCount).map { _ in IndexShard() }
    ids = (0..<Self.shardCount).map { _ in IndexShard() }
    shards = (0..<Self.shardCount).map { _ in RowShard() }
  }

  // MARK: Reading

  /// The row of member `number`, unless its import is not published.
  func row(_ number: UInt32) -> Row? {
    guard let row = anyRow(number) else { return nil }
    if row.batch == 0 { return row }
    return published.withLock { $0.contains(row.batch) } ? row : nil
  }

  /// The row, published or not.
  func anyRow(_ number: UInt32) -> Row? {
    let index = Int(number) / Self.shardCount
    return shards[Int(number) % Self.shardCount].rows.withLock { rows in
      index < rows.count ? rows[index] : nil
    }
  }

  /// How many members there are, not counting those of imports that are not published.
  var count: Int {
    let visible = published.withLock { $0 }
    return counts.withLock { counts in
      counts.reduce(0) { visible.contains($1.key) ? $0 + $1.value : $0 }
    }
  }

  /// A number that no member's is above.
  var numberBound: UInt32 {
    let longest = shards.map { $0.rows.withLock(\.count) }.max() ?? 0
    return UInt32(clamping: longest * Self.shardCount)
  }

  /// The number of the member who holds the card.
  func number(of reference: CardReference) -> UInt32? {
    cards[Int(truncatingIfNeeded: reference.high >> 56)].table.withLock {
      $0[reference.high, reference.low]
    }
  }

  /// The number of the member called `id`.
  func number(ofMember id: String) -> UInt32? {
    let key = idKey(id)
    return ids[Int(truncatingIfNeeded: key.high >> 56)].table.withLock { $0[key.high, key.low] }
  }

  private func idKey(_ id: String) -> CardReference {
    var first = Hasher()
    first.combine(seeds.0)
    first.combine(id)
    var second = Hasher()
    second.combine(seeds.1)
    second.combine(id)
    return CardReference(
      high: UInt64(bitPattern: Int64(first.finalize())),
      low: UInt64(bitPattern: Int64(second.finalize()))
    )
  }

  // MARK: Writing (the ledger's thread, and the loader before it)

  func store(_ row: Row, number: UInt32) {
    let index = Int(number) / Self.shardCount
    let isNew = shards[Int(number) % Self.shardCount].rows.withLock { rows in
      while rows.count <= index { rows.append(nil) }
      defer { rows[index] = row }
      return rows[index] == nil
    }
    if isNew { counts.withLock { $0[row.batch, default: 0] += 1 } }
  }

  /// Stores a member's row in the place of the one before it, whose import it keeps.
  ///
  /// - Returns: the row before it, if there was one.
  func replace(number: UInt32, state: [UInt8], profile: [UInt8]?) -> Row? {
    let index = Int(number) / Self.shardCount
    let known = shards[Int(number) % Self.shardCount].rows.withLock { rows in
      while rows.count <= index { rows.append(nil) }
      let known = rows[index]
      rows[index] = Row(state: state, profile: profile, batch: known?.batch ?? 0)
      return known
    }
    if known == nil { counts.withLock { $0[0, default: 0] += 1 } }
    return known
  }

  func remove(number: UInt32) {
    let index = Int(number) / Self.shardCount
    let removed = shards[Int(number) % Self.shardCount].rows.withLock { rows -> Row? in
      guard index < rows.count else { return nil }
      defer { rows[index] = nil }
      return rows[index]
    }
    if let removed { counts.withLock { $0[removed.batch, default: 0] -= 1 } }
  }

  func index(_ reference: CardReference, number: UInt32) {
    cards[Int(truncatingIfNeeded: reference.high >> 56)].table.withLock {
      $0.insert(high: reference.high, low: reference.low, number: number)
    }
  }

  func unindex(_ reference: CardReference) {
    cards[Int(truncatingIfNeeded: reference.high >> 56)].table.withLock {
      $0.remove(high: reference.high, low: reference.low)
    }
  }

  func index(member id: String, number: UInt32) {
    let key = idKey(id)
    ids[Int(truncatingIfNeeded: key.high >> 56)].table.withLock {
      $0.insert(high: key.high, low: key.low, number: number)
    }
  }

  func unindex(member id: String) {
    let key = idKey(id)
    ids[Int(truncatingIfNeeded: key.high >> 56)].table.withLock {
      $0.remove(high: key.high, low: key.low)
    }
  }

  /// Makes the rows of an import visible, all at once.
  func publish(batch: Int64) { published.withLock { _ = $0.insert(batch) } }

  func isPublished(batch: Int64) -> Bool { published.withLock { $0.contains(batch) } }
}
