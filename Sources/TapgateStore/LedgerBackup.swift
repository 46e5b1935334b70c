internal import Foundation
internal import GRDB
internal import Glibc

/// Online backup into one file, and the way back.
///
/// A backup is an SQLite file with one more table that holds the gateway's key, so it is as secret
/// as the key: mode 0600. Without the key (`--without-key`) it can be restored only where the key
/// is.
public enum LedgerBackup {
  /// Pages copied between two calls of `progress`: 256 KiB.
  private static let stepPageCount: Int32 = 64

  /// Copies the ledger of `directory` to `path`; also while a gateway runs on it, which goes on
  /// committing. The copy is what was committed at one moment: that of the call. Another process
  /// sees a COMMIT before the gateway has flushed it; so the log is flushed before the first page
  /// is copied, and a backup holds nothing that a power cut could still take from the ledger.
  ///
  /// `progress` is told the share copied so far, in thousandths. Throws a `StoreError` where `path`
  /// exists, and what SQLite says where it cannot be written.
  public static func backup(
    directory: String,
    to path: String,
    withKey: Bool,
    progress: @escaping (Int) -> Void = { _ in }
  ) throws {
    try backup(
      directory: directory,
      to: path,
      withKey: withKey,
      flush: DurableFile.flush,
      progress: progress
    )
  }

  /// The same with another way to flush a file, for tests.
  static func backup(
    directory: String,
    to path: String,
    withKey: Bool,
    flush: (String) throws -> Void,
    progress: @escaping (Int) -> Void
  ) throws {
    let key = try prepare(directory: directory, path: path, withKey: withKey)
    let log = LedgerFile.path(in: directory) + "-wal"
    do {
      let target = try DatabaseQueue(path: path)
      let source = try LedgerFile.openReader(directory: directory)
      try target.writeWithoutTransaction { copy in
        try source.read { db in
          // The first read opens the transaction: with it open, a commit between two steps does
          // not start the copy again (sqlite3_backup_step).
          _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM meta")
          // fsync(2) takes whatever was written to the file, by whichever process.
          if FileManager.default.fileExists(atPath: log) { try flush(log) }
          try db.backup(to: copy, pagesPerStep: stepPageCount) { step in
            progress(step.completedPageCount * 1000 / max(1, step.totalPageCount))
          }
        }
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

  /// Makes the file at `path`, which must not be there, with mode 0600.
  ///
  /// - Returns: the key that goes into the backup.
  private static func prepare(directory: String, path: String, withKey: Bool) throws -> Data? {
    guard FileManager.default.fileExists(atPath: LedgerFile.path(in: directory)) else {
      throw StoreError(
        code: "store.none",
        problem: "there is no ledger in \(directory)",
        names: [directory]
      )
    }
    guard !FileManager.default.fileExists(atPath: path) else {
      throw StoreError(
        code: "backup.exists",
        problem: "\(path) exists already",
        names: [path]
      )
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
    else {
      throw StoreError(
        code: "backup.unwritable",
        problem: "\(path) cannot be made",
        names: [path]
      )
    }
    return key
  }

  /// Puts the backup at `path` into `directory`, which must hold no ledger, and proves it first.
  ///
  /// Throws `KeyProblem.foreign` where the key in the folder, or at `keyPath`, does not fit, and a
  /// `StoreError` where the file is no backup or not whole. The folder is then as it was before.
  public static func restore(
    from path: String,
    to directory: String,
    keyPath: String? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> LedgerVerifier.Report {
    try recognise(path)
    let files = FileManager.default
    let isFolderNew = !files.fileExists(atPath: directory)
    let isLockNew = !files.fileExists(atPath: DataFolder.lockPath(in: directory))
    let lock = try DataFolder.lock(directory)
    do {
      return try withExtendedLifetime(lock) {
        try restore(from: path, into: directory, keyPath: keyPath, progress: progress)
      }
    } catch {
      if isLockNew { lock.removeFile() }
      if isFolderNew { rmdir(directory) }  // What is in it keeps it.
      throw error
    }
  }

  private static func restore(
    from path: String,
    into directory: String,
    keyPath: String?,
    progress: (Int) -> Void
  ) throws -> LedgerVerifier.Report {
    let target = LedgerFile.path(in: directory)
    guard !FileManager.default.fileExists(atPath: target) else {
      throw StoreError(
        code: "restore.not_empty",
        problem: "\(directory) holds a ledger already",
        hint: "restore into an empty folder",
        names: [directory]
      )
    }
    let temporary = target + ".restoring"
    try refuseStrays(in: directory, besides: temporary)
    func removeCopy() {
      for suffix in ["", "-wal", "-shm", "-journal"] {
        try? FileManager.default.removeItem(atPath: temporary + suffix)  // Mostly there is none.
      }
    }
    removeCopy()  // An earlier restore may have been cut off.
    defer { removeCopy() }
    do {
      try FileManager.default.copyItem(atPath: path, toPath: temporary)
    } catch {
      throw StoreError(
        code: "restore.unreadable",
        problem: "\(path) cannot be copied into \(directory)",
        names: [path, directory]
      )
    }
    let (secret, fingerprint, report) = try inspect(temporary, as: path, progress: progress)
    guard report.isProven else { throw damaged(path, report.problems.first ?? "") }
    do {
      try settleKey(secret, fingerprint: fingerprint, keyPath: keyPath, directory: directory)
    } catch KeyProblem.missing(let key) {
      throw StoreError(
        code: "restore.no_key",
        problem: "the backup \(path) was made without its key, and \(key) is not there",
        hint: "name a copy of the key of the gateway that made it: --key FILE",
        names: [path, key]
      )
    }
    try DurableFile.settle(temporary, as: target)
    try DurableFile.flushFolder(of: directory)  // The folder itself may be new.
    return report
  }

  /// Refuses a folder that holds anything but what belongs there: an old ledger's log beside a new
  /// ledger would be taken for that ledger's own.
  private static func refuseStrays(in directory: String, besides copy: String) throws {
    let own = [KeyFile.path(in: directory), DataFolder.lockPath(in: directory), copy]
      .map { URL(fileURLWithPath: $0).lastPathComponent }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let stray = names.sorted().first { name in
      // A file system's own folder, and what `ls` hides, do no harm.
      !name.hasPrefix(".") && name != "lost+found" && !own.contains { name.hasPrefix($0) }
    }
    guard let stray else { return }
    throw StoreError(
      code: "restore.stray",
      problem: "\(directory) is not empty: \(stray) is in it",
      hint: "restore into an empty folder; only the key may be there",
      names: [directory, stray]
    )
  }

  /// Tells a file that is no SQLite database before anything is touched (SQLite's file format,
  /// section 1.3: the header string).
  private static func recognise(_ path: String) throws {
    guard access(path, R_OK) == 0 else {
      throw StoreError(
        code: "restore.absent",
        problem: "\(path) cannot be read: \(String(cString: strerror(errno)))",
        names: [path, String(cString: strerror(errno))]
      )
    }
    // A folder cannot be read; it is no backup either.
    let head = try? FileHandle(forReadingAtPath: path)?.read(upToCount: 16)
    guard head == Data("SQLite format 3\0".utf8) else { throw notABackup(path) }
  }

  private static func notABackup(_ path: String) -> StoreError {
    StoreError(
      code: "restore.not_a_backup",
      problem: "\(path) is no backup that `tapgate backup` made",
      names: [path]
    )
  }

  private static func damaged(_ path: String, _ problem: String) -> StoreError {
    StoreError(
      code: "restore.damaged",
      problem: "the backup \(path) is damaged: \(problem)",
      names: [path, problem]
    )
  }

  /// Opens the copy at `copy` of the file that people know as `path`.
  private static func inspect(
    _ copy: String,
    as path: String,
    progress: (Int) -> Void
  ) throws -> (secret: Data?, fingerprint: [UInt8], report: LedgerVerifier.Report) {
    do {
      let queue = try DatabaseQueue(path: copy)
      let found = try queue.writeWithoutTransaction { db in
        guard try db.tableExists("backup"), try db.tableExists("journal") else {
          throw notABackup(path)
        }
        let secret = try Data.fetchOne(db, sql: "SELECT key FROM backup WHERE key IS NOT NULL")
        let name = "SELECT value FROM meta WHERE name = 'key'"
        let fingerprint = Array(try Data.fetchOne(db, sql: name) ?? Data())
        let report = try LedgerVerifier.verify(db, progress: progress)
        try db.execute(sql: "DROP TABLE backup")
        return (secret, fingerprint, report)
      }
      try queue.close()
      return found
    } catch let error as DatabaseError {
      throw damaged(path, error.message ?? error.resultCode.description)
    } catch let error as SQLiteFailure {
      throw damaged(path, error.message)
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
