internal import Crypto

/// How each card's own key is made from the one that is configured.
public struct KeyDiversification: Hashable, Sendable {
  /// One piece of what distinguishes cards.
  public enum Part: Hashable, Sendable {
    /// The card's identifier, first byte first as the card gives it.
    case uid
    /// The application's identifier as it is configured, most significant byte first.
    case application
    /// The application's identifier as a DESFire card is sent it, least significant byte first.
    case applicationReversed
    /// Fixed bytes, such as a system identifier.
    case bytes([UInt8])
  }

  /// Bytes that the pieces may come to together: two blocks without the constant in front.
  public static let byteCountMax = 31

  /// The pieces in their order.
  public var parts: [Part]

  /// Creates a diversification.
  public init(parts: [Part]) { self.parts = parts }

  /// Whether a card's identifier is among the pieces: without it, all cards have one key.
  public var usesUID: Bool { parts.contains(.uid) }

  /// The bytes of the pieces; `nil` where they are too many.
  func input(uid: [UInt8], application: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for part in parts {
      switch part {
      case .uid: bytes += uid
      case .application: bytes += application
      case .applicationReversed: bytes += application.reversed()
      case .bytes(let fixed): bytes += fixed
      }
    }
    return bytes.count <= Self.byteCountMax ? bytes : nil
  }

  /// AES-128 diversification of NXP's AN10922 section 2.2: CMAC over 01 and the input, padded to
  /// two blocks also where one would hold them.
  static func diversify(_ master: SymmetricKey, _ input: [UInt8]) -> SymmetricKey {
    var bytes = BlockCipher.macOfTwoBlocks([0x01] + input, master)
    defer { SecretBytes.wipe(&bytes) }
    return SymmetricKey(data: bytes)
  }
}
