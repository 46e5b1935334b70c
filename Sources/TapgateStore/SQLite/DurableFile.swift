internal import Foundation
internal import Glibc

/// Writes small files so that a power cut leaves either none or the whole.
enum DurableFile {
  /// Writes `bytes` to `path`: to a new file beside it, fsync, rename, fsync of the folder.
  static func write(_ bytes: Data, to path: String, mode: mode_t) throws {
    let temporary = path + ".new"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else { throw failure("open", temporary) }
    defer { close(file) }
    guard fchmod(file, mode) == 0 else { throw failure("fchmod", temporary) }
    try bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        // Safety: the address stays inside the buffer, which lives for the closure.
        let written = Glibc.write(
          file,
          buffer.baseAddress?.advanced(by: offset),
          buffer.count - offset
        )
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure("write", temporary) }
        offset += written
      }
    }
    try settle(temporary, as: path)
  }

  /// Makes the file at `temporary` the one at `path`: fsync, rename, fsync of the folder. Both are
  /// in one folder.
  static func settle(_ temporary: String, as path: String) throws {
    try flush(temporary, O_RDONLY | O_NOFOLLOW)
    guard rename(temporary, path) == 0 else { throw failure("rename", path) }
    try flushFolder(of: path)
  }

  /// Makes the entry of `path` in its folder last.
  static func flushFolder(of path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try flush(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
  }

  /// Makes what was written to the file at `path` last, whoever wrote it.
  static func flush(_ path: String) throws { try flush(path, O_RDONLY) }

  /// A folder may be a link to one, as systemd's state folders can be.
  private static func flush(_ path: String, _ flags: Int32) throws {
    let file = open(path, flags | O_CLOEXEC)
    guard file >= 0 else { throw failure("open", path) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw failure("fsync", path) }
  }

  private static func failure(_ call: String, _ path: String) -> StoreError {
    let words = String(cString: strerror(errno))
    return StoreError(
      code: "store.file_failed",
      problem: "\(call) \(path): \(words)",
      names: [call, path, words]
    )
  }
}
