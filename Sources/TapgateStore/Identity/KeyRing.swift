internal import Crypto
internal import Foundation
public import TapgateModel

/// Why the gateway's key cannot be used.
public enum KeyProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case wrongLength(path: String)
  /// The key is not the one that this database was made with.
  case foreign
  /// The database has a key, and the folder has none.
  case missing(path: String)
  /// Others than the owner may read it.
  case exposed(path: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "the key file \(path) cannot be used: \(reason)"
    case .wrongLength(let path): "the key file \(path) does not hold 32 bytes"
    case .foreign: "the key does not fit this database: its card references were made with another"
    case .missing(let path): "the key file \(path) is missing; without it no card can be recognised"
    case .exposed(let path): "the key file \(path) can be read by others; chmod 600 it"
    }
  }
}

/// The gateway's secret and what is derived from it; the only place that does cryptography.
///
/// One secret of 32 bytes is made once. HKDF-SHA-256 (RFC 5869) derives a key for card references
/// (HMAC-SHA-256, truncated to 128 bits), one for content hashes, and one that seals what must be
/// shown again (AES-256-GCM with the member's id as additional data).
public struct KeyRing: Sendable {
  private let referenceCode: HMAC<SHA256>
  private let contentCode: HMAC<SHA256>
  private let sealing: SymmetricKey
  /// The key that the keys of rotating codes come from.
  let rotatingKey: SymmetricKey
  /// Of the numbers that settle lotteries.
  let drawKey: SymmetricKey
  /// Of the tokens of quotes.
  let quoteKey: SymmetricKey
  /// Of the codes by which members invite.
  let inviteKey: SymmetricKey
  /// What PINs are hashed under beside their salts, so that a database without its key tells none.
  let pinPepper: [UInt8]
  /// What tokens call that key.
  let rotatingKeyID: String
  /// Eight bytes that tell one secret from another without telling anything about it.
  public let fingerprint: [UInt8]

  /// Derives the keys of `secret`.
  init(secret: SymmetricKey) {
    func derived(_ purpose: String) -> SymmetricKey {
      HKDF<SHA256>.deriveKey(
        inputKeyMaterial: secret,
        info: Array(purpose.utf8),
        outputByteCount: 32
      )
    }
    referenceCode = HMAC<SHA256>(key: derived("tapgate card reference 1"))
    contentCode = HMAC<SHA256>(key: derived("tapgate content 1"))
    sealing = derived("tapgate seal 1")
    rotatingKey = derived("tapgate rotating code 1")
    drawKey = derived("tapgate draw 1")
    quoteKey = derived("tapgate quote 1")
    inviteKey = derived("tapgate invite 1")
    pinPepper = derived("tapgate pin 1").withUnsafeBytes { Array($0) }
    rotatingKeyID = derived("tapgate rotating code id 1").withUnsafeBytes {
      Base32.encode(Array($0.prefix(5)))
    }
    fingerprint = derived("tapgate fingerprint 1").withUnsafeBytes { Array($0.prefix(8)) }
  }

  /// The reference of a credential: 128 bits of HMAC-SHA-256 over its kind, a zero and its value.
  public func reference(of credential: Credential) -> CardReference {
    var code = referenceCode
    var message = Array(credential.kind.rawValue.utf8)
    message.append(0)
    message.append(contentsOf: credential.reveal().utf8)
    code.update(data: message)
    return code.finalize().withUnsafeBytes { bytes in
      CardReference(
        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  /// The reference of a credential that stands in a sealed profile; `nil` where it is none.
  func reference(ofSealed value: String, kind: CredentialKind) -> CardReference? {
    // What is sealed was a credential once.
    (try? Credential(kind: kind, value: value)).map { reference(of: $0) }
  }

  /// A keyed hash of a request's content: 16 bytes.
  func contentHash(_ content: [UInt8]) -> [UInt8] {
    var code = contentCode
    code.update(data: content)
    return code.finalize().withUnsafeBytes { Array($0.prefix(16)) }
  }

  /// Seals a profile for one member: nonce, ciphertext and tag.
  func seal(_ profile: MemberProfile, memberID: String) throws -> [UInt8] {
    let box = try AES.GCM.seal(
      profile.packed(),
      using: sealing,
      authenticating: Array(memberID.utf8)
    )
    return Array(box.combined ?? Data())
  }

  /// Opens a sealed profile; throws where the key, the member or the bytes do not fit.
  func open(_ sealed: [UInt8], memberID: String) throws -> MemberProfile {
    let box = try AES.GCM.SealedBox(combined: sealed)
    let bytes = try AES.GCM.open(box, using: sealing, authenticating: Array(memberID.utf8))
    return try MemberProfile(packed: Array(bytes))
  }

  /// The first 8 bytes of the SHA-256 of sealed bytes, as a number.
  static func digest(_ sealed: [UInt8]) -> UInt64 {
    SHA256.hash(data: sealed).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The link of the journal's chain: the first 16 bytes of SHA-256(hash before ‖ row).
  static func chain(_ before: [UInt8], _ row: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: before)
    hash.update(data: row)
    return hash.finalize().withUnsafeBytes { Array($0.prefix(16)) }
  }

  /// The SHA-256 of `bytes`.
  static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
