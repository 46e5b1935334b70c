import Foundation
import Glibc

/// The memory of a process that the tests started.
enum ProcessMemory {
  /// Why it cannot be looked at.
  struct Closed: Error {
    var path: String
    var error: Int32
  }

  private static let chunkByteCount = 1 << 20

  /// How often `text` lies in the memory that `process` writes to: proc(5), maps and mem.
  static func count(of text: String, in process: Int32) throws -> Int {
    let path = "/proc/\(process)/mem"
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Closed(path: path, error: errno) }
    defer { close(file) }
    let wanted = Array(text.utf8)
    return try ranges(of: process).reduce(0) { $0 + count(of: wanted, in: $1, file) }
  }

  /// What is readable and writable.
  private static func ranges(of process: Int32) throws -> [Range<UInt64>] {
    let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
    return maps.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 1, words[1].hasPrefix("rw") else { return nil }
      let bounds = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
    }
  }

  private static func count(of wanted: [UInt8], in range: Range<UInt64>, _ file: Int32) -> Int {
    var bytes = [UInt8](repeating: 0, count: chunkByteCount)
    var total = 0
    var start = range.lowerBound
    while start < range.upperBound {
      let size = Int(min(UInt64(bytes.count), range.upperBound - start))
      // What was given back since the ranges were read cannot be read any more.
      let count = pread(file, &bytes, size, Int(truncatingIfNeeded: start))
      guard count > 0 else { break }
      total += Self.count(of: wanted, in: bytes, byteCount: count)
      // The next chunk begins a little earlier: the text may lie across the border.
      let isLast = count < size || start + UInt64(count) >= range.upperBound
      start += UInt64(isLast ? count : max(1, count - wanted.count + 1))
    }
    return total
  }

  private static func count(of wanted: [UInt8], in bytes: [UInt8], byteCount: Int) -> Int {
    var total = 0
    var offset = 0
    // Safety: both look at `byteCount` bytes of `bytes` at most, and memcmp only where enough of
    // them are left.
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let first = wanted.first else { return }
      while offset + wanted.count <= byteCount,
        let found = memchr(base + offset, Int32(first), byteCount - offset)
      {
        offset = UnsafeRawPointer(found) - base + 1
        guard offset - 1 + wanted.count <= byteCount else { return }
        if memcmp(found, wanted, wanted.count) == 0 { total += 1 }
      }
    }
    return total
  }
}
