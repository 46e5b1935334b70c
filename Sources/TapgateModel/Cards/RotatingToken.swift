/// A member's code that changes with time: `TG1.<kid>.<memberRef>.<step>.<mac>`.
///
/// `kid` names the gateway's key, `memberRef` the member's code, `step` is the number of time steps
/// since 1970, and `mac` is a truncated HMAC-SHA-256 (RFC 2104, RFC 4231; truncation: RFC 2104
/// section 5) over everything before the last full stop. All characters are of QR's alphanumeric
/// mode (ISO/IEC 18004), so that the code stays small. Reading is total: every text is a token or
/// none.
public struct RotatingToken: Hashable, Sendable {
  /// How every such code begins.
  public static let prefix = "TG1."
  /// Bytes that an authentication code may have: at least 80 bits of it.
  public static let codeByteCounts = 10...32
  /// Characters that a whole token may have.
  public static let characterCountMax = 192

  public let keyID: String
  public let memberReference: String
  public let step: UInt64
  /// The authentication code's bytes.
  public let code: [UInt8]

  /// Creates a token of its parts.
  public init(keyID: String, memberReference: String, step: UInt64, code: [UInt8]) {
    self.keyID = keyID
    self.memberReference = memberReference
    self.step = step
    self.code = code
  }

  /// Reads a token; `nil` for a text that is none.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.characterCountMax, text.hasPrefix(Self.prefix) else {
      return nil
    }
    let parts = text.dropFirst(Self.prefix.count).split(
      separator: ".",
      omittingEmptySubsequences: false
    )
    guard parts.count == 4, Self.isName(parts[0], 1...16), Self.isName(parts[1], 8...64),
      let step = Self.step(parts[2]), let code = Base32.decode(parts[3]),
      Self.codeByteCounts.contains(code.count)
    else { return nil }
    self.init(
      keyID: String(parts[0]),
      memberReference: String(parts[1]),
      step: step,
      code: code
    )
  }

  /// What the authentication code is taken of.
  public var signedText: String { Self.prefix + "\(keyID).\(memberReference).\(step)" }

  /// The whole token, as it stands in the code.
  public var text: String { signedText + "." + Base32.encode(code) }

  private static func isName(_ text: Substring, _ counts: ClosedRange<Int>) -> Bool {
    counts.contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
  }

  /// A decimal number without leading zeros that fits 63 bits.
  private static func step(_ text: Substring) -> UInt64? {
    guard (1...19).contains(text.utf8.count), text.first != "0" || text == "0",
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text)
    else { return nil }
    return UInt64(number)
  }
}

extension RotatingToken: CustomStringConvertible, CustomReflectable {
  /// Without its authentication code: whoever has the whole token is the member for a minute.
  public var description: String { "rotating code of step \(step)" }
  public var customMirror: Mirror { Mirror(self, children: ["step": step]) }
}

/// Base 32 without padding (RFC 4648 section 6).
public enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// The text of `bytes`, in capitals.
  public static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 8 + 4) / 5)
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5 {
        count -= 5
        text.append(alphabet[Int(bits >> count & 31)])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[Int(bits << (5 - count) & 31)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text; `nil` where it holds another character, has an impossible length, or bits
  /// that belong to no byte are set, so that one value has one text.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count * 5 / 8)
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for character in text.utf8 {
      let digit: UInt32
      switch character {
      case 0x41...0x5A: digit = UInt32(character) - 0x41
      case 0x32...0x37: digit = UInt32(character) - 0x32 + 26
      default: return nil
      }
      bits = bits << 5 | digit
      count += 5
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
      bits &= (1 << count) - 1
    }
    guard count < 5, bits == 0 else { return nil }
    return bytes
  }
}
