internal import Foundation
internal import GRDB

/// What the database says of itself: which key it was made with, which programmes decided, which
/// imports were published.
enum StoreIdentity {
  /// Loads the key and refuses one that the database was not made with.
  static func keys(directory: String, database: DatabaseQueue, isNew: Bool) throws -> KeyRing {
    let known = try database.read { db in
      try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'key'")
    }
    let keys = try KeyFile.load(directory: directory, mayCreate: known == nil)
    if let known {
      guard Array(known) == keys.fingerprint else { throw KeyProblem.foreign }
    } else {
      try database.write { db in
        try db.execute(
          sql: "INSERT INTO meta VALUES ('key', ?)",
          arguments: [Data(keys.fingerprint)]
        )
      }
    }
    return keys
  }

  static func publishedBatches(_ database: DatabaseQueue) throws -> Set<Int64> {
    try database.read { db in try publishedBatches(in: db) }
  }

  static func publishedBatches(in db: Database) throws -> Set<Int64> {
    let names = try String.fetchAll(
      db,
      sql: "SELECT name FROM meta WHERE name BETWEEN 'batch:' AND 'batch;'"
    )
    return Set(names.compactMap { Int64($0.dropFirst(6)) })
  }

  /// Keeps the programme's text under its hash: rows name the programme that decided them.
  static func remember(_ active: ActiveProgramme, in db: Database) throws {
    try db.execute(
      sql: "INSERT OR IGNORE INTO programme VALUES (?, ?)",
      arguments: [Data(active.hash), Data(active.text)]
    )
  }
}
