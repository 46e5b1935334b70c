internal import TapgateCodec
internal import TapgateModel

/// MIFARE Ultralight AES: mutual authentication with a key of ours.
///
/// NXP's MF0AES(H)20 data sheet section 8; the scheme of keys (one to retrieve the identifier, one
/// made from it) is the one that pretix documents.
extension Identification {
  private static let configurationPage = 0x29
  private static let userPage = 4

  mutating func ultralight(_ method: UltralightMethod, _ uid: [UInt8]?) throws(Stop) -> CardClaim {
    guard try askProduct() == .ultralightAES else { throw .pass(.applicationAbsent) }
    if let system = method.system {
      let page = try plainPages(Self.userPage).map { Array($0.prefix(system.count)) }
      guard page == nil || page == system else { throw .pass(.applicationAbsent) }
    }
    let hasMACs = try messaging(method.messaging)
    var known = uid
    if known == nil {
      guard let uidKey = method.uidKey else { throw .pass(.applicationAbsent) }
      var session = try authenticate(0x01, uidKey, hasMACs)
      known = try identifier(&session)
    }
    guard let known else { throw .refuse(.unreadable) }
    let key = try key(method.key, method.diversification, uid: known, application: [])
    var session = try authenticate(0x00, key, hasMACs)
    var isBound = method.diversification?.usesUID == true
    var value: String? = Hexadecimal.text(known)
    if !isBound, hasMACs {
      guard try identifier(&session) == known else { throw .refuse(.forged) }
      isBound = true
    }
    if method.source == .content {
      value = method.text.number(try content(method.region, &session))
      isBound = hasMACs
    }
    guard let value else {
      talk.note("no number on the card")
      throw .refuse(.unreadable)
    }
    var reasons: [CardReason] = [.mutualAuthentication]
    if !isBound { reasons.append(.identityUnbound) }
    let reason = try signature(method.originality, known, &session)
    if let reason { reasons.append(reason) }
    return CardClaim(
      value: value,
      kind: .appFile,
      technology: "iso14443a.t2",
      grade: isBound ? .a4 : .a2,
      reasons: reasons
    )
  }

  /// Whether what follows an authentication bears MACs: bit 1 of the configuration's first byte.
  private mutating func messaging(_ rule: UltralightMethod.Messaging) throws(Stop) -> Bool {
    switch rule {
    case .on: return true
    case .off: return false
    case .auto:
      guard let page = try plainPages(Self.configurationPage) else { return true }
      return page[0] & 0x02 != 0
    }
  }

  /// Four pages without a session; `nil` where the card protects them.
  private mutating func plainPages(_ page: Int) throws(Stop) -> [UInt8]? {
    switch try raw([0x30, UInt8(clamping: page)], "READ") {
    case .success(let bytes) where bytes.count == 16: return bytes
    case .success, .failure(.refused): return nil
    case .failure(.noAnswer), .failure(.notSupported): throw .refuse(.torn)
    }
  }

  /// AUTHENTICATE with one of the card's keys, once. `nil` where what follows bears no MACs.
  private mutating func authenticate(
    _ number: UInt8,
    _ key: CardKey,
    _ hasMACs: Bool
  ) throws(Stop) -> UltralightSession? {
    let first = try frame([0x1A, number], "authenticate", 0xAF)
    let challenge = try talk.challenge()
    guard
      let pass = ThreePass(first, key: key.key, challenge: challenge, isChained: false)
    else { throw .refuse(.authFailed) }
    let last = try frame([0xAF] + pass.response, "prove", 0x00)
    guard pass.isProof(last) else {
      talk.note("the challenge came back wrong")
      throw .refuse(.forged)
    }
    guard hasMACs else { return nil }
    return UltralightSession(key: key.key, challenge: pass.challenge, answer: pass.answer)
  }

  /// An answer that starts with `mark`, without it. A NAK is a failed authentication.
  private mutating func frame(
    _ command: [UInt8],
    _ step: String,
    _ mark: UInt8
  ) throws(Stop) -> [UInt8] {
    switch try raw(command, step) {
    case .success(let bytes) where bytes.first == mark: return Array(bytes.dropFirst())
    case .failure(.noAnswer): throw .refuse(.torn)
    default: throw .refuse(.authFailed)
    }
  }

  /// Four pages within a session.
  private mutating func pages(
    _ page: Int,
    _ session: inout UltralightSession?
  ) throws(Stop) -> [UInt8] {
    let command = [0x30, UInt8(clamping: page)]
    let answer = try raw(session?.protected(command) ?? command, "READ")
    switch answer {
    case .success(let bytes):
      guard session != nil else {
        guard bytes.count == 16 else { throw .refuse(.unreadable) }
        return bytes
      }
      guard let plain = session?.verified(bytes), plain.count == 16 else {
        talk.note("wrong MAC")
        throw .refuse(.macInvalid)
      }
      return plain
    case .failure(.refused): throw .refuse(.authFailed)
    case .failure(.noAnswer), .failure(.notSupported): throw .refuse(.torn)
    }
  }

  /// The identifier in pages 0 and 1 with its check bytes, ISO/IEC 14443-3 section 6.5.4.
  private mutating func identifier(
    _ session: inout UltralightSession?
  ) throws(Stop) -> [UInt8] {
    let bytes = try pages(0, &session)
    let isRight =
      bytes[3] == 0x88 ^ bytes[0] ^ bytes[1] ^ bytes[2]
      && bytes[8] == bytes[4] ^ bytes[5] ^ bytes[6] ^ bytes[7]
    guard isRight, bytes[0] != 0x00 else {
      talk.note("an identifier with wrong check bytes")
      throw .refuse(.unreadable)
    }
    return Array(bytes[0..<3] + bytes[4..<8])
  }

  /// A region of the user memory. The last window ends with it: READ rolls over behind.
  private mutating func content(
    _ region: CardRegion,
    _ session: inout UltralightSession?
  ) throws(Stop) -> [UInt8] {
    let size = TagVersion.Product.ultralightAES.userByteCount
    let end = region.offset + region.count
    guard region.offset >= 0, region.count > 0, end <= size else { throw .refuse(.unreadable) }
    var start = min(region.offset / 4 * 4, size - 16)
    var bytes = try pages(Self.userPage + start / 4, &session)
    let first = start
    while start + 16 < end {
      start = min(start + 16, size - 16)
      let window = try pages(Self.userPage + start / 4, &session)
      bytes += window.dropFirst(first + bytes.count - start)
    }
    return Array(bytes[(region.offset - first)..<(end - first)])
  }

  /// READ_SIG within a session, where there is one.
  private mutating func signature(
    _ rule: OriginalityRule,
    _ uid: [UInt8],
    _ session: inout UltralightSession?
  ) throws(Stop) -> CardReason? {
    guard rule != .off else { return nil }
    guard session == nil else {
      // What follows an authentication bears MACs; the signature is as public after it.
      let command = session?.protected([0x3C, 0x00]) ?? []
      guard case .success(let answer) = try raw(command, "READ_SIG") else {
        return try judge(nil, uid, rule)
      }
      return try judge(session?.verified(answer), uid, rule)
    }
    return try originality(rule, uid: uid, byteCount: 48)
  }
}
