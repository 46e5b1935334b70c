internal import TapgateCodec
internal import TapgateModel

/// Type 4 tags: the NDEF application, and the messages that an NTAG 424 DNA writes into it.
extension Identification {
  /// The message of the NDEF application: select, container, file, length, then reads of what the
  /// tag takes at once. The card is not one of the profile's where it has no such application.
  mutating func type4Message() throws(Stop) -> [UInt8] {
    let name = CardCommand.select(name: Type4Capability.applicationName)
    guard try talk.sendISO(name, "SELECT NDEF").isDone else { throw .pass(.applicationAbsent) }
    let capability = try container()
    guard try talk.sendISO(CardCommand.select(file: capability.file), "SELECT file").isDone else {
      throw .refuse(.unreadable)
    }
    let field = try binary(0, capability.lengthByteCount, capability)
    let count = try unwrap(capability.messageByteCount(field))
    guard count <= NDEFMessage.byteCountMax else {
      talk.note("ndef.\(NDEFProblem.tooLong.rawValue)")
      throw .refuse(.unreadable)
    }
    guard count > 0 else { return [] }
    return try binary(capability.lengthByteCount, count, capability)
  }

  private mutating func container() throws(Stop) -> Type4Capability {
    let select = CardCommand.select(file: Type4Capability.containerFile)
    guard try talk.sendISO(select, "SELECT CC").isDone else { throw .pass(.applicationAbsent) }
    var bytes = try read(0, Type4Capability.byteCount)
    let count = Type4Capability.byteCount(bytes)
    if count > bytes.count { bytes += try read(bytes.count, count - bytes.count) }
    return try unwrap(Type4Capability.parse(bytes))
  }

  /// Reads a part of the NDEF file, never more at once than the container allows, and never past
  /// the file's end.
  private mutating func binary(
    _ offset: Int,
    _ count: Int,
    _ capability: Type4Capability
  ) throws(Stop) -> [UInt8] {
    guard offset + count <= capability.fileByteCount else { throw .refuse(.unreadable) }
    let chunk = min(capability.readByteCountMax, CardCommand.readByteCountMax)
    var bytes: [UInt8] = []
    while bytes.count < count {
      bytes += try read(offset + bytes.count, min(chunk, count - bytes.count))
    }
    return bytes
  }

  private mutating func read(_ offset: Int, _ count: Int) throws(Stop) -> [UInt8] {
    let command = CardCommand.readBinary(offset: offset, count: count)
    let response = try talk.sendISO(command, "READ BINARY")
    guard response.isDone, response.payload.count == count else { throw .refuse(.unreadable) }
    return response.payload
  }

  private mutating func unwrap<Value>(_ result: Result<Value, Type4Problem>) throws(Stop) -> Value {
    switch result {
    case .success(let value): return value
    case .failure(let problem):
      talk.note("ndef.\(problem.rawValue)")
      throw .refuse(.unreadable)
    }
  }

  /// A type 4 tag's message that never changes.
  mutating func staticType4(_ method: NTAGMethod) throws(Stop) -> CardClaim {
    CardClaim(
      value: try number(try type4Message(), method.text),
      kind: .memberNumber,
      technology: "iso14443a.isodep",
      grade: .a1,
      reasons: [.staticContent]
    )
  }

  // MARK: NTAG 424 DNA

  /// A message that the tag made for this reading, verified.
  mutating func dynamic(_ method: DynamicMethod) throws(Stop) -> CardClaim {
    let texts = try texts(try type4Message())
    guard let match = texts.lazy.compactMap({ method.pattern.match($0) }).first else {
      throw .pass(.applicationAbsent)
    }
    let message = try message(match, method)
    if method.diversification?.usesUID == true, message.uid == nil {
      // Deciphered with the wrong key, or changed on its way.
      talk.note("no identifier in the message")
      throw .refuse(.macInvalid)
    }
    let application = Type4Capability.applicationName
    let fileKey = try key(
      method.fileKey,
      method.diversification,
      uid: message.uid,
      application: application
    )
    let mac = match.bytes(.mac) ?? []
    guard message.isAuthentic(mac, over: match.macInput, fileKey: fileKey.key) else {
      talk.note("wrong MAC")
      throw .refuse(.macInvalid)
    }
    var value: String?
    switch method.source {
    case .uid: value = message.uid.map { Hexadecimal.text($0) }
    case .content:
      let plain = message.content(match.bytes(.enc) ?? [], fileKey: fileKey.key)
      value = method.text.number(plain)
    }
    guard let value else { throw .refuse(.unreadable) }
    var reasons: [CardReason] = [message.counter == nil ? .counterAbsent : .dynamicMessage]
    if method.originality != .off, let uid = message.uid {
      reasons.append(try nativeOriginality(method.originality, uid: uid))
    }
    return CardClaim(
      value: value,
      kind: .sunToken,
      technology: "iso14443a.ntag424",
      grade: message.counter == nil ? .a1 : .a3,
      reasons: reasons,
      counter: message.counter
    )
  }

  private mutating func message(
    _ match: TextPattern.Match,
    _ method: DynamicMethod
  ) throws(Stop) -> DynamicMessage {
    guard let enciphered = match.bytes(.picc) else {
      return DynamicMessage(uid: match.bytes(.uid), counter: match.bytes(.ctr))
    }
    let metaKey = method.metaKey ?? method.fileKey
    guard let message = DynamicMessage(enciphered: enciphered, metaKey: metaKey.key) else {
      talk.note("no PICCData")
      throw .refuse(.macInvalid)
    }
    return message
  }

  /// The key that a card has: the configured one, or its own made from it.
  mutating func key(
    _ master: CardKey,
    _ diversification: KeyDiversification?,
    uid: [UInt8]?,
    application: [UInt8]
  ) throws(Stop) -> CardKey {
    guard let diversification else { return master }
    guard !diversification.usesUID || uid != nil,
      let input = diversification.input(uid: uid ?? [], application: application)
    else {
      talk.note("no identifier to make the card's key from")
      throw .refuse(.unreadable)
    }
    return CardKey(KeyDiversification.diversify(master.key, input))
  }
}
