/// The identifier that a contactless card presents, first byte first as PC/SC's Get Data gives it.
///
/// Rules: ISO/IEC 14443-3 section 6.5.4 (`08` is a random identifier, `88` the cascade tag, `F8` is
/// reserved), ISO/IEC 7816-6 (a 7-byte identifier starts with its manufacturer, never 00), ISO/IEC
/// 15693-3 (8 bytes that start with E0), JIS X 6319-4 (FeliCa's 8-byte IDm), ISO/IEC 18092 (an
/// NFCID2 that starts with 01 FE is drawn for one activation).
public struct CardUID: Hashable, Sendable {
  /// Why bytes name no card.
  public enum Refusal: String, Error, Hashable, Sendable {
    /// A phone's or bank card's identifier of this one activation.
    case random
    /// Fewer bytes than any identifier has.
    case tooShort
    /// No identifier has this number of bytes.
    case illegalLength
    /// All zero, all ones, the cascade tag, a reserved value or no manufacturer.
    case reserved
  }

  /// Whose rules hold for eight bytes, where the reader or the card tells it.
  public enum Family: Hashable, Sendable {
    case iso15693, other
  }

  /// The identifier's bytes: 4, 7, 8 or 10 of them.
  public let bytes: [UInt8]

  /// Upper-case hexadecimal without separators; the canonical text of kind `cardUid`.
  public var hexadecimal: String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      let (high, low) = (byte >> 4, byte & 0x0F)
      text.append(high < 10 ? 48 + high : 55 + high)
      text.append(low < 10 ? 48 + low : 55 + low)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether the identifier may be shared by several cards (a 4-byte NUID).
  public var isPossiblyShared: Bool { bytes.count == 4 }

  /// Decides whether `bytes` may identify a card.
  ///
  /// An ISO 15693 identifier that a reader passed on in transmission order (E0 last) is turned
  /// round. Eight bytes of another card, such as an IDm that happens to end in E0, are left alone.
  public static func judge(
    _ bytes: [UInt8],
    of family: Family = .other
  ) -> Result<CardUID, Refusal> {
    switch bytes.count {
    case 4, 7, 8, 10: break
    case 0..<4: return .failure(.tooShort)
    default: return .failure(.illegalLength)
    }
    if bytes.allSatisfy({ $0 == 0 }) || bytes.allSatisfy({ $0 == 0xFF }) {
      return .failure(.reserved)
    }
    switch (bytes.count, bytes[0]) {
    case (4, 0x08): return .failure(.random)
    case (4, 0x88), (4, 0xF8), (4, 0x00), (4, 0xFF): return .failure(.reserved)
    case (7, 0x00), (7, 0x88), (7, 0xFF), (10, 0x00), (10, 0x88), (10, 0xFF):
      return .failure(.reserved)
    case (8, 0x01) where family == .other && bytes[1] == 0xFE: return .failure(.random)
    case (8, let first) where family == .iso15693 && first != 0xE0 && bytes[7] == 0xE0:
      return .success(CardUID(bytes: bytes.reversed()))
    default: return .success(CardUID(bytes: bytes))
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }
}

extension CardUID: CustomStringConvertible, CustomReflectable {
  /// Only the length: a log line never holds an identifier.
  public var description: String { "UID of \(bytes.count) bytes" }
  public var customMirror: Mirror { Mirror(self, children: ["count": bytes.count]) }
}
