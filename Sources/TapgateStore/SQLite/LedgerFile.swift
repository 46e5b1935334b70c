internal import CLedgerLog
internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// The database file: how it is opened, what makes it durable, and its schema.
///
/// One connection writes, on the ledger's own thread; one reads for the back office; one
/// checkpoints. `synchronous = FULL` on the writer means that COMMIT returns after fdatasync of the
/// write-ahead log. The log is grown once and kept at its size (`SQLITE_FCNTL_PERSIST_WAL`, no size
/// limit): a flush that overwrites blocks costs half of one that appends them.
enum LedgerFile {
  /// The version of the schema; a file of a newer one is refused.
  static let schemaVersion: Int64 = 1

  static func path(in directory: String) -> String { directory + "/tapgate.sqlite" }

  /// Opens the connection that writes.
  static func openWriter(directory: String, logByteCount: Int = 0) throws -> DatabaseQueue {
    let code = tapgate_log_register()
    guard code == SQLITE_OK else {
      throw SQLiteFailure(call: "sqlite3_vfs_register", code: code, message: "refused")
    }
    var configuration = Configuration()
    configuration.label = "tapgate.writer"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA page_size = 4096")
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      // Pages are read from the mapped file. A large cache would cost at each COMMIT: SQLite 3.40
      // walks its whole hash table then (measured: a third of the ledger's time with 128 MiB).
      try db.execute(sql: "PRAGMA cache_size = -8192")
      try db.execute(sql: "PRAGMA mmap_size = 4294967296")
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      var keep: Int32 = 1
      sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
    }
    // What a killed process left in the log may be in the system's memory only; from now on it is
    // shown.
    let log = path(in: directory) + "-wal"
    if FileManager.default.fileExists(atPath: log) { try DurableFile.flush(log) }
    let queue = try DatabaseQueue(path: path(in: directory), configuration: configuration)
    try migrator.migrate(queue)
    try growLog(queue, directory: directory, to: logByteCount)
    return queue
  }

  /// Opens a connection that only reads; it sees one committed state a transaction.
  static func openReader(directory: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "tapgate.reader"
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA mmap_size = 4294967296")
    }
    return try DatabaseQueue(path: path(in: directory), configuration: configuration)
  }

  /// Opens the connection that copies the log into the file.
  static func openCheckpointer(directory: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "tapgate.checkpoint"
    configuration.busyMode = .immediateError
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
    }
    return try DatabaseQueue(path: path(in: directory), configuration: configuration)
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 journal, member, print") { db in
      try db.execute(sql: schemaOne)
    }
    migrator.registerMigration("freshness") { db in
      try db.execute(sql: FreshnessTable.schema)
    }
    migrator.registerMigration("shop, coupons, refunds") { db in
      try db.execute(sql: ShopTable.schema)
    }
    return migrator
  }

  private static let schemaOne = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE programme (hash BLOB PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE journal (
      sequence INTEGER PRIMARY KEY, operation BLOB NOT NULL, kind INTEGER NOT NULL,
      refused INTEGER NOT NULL, member INTEGER, previous INTEGER NOT NULL, date INTEGER NOT NULL,
      at INTEGER NOT NULL, origin TEXT NOT NULL, receipt BLOB, reference INTEGER,
      programme BLOB NOT NULL, content BLOB NOT NULL, effects BLOB NOT NULL, reply BLOB NOT NULL,
      print BLOB, simulated INTEGER NOT NULL, hash BLOB NOT NULL);
    CREATE UNIQUE INDEX journal_operation ON journal (operation);
    CREATE UNIQUE INDEX journal_receipt ON journal (receipt) WHERE receipt IS NOT NULL;
    CREATE UNIQUE INDEX journal_reference ON journal (reference) WHERE reference IS NOT NULL;
    CREATE INDEX journal_print ON journal (sequence) WHERE print IS NOT NULL;
    CREATE TABLE member (
      number INTEGER PRIMARY KEY, state BLOB NOT NULL, profile BLOB, batch INTEGER NOT NULL);
    CREATE TABLE print_job (
      sequence INTEGER PRIMARY KEY, state TEXT NOT NULL, settled INTEGER NOT NULL, evidence TEXT,
      reason TEXT);
    """

  /// Writes the log full once, so that every later commit overwrites blocks that exist.
  private static func growLog(
    _ queue: DatabaseQueue,
    directory: String,
    to logByteCount: Int
  ) throws {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: path(in: directory) + "-wal"
    )  // No log yet is a log of no bytes.
    let size = (attributes?[.size] as? Int) ?? 0
    guard size < logByteCount else { return }
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN IMMEDIATE")
      try db.execute(sql: "CREATE TABLE ballast (bytes BLOB)")
      // Debian's SQLite overwrites freed pages (SECURE_DELETE): dropping them fills the other half.
      for _ in 0...(logByteCount / 2 / 1_048_576) {
        try db.execute(sql: "INSERT INTO ballast VALUES (zeroblob(1048576))")
      }
      try db.execute(sql: "COMMIT")
      // The pages stay in the file, free: rows fill them before the file has to grow.
      try db.execute(sql: "DROP TABLE ballast")
      try db.execute(sql: "PRAGMA wal_checkpoint(RESTART)")
    }
  }
}
