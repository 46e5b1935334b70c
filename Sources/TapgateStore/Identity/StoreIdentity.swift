internal import Foundation
internal import GRDB
internal import TapgateModel

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

  /// When the newest row of the journal was written, in microseconds since 1970; `nil` where there
  /// is none.
  static func newestTime(_ database: DatabaseQueue) throws -> Int64? {
    try database.read { db in
      try Int64.fetchOne(db, sql: "SELECT at FROM journal ORDER BY sequence DESC LIMIT 1")
    }
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

  // MARK: Programmes

  /// Which programmes rule, as the ledger knows it and the start has it: what was activated stays,
  /// unless the file that the gateway is started with was changed since: then that counts from
  /// today on. A ledger from before there were activations keeps the programme of its newest row
  /// where no file is named.
  static func schedule(
    _ configured: ActiveProgramme,
    isDefault: Bool,
    at now: Timestamp,
    in database: DatabaseQueue
  ) throws -> ProgrammeSchedule {
    try database.write { db in
      var entries = try knownSchedule(in: db)
      let file = try Data.fetchOne(
        db,
        sql: "SELECT value FROM meta WHERE name = ?",
        arguments: [ProgrammeSchedule.fileName]
      )
      if entries.isEmpty, isDefault, let kept = try programmeOfNewestRow(in: db) {
        entries = [.init(from: nil, active: kept)]
      }
      if entries.isEmpty {
        entries = [.init(from: nil, active: configured)]
      } else if !isDefault, file.map({ Array($0) != configured.hash }) ?? true {
        let today = configured.calendar.date(of: now)
        let later = entries.filter { $0.from.map { $0 > today } ?? false }
        entries = ProgrammeSchedule.entries(entries, adding: configured, from: today, today: today)
        entries += later
        for entry in entries { try remember(entry.active, in: db) }
        // The ledger's thread notes it, with its row of the journal (`LedgerEngine.note`).
        return ProgrammeSchedule(entries, changedBy: configured)
      }
      for entry in entries { try remember(entry.active, in: db) }
      var values = [(ProgrammeSchedule.metaName, Data(ProgrammeSchedule.packed(entries)))]
      if !isDefault { values.append((ProgrammeSchedule.fileName, Data(configured.hash))) }
      for (name, value) in values {
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [name, value])
      }
      return ProgrammeSchedule(entries)
    }
  }

  /// The programmes that were activated; empty where that was never noted, or what was is damaged.
  private static func knownSchedule(in db: Database) throws -> [ProgrammeSchedule.Entry] {
    let bytes = try Data.fetchOne(
      db,
      sql: "SELECT value FROM meta WHERE name = ?",
      arguments: [ProgrammeSchedule.metaName]
    )
    guard let bytes, let known = ProgrammeSchedule.unpacked(Array(bytes)) else { return [] }
    var entries: [ProgrammeSchedule.Entry] = []
    for entry in known {
      let text = try Data.fetchOne(
        db,
        sql: "SELECT text FROM programme WHERE hex(hash) = upper(?)",
        arguments: [entry.hash]
      )
      guard let text, let active = try? ActiveProgramme(bytes: Array(text)) else { return [] }
      entries.append(.init(from: entry.from, active: active))
    }
    return entries
  }

  private static func programmeOfNewestRow(in db: Database) throws -> ActiveProgramme? {
    let text = try Data.fetchOne(
      db,
      sql: """
        SELECT text FROM programme WHERE substr(hash, 1, 8) =
        (SELECT programme FROM journal ORDER BY sequence DESC LIMIT 1)
        """
    )
    // One that this version does not read any more is not kept.
    return text.flatMap { try? ActiveProgramme(bytes: Array($0)) }
  }

  /// Keeps the programme's text under its hash: rows name the programme that decided them.
  private static func remember(_ active: ActiveProgramme, in db: Database) throws {
    try db.execute(
      sql: "INSERT OR IGNORE INTO programme VALUES (?, ?)",
      arguments: [Data(active.hash), Data(active.text)]
    )
  }
}
