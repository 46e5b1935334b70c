internal import Foundation
internal import Glibc

/// The data folder and its lock.
public enum DataFolder {
  /// Makes the folder with mode 0700 where it does not exist.
  public static func create(_ path: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw StoreError(
          code: "store.not_a_folder",
          problem: "\(path) is not a folder",
          names: [path]
        )
      }
      return
    }
    do {
      try FileManager.default.createDirectory(
        atPath: path,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    } catch {
      throw StoreError(
        code: "store.no_folder",
        problem: "the data folder \(path) cannot be made: \(error.localizedDescription)",
        names: [path]
      )
    }
  }

  /// The lock that a running gateway holds; released when it is closed or the process ends.
  public final class Lock: Sendable {
    private let file: Int32
    private let name: String

    fileprivate init(file: Int32, name: String) {
      self.file = file
      self.name = name
    }

    deinit { close(file) }

    /// Takes the lock's file away, while it is held: for who leaves the folder as it was.
    func removeFile() { unlink(name) }

    /// Whether the file that is locked is the one that others would lock.
    fileprivate var isInPlace: Bool {
      var (own, there) = (stat(), stat())
      return fstat(file, &own) == 0 && stat(name, &there) == 0 && own.st_ino == there.st_ino
        && own.st_dev == there.st_dev
    }
  }

  /// The lock's file in the folder `path`.
  static func lockPath(in path: String) -> String { path + "/gateway.lock" }

  /// Takes the folder's lock (`flock`, exclusive) and writes the own pid into the lock file.
  ///
  /// - Throws: `StoreError` with code `store.locked` and the holder's pid where another process has
  ///   it.
  public static func lock(_ path: String) throws -> Lock {
    while true {
      let lock = try attempt(path)
      // Who held it before may have removed the file between our open and our flock.
      if lock.isInPlace { return lock }
    }
  }

  private static func attempt(_ path: String) throws -> Lock {
    try create(path)
    let name = lockPath(in: path)
    let file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw StoreError(
        code: "store.lock_failed",
        problem: "\(name) cannot be opened: \(String(cString: strerror(errno)))",
        names: [name, String(cString: strerror(errno))]
      )
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      defer { close(file) }
      let holder = FileManager.default.contents(atPath: name)
        .flatMap { String(data: $0, encoding: .utf8) }?
        .trimmingCharacters(in: .whitespacesAndNewlines)
      throw StoreError(
        code: "store.locked",
        problem: "the data folder \(path) is in use by process \(holder ?? "unknown")",
        names: [path, holder ?? "?"]
      )
    }
    ftruncate(file, 0)
    let pid = Array("\(getpid())\n".utf8)
    pwrite(file, pid, pid.count, 0)
    return Lock(file: file, name: name)
  }
}
