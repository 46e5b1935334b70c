internal import TapgateCards
internal import TapgateCodec

/// A card that a reading talks to: libpcsclite's, or a scripted one in tests.
protocol CardChannel {
  /// Connects and keeps other programs out. Blocks as long as another program holds the card.
  mutating func connect() throws(PCSCError)
  /// Takes the card up again after a reset, and keeps other programs out again.
  mutating func reconnect(isCold: Bool) throws(PCSCError)
  /// The card's answer to reset.
  func answerToReset() throws(PCSCError) -> [UInt8]
  /// Sends a command; an empty answer is a card that left.
  func transmit(_ command: [UInt8]) throws(PCSCError) -> [UInt8]
  /// Lets go of the card.
  mutating func disconnect()
}

/// How a reading ended.
enum ReadOutcome: Hashable, Sendable {
  case identified(CardIdentity)
  /// `detail` never holds a byte of the card.
  case refused(CardRefusal, detail: String)
  /// Another program holds the card.
  case busy(PCSCError)
  /// The system forbids the access.
  case denied(PCSCError)
  /// The reader or pcscd left.
  case gone(PCSCError)

  /// What a failed call means for a reading that is not tried again.
  init(_ error: PCSCError) {
    switch error.meaning {
    case .busy: self = .busy(error)
    case .denied: self = .denied(error)
    case .readerGone, .serviceGone: self = .gone(error)
    case .reset, .unpowered, .torn: self = .refused(.torn, detail: error.description)
    case .unreadable: self = .refused(.unreadable, detail: error.description)
    }
  }
}

/// Which cards a shop issues, and how a reader is to be talked to about them.
struct CardRules: Sendable {
  var profiles: [CardProfile] = []
  /// How the reader takes raw commands; `nil` where that is to be found out.
  var transport: TagTransport?
  /// Whether a transit card that no profile takes is a card like any other.
  var allowsTransit = false
}

/// Reads one card from beginning to end. Blocks; runs on the reader's own thread.
enum CardReading {
  /// Identifies the card on `channel` and lets go of it.
  ///
  /// A card that was reset or lost power is taken up again once, and the script starts from its
  /// first command, with challenges of its own: whatever the card remembered is gone.
  /// `connected` is called when the card is ours, before the first command.
  static func run(
    _ channel: inout some CardChannel,
    rules: CardRules = CardRules(),
    connected: () -> Void
  ) -> ReadOutcome {
    defer { channel.disconnect() }
    do throws(PCSCError) {
      try connect(&channel)
    } catch {
      // A card that gives no answer to reset even at the second try is there, but unreadable.
      return error.meaning == .unpowered
        ? .refused(.unreadable, detail: error.description) : ReadOutcome(error)
    }
    connected()
    do throws(PCSCError) {
      return try identify(channel, rules)
    } catch  where error.meaning == .reset || error.meaning == .unpowered {
      return again(&channel, rules, isCold: error.meaning == .unpowered)
    } catch {
      return ReadOutcome(error)
    }
  }

  private static func connect(_ channel: inout some CardChannel) throws(PCSCError) {
    do throws(PCSCError) {
      try channel.connect()
    } catch {
      guard error.meaning == .reset || error.meaning == .unpowered else { throw error }
      channel.disconnect()
      try channel.connect()
    }
  }

  private static func again(
    _ channel: inout some CardChannel,
    _ rules: CardRules,
    isCold: Bool
  ) -> ReadOutcome {
    do throws(PCSCError) {
      try channel.reconnect(isCold: isCold)
      return try identify(channel, rules)
    } catch {
      return ReadOutcome(error)
    }
  }

  private static func identify(
    _ channel: some CardChannel,
    _ rules: CardRules
  ) throws(PCSCError) -> ReadOutcome {
    var dialogue = CardDialogue(
      answer: try channel.answerToReset(),
      profiles: rules.profiles,
      transport: rules.transport,
      allowsTransit: rules.allowsTransit
    )
    var step = dialogue.start(randomness: rules.profiles.isEmpty ? [] : randomness())
    while true {
      switch step {
      case .transmit(let command): step = dialogue.next(try channel.transmit(command))
      case .done(.identified(let identity)): return .identified(identity)
      case .done(.refused(let refusal, let detail)): return .refused(refusal, detail: detail)
      }
    }
  }

  /// Random bytes from the system, getrandom(2).
  private static func randomness() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<CardDialogue.randomByteCount).map { _ in generator.next() }
  }
}

/// A card through libpcsclite.
struct PCSCChannel: CardChannel {
  let context: PCSCContext
  let reader: PCSCReaderName
  private var card: PCSCCard?

  /// Prepares to talk to the card on `reader`.
  init(context: PCSCContext, reader: PCSCReaderName) {
    self.context = context
    self.reader = reader
  }

  mutating func connect() throws(PCSCError) {
    let card = try context.connect(reader)
    self.card = card
    try card.beginTransaction()
  }

  mutating func reconnect(isCold: Bool) throws(PCSCError) {
    try card?.reconnect(isCold: isCold)
    try card?.beginTransaction()
  }

  func answerToReset() throws(PCSCError) -> [UInt8] {
    try connected().answerToReset()
  }

  func transmit(_ command: [UInt8]) throws(PCSCError) -> [UInt8] {
    try connected().transmit(command)
  }

  mutating func disconnect() {
    card?.disconnect()
    card = nil
  }

  private func connected() throws(PCSCError) -> PCSCCard {
    guard let card else { throw PCSCError(call: "SCardConnect", code: PCSCError.invalidHandle) }
    return card
  }
}
