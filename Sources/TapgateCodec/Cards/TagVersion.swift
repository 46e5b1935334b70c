/// A type 2 tag's answer to GET_VERSION, NXP's NTAG213/215/216 data sheet section 10.1 and the data
/// sheets of the products below.
public struct TagVersion: Hashable, Sendable {
  /// Products with their own commands.
  public enum Product: String, Hashable, Sendable, CaseIterable {
    case ultralightEV1Small, ultralightEV1Large, ultralightAES
    case ntag210, ntag212, ntag213, ntag215, ntag216

    /// Bytes of user memory, from page 4 on.
    public var userByteCount: Int {
      switch self {
      case .ultralightEV1Small, .ntag210: 48
      case .ultralightEV1Large, .ntag212: 128
      case .ultralightAES, .ntag213: 144
      case .ntag215: 504
      case .ntag216: 888
      }
    }

    /// Bytes of its originality signature.
    public var signatureByteCount: Int { self == .ultralightAES ? 48 : 32 }

    /// Whether a 32-bit password can protect it.
    public var hasPassword: Bool { self != .ultralightAES }
  }

  /// The command.
  public static let command: [UInt8] = [0x60]

  /// The eight bytes.
  public let bytes: [UInt8]

  /// Reads an answer; `nil` for other than eight bytes that start with 00.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 8, bytes[0] == 0x00 else { return nil }
    self.bytes = bytes
  }

  /// The product, or `nil` for one that is not known here.
  public var product: Product? {
    // Fixed header, vendor 04 (NXP), then type, subtype, major and minor version, size, protocol.
    guard bytes[1] == 0x04, bytes[7] == 0x03 else { return nil }
    switch (bytes[2], bytes[4], bytes[6]) {
    case (0x03, 0x01, 0x0B): return .ultralightEV1Small
    case (0x03, 0x01, 0x0E): return .ultralightEV1Large
    case (0x03, 0x04, 0x0F): return .ultralightAES
    case (0x04, 0x01, 0x0B): return .ntag210
    case (0x04, 0x01, 0x0E): return .ntag212
    case (0x04, 0x01, 0x0F): return .ntag213
    case (0x04, 0x01, 0x11): return .ntag215
    case (0x04, 0x01, 0x13): return .ntag216
    default: return nil
    }
  }
}
