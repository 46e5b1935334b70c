internal import TapgateLock

/// A DESFire card with one application: AES authentication of both kinds, GetCardUID, ReadData.
public final class DESFireCard: Sendable {
  /// What a card is made with.
  public struct Setup: Sendable {
    public var uid: [UInt8] = [0x04, 0x95, 0x8C, 0xAA, 0x5C, 0x5E, 0x80]
    /// Shows another identifier at each tap.
    public var hasRandomID = false
    /// Most significant byte first.
    public var application: [UInt8] = [0xF5, 0x42, 0x30]
    /// Another name of the application.
    public var name: [UInt8] = []
    public var keys: [UInt8: [UInt8]] = [:]
    public var file: UInt8 = 1
    public var content: [UInt8] = []
    /// `plain`, `mac` or `full`.
    public var mode = "full"
    /// The key that may read the file.
    public var readKey: UInt8 = 0
    /// Bytes of an answer's frame.
    public var frameByteCount = 59
    /// 56 bytes, or none.
    public var signature: [UInt8] = []

    /// The factory's setup.
    public init() {}
  }

  private enum Session {
    case ev1(key: [UInt8], vector: [UInt8])
    case ev2(encryption: [UInt8], authentication: [UInt8], transaction: [UInt8], counter: UInt16)
  }

  private struct State {
    var isSelected = false
    /// The authentication under way: instruction, key number and RndB.
    var pending: (instruction: UInt8, number: UInt8, random: [UInt8], sent: [UInt8])?
    var session: Session?
    var keyNumber: UInt8 = 0
    /// Frames of an answer that were not fetched yet.
    var rest: [UInt8] = []
    var attempts = 0
  }

  private let setup: Setup
  private let state = Mutex(State())

  /// Makes a card.
  public init(_ setup: Setup) { self.setup = setup }

  /// Authentications that were begun.
  public var attempts: Int { state.withLock { $0.attempts } }

  /// The card as a virtual one.
  public var profile: CardProfile {
    CardProfile(
      answerToReset: CardProfile.answerToReset(historical: [0x80]),
      reset: { self.reset() },
      respond: { self.respond($0) }
    )
  }

  private func reset() {
    state.withLock { state in
      state = State(attempts: state.attempts)
    }
  }

  private func respond(_ command: [UInt8]) -> [UInt8] {
    state.withLock { state in
      // What a card's own cryptography cannot do it answers as an illegal command.
      (try? answer(command, &state)) ?? [0x91, 0x1C]
    }
  }

  private func answer(_ command: [UInt8], _ state: inout State) throws -> [UInt8] {
    if command.starts(with: [0xFF, 0xCA, 0x00]) {
      let uid = setup.hasRandomID ? [0x08] + CardCipher.random(3) : setup.uid
      return uid + [0x90, 0x00]
    }
    if command.starts(with: [0x00, 0xA4, 0x04]) { return select(command, &state) }
    guard command.count >= 5, command[0] == 0x90 else { return [0x6E, 0x00] }
    let data = command.count > 6 ? Array(command[5..<5 + Int(command[4])]) : []
    switch command[1] {
    case 0x5A:
      state = State(attempts: state.attempts)
      state.isSelected = Array(data.reversed()) == setup.application
      return state.isSelected ? [0x91, 0x00] : [0x91, 0xA0]
    case 0xAF where state.pending == nil: return frame(&state)
    case 0xAF: return try prove(data, &state)
    case 0xAA, 0x71, 0x77: return try authenticate(command[1], data, &state)
    case 0x3C: return setup.signature.isEmpty ? [0x91, 0x1C] : setup.signature + [0x91, 0x90]
    case 0x51, 0xBD: return try read(command[1], data, &state)
    default: return [0x91, 0x1C]
    }
  }

  private func select(_ command: [UInt8], _ state: inout State) -> [UInt8] {
    let name = Array(command[5..<5 + Int(command[4])])
    state = State(attempts: state.attempts)
    state.isSelected = !setup.name.isEmpty && name == setup.name
    return state.isSelected ? [0x90, 0x00] : [0x6A, 0x82]
  }

  // MARK: Authentication

  private func authenticate(
    _ instruction: UInt8,
    _ data: [UInt8],
    _ state: inout State
  ) throws -> [UInt8] {
    guard state.isSelected, let number = data.first, let key = setup.keys[number] else {
      return [0x91, 0x40]
    }
    if instruction == 0x77 {
      guard case .ev2 = state.session else { return [0x91, 0xAE] }
    } else {
      state.session = nil
    }
    state.attempts += 1
    let random = CardCipher.random(16)
    let sent = try CardCipher.encrypt(random, key)
    state.pending = (instruction, number, random, sent)
    return sent + [0x91, 0xAF]
  }

  private func prove(_ data: [UInt8], _ state: inout State) throws -> [UInt8] {
    guard let pending = state.pending, let key = setup.keys[pending.number], data.count == 32 else {
      return [0x91, 0x7E]
    }
    state.pending = nil
    let isOld = pending.instruction == 0xAA
    let plain = try CardCipher.decrypt(data, key, iv: isOld ? pending.sent : CardCipher.zeros)
    let (a, b) = (Array(plain[0..<16]), pending.random)
    guard Array(plain[16...]) == CardCipher.rotated(b) else {
      state.session = nil
      return [0x91, 0xAE]
    }
    state.keyNumber = pending.number
    let proof = CardCipher.rotated(a)
    if isOld {
      let key = a[0..<4] + b[0..<4] + a[12...] + b[12...]
      state.session = .ev1(key: Array(key), vector: CardCipher.zeros)
      let last = Array(data.suffix(16))
      return try CardCipher.encrypt(proof, setup.keys[pending.number] ?? [], iv: last) + [
        0x91, 0x00,
      ]
    }
    var (transaction, counter) = (CardCipher.random(4), UInt16(0))
    if pending.instruction == 0x77, case .ev2(_, _, let old, let count) = state.session {
      (transaction, counter) = (old, count)
    }
    state.session = .ev2(
      encryption: try CardCipher.sessionKey([0xA5, 0x5A], key, a, b),
      authentication: try CardCipher.sessionKey([0x5A, 0xA5], key, a, b),
      transaction: transaction,
      counter: counter
    )
    let capabilities = [UInt8](repeating: 0, count: 12)
    let message = pending.instruction == 0x71 ? transaction + proof + capabilities : proof
    return try CardCipher.encrypt(message, key) + [0x91, 0x00]
  }

  // MARK: Reading

  private func read(
    _ instruction: UInt8,
    _ data: [UInt8],
    _ state: inout State
  ) throws -> [UInt8] {
    guard let session = state.session else { return [0x91, 0xAE] }
    let isUID = instruction == 0x51
    let mode = isUID ? "full" : setup.mode
    var header = data
    var plain = setup.uid
    if case .ev2(_, let authentication, let transaction, let counter) = session, mode != "plain" {
      header = Array(data.dropLast(8))
      let count = [UInt8(counter & 0xFF), UInt8(counter >> 8)]
      let mac = try CardCipher.mac([instruction] + count + transaction + header, authentication)
      guard Array(data.suffix(8)) == CardCipher.odd(mac) else {
        state.session = nil
        return [0x91, 0x1E]
      }
    }
    if !isUID {
      guard header.count == 7 else { return [0x91, 0x7E] }
      guard header[0] == setup.file else { return [0x91, 0xF0] }
      guard state.keyNumber == setup.readKey else { return [0x91, 0x9D] }
      let offset = Int(header[1]) | Int(header[2]) << 8
      let count = Int(header[4]) | Int(header[5]) << 8
      guard offset + count <= setup.content.count else { return [0x91, 0xBE] }
      plain = Array(setup.content[offset..<offset + count])
    }
    state.rest = try protect(plain, instruction, header, mode, &state.session)
    return frame(&state)
  }

  private func protect(
    _ plain: [UInt8],
    _ instruction: UInt8,
    _ header: [UInt8],
    _ mode: String,
    _ session: inout Session?
  ) throws -> [UInt8] {
    switch session {
    case .ev1(let key, var vector):
      vector = try CardCipher.mac([instruction] + header, key, iv: vector)
      guard mode == "full" else {
        vector = try CardCipher.mac(plain + [0x00], key, iv: vector)
        session = .ev1(key: key, vector: vector)
        return plain + vector[0..<8]
      }
      var message = plain + CardCipher.checksum(plain + [0x00])
      while message.count % 16 != 0 { message.append(0x00) }
      let cryptogram = try CardCipher.encrypt(message, key, iv: vector)
      session = .ev1(key: key, vector: Array(cryptogram.suffix(16)))
      return cryptogram
    case .ev2(let encryption, let authentication, let transaction, let counter):
      let next = counter &+ 1
      session = .ev2(
        encryption: encryption,
        authentication: authentication,
        transaction: transaction,
        counter: next
      )
      guard mode != "plain" else { return plain }
      let count = [UInt8(next & 0xFF), UInt8(next >> 8)]
      var body = plain
      if mode == "full" {
        body.append(0x80)
        while body.count % 16 != 0 { body.append(0x00) }
        let start = [0x5A, 0xA5] + transaction + count + [UInt8](repeating: 0, count: 8)
        body = try CardCipher.encrypt(body, encryption, iv: CardCipher.encrypt(start, encryption))
      }
      let mac = try CardCipher.mac([0x00] + count + transaction + body, authentication)
      return body + CardCipher.odd(mac)
    case nil: return []
    }
  }

  private func frame(_ state: inout State) -> [UInt8] {
    let part = state.rest.prefix(setup.frameByteCount)
    state.rest = Array(state.rest.dropFirst(part.count))
    return part + (state.rest.isEmpty ? [0x91, 0x00] : [0x91, 0xAF])
  }
}

extension DESFireCard {
  /// The key of a card with this identifier, as AN10922 makes it.
  public static func diversified(_ master: [UInt8], _ input: [UInt8]) -> [UInt8] {
    // Sixteen bytes never fail.
    (try? CardCipher.diversify(master, input)) ?? []
  }
}
