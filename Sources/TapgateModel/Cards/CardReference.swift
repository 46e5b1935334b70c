/// A credential's keyed reference: the first 128 bits of HMAC-SHA-256 over kind and canonical
/// value.
///
/// It is all that the database, the index and the API hold of a card. Without the gateway's key it
/// says nothing about the card.
public struct CardReference: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  /// Creates a reference of its two halves, most significant first.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The card's id on the wire: `c` and 32 hexadecimal digits.
  public var cardID: String {
    var text: [UInt8] = []
    text.reserveCapacity(33)
    text.append(UInt8(ascii: "c"))
    Self.append(high, to: &text)
    Self.append(low, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(_ half: UInt64, to text: inout [UInt8]) {
    var shift: UInt64 = 64
    while shift > 0 {
      shift -= 4
      let digit = UInt8(truncatingIfNeeded: half >> shift & 0xF)
      text.append(digit < 10 ? 48 + digit : 87 + digit)
    }
  }

  /// Reads a card's id; `nil` for a text that is none.
  public init?(cardID: String) {
    var halves: (UInt64, UInt64) = (0, 0)
    let bytes = Array(cardID.utf8)
    guard bytes.count == 33, bytes[0] == UInt8(ascii: "c") else { return nil }
    for (position, byte) in bytes.dropFirst().enumerated() {
      let digit: UInt64
      switch byte {
      case 48...57: digit = UInt64(byte - 48)
      case 97...102: digit = UInt64(byte - 87)
      default: return nil
      }
      if position < 16 {
        halves.0 = halves.0 << 4 | digit
      } else {
        halves.1 = halves.1 << 4 | digit
      }
    }
    self.init(high: halves.0, low: halves.1)
  }
}
