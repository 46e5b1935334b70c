/// Makes operation ids: UUIDs of version 7, RFC 9562 section 5.7.
///
/// Their first 48 bits are the time, so ids of one caller sort nearly as they were made, which
/// keeps the journal's index compact.
public enum OperationID {
  /// An id of now and of the system's randomness. Any thread.
  public static func next() -> String {
    var generator = SystemRandomNumberGenerator()
    return make(
      milliseconds: ProcessFacts.unixMilliseconds(),
      random: (generator.next(), generator.next())
    )
  }

  /// The id of `milliseconds` since 1970 (48 bits of it) and of 74 bits of `random`.
  public static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> String {
    let high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
    let low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    var text = ""
    text.reserveCapacity(36)
    for (half, value) in [high, low].enumerated() {
      for nibble in 0..<16 {
        if [8, 12, 16, 20].contains(half * 16 + nibble) { text.append("-") }
        let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - nibble * 4) & 0x0F)
        text.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 48 + digit : 87 + digit))
      }
    }
    return text
  }
}
