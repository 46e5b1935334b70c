internal import Crypto
public import TapgateCore
public import TapgateModel

extension KeyRing {
  /// Bytes of an authentication code that this gateway makes: 128 bits.
  private static let codeByteCount = 16
  /// Bytes of a reference: 80 random bits, which nobody meets by guessing.
  private static let referenceByteCount = 10

  /// Whether `token` was made with its code's key. Every wrong code takes the same time.
  func isAuthentic(_ token: RotatingToken) -> Bool {
    let right = authenticationCode(of: token.signedText, reference: token.memberReference)
    var difference: UInt8 = token.keyID == rotatingKeyID ? 0 : 1
    guard RotatingToken.codeByteCounts.contains(token.code.count) else { return false }
    for (one, other) in zip(token.code, right) { difference |= one ^ other }
    return difference == 0
  }

  /// The token of `reference` in time step `step`.
  func token(of reference: String, step: UInt64) -> RotatingToken {
    let blank = RotatingToken(
      keyID: rotatingKeyID,
      memberReference: reference,
      step: step,
      code: []
    )
    let code = authenticationCode(of: blank.signedText, reference: reference)
    return RotatingToken(
      keyID: rotatingKeyID,
      memberReference: reference,
      step: step,
      code: Array(code.prefix(Self.codeByteCount))
    )
  }

  /// The key of one code: HMAC-SHA-256 over its reference. Who knows the reference, which every
  /// scanner sees, does not know the key.
  func rotatingSecret(of reference: String) -> [UInt8] {
    let code = HMAC<SHA256>.authenticationCode(for: Array(reference.utf8), using: rotatingKey)
    return Array(code)
  }

  /// A new reference.
  static func newRotatingReference() -> String {
    var generator = SystemRandomNumberGenerator()
    return Base32.encode(
      (0..<referenceByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    )
  }

  private func authenticationCode(of text: String, reference: String) -> [UInt8] {
    let key = SymmetricKey(data: rotatingSecret(of: reference))
    return Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
  }
}

extension LedgerStore: RotatingCodes {
  public func isAuthentic(_ token: RotatingToken) -> Bool { shared.keys.isAuthentic(token) }

  public func newReference() -> String { KeyRing.newRotatingReference() }

  public func secret(of reference: String) -> RotatingSecret {
    RotatingSecret(
      keyID: shared.keys.rotatingKeyID,
      bytes: shared.keys.rotatingSecret(of: reference)
    )
  }

  public func token(of reference: String, step: UInt64) -> RotatingToken {
    shared.keys.token(of: reference, step: step)
  }

  public func codes(ofMember id: String) -> [MemberCode] {
    let views = shared.views
    guard let (number, _) = views.find(.memberID(id)), let row = shared.memory.row(number),
      let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
    else { return [] }
    let profile = views.profile(row.profile, memberID: state.id)
    return profile.codeReferences.compactMap { reference in
      // What is sealed as a reference was one.
      guard let credential = try? Credential(kind: .rotatingQr, value: reference) else {
        return nil
      }
      let key = shared.keys.reference(of: credential)
      let card = state.cards.first { $0.reference == key && $0.status == .active }
      return card.map { MemberCode(cardID: $0.reference.cardID, reference: reference) }
    }
  }
}
