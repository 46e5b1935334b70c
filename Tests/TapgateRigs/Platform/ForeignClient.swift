internal import CPCSC

/// Another program that uses PC/SC: it holds readers, blocks them and resets cards.
///
/// Not to be used from two threads at a time.
public final class ForeignClient {
  private var context = SCARDCONTEXT()
  private var card = SCARDHANDLE()
  private var protocolNumber = DWORD(0)

  /// Connects to pcscd.
  public init() throws {
    try check(
      "SCardEstablishContext",
      SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &context)
    )
  }

  deinit { SCardReleaseContext(context) }

  /// Connects to the card on `reader`. May be refused while the gateway reads it: try again.
  public func connect(_ reader: String, isExclusive: Bool = false) throws {
    let share = isExclusive ? SCARD_SHARE_EXCLUSIVE : SCARD_SHARE_SHARED
    let protocols = DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
    try check(
      "SCardConnect",
      SCardConnect(context, reader, DWORD(share), protocols, &card, &protocolNumber)
    )
  }

  /// Keeps everybody out of the card until `endTransaction` or `disconnect`.
  public func beginTransaction() throws {
    try check("SCardBeginTransaction", SCardBeginTransaction(card))
  }

  /// Lets the others in again.
  public func endTransaction() throws {
    try check("SCardEndTransaction", SCardEndTransaction(card, DWORD(SCARD_LEAVE_CARD)))
  }

  /// Resets the card: other connections are told SCARD_W_RESET_CARD.
  public func reset() throws {
    let protocols = DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
    try check(
      "SCardReconnect",
      SCardReconnect(
        card,
        DWORD(SCARD_SHARE_SHARED),
        protocols,
        DWORD(SCARD_RESET_CARD),
        &protocolNumber
      )
    )
  }

  /// The reader's event counter: one more at every insertion and every removal that pcscd saw. And
  /// whether a card lies there.
  public func events(_ reader: String) throws -> (count: Int, isPresent: Bool) {
    var state = SCARD_READERSTATE()
    // Safety: the name outlives the call, which keeps no pointer to it.
    let code = reader.withCString { name in
      state.szReader = name
      return SCardGetStatusChange(context, 0, &state, 1)
    }
    try check("SCardGetStatusChange", code)
    let bits = UInt32(truncatingIfNeeded: state.dwEventState)
    return (Int(bits >> 16), bits & UInt32(SCARD_STATE_PRESENT) != 0)
  }

  /// Lets go of the card.
  public func disconnect() { SCardDisconnect(card, DWORD(SCARD_LEAVE_CARD)) }

  private func check(_ call: String, _ result: LONG) throws {
    guard result != 0 else { return }
    throw RigError("\(call): 0x" + String(UInt32(truncatingIfNeeded: result), radix: 16))
  }
}
