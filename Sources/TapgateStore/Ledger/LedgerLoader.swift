internal import Foundation
internal import GRDB
internal import TapgateLock
internal import TapgateModel

/// Reads all members into memory at the start: two connections, a half of the rows each.
enum LedgerLoader {
  /// What the start found beside the members.
  struct Found: Sendable {
    var newestNumber: UInt32 = 0
    /// Rows of imports that were never published: their numbers, to be removed.
    var abandoned: [Int64: ClosedRange<UInt32>] = [:]
    var damagedNumber: UInt32?
  }

  static func load(
    directory: String,
    into memory: MemberMemory,
    published: Set<Int64>
  ) throws -> Found {
    for batch in published { memory.publish(batch: batch) }
    let newest = try LedgerFile.openReader(directory: directory).read { db in
      try Int64.fetchOne(db, sql: "SELECT max(number) FROM member") ?? 0
    }
    guard newest > 0 else { return Found() }
    let middle = newest / 2
    let results = Mutex<[Result<Found, any Error>]>([])
    let group = DispatchGroup()
    for range in [1...max(1, middle), max(1, middle) + 1...max(2, newest)] {
      DispatchQueue.global(qos: .userInitiated).async(group: group) {
        let result = Result {
          try load(range, directory: directory, into: memory, published: published)
        }
        results.withLock { $0.append(result) }
      }
    }
    group.wait()
    var found = Found()
    for result in results.withLock({ $0 }) {
      let part = try result.get()
      found.damagedNumber = found.damagedNumber ?? part.damagedNumber
      for (batch, range) in part.abandoned {
        let known = found.abandoned[batch] ?? range
        found.abandoned[batch] =
          min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
      }
    }
    found.newestNumber = UInt32(clamping: newest)
    return found
  }

  private static func load(
    _ range: ClosedRange<Int64>,
    directory: String,
    into memory: MemberMemory,
    published: Set<Int64>
  ) throws -> Found {
    try LedgerFile.openReader(directory: directory).read { db in
      guard let connection = db.sqliteConnection else { return Found() }
      let rows = try Statement(
        "SELECT number, state, profile, batch FROM member WHERE number BETWEEN ? AND ?",
        on: connection
      )
      rows.bind(range.lowerBound, at: 1)
      rows.bind(range.upperBound, at: 2)
      var found = Found()
      while try rows.step() {
        let number = UInt32(truncatingIfNeeded: rows.integer(0))
        let batch = rows.integer(3)
        if batch != 0, !published.contains(batch) {
          let known = found.abandoned[batch]
          found.abandoned[batch] = (known?.lowerBound ?? number)...number
          continue
        }
        let row = MemberMemory.Row(
          state: rows.bytes(1),
          profile: rows.optionalBytes(2),
          batch: 0
        )
        guard let identity = try? MemberState.identity(packed: row.state) else {
          found.damagedNumber = found.damagedNumber ?? number
          continue
        }
        memory.store(row, number: number)
        memory.index(member: identity.id, number: number)
        for card in identity.cards { memory.index(card.reference, number: number) }
      }
      return found
    }
  }
}
