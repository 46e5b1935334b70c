internal import Foundation
internal import GRDB

/// Online backup into one file, and the way back.
///
/// A backup is an SQLite file with one more table that holds the gateway's key, so it is as secret
/// as the key: mode 0600. Without the key (`--without-key`) it can be restored only where the key
/// is.
public enum LedgerBackup {
  /// Pages copied between two calls of `progress`: 256 KiB.
  private static let stepPageCount: Int32 = 64

  /// Copies the ledger of `directory` to `path`; also while a gateway runs on it, which goes on
  /// committing. The copy is what was committed at one moment: that of the call.
  ///
  /// `progress` is told the share copied so far, in thousandths. Throws a `StoreError` where `path`
  /// exists, and what SQLite says where it cannot be written.
  public static func backup(
    directory: String,
    to path: String,
    withKey: Bool,
    progress: @escaping (Int) -> Void = { _ in }
  ) throws {
    guard FileManager.default.fileExists(atPath: LedgerFile.path(in: directory)) else {
      throw StoreError(code: "store.none", problem: "there is no ledger in \(directory)")
    }
    guard !FileManager.default.fileExists(atPath: path) else {
      throw StoreError(code: "backup.exists", problem: "\(path) exists already")
    }
    let key = withKey ? FileManager.default.contents(atPath: KeyFile.path(in: directory)) : nil
    if withKey, key == nil {
      throw StoreError(
        code: "backup.no_key",
        problem: "the key is not in the data folder",
        hint: "a systemd credential is backed up with the machine's own; use --without-key"
      )
    }
    guard
      FileManager.default.createFile(
        atPath: path,
        contents: nil,
        attributes: [.posixPermissions: 0o600]
      )
    else { throw StoreError(code: "backup.unwritable", problem: "\(path) cannot be made") }
    do {
      let target = try DatabaseQueue(path: path)
      let source = try LedgerFile.openReader(directory: directory)
      try target.writeWithoutTransaction { copy in
        try source.read { db in try copyPages(of: db, to: copy, progress: progress) }
        try copy.execute(sql: "PRAGMA journal_mode = DELETE")
        try copy.execute(sql: "CREATE TABLE backup (key BLOB)")
        try copy.execute(sql: "INSERT INTO backup VALUES (?)", arguments: [key])
      }
      try source.close()
      try target.close()
      try DurableFile.flushFolder(of: path)
    } catch {
      try? FileManager.default.removeItem(atPath: path)  // Half a backup is none.
      throw error
    }
  }

  /// Copies all pages as they are at the first read. The transaction is opened by that read: with
  /// it open, a commit between two steps does not start the copy again (sqlite3_backup_step).
  private static func copyPages(
    of source: Database,
    to copy: Database,
    progress: @escaping (Int) -> Void
  ) throws {
    _ = try Int.fetchOne(source, sql: "SELECT count(*) FROM meta")
    try source.backup(to: copy, pagesPerStep: stepPageCount) { step in
      progress(step.completedPageCount * 1000 / max(1, step.totalPageCount))
    }
  }

  /// Puts the backup at `path` into `directory`, which must hold no ledger, and proves it first.
  ///
  /// Throws `KeyProblem.foreign` where the key in the folder, or at `keyPath`, does not fit, and a
  /// `StoreError` where the backup is not whole.
  public static func restore(
    from path: String,
    to directory: String,
    keyPath: String? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> LedgerVerifier.Report {
    try DataFolder.create(directory)
    let lock = try DataFolder.lock(directory)
    defer { withExtendedLifetime(lock) {} }
    let target = LedgerFile.path(in: directory)
    guard !FileManager.default.fileExists(atPath: target) else {
      throw StoreError(
        code: "restore.not_empty",
        problem: "\(directory) holds a ledger already",
        hint: "restore into an empty folder"
      )
    }
    let temporary = target + ".restoring"
    try? FileManager.default.removeItem(atPath: temporary)  // An earlier restore was cut off.
    defer { try? FileManager.default.removeItem(atPath: temporary) }  // Gone once it was renamed.
    do {
      try FileManager.default.copyItem(atPath: path, toPath: temporary)
    } catch {
      throw StoreError(code: "restore.unreadable", problem: "\(path) cannot be copied")
    }
    let (secret, fingerprint, report) = try inspect(temporary, progress: progress)
    guard report.isProven else {
      throw StoreError(
        code: "restore.damaged",
        problem: "the backup is damaged: \(report.problems.first ?? "")"
      )
    }
    try settleKey(secret, fingerprint: fingerprint, keyPath: keyPath, directory: directory)
    try DurableFile.settle(temporary, as: target)
    try DurableFile.flushFolder(of: directory)  // The folder itself may be new.
    return report
  }

  private static func inspect(
    _ path: String,
    progress: (Int) -> Void
  ) throws -> (secret: Data?, fingerprint: [UInt8], report: LedgerVerifier.Report) {
    let queue: DatabaseQueue
    do {
      queue = try DatabaseQueue(path: path)
      let found = try queue.writeWithoutTransaction { db in
        let secret = try Data.fetchOne(db, sql: "SELECT key FROM backup WHERE key IS NOT NULL")
        let name = "SELECT value FROM meta WHERE name = 'key'"
        let fingerprint = Array(try Data.fetchOne(db, sql: name) ?? Data())
        let report = try LedgerVerifier.verify(db, progress: progress)
        try db.execute(sql: "DROP TABLE backup")
        return (secret, fingerprint, report)
      }
      try queue.close()
      return found
    } catch {
      throw StoreError(code: "restore.not_a_backup", problem: "\(path) is not a backup: \(error)")
    }
  }

  private static func settleKey(
    _ secret: Data?,
    fingerprint: [UInt8],
    keyPath: String?,
    directory: String
  ) throws {
    let own = KeyFile.path(in: directory)
    if let keyPath {
      guard let bytes = FileManager.default.contents(atPath: keyPath) else {
        throw KeyProblem.unreadable(path: keyPath, reason: "it cannot be read")
      }
      guard try KeyFile.fingerprint(of: bytes, path: keyPath) == fingerprint else {
        throw KeyProblem.foreign
      }
      return try DurableFile.write(bytes, to: own, mode: 0o600)
    }
    if FileManager.default.fileExists(atPath: own) {
      let keys = try KeyFile.load(directory: directory, mayCreate: false)
      guard keys.fingerprint == fingerprint else { throw KeyProblem.foreign }
      return
    }
    guard let secret else {
      let keys = try KeyFile.load(directory: directory, mayCreate: false)
      guard keys.fingerprint == fingerprint else { throw KeyProblem.foreign }
      return
    }
    guard try KeyFile.fingerprint(of: secret, path: own) == fingerprint else {
      throw KeyProblem.foreign
    }
    try DurableFile.write(secret, to: own, mode: 0o600)
  }
}
