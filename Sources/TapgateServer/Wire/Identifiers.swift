internal import TapgateModel

/// Makes ids: UUID version 7 (RFC 9562 section 5.7), which sort by time.
struct IdentifierSource {
  private var generator: any RandomNumberGenerator

  /// Creates a source over `generator`, so that tests can seed it.
  init(generator: any RandomNumberGenerator = SystemRandomNumberGenerator()) {
    self.generator = generator
  }

  /// A new id in its canonical text form.
  mutating func next(at instant: Timestamp) -> String {
    let milliseconds = UInt64(clamping: instant.microseconds / 1000)
    let high = milliseconds << 16 | 0x7000 | (generator.next() & 0x0FFF)
    let low = 0x8000_0000_0000_0000 | (generator.next() >> 2)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 {
        text.append(UInt8(ascii: "-"))
      }
      let word = index < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 0x0F
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
