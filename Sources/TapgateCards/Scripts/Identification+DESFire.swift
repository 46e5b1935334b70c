internal import Crypto
internal import TapgateCodec
internal import TapgateModel

/// DESFire cards: an application of ours, mutual authentication, and what is read under it.
extension Identification {
  /// An open session of either kind.
  private enum Session {
    case ev1(DESFireEV1Session)
    case ev2(EV2Session)
  }

  /// An application on a DESFire card: the identity is the real identifier or a file's content.
  mutating func desfire(_ method: DESFireMethod) throws(Stop) -> CardClaim {
    try select(method.application)
    var session: Session?
    var uid: [UInt8]?
    if let uidKey = method.uidKey {
      var opened = try open(uidKey.number, uidKey.key, method.authentication, after: nil)
      uid = try cardUID(&opened)
      session = opened
    } else if method.diversification?.usesUID == true {
      uid = try plainIdentifier()
    }
    let key = try key(
      method.key.key,
      method.diversification,
      uid: uid,
      application: method.application
    )
    var opened = try open(method.key.number, key, method.authentication, after: session)
    var reasons = [CardReason.mutualAuthentication]
    var grade = CardGrade.a4
    let value: String?
    switch method.source {
    case .uid:
      let bytes = try cardUID(&opened)
      uid = bytes
      value = Hexadecimal.text(bytes)
    case .content:
      value = method.text.number(try readFile(method, &opened))
      if case .ev2 = opened, method.mode == .plain {
        // Nothing protects these bytes on their way: another card's may have been put in.
        grade = .a2
        reasons.append(.identityUnbound)
      }
    }
    guard let value else {
      talk.note("no number in the file")
      throw .refuse(.unreadable)
    }
    if method.originality != .off {
      let known = if let uid { uid } else { try cardUID(&opened) }
      reasons.append(try nativeOriginality(method.originality, uid: known))
    }
    return CardClaim(
      value: value,
      kind: .appFile,
      technology: "iso14443a.desfire",
      grade: grade,
      reasons: reasons
    )
  }

  /// Selects an application: three bytes by DESFire's own command, least significant first; more by
  /// name. The card is not one of the profile's where it has none such.
  private mutating func select(_ application: [UInt8]) throws(Stop) {
    guard application.count == 3 else {
      let response = try talk.sendISO(CardCommand.select(name: application), "SELECT")
      guard response.isDone else { throw .pass(.applicationAbsent) }
      return
    }
    let response = try talk.sendNative(0x5A, application.reversed(), "SelectApplication")
    guard response.status == 0x9100 else { throw .pass(.applicationAbsent) }
  }

  /// The identifier that the reader gives: good enough to make a key from, because a card with
  /// another identifier does not have that key.
  private mutating func plainIdentifier() throws(Stop) -> [UInt8]? {
    let response = try talk.send(CardScript.getUID, "Get Data")
    guard response.isDone, response.payload.count == 7 else { return nil }
    return response.payload
  }

  // MARK: Authentication

  /// Authenticates with one key, once. Within a session of EV2 the new one takes over its
  /// transaction.
  private mutating func open(
    _ number: UInt8,
    _ key: CardKey,
    _ authentication: DESFireMethod.Authentication,
    after session: Session?
  ) throws(Stop) -> Session {
    let secret = key.key
    switch (authentication, session) {
    case (.ev1, _):
      let pass = try firstPass(0xAA, [number], secret, isChained: true)
      let last = try secondPass(pass)
      guard pass.isProof(last) else { throw forged() }
      return .ev1(DESFireEV1Session(challenge: pass.challenge, answer: pass.answer))
    case (.ev2, .ev2(var open)):
      let pass = try firstPass(0x77, [number], secret, isChained: false)
      let last = try secondPass(pass)
      guard pass.isProof(last) else { throw forged() }
      open.renew(key: secret, challenge: pass.challenge, answer: pass.answer)
      return .ev2(open)
    case (.ev2, _):
      // No capabilities of our own: LenCap 0.
      let pass = try firstPass(0x71, [number, 0x00], secret, isChained: false)
      guard let transaction = pass.transaction(try secondPass(pass)) else { throw forged() }
      return .ev2(
        EV2Session(
          key: secret,
          challenge: pass.challenge,
          answer: pass.answer,
          transaction: transaction
        )
      )
    }
  }

  private mutating func firstPass(
    _ instruction: UInt8,
    _ data: [UInt8],
    _ key: SymmetricKey,
    isChained: Bool
  ) throws(Stop) -> ThreePass {
    let response = try talk.send(CardCommand.native(instruction, data), "authenticate")
    guard response.status == 0x91AF else { throw .refuse(.authFailed) }
    let challenge = try talk.challenge()
    guard
      let pass = ThreePass(
        response.payload,
        key: key,
        challenge: challenge,
        isChained: isChained
      )
    else { throw .refuse(.authFailed) }
    return pass
  }

  private mutating func secondPass(_ pass: ThreePass) throws(Stop) -> [UInt8] {
    let response = try talk.send(CardCommand.native(0xAF, pass.response), "prove")
    guard response.status == 0x9100 else { throw .refuse(.authFailed) }
    return response.payload
  }

  private mutating func forged() -> Stop {
    talk.note("the challenge came back wrong")
    return .refuse(.forged)
  }

  // MARK: Under a session

  /// GetCardUID: the real identifier, enciphered.
  private mutating func cardUID(_ session: inout Session) throws(Stop) -> [UInt8] {
    let plain: [UInt8]?
    switch session {
    case .ev1(var open):
      open.send(0x51, [])
      let answer = try ask(0x51, [], "GetCardUID")
      plain = open.decrypted(answer, count: 7)
      session = .ev1(open)
    case .ev2(var open):
      let answer = try ask(0x51, open.mac(0x51, []), "GetCardUID")
      plain = open.decrypted(answer)
      session = .ev2(open)
    }
    guard let plain else { throw invalid() }
    guard plain.count == 7, plain[0] != 0x00 else {
      talk.note("an identifier of \(plain.count) bytes")
      throw .refuse(.unreadable)
    }
    return plain
  }

  /// ReadData of the configured region.
  private mutating func readFile(
    _ method: DESFireMethod,
    _ session: inout Session
  ) throws(Stop) -> [UInt8] {
    let (offset, count) = (method.region.offset, method.region.count)
    let header = [method.file] + Self.threeBytes(offset) + Self.threeBytes(count)
    let plain: [UInt8]?
    switch session {
    case .ev1(var open):
      open.send(0xBD, header)
      let answer = try ask(0xBD, header, "ReadData")
      // Plain and MACed files look the same in a session: both bear a MAC.
      plain = method.mode == .full ? open.decrypted(answer, count: count) : open.verified(answer)
      session = .ev1(open)
    case .ev2(var open):
      let mac = method.mode == .plain ? [] : open.mac(0xBD, header)
      let answer = try ask(0xBD, header + mac, "ReadData")
      switch method.mode {
      case .plain:
        open.countUp()
        plain = answer
      case .mac: plain = open.verified(answer)
      case .full: plain = open.decrypted(answer)
      }
      session = .ev2(open)
    }
    guard let plain else { throw invalid() }
    guard plain.count == count else { throw .refuse(.unreadable) }
    return plain
  }

  /// The data of an answer; permissions that are missing are a failed authentication.
  private mutating func ask(
    _ instruction: UInt8,
    _ data: [UInt8],
    _ step: String
  ) throws(Stop) -> [UInt8] {
    let response = try talk.sendNative(instruction, data, step)
    switch response.status {
    case 0x9100: return response.payload
    case 0x919D, 0x91AE: throw .refuse(.authFailed)
    default: throw .refuse(.unreadable)
    }
  }

  private mutating func invalid() -> Stop {
    talk.note("wrong MAC")
    return .refuse(.macInvalid)
  }

  private static func threeBytes(_ number: Int) -> [UInt8] {
    (0..<3).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// READ_SIG of DESFire EV2 and later and of NTAG 424 DNA: the answer's status is 9190.
  mutating func nativeOriginality(
    _ rule: OriginalityRule,
    uid: [UInt8]
  ) throws(Stop) -> CardReason {
    let response = try talk.send(CardCommand.native(0x3C, [0x00]), "READ_SIG")
    let isGood = response.status == 0x9190 || response.status == 0x9100
    return try judge(isGood && response.payload.count == 56 ? response.payload : nil, uid, rule)
  }
}
