internal import TapgateCodec
internal import TapgateModel

/// Storage cards that PC/SC has pseudo-commands for: MIFARE Classic, ISO/IEC 15693, FeliCa.
extension Identification {
  /// A number in a sector of a MIFARE Classic card. One attempt: another key is a refusal.
  mutating func classic(_ method: ClassicMethod) throws(Stop) -> CardClaim {
    var secret = SecretBytes.of(method.key.key)
    defer { SecretBytes.wipe(&secret) }
    let load = ReaderCommand.loadKey(secret, slot: method.slot)
    guard try talk.send(load, "Load Keys").isDone else { throw .pass(.rawCommandsAbsent) }
    let region = method.region
    let end = region.offset + region.count
    guard region.offset >= 0, region.count > 0,
      end <= ClassicMethod.byteCount(sector: method.sector)
    else { throw .refuse(.unreadable) }
    let login = ReaderCommand.authenticate(
      block: UInt8(clamping: method.firstBlock + region.offset / 16),
      key: method.keyKind,
      slot: method.slot
    )
    guard try talk.send(login, "General Authenticate").isDone else { throw .refuse(.authFailed) }
    var bytes: [UInt8] = []
    for block in (region.offset / 16)...((end - 1) / 16) {
      let address = UInt8(clamping: method.firstBlock + block)
      let response = try talk.send(ReaderCommand.read(address: address, count: 16), "Read Binary")
      guard response.isDone, response.payload.count == 16 else { throw .refuse(.unreadable) }
      bytes += response.payload
    }
    let first = region.offset % 16
    return CardClaim(
      value: try number(in: Array(bytes[first..<first + region.count]), method.text),
      kind: .memberNumber,
      technology: "iso14443a.classic",
      grade: .a1,
      reasons: [.staticContent, .brokenCipher]
    )
  }

  /// An ISO/IEC 15693 tag: its identifier, or a number in its blocks.
  mutating func vicinity(_ method: VicinityMethod, _ uid: [UInt8]?) throws(Stop) -> CardClaim {
    guard let uid, uid.first == 0xE0 else { throw .pass(.applicationAbsent) }
    switch method.source {
    case .uid:
      return CardClaim(
        value: Hexadecimal.text(uid),
        kind: .cardUid,
        technology: "iso15693",
        grade: .a1,
        reasons: [.staticUid]
      )
    case .content:
      return CardClaim(
        value: try number(in: try blocks(method), method.text),
        kind: .memberNumber,
        technology: "iso15693",
        grade: .a1,
        reasons: [.staticContent]
      )
    }
  }

  /// Blocks one by one: readers differ in how many they give at once, and tags in how long one is.
  private mutating func blocks(_ method: VicinityMethod) throws(Stop) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = Int(method.block)
    while bytes.count < method.count {
      guard block <= 0xFF else { throw .refuse(.unreadable) }
      let command = ReaderCommand.read(address: UInt8(block), count: 4)
      let response = try talk.send(command, "Read Binary")
      guard response.isDone, !response.payload.isEmpty else { throw .refuse(.unreadable) }
      bytes += response.payload
      block += 1
    }
    return Array(bytes.prefix(method.count))
  }

  /// A FeliCa card: IDm, and the system it was asked for. JIS X 6319-4 section 9.4, Request System
  /// Code (0C).
  mutating func felica(_ method: FeliCaMethod, _ uid: [UInt8]?) throws(Stop) -> CardClaim {
    guard let uid else { throw .pass(.applicationAbsent) }
    guard let systemCode = method.systemCode else {
      return CardClaim(
        value: Hexadecimal.text(uid),
        kind: .cardUid,
        technology: "felica",
        grade: .a1,
        reasons: [.staticUid]
      )
    }
    _ = try openTransport(switchedBy: TagTransport.switchToFeliCa)
    let command = [UInt8(uid.count + 2), 0x0C] + uid
    switch try raw(command, "Request System Code") {
    case .success(let answer):
      guard let systems = Self.systems(answer, uid) else { throw .refuse(.unreadable) }
      guard systems.contains(systemCode) else { throw .pass(.applicationAbsent) }
    case .failure(.notSupported): throw .pass(.rawCommandsAbsent)
    case .failure(.noAnswer): throw .refuse(.torn)
    case .failure(.refused): throw .refuse(.unreadable)
    }
    let code = [UInt8(systemCode >> 8), UInt8(systemCode & 0xFF)]
    return CardClaim(
      value: "f:" + Hexadecimal.text(uid + code),
      kind: .appFile,
      technology: "felica",
      grade: .a1,
      reasons: [.staticUid]
    )
  }

  /// The systems that a FeliCa card says it has; none where it does not say. Octopus and Shenzhen
  /// Tong answer Polling only, JIS X 6319-4 section 9.4.1 (00); the system code is asked for (01),
  /// because FeliCa Lite answers for anything.
  mutating func felicaSystems(_ uid: [UInt8]) throws(Stop) -> Set<UInt16> {
    _ = try openTransport(switchedBy: TagTransport.switchToFeliCa)
    switch try raw([UInt8(clamping: uid.count + 2), 0x0C] + uid, "Request System Code") {
    case .success(let answer):
      if let systems = Self.systems(answer, uid) { return Set(systems) }
      return []
    case .failure(.notSupported): throw .pass(.rawCommandsAbsent)
    case .failure: break
    }
    for system in TransitCard.shySystems {
      let code = [UInt8(system >> 8), UInt8(system & 0xFF)]
      let answer = try raw([0x06, 0x00] + code + [0x01, 0x00], "Polling")
      // Length, response code, IDm, PMm, and the system that answers.
      guard case .success(let bytes) = answer, bytes.count == 20, bytes[1] == 0x01 else { continue }
      if Array(bytes[18...]) == code { return [system] }
    }
    return []
  }

  /// The system codes in an answer; `nil` where it is no answer of this card's.
  private static func systems(_ answer: [UInt8], _ uid: [UInt8]) -> [UInt16]? {
    guard answer.count >= 11, Int(answer[0]) == answer.count, answer[1] == 0x0D,
      Array(answer[2..<10]) == uid, answer.count == 11 + Int(answer[10]) * 2
    else { return nil }
    return stride(from: 11, to: answer.count, by: 2).map {
      UInt16(answer[$0]) << 8 | UInt16(answer[$0 + 1])
    }
  }

  /// The number that bytes of a card of ours say.
  mutating func number(in bytes: [UInt8], _ rule: CardText) throws(Stop) -> String {
    guard let number = rule.number(bytes) else {
      talk.note("no number on the card")
      throw .refuse(.unreadable)
    }
    return number
  }
}
