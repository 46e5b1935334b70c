internal import Glibc

/// Bytes that came from a socket and were not yet consumed. Offsets count from the first of them.
struct ReceiveBuffer {
  private var storage = [UInt8](repeating: 0, count: 64 * 1024)
  private var start = 0
  private var end = 0

  /// The number of bytes that wait.
  var count: Int { end - start }

  /// The byte at `offset`, which must be below `count`.
  subscript(offset: Int) -> UInt8 { storage[start + offset] }

  /// Bytes `range` as an array; the range must lie within `count`.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    Array(storage[(start + range.lowerBound)..<(start + range.upperBound)])
  }

  /// Where `byte` first stands at or after `offset`; `nil` where it does not.
  func firstOffset(of byte: UInt8, from offset: Int = 0) -> Int? {
    guard offset < count else { return nil }
    return storage.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      // Safety: start + offset < end <= the buffer's size, and the length ends at `end`.
      let found = memchr(base + start + offset, Int32(byte), count - offset)
      return found.map { UnsafeRawPointer($0) - base - start }
    }
  }

  /// Whether `needle` stands somewhere within `range`, which must lie within `count`.
  func contains(_ needle: [UInt8], in range: Range<Int>) -> Bool {
    guard let first = needle.first else { return true }
    var offset = range.lowerBound
    while let found = firstOffset(of: first, from: offset),
      found + needle.count <= range.upperBound
    {
      if hasPrefix(needle, at: found) { return true }
      offset = found + 1
    }
    return false
  }

  /// Whether `needle` stands at `offset`.
  func hasPrefix(_ needle: [UInt8], at offset: Int = 0) -> Bool {
    guard offset + needle.count <= count else { return false }
    return storage.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return false }
      // Safety: start + offset + needle.count <= end, as the guard made sure.
      return memcmp(base + start + offset, needle, needle.count) == 0
    }
  }

  /// The unsigned big-endian number of the four bytes at `offset`; `nil` where they are not there.
  func bigEndian32(at offset: Int) -> Int? {
    guard offset + 4 <= count else { return nil }
    return (0..<4).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }

  /// Forgets the first `byteCount` bytes.
  mutating func consume(_ byteCount: Int) {
    start += min(byteCount, count)
    if start == end { (start, end) = (0, 0) }
  }

  /// Reads once from `descriptor`: read(2)'s result, with errno where it is -1.
  mutating func fill(from descriptor: Int32) -> Int {
    if storage.count - end < 16 * 1024 { makeRoom() }
    let offset = end
    let byteCount = storage.withUnsafeMutableBytes { buffer in
      // Safety: offset <= the buffer's size, and no more than the rest is asked for.
      Glibc.read(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
    }
    if byteCount > 0 { end += byteCount }
    return byteCount
  }

  private mutating func makeRoom() {
    let waiting = count
    if start > 0 {
      storage.replaceSubrange(0..<waiting, with: Array(storage[start..<end]))
      (start, end) = (0, waiting)
    }
    if storage.count - end < 16 * 1024 {
      storage.append(contentsOf: repeatElement(0, count: storage.count))
    }
  }
}
