internal import Crypto
internal import TapgateCodec
internal import TapgateModel

/// Applications by name: a file of a contact or contactless card, and the shop's own on a phone.
extension Identification {
  /// A file of an ISO/IEC 7816-4 application, in the clear.
  mutating func file(_ method: FileMethod) throws(Stop) -> CardClaim {
    let select = CardCommand.select(name: method.application)
    guard try talk.sendISO(select, "SELECT").isDone else { throw .pass(.applicationAbsent) }
    if case .identifier(let file) = method.file {
      // By identifier under the application, without an answer.
      let command = [0x00, 0xA4, 0x02, 0x0C, 0x02, UInt8(file >> 8), UInt8(file & 0xFF)]
      guard try talk.sendISO(command, "SELECT file").isDone else { throw .refuse(.unreadable) }
    }
    var bytes: [UInt8] = []
    while bytes.count < method.region.count {
      let offset = method.region.offset + bytes.count
      let count = min(CardCommand.readByteCountMax, method.region.count - bytes.count)
      let command: [UInt8] =
        switch method.file {
        case .short(let file) where bytes.isEmpty:
          CardCommand.readBinary(shortFile: file, offset: offset, count: count)
        default: CardCommand.readBinary(offset: offset, count: count)
        }
      let response = try talk.sendISO(command, "READ BINARY")
      guard response.isDone, !response.payload.isEmpty else { throw .refuse(.unreadable) }
      bytes += response.payload
    }
    return CardClaim(
      value: try number(in: Array(bytes.prefix(method.region.count)), method.text),
      kind: .memberNumber,
      technology: cardClass.technology,
      grade: .a1,
      reasons: [.staticContent]
    )
  }

  // MARK: Phones

  /// The label that starts what a phone's MAC is made over.
  private static let answerLabel = Array("tapgate.hce/1".utf8) + [0x00]
  /// The label that starts what a member's own key is made from.
  private static let keyLabel = Array("tapgate.hce.key/1".utf8) + [0x00]
  /// Bytes of a MAC: the first ones of HMAC-SHA-256, or all of AES-CMAC.
  private static let macByteCount = 16

  /// The shop's application on a phone: SELECT answers the member's number, INTERNAL AUTHENTICATE a
  /// MAC over application, challenge and number. `firmware-notes/hce.md` tells the phone's side.
  mutating func phone(_ method: PhoneMethod) throws(Stop) -> CardClaim {
    let select = CardCommand.select(name: method.application)
    let selected = try talk.sendISO(select, "SELECT")
    guard selected.isDone else { throw .pass(.applicationAbsent) }
    guard (1...64).contains(selected.payload.count) else {
      talk.note("a number of \(selected.payload.count) bytes")
      throw .refuse(.unreadable)
    }
    let value = try number(in: selected.payload, method.text)
    guard let master = method.key else {
      return CardClaim(
        value: value,
        kind: .hceToken,
        technology: "iso14443a.isodep",
        grade: .a1,
        reasons: [.staticContent],
        medium: .phone
      )
    }
    let challenge = try talk.challenge()
    let command = CardCommand.internalAuthenticate(challenge)
    let answer = try talk.sendISO(command, "INTERNAL AUTHENTICATE")
    guard answer.isDone else { throw .refuse(.authFailed) }
    let message =
      Self.answerLabel + [UInt8(clamping: method.application.count)] + method.application
      + challenge + selected.payload
    let key = try phoneKey(master, method, selected.payload)
    let expected = Self.mac(message, key, method.algorithm)
    guard BlockCipher.isEqual(answer.payload, expected) else {
      talk.note("the challenge came back wrong")
      throw .refuse(.forged)
    }
    return CardClaim(
      value: value,
      kind: .hceToken,
      technology: "iso14443a.isodep",
      grade: .a4,
      reasons: [.challengeResponse],
      medium: .phone
    )
  }

  /// The key of one member's phone, or the one that all have.
  private mutating func phoneKey(
    _ master: CardKey,
    _ method: PhoneMethod,
    _ member: [UInt8]
  ) throws(Stop) -> SymmetricKey {
    guard method.isDiversified else { return master.key }
    switch method.algorithm {
    case .hmacSHA256:
      let code = HMAC<SHA256>.authenticationCode(for: Self.keyLabel + member, using: master.key)
      return SymmetricKey(data: code)
    case .aesCMAC:
      guard member.count <= KeyDiversification.byteCountMax else {
        talk.note("a number too long to make a key from")
        throw .refuse(.unreadable)
      }
      return KeyDiversification.diversify(master.key, member)
    }
  }

  private static func mac(
    _ message: [UInt8],
    _ key: SymmetricKey,
    _ algorithm: PhoneMethod.Algorithm
  ) -> [UInt8] {
    switch algorithm {
    case .hmacSHA256:
      Array(HMAC<SHA256>.authenticationCode(for: message, using: key).prefix(macByteCount))
    case .aesCMAC: BlockCipher.mac(message, key)
    }
  }
}
