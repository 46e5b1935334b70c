/// What kind of thing identifies a member; the wire's names (closed vocabulary of the API).
public enum CredentialKind: String, Hashable, Sendable, CaseIterable {
  case cardUid, memberNumber, appFile, sunToken, vasPass, hceToken, rotatingQr, staticQr, barcode
  case magstripe, phoneNumber

  /// The kind's number in packed rows; never reused.
  public var number: UInt8 {
    switch self {
    case .cardUid: 1
    case .memberNumber: 2
    case .appFile: 3
    case .sunToken: 4
    case .vasPass: 5
    case .hceToken: 6
    case .rotatingQr: 7
    case .staticQr: 8
    case .barcode: 9
    case .magstripe: 10
    case .phoneNumber: 11
    }
  }

  /// The kind whose number is `number`.
  public init?(number: UInt8) {
    guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = kind
  }
}

/// Something that identifies a member, in its canonical form.
///
/// Two readers may print one card differently; past this type there is one spelling, and it is
/// never shown: `description` and reflection are masked, so a log line cannot hold a whole
/// credential. Only the identity layer calls `reveal()`.
public struct Credential: Hashable, Sendable {
  /// Why a text is not a credential.
  public enum Problem: Error, Hashable, Sendable {
    /// Empty, too long or with characters that the kind does not have.
    case malformed
    /// A UID that names no card: random, reserved, all zero or all ones (ISO 14443-3).
    case unusableUID(CardUID.Refusal)
    /// A payment card's number: refused and forgotten.
    case paymentCard
  }

  /// Bytes a credential's text may have at most.
  public static let byteCountMax = 512

  public let kind: CredentialKind
  private let secret: String

  /// Reads `value` as a credential of `kind` and brings it to its canonical form.
  ///
  /// Card UIDs are hexadecimal, most significant byte first; spaces, colons and dashes between
  /// bytes are left out. Phone numbers become E.164 (national numbers are China's unless they start
  /// with +).
  public init(kind: CredentialKind, value: String) throws(Problem) {
    self.kind = kind
    switch kind {
    case .cardUid: secret = try Self.canonicalUID(value)
    case .phoneNumber: secret = try Self.canonicalPhone(value)
    default: secret = try Self.canonicalText(value, kind: kind)
    }
  }

  /// Whether several cards may have this identifier: a NUID of four bytes (ISO/IEC 14443-3 section
  /// 6.5.4; since 2010 makers give the same ones again).
  public var isPossiblyShared: Bool { kind == .cardUid && secret.utf8.count == 8 }

  /// The canonical text. Only what turns it into a keyed reference, or seals it, may call this.
  public func reveal() -> String { secret }

  /// What stands for the characters that are not shown.
  public static let mask = "****"

  /// At most four trailing characters, and none of a UID, a token or a track.
  public var masked: String {
    switch kind {
    case .memberNumber, .phoneNumber, .barcode, .staticQr:
      secret.count > 4 ? Self.mask + secret.suffix(4) : Self.mask
    default: Self.mask
    }
  }

  private static func canonicalUID(_ value: String) throws(Problem) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(10)
    var high: UInt8?
    for byte in value.utf8 {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      case UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "-"): continue
      default: throw .malformed
      }
      if let first = high {
        guard bytes.count < 32 else { throw .malformed }
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil, !bytes.isEmpty else { throw .malformed }
    switch CardUID.judge(bytes) {
    case .success(let uid): return uid.hexadecimal
    case .failure(let refusal): throw .unusableUID(refusal)
    }
  }

  private static func canonicalPhone(_ value: String) throws(Problem) -> String {
    var digits = ""
    var isInternational = false
    for scalar in value.unicodeScalars {
      switch scalar {
      case "0"..."9": digits.unicodeScalars.append(scalar)
      case "+" where digits.isEmpty && !isInternational: isInternational = true
      case " ", "-", "(", ")": continue
      default: throw .malformed
      }
    }
    if !isInternational, digits.hasPrefix("0086") { digits.removeFirst(2); isInternational = true }
    if isInternational {
      guard (8...15).contains(digits.count), !digits.hasPrefix("0") else { throw .malformed }
      return "+" + digits
    }
    if digits.count == 13, digits.hasPrefix("861") { return "+" + digits }
    while digits.hasPrefix("0") { digits.removeFirst() }
    guard (7...12).contains(digits.count) else { throw .malformed }
    return "+86" + digits
  }

  private static func canonicalText(
    _ value: String,
    kind: CredentialKind
  ) throws(Problem) -> String {
    guard !value.isEmpty, value.utf8.count <= byteCountMax else { throw .malformed }
    for scalar in value.unicodeScalars where scalar.value < 0x20 || scalar.value == 0x7F {
      guard scalar.value == 0x1D, kind != .memberNumber else { throw .malformed }
    }
    switch kind {
    case .memberNumber, .barcode, .staticQr, .magstripe:
      if PaymentCardNumber.isContained(in: value) { throw .paymentCard }
    default: break
    }
    return value
  }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "\(kind.rawValue):\(masked)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["kind": kind.rawValue]) }
}
