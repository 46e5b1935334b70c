/// Writes packed rows: unsigned LEB128 integers, zigzag for signed ones, length-prefixed texts.
struct PackedWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 128) { bytes.reserveCapacity(capacity) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func signed(_ value: Int64) {
    unsigned(UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63))
  }

  mutating func date(_ value: BusinessDate) { signed(Int64(value.day)) }

  mutating func text(_ value: String) {
    unsigned(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func fixed(_ value: UInt64) {
    var shift: UInt64 = 64
    while shift > 0 {
      shift -= 8
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func raw(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }
}

/// Packed bytes that are not what they should be: a damaged file or a newer version's row.
public struct PackedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte at which reading stopped.
  public let offset: Int

  public var description: String { "packed row is damaged at byte \(offset)" }
}

/// Reads what `PackedWriter` wrote; answers every byte string with a value or a `PackedError`.
struct PackedReader {
  private let bytes: [UInt8]
  private var index: Int

  init(_ bytes: [UInt8], from index: Int = 0) {
    self.bytes = bytes
    self.index = index
  }

  var isAtEnd: Bool { index >= bytes.count }

  var offset: Int { index }

  mutating func byte() throws(PackedError) -> UInt8 {
    guard index < bytes.count else { throw PackedError(offset: index) }
    defer { index += 1 }
    return bytes[index]
  }

  mutating func unsigned() throws(PackedError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard index < bytes.count, shift < 64 else { throw PackedError(offset: index) }
      let next = bytes[index]
      index += 1
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }

  mutating func signed() throws(PackedError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func date() throws(PackedError) -> BusinessDate {
    let value = try signed()
    guard let day = Int32(exactly: value) else { throw PackedError(offset: index) }
    return BusinessDate(day: day)
  }

  /// A count of things that take at least one byte each.
  mutating func count() throws(PackedError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(bytes.count - index) else { throw PackedError(offset: index) }
    return Int(value)
  }

  mutating func text() throws(PackedError) -> String {
    let count = try count()
    defer { index += count }
    return String(decoding: bytes[index..<index + count], as: UTF8.self)
  }

  mutating func fixed() throws(PackedError) -> UInt64 {
    guard index + 8 <= bytes.count else { throw PackedError(offset: index) }
    var value: UInt64 = 0
    for _ in 0..<8 {
      value = value << 8 | UInt64(bytes[index])
      index += 1
    }
    return value
  }
}
