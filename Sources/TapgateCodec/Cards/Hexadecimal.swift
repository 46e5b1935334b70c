/// Hexadecimal digits, upper or lower case.
public enum Hexadecimal {
  /// Whether a character is a digit.
  public static func isDigit(_ character: UInt8) -> Bool { digit(character) != nil }

  /// The bytes that `digits` stand for; `nil` for an odd number of them, or another character.
  public static func bytes(_ digits: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in digits {
      guard let digit = digit(character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }

  /// The same for a text.
  public static func bytes(_ text: String) -> [UInt8]? { bytes(text.utf8) }

  /// Upper-case digits, two a byte.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      for half in [byte >> 4, byte & 0x0F] { text.append(half < 10 ? 48 + half : 55 + half) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x41...0x46: character - 0x37
    case 0x61...0x66: character - 0x57
    default: nil
    }
  }
}
