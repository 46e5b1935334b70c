/// One look at a reader's state.
struct ReaderSnapshot: Hashable, Sendable {
  /// What lies on the reader.
  enum Card: Hashable, Sendable {
    /// The reader has not said yet.
    case unknown
    case empty
    case present
    /// A card that gave no answer to reset.
    case mute
  }

  var card: Card
  /// The reader's event counter: one more at every insertion and every removal, modulo 2^16.
  var counter: UInt16

  /// Creates a snapshot.
  init(card: Card, counter: UInt16) {
    self.card = card
    self.counter = counter
  }

  /// Reads `dwEventState`: SCARD_STATE_* below, the counter in the upper 16 bits.
  init(state: UInt32) {
    counter = UInt16(truncatingIfNeeded: state >> 16)
    if state & PCSCState.empty != 0 {
      card = .empty
    } else if state & PCSCState.present != 0 {
      card = state & PCSCState.mute != 0 ? .mute : .present
    } else {
      card = .unknown
    }
  }
}

/// What changed between two looks at a reader.
enum PresenceChange: Hashable, Sendable {
  /// The card that lay there is gone.
  case left
  /// A card lies there. `isAlreadyPresent` where nobody saw it come.
  case arrived(isAlreadyPresent: Bool)
  /// A card lies there and says nothing.
  case mute(isAlreadyPresent: Bool)
  /// The card that said nothing answers now.
  case woke
  /// A card came and went between two looks.
  case glimpsed
}

/// Tells presences of cards apart, by what lies on the reader and by its event counter.
///
/// Two looks that both see a card are one presence only where the counter stands still: a card that
/// was swapped between them moved it by two.
struct ReaderPresence: Hashable, Sendable {
  private var last: ReaderSnapshot?
  /// Whether the next look starts a new account, as the first one does.
  private var isFirstLook = true

  /// Forgets the counter, as after a restart of pcscd: what lies there at the next look lay there
  /// already.
  mutating func restart() { isFirstLook = true }

  /// Takes a look and tells what changed, in order.
  mutating func observe(_ snapshot: ReaderSnapshot) -> [PresenceChange] {
    guard snapshot.card != .unknown else { return [] }
    let before = last
    let isFirst = isFirstLook
    last = snapshot
    isFirstLook = false
    guard let before else { return Self.arrival(snapshot.card, isAlreadyPresent: true) }
    let wasOccupied = before.card != .empty
    let steps = snapshot.counter &- before.counter
    // A counter that went back is a reader that was plugged in anew under its old name.
    if isFirst || steps > UInt16.max / 2 {
      return (wasOccupied ? [.left] : []) + Self.arrival(snapshot.card, isAlreadyPresent: true)
    }
    let isOccupied = snapshot.card != .empty
    switch (wasOccupied, isOccupied) {
    case (true, true) where steps >= 2:
      return [.left] + Self.arrival(snapshot.card, isAlreadyPresent: false)
    case (true, true): return before.card == .mute && snapshot.card == .present ? [.woke] : []
    case (true, false): return [.left]
    case (false, true): return Self.arrival(snapshot.card, isAlreadyPresent: false)
    case (false, false): return steps >= 2 ? [.glimpsed] : []
    }
  }

  private static func arrival(
    _ card: ReaderSnapshot.Card,
    isAlreadyPresent: Bool
  ) -> [PresenceChange] {
    switch card {
    case .present: [.arrived(isAlreadyPresent: isAlreadyPresent)]
    case .mute: [.mute(isAlreadyPresent: isAlreadyPresent)]
    case .empty, .unknown: []
    }
  }
}
