public import TapgateModel

/// How a card reader that types writes a card's identifier.
///
/// Makers write the same identifier in different ways; read back by the right one, the card has the
/// reference that a PC/SC reader gives it.
public enum TypedUIDFormat: String, Hashable, Sendable, CaseIterable {
  /// Hexadecimal, the first byte first.
  case hexBE
  /// Hexadecimal, the last byte first.
  case hexLE
  /// A decimal number of which the first byte is the highest: 10 digits for 4 bytes, 17 for 7.
  case decimalBE
  /// A decimal number of which the first byte is the lowest.
  case decimalLE

  /// The identifier that `text` is; a failure where it is none, or one that stands for no card.
  ///
  /// Spaces, colons and hyphens between hexadecimal digits count for nothing. A decimal number of
  /// up to 10 digits is 4 bytes, a longer one 7. Of eight bytes that a reader with the last byte
  /// first writes with E0 in front, E0 stays there: readers turn round all but ISO 15693's.
  public func uid(of text: String) -> Result<CardUID, CardUID.Refusal> {
    let bytes: [UInt8]?
    switch self {
    case .hexBE, .hexLE: bytes = Self.hexadecimal(text)
    case .decimalBE, .decimalLE: bytes = Self.decimal(text)
    }
    guard let bytes else { return .failure(.illegalLength) }
    switch self {
    case .hexBE, .decimalBE: return CardUID.judge(bytes)
    case .hexLE, .decimalLE: return CardUID.judge(bytes.reversed(), of: .iso15693)
    }
  }

  private static func hexadecimal(_ text: String) -> [UInt8]? {
    var digits: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: digits.append(byte - 0x30)
      case 0x41...0x46: digits.append(byte - 0x37)
      case 0x61...0x66: digits.append(byte - 0x57)
      case 0x20, 0x2D, 0x3A: continue
      default: return nil
      }
      guard digits.count <= 20 else { return nil }
    }
    guard digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func decimal(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard (1...17).contains(digits.count) else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + UInt64(digit - 0x30)
    }
    let byteCount = digits.count <= 10 ? 4 : 7
    guard value >> UInt64(byteCount * 8) == 0 else { return nil }
    return (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }
}
