internal import TapgateCodec
internal import TapgateModel

/// Commands of type 2 tags, and of other tags that PC/SC has no pseudo-commands for.
extension Identification {
  /// Finds out how the reader takes raw commands. A reader that knows transparent sessions says so
  /// without a word to the tag; all others are taken for one with a PN532.
  mutating func openTransport(
    switchedBy command: [UInt8] = TagTransport.switchToTypeA
  ) throws(Stop) -> TagTransport {
    if let transport { return transport }
    if let configuredTransport, configuredTransport != .transparent {
      transport = configuredTransport
      return configuredTransport
    }
    if TagTransport.isAccepted(try talk.send(TagTransport.beginSession, "begin session")) {
      transport = .transparent
      if TagTransport.isAccepted(try talk.send(command, "switch protocol")) { return .transparent }
      try closeTransport()
    }
    guard configuredTransport == nil else { throw .pass(.rawCommandsAbsent) }
    transport = .pn532
    return .pn532
  }

  /// Gives a reader back that is in a session.
  mutating func closeTransport() throws(Stop) {
    guard transport == .transparent else { return }
    transport = nil
    _ = try talk.send(TagTransport.endSession, "end session")
  }

  /// Sends a tag a command of its own.
  mutating func raw(
    _ command: [UInt8],
    _ step: String
  ) throws(Stop) -> Result<[UInt8], TagFailure> {
    let transport = try openTransport()
    let answer = transport.unwrap(try talk.send(transport.wrap(command), step))
    if case .failure(let failure) = answer { talk.note("\(step) \(failure.rawValue)") }
    return answer
  }

  /// Which product a type 2 tag is, by GET_VERSION; `nil` for one that does not say. Asked once.
  mutating func askProduct() throws(Stop) -> TagVersion.Product? {
    if let product { return product }
    let found: TagVersion.Product?
    switch try raw(TagVersion.command, "GET_VERSION") {
    case .success(let bytes): found = TagVersion(bytes)?.product
    case .failure(.notSupported): throw .pass(.rawCommandsAbsent)
    case .failure: found = nil
    }
    product = .some(found)
    return found
  }

  /// Four pages from `page` on. By the reader's own command unless raw ones are being sent.
  mutating func readPages(_ page: Int) throws(Stop) -> [UInt8] {
    let page = UInt8(clamping: page)
    if transport != nil {
      switch try raw([0x30, page], "READ") {
      case .success(let bytes) where bytes.count == 16: return bytes
      case .failure(.noAnswer): throw .refuse(.torn)
      default: throw .refuse(.unreadable)
      }
    }
    let response = try talk.send(ReaderCommand.read(address: page, count: 16), "Read Binary")
    guard response.isDone, response.payload.count == 16 else { throw .refuse(.unreadable) }
    return response.payload
  }

  /// The maker's signature of a type 2 tag, judged; the reason to tell.
  mutating func originality(
    _ rule: OriginalityRule,
    uid: [UInt8],
    byteCount: Int
  ) throws(Stop) -> CardReason? {
    guard rule != .off else { return nil }
    let answer = try raw([0x3C, 0x00], "READ_SIG")
    guard case .success(let signature) = answer, signature.count == byteCount else {
      return try judge(nil, uid, rule)
    }
    return try judge(signature, uid, rule)
  }

  /// What a signature comes to under a rule: a reason, or the card's refusal.
  mutating func judge(
    _ signature: [UInt8]?,
    _ uid: [UInt8],
    _ rule: OriginalityRule
  ) throws(Stop) -> CardReason {
    let reason: CardReason =
      switch signature.map({ OriginalitySignature.verify($0, uid: uid) }) {
      case .genuine: .originalityGenuine
      case .forged: .originalityForged
      case nil: .originalityAbsent
      }
    talk.note(reason.rawValue)
    guard rule == .check || reason == .originalityGenuine else { throw .refuse(.authFailed) }
    return reason
  }

  /// The NDEF message of a type 2 tag; `nil` where it has none. `userByteCount` is what the product
  /// has room for, where that is known: nothing past the smaller of that and what the tag itself
  /// says is ever read.
  mutating func type2Message(userByteCount: Int?) throws(Stop) -> [UInt8]? {
    let limit = userByteCount.map { Type2Memory.dataStart + $0 } ?? Int.max
    var memory: [UInt8] = []
    while true {
      switch Type2Memory.parse(memory, byteCountMax: limit) {
      case .success(.needs(let count)): try grow(&memory, to: count, limit: limit)
      case .success(.message(let message)): return message
      case .success(.absent), .failure(.noContainer): return nil
      case .failure(let problem):
        talk.note("ndef.\(problem.rawValue)")
        throw .refuse(.unreadable)
      }
    }
  }

  /// Reads on in windows of four pages. The last one ends with the data area: READ rolls over at
  /// the end of the memory, and some readers hang on a page that is not there.
  private mutating func grow(
    _ memory: inout [UInt8],
    to count: Int,
    limit: Int
  ) throws(Stop) {
    while memory.count < count {
      guard memory.count >= Type2Memory.dataStart else {
        memory = try readPages(0)
        continue
      }
      let end = min(Type2Memory.dataStart + Int(memory[14]) * 8, limit)
      let start = max(0, min(memory.count, end - 16)) / 4 * 4
      let window = try readPages(start / 4)
      let fresh = window.dropFirst(memory.count - start)
      guard !fresh.isEmpty else { throw .refuse(.unreadable) }
      memory += fresh
    }
  }

  // MARK: NTAG

  /// An NTAG or Ultralight EV1, by identifier or by message.
  mutating func ntag(_ method: NTAGMethod, _ uid: [UInt8]?) throws(Stop) -> CardClaim {
    guard case .storage = cardClass else { return try staticType4(method) }
    guard let uid else { throw .pass(.applicationAbsent) }
    var reasons: [CardReason] = []
    var userByteCount: Int?
    if method.needsRawCommands {
      guard let product = try askProduct(), product.hasPassword else {
        throw .pass(.applicationAbsent)
      }
      userByteCount = product.userByteCount
      let reason = try originality(
        method.originality,
        uid: uid,
        byteCount: product.signatureByteCount
      )
      if let reason { reasons.append(reason) }
    }
    if let password = method.password {
      try login(SecretBytes.of(password.key))
      reasons.append(.passwordAccepted)
    }
    let evidence: Set<CardReason> = [.originalityGenuine, .passwordAccepted]
    let grade: CardGrade = evidence.isDisjoint(with: reasons) ? .a1 : .a2
    switch method.source {
    case .uid:
      return CardClaim(
        value: Hexadecimal.text(uid),
        kind: .cardUid,
        technology: "iso14443a.t2",
        grade: grade,
        reasons: [.staticUid] + reasons
      )
    case .content:
      let message = try type2Message(userByteCount: userByteCount)
      return CardClaim(
        value: try number(message, method.text),
        kind: .memberNumber,
        technology: "iso14443a.t2",
        grade: grade,
        reasons: [.staticContent] + reasons
      )
    }
  }

  /// PWD_AUTH, once. `secret` is PWD, and PACK where the card's answer is to be checked.
  private mutating func login(_ secret: [UInt8]) throws(Stop) {
    switch try raw([0x1B] + secret.prefix(4), "PWD_AUTH") {
    case .success(let pack) where pack.count == 2:
      guard secret.count > 4 else { return }
      guard BlockCipher.isEqual(pack, Array(secret.dropFirst(4))) else { throw .refuse(.forged) }
    case .failure(.noAnswer): throw .refuse(.torn)
    default: throw .refuse(.authFailed)
    }
  }

  // MARK: NDEF

  /// The member's number in a message; the card is not one of the profile's where there is none.
  mutating func number(_ message: [UInt8]?, _ rule: CardText) throws(Stop) -> String {
    guard let message, !message.isEmpty else { throw .pass(.applicationAbsent) }
    for text in try texts(message) {
      if let number = rule.number(text) { return number }
    }
    throw .pass(.applicationAbsent)
  }

  /// What a message's records say in words, in their order.
  mutating func texts(_ message: [UInt8]) throws(Stop) -> [String] {
    let records: [NDEFRecord]
    switch NDEFMessage.parse(message) {
    case .success(let parsed): records = parsed.records
    case .failure(let problem):
      talk.note("ndef.\(problem.rawValue)")
      throw .refuse(.unreadable)
    }
    var texts: [String] = []
    for record in records {
      switch record.text {
      case .success(let text): texts.append(text)
      case .failure(let problem): talk.note("ndef.\(problem.rawValue)")
      case nil: continue
      }
    }
    return texts
  }
}
