/// A ZIP archive of a few small files, stored as they are.
///
/// PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16
/// (its end): method 0, names in UTF-8, no date (1 January 1980), no extra fields.
struct ZipArchive {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// Adds a file; `name` and `content` are short of what ZIP64 is needed for.
  mutating func add(_ name: String, _ content: [UInt8]) {
    let offset = UInt32(clamping: bytes.count)
    let size = UInt32(clamping: content.count)
    let facts: [UInt8] =
      // Version 2.0; bit 11: the name is UTF-8; stored; time and date.
      Self.little(UInt16(20)) + Self.little(UInt16(0x0800)) + Self.little(UInt16(0))
      + Self.little(UInt16(0)) + Self.little(UInt16(0x0021)) + Self.little(Self.checksum(content))
      + Self.little(size) + Self.little(size) + Self.little(UInt16(clamping: name.utf8.count))
      + Self.little(UInt16(0))
    bytes += [0x50, 0x4B, 0x03, 0x04] + facts + Array(name.utf8) + content
    directory += [0x50, 0x4B, 0x01, 0x02]
    // Made by version 2.0 on UNIX; a file that its owner alone may read.
    directory += [0x14, 0x03] + facts
    directory += Self.little(UInt16(0)) + Self.little(UInt16(0)) + Self.little(UInt16(0))
    directory += Self.little(UInt32(0o100600) << 16) + Self.little(offset) + Array(name.utf8)
    count += 1
  }

  /// The whole archive.
  var data: [UInt8] {
    let end: [UInt8] =
      [0x50, 0x4B, 0x05, 0x06] + Self.little(UInt16(0)) + Self.little(UInt16(0))
      + Self.little(count) + Self.little(count) + Self.little(UInt32(clamping: directory.count))
      + Self.little(UInt32(clamping: bytes.count)) + Self.little(UInt16(0))
    return bytes + directory + end
  }

  /// CRC-32 of ISO/IEC 3309, as APPNOTE 4.4.7 wants it.
  static func checksum(_ content: [UInt8]) -> UInt32 {
    var value: UInt32 = .max
    for byte in content {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
