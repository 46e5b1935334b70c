internal import CPCSC

/// A reader's name as PC/SC spells it: bytes, because the next call must spell it the same way.
struct PCSCReaderName: Hashable, Sendable, CustomStringConvertible {
  let bytes: [UInt8]

  /// The name for people.
  var description: String { String(decoding: bytes, as: UTF8.self) }

  /// The pseudo-reader whose state tells that the list of readers changed.
  static let plugAndPlay = PCSCReaderName(bytes: Array(#"\\?PnP?\Notification"#.utf8))

  /// The bytes with a NUL behind them, for C.
  var nulTerminated: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}

/// One entry of SCardGetStatusChange.
struct PCSCWatch: Hashable, Sendable {
  var name: PCSCReaderName
  /// The state as last seen, with the event counter in its upper half; 0 (unaware) for a new
  /// reader.
  var state: UInt32 = 0
  /// Set by the wait: whether the state differs from the one before.
  var isChanged = false
}

/// The bits of a reader's state, SCARD_STATE_* of winscard.
enum PCSCState {
  static let ignore: UInt32 = 0x0001
  static let changed: UInt32 = 0x0002
  static let unknown: UInt32 = 0x0004
  static let unavailable: UInt32 = 0x0008
  static let empty: UInt32 = 0x0010
  static let present: UInt32 = 0x0020
  static let exclusive: UInt32 = 0x0080
  static let mute: UInt32 = 0x0200
}

/// A connection to the PC/SC daemon. A context belongs to the thread that waits or transmits on it;
/// `cancel` alone may be called from another.
struct PCSCContext: Hashable, Sendable {
  /// Entries that SCardGetStatusChange takes (PCSCLITE_MAX_READERS_CONTEXTS).
  static let watchCountMax = Int(PCSCLITE_MAX_READERS_CONTEXTS)

  private let handle: SCARDCONTEXT

  /// Connects to the daemon: SCardEstablishContext.
  static func establish() throws(PCSCError) -> PCSCContext {
    var handle = SCARDCONTEXT()
    try check(
      "SCardEstablishContext",
      SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle)
    )
    return PCSCContext(handle: handle)
  }

  /// Gives the connection up: SCardReleaseContext. With the daemon gone it fails, and nothing is
  /// lost.
  func release() { _ = SCardReleaseContext(handle) }

  /// Ends a wait of another thread, if one is under way: SCardCancel. One that comes just before
  /// the wait is lost, so nothing may depend on it.
  func cancel() { _ = SCardCancel(handle) }

  /// The readers' names: SCardListReaders. No reader is an empty list.
  func readers() throws(PCSCError) -> [PCSCReaderName] {
    // The list may grow between the two calls, so there is room for some more.
    var byteCount = DWORD(0)
    let first = SCardListReaders(handle, nil, nil, &byteCount)
    if Self.code(first) == PCSCError.noReaders { return [] }
    try Self.check("SCardListReaders", first)
    byteCount += 1024
    var buffer = [CChar](repeating: 0, count: Int(byteCount))
    let second = SCardListReaders(handle, nil, &buffer, &byteCount)
    if Self.code(second) == PCSCError.noReaders { return [] }
    try Self.check("SCardListReaders", second)
    return buffer.prefix(Int(byteCount)).split(separator: 0).map { name in
      PCSCReaderName(bytes: name.map { UInt8(bitPattern: $0) })
    }
  }

  /// Waits until a state differs, at most `milliseconds`: SCardGetStatusChange. `false` when
  /// nothing did, or the wait was cancelled.
  func awaitChange(_ watches: inout [PCSCWatch], milliseconds: Int) throws(PCSCError) -> Bool {
    var text: [CChar] = []
    var offsets: [Int] = []
    for watch in watches {
      offsets.append(text.count)
      text += watch.name.nulTerminated
    }
    var states = watches.map { watch in
      var state = SCARD_READERSTATE()
      state.dwCurrentState = DWORD(watch.state)
      return state
    }
    let count = states.count
    // Safety: the names outlive the call, which keeps no pointer to them.
    let result = text.withUnsafeBufferPointer { names in
      for index in 0..<count {
        states[index].szReader = names.baseAddress.map { $0 + offsets[index] }
      }
      return SCardGetStatusChange(handle, DWORD(milliseconds), &states, DWORD(count))
    }
    let code = Self.code(result)
    if code == PCSCError.timeout || code == PCSCError.cancelled { return false }
    try Self.check("SCardGetStatusChange", result)
    for index in 0..<count {
      let state = UInt32(truncatingIfNeeded: states[index].dwEventState)
      watches[index].isChanged = state & PCSCState.changed != 0
      // Echoing "ignore" back would mute the reader for ever.
      watches[index].state = state & ~(PCSCState.changed | PCSCState.ignore)
    }
    return true
  }

  /// Connects to the card on `reader`, shared: SCardConnect. Blocks while another program holds a
  /// transaction.
  func connect(_ reader: PCSCReaderName) throws(PCSCError) -> PCSCCard {
    var card = SCARDHANDLE()
    var protocolNumber = DWORD(0)
    try Self.check(
      "SCardConnect",
      SCardConnect(
        handle,
        reader.nulTerminated,
        DWORD(SCARD_SHARE_SHARED),
        DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1),
        &card,
        &protocolNumber
      )
    )
    return PCSCCard(handle: card, protocolNumber: protocolNumber)
  }

  /// The code in the form of the manual.
  static func code(_ result: LONG) -> UInt32 { UInt32(truncatingIfNeeded: result) }

  /// The one place where a return code is looked at.
  static func check(_ call: String, _ result: LONG) throws(PCSCError) {
    if code(result) != 0 { throw PCSCError(call: call, code: code(result)) }
  }
}

/// A connection to a card. It belongs to the thread that made it.
struct PCSCCard: Sendable {
  private let handle: SCARDHANDLE
  private var protocolNumber: DWORD

  fileprivate init(handle: SCARDHANDLE, protocolNumber: DWORD) {
    self.handle = handle
    self.protocolNumber = protocolNumber
  }

  /// Keeps other programs out until `disconnect`: SCardBeginTransaction.
  func beginTransaction() throws(PCSCError) {
    try PCSCContext.check("SCardBeginTransaction", SCardBeginTransaction(handle))
  }

  /// The card's answer to reset: SCardStatus.
  func answerToReset() throws(PCSCError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(MAX_ATR_SIZE))
    var byteCount = DWORD(bytes.count)
    var nameCount = DWORD(0)
    var state = DWORD(0)
    var activeProtocol = DWORD(0)
    try PCSCContext.check(
      "SCardStatus",
      SCardStatus(handle, nil, &nameCount, &state, &activeProtocol, &bytes, &byteCount)
    )
    return Array(bytes.prefix(Int(byteCount)))
  }

  /// Sends a command and returns the whole answer: SCardTransmit. An answer may be empty: that is a
  /// card that left in the middle (libpcsclite then reports success).
  func transmit(_ command: [UInt8]) throws(PCSCError) -> [UInt8] {
    let command = protocolNumber == DWORD(SCARD_PROTOCOL_T0) ? Self.withoutLe(command) : command
    // 256 bytes of data and a status word: no command here has an extended length.
    var answer = [UInt8](repeating: 0, count: 258)
    var byteCount = DWORD(answer.count)
    try PCSCContext.check(
      "SCardTransmit",
      SCardTransmit(
        handle,
        tapgate_pci(protocolNumber),
        command,
        DWORD(command.count),
        nil,
        &answer,
        &byteCount
      )
    )
    return Array(answer.prefix(Int(byteCount)))
  }

  /// With T=0 a command with data carries no length of the answer, ISO/IEC 7816-3 section 12.2.1:
  /// the card says 61 xx instead.
  private static func withoutLe(_ command: [UInt8]) -> [UInt8] {
    guard command.count > 5, command[0] != 0xFF, command.count == 6 + Int(command[4]) else {
      return command
    }
    return command.dropLast()
  }

  /// Takes up the card again after a reset: SCardReconnect. `isCold` cuts its power first.
  mutating func reconnect(isCold: Bool) throws(PCSCError) {
    try PCSCContext.check(
      "SCardReconnect",
      SCardReconnect(
        handle,
        DWORD(SCARD_SHARE_SHARED),
        DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1),
        DWORD(isCold ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD),
        &protocolNumber
      )
    )
  }

  /// Lets go of the card and leaves it as it is: SCardDisconnect. A failure means that the card or
  /// the daemon went first, and the connection with it.
  func disconnect() { _ = SCardDisconnect(handle, DWORD(SCARD_LEAVE_CARD)) }
}
