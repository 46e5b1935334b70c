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
    guard fsync(file) == 0 else { throw failure("fsync", temporary) }
    guard rename(temporary, path) == 0 else { throw failure("rename", path) }
    let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { throw failure("open", path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure("fsync", path) }
  }

  private static func failure(_ call: String, _ path: String) -> KeyProblem {
    KeyProblem.unreadable(path: path, reason: "\(call): \(String(cString: strerror(errno)))")
  }
}
