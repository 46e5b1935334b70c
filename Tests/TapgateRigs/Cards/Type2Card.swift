internal import TapgateLock

/// An NTAG, an Ultralight EV1 or an Ultralight AES: pages, password or AES keys, signature.
public final class Type2Card: Sendable {
  /// What a card is made with.
  public struct Setup: Sendable {
    public var uid: [UInt8] = [0x04, 0xE1, 0x0C, 0xDA, 0x99, 0x3C, 0x80]
    public var hasRandomID = false
    /// GET_VERSION's answer; empty for a tag that does not know the command.
    public var version: [UInt8] = [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x0F, 0x03]
    /// User memory from page 4 on, configuration included.
    public var memory = [UInt8](repeating: 0, count: 144)
    /// The capability container's page.
    public var container: [UInt8] = [0xE1, 0x10, 0x12, 0x00]
    public var signature: [UInt8] = []
    public var password: [UInt8] = []
    public var passwordAnswer: [UInt8] = [0x00, 0x00]
    /// The first page that wants an authentication.
    public var protectedPage = 0xFF
    /// Ultralight AES: DataProtKey and UIDRetrKey.
    public var dataKey: [UInt8] = []
    public var uidKey: [UInt8] = []
    /// SEC_MSG_ACT.
    public var hasMACs = false
    public var reader = TagReader.pn532

    /// An NTAG213.
    public init() {}
  }

  private struct State {
    var pending: (number: UInt8, random: [UInt8])?
    var isAuthenticated = false
    var knowsUID = false
    /// The session's key and counter, where commands bear MACs.
    var session: (key: [UInt8], counter: UInt16)?
    var attempts = 0
    var highestPage = 0
    var shown: [UInt8] = []
  }

  private let setup: Setup
  private let state = Mutex(State())

  /// Makes a card.
  public init(_ setup: Setup) {
    self.setup = setup
    reset()
  }

  /// Authentications that were begun.
  public var attempts: Int { state.withLock { $0.attempts } }

  /// The highest page that was read.
  public var highestPage: Int { state.withLock { $0.highestPage } }

  /// The card as a virtual one.
  public var profile: CardProfile {
    let field = TagField(
      reader: setup.reader,
      uid: { self.state.withLock { $0.shown } },
      exchange: { self.exchange($0) }
    )
    return CardProfile(
      answerToReset: CardProfile.storageAnswer(standard: 0x03, number: 0x0003),
      reset: { self.reset() },
      respond: { field.respond($0) }
    )
  }

  private func reset() {
    state.withLock { state in
      let shown = setup.hasRandomID ? [0x08] + CardCipher.random(3) : setup.uid
      state = State(attempts: state.attempts, highestPage: state.highestPage, shown: shown)
    }
  }

  private func exchange(_ command: [UInt8]) -> [UInt8]? {
    state.withLock { state in
      guard let session = state.session, command.first != 0x1A, command.first != 0xAF else {
        return (try? answer(command, &state)) ?? [0x00]
      }
      let key = session.key
      var counter = session.counter
      // Everything bears a MAC; a wrong one ends the session.
      let (body, mac) = (Array(command.dropLast(8)), Array(command.suffix(8)))
      guard (try? Self.mac(body, key, counter)) == mac else {
        state.session = nil
        state.isAuthenticated = false
        return [0x00]
      }
      counter &+= 1
      guard let plain = try? answer(body, &state), plain.count > 1,
        let seal = try? Self.mac(plain, key, counter)
      else { return [0x00] }
      state.session = (key, counter &+ 1)
      return plain + seal
    }
  }

  private static func mac(_ body: [UInt8], _ key: [UInt8], _ counter: UInt16) throws -> [UInt8] {
    CardCipher.odd(
      try CardCipher.mac([UInt8(counter & 0xFF), UInt8(counter >> 8)] + body, key)
    )
  }

  private func answer(_ command: [UInt8], _ state: inout State) throws -> [UInt8] {
    switch command.first {
    case 0x60: return setup.version.isEmpty ? [0x00] : setup.version
    case 0x3C: return setup.signature.isEmpty ? [0x00] : setup.signature
    case 0x30 where command.count == 2: return read(Int(command[1]), &state)
    case 0x1B:
      state.attempts += 1
      guard !setup.password.isEmpty, Array(command.dropFirst()) == setup.password else {
        return [0x04]
      }
      state.isAuthenticated = true
      return setup.passwordAnswer
    case 0x1A where command.count == 2:
      state.attempts += 1
      let key = command[1] == 0 ? setup.dataKey : setup.uidKey
      guard !key.isEmpty else { return [0x00] }
      let random = CardCipher.random(16)
      state.pending = (command[1], random)
      state.session = nil
      return [0xAF] + (try CardCipher.encrypt(random, key))
    case 0xAF: return try prove(Array(command.dropFirst()), &state)
    default: return [0x00]
    }
  }

  private func prove(_ data: [UInt8], _ state: inout State) throws -> [UInt8] {
    guard let (number, random) = state.pending, data.count == 32 else { return [0x00] }
    state.pending = nil
    let key = number == 0 ? setup.dataKey : setup.uidKey
    let plain = try CardCipher.decrypt(data, key)
    guard Array(plain[16...]) == CardCipher.rotated(random) else { return [0x00] }
    let challenge = Array(plain[0..<16])
    state.isAuthenticated = number == 0
    state.knowsUID = true
    if setup.hasMACs {
      let session = try CardCipher.sessionKey([0x5A, 0xA5], key, challenge, random)
      state.session = (session, 0)
    }
    return [0x00] + (try CardCipher.encrypt(CardCipher.rotated(challenge), key))
  }

  private func read(_ page: Int, _ state: inout State) -> [UInt8] {
    var all = header(state) + setup.memory
    let isAES = !setup.dataKey.isEmpty
    if isAES {
      all += [UInt8](repeating: 0, count: max(0, 0x29 * 4 - all.count))
      all += [setup.hasMACs ? 0x02 : 0x00, 0, 0, UInt8(clamping: setup.protectedPage)]
    }
    all += [UInt8](repeating: 0, count: 12)
    state.highestPage = max(state.highestPage, page + 3)
    guard (page + 4) * 4 <= all.count else { return [0x00] }
    guard page + 3 < setup.protectedPage || state.isAuthenticated || page < 4 else { return [0x00] }
    return Array(all[page * 4..<page * 4 + 16])
  }

  /// Pages 0 to 3: identifier with its check bytes, locks, capability container.
  private func header(_ state: State) -> [UInt8] {
    let isHidden = setup.hasRandomID && !state.knowsUID
    let uid = isHidden ? [UInt8](repeating: 0, count: 7) : setup.uid
    let first = uid[0..<3] + [0x88 ^ uid[0] ^ uid[1] ^ uid[2]]
    let second = uid[3...] + [uid[3] ^ uid[4] ^ uid[5] ^ uid[6], 0x48, 0x00, 0x00]
    return first + second + setup.container
  }
}

extension Type2Card.Setup {
  /// An NTAG213 with a message in its user memory.
  public static func ntag213(message: [UInt8]) -> Type2Card.Setup {
    var setup = Type2Card.Setup()
    let length = message.count < 255 ? [UInt8(message.count)] : [0xFF, 0x00, 0xFF]
    let data = [0x01, 0x03, 0xA0, 0x0C, 0x34, 0x03] + length + message + [0xFE]
    setup.memory = data + [UInt8](repeating: 0, count: max(0, 144 - data.count))
    return setup
  }

  /// A MIFARE Ultralight AES.
  public static func ultralightAES(dataKey: [UInt8], uidKey: [UInt8]) -> Type2Card.Setup {
    var setup = Type2Card.Setup()
    setup.uid = [0x04, 0x5E, 0x4C, 0xC2, 0x45, 0x13, 0x90]
    setup.version = [0x00, 0x04, 0x03, 0x01, 0x04, 0x00, 0x0F, 0x03]
    setup.container = [0x00, 0x00, 0x00, 0x00]
    setup.dataKey = dataKey
    setup.uidKey = uidKey
    setup.hasMACs = true
    return setup
  }
}
