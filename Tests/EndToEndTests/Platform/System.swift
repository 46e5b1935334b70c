import Foundation
import Glibc

/// What the tests need of the system and Foundation does not offer.
enum System {
  /// Microseconds of CLOCK_MONOTONIC, the clock of every event's `monotonicUs`.
  static var monotonicMicroseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// Whether this process is root's.
  static var isRoot: Bool { geteuid() == 0 }

  /// Whether `bytes` stand anywhere in `data`. Meant for bytes whose first one is rare.
  static func contains(_ bytes: [UInt8], in data: Data) -> Bool {
    data.withUnsafeBytes { whole in
      bytes.withUnsafeBytes { part in
        guard var start = whole.baseAddress, let wanted = part.baseAddress else { return false }
        var left = whole.count - part.count + 1
        while left > 0, let hit = memchr(start, Int32(part[0]), left) {
          // Safety: at least `part.count` bytes of `whole` follow each hit.
          if memcmp(hit, wanted, part.count) == 0 { return true }
          let next = UnsafeRawPointer(hit) + 1
          left -= next - start
          start = next
        }
        return false
      }
    }
  }

  /// Ends a process as the kernel's memory killer does.
  static func kill(_ process: Int32) { Glibc.kill(process, SIGKILL) }

  /// Fills what is left of the file system below `path` with one file, byte by byte in the end.
  ///
  /// - Returns: the bytes written.
  static func fill(_ path: String) -> Int {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var total = 0
    var size = 1 << 20
    let zeros = [UInt8](repeating: 0, count: size)
    while size > 0 {
      let count = write(file, zeros, size)
      if count > 0 { total += count } else { size /= 2 }
    }
    return total
  }
}
