internal import TapgateCodec
internal import TapgateCore

/// Numbers that a backend never gives twice.
struct PresenceNumbers: Hashable, Sendable {
  private(set) var presence: UInt64 = 0
  private(set) var reading: UInt64 = 0

  mutating func nextPresence() -> UInt64 {
    presence += 1
    return presence
  }

  mutating func nextReading() -> UInt64 {
    reading += 1
    return reading
  }
}

/// How long a reading may take, in nanoseconds.
struct ReadingDeadlines: Hashable, Sendable {
  /// Then the till is told.
  var soft: UInt64 = 1_500_000_000
  /// Then the thread is given up and the reader stands aside.
  var hard: UInt64 = 5_000_000_000
}

/// One reader: which card lies there, what became of reading it, and what there is to tell.
///
/// A value without clock, thread or library. Whoever holds it brings events in and carries the
/// effects out, in order.
struct ReaderStation: Sendable {
  /// What is to be done.
  enum Effect: Sendable {
    case report(InputReport)
    /// Read the card; bring the outcome back under this number.
    case read(UInt64)
    /// Give up the thread that reads under this number.
    case abandon(UInt64)
    /// Find out who holds the card and bring it to `holderFound`: slow, so not under a lock.
    case findHolder
  }

  /// One presence of a card.
  struct Visit: Sendable {
    enum Stage: Hashable, Sendable {
      /// To be read as soon as the thread is free.
      case waiting
      case reading
      /// Another program holds the card: to be tried again at `at` nanoseconds.
      case retrying(at: UInt64)
      /// The thread that reads it does not come back.
      case stuck
      case settled
    }

    let number: UInt64
    let detected: UInt64
    let isAlreadyPresent: Bool
    var stage: Stage = .waiting
    /// Whether a report bore this presence's number.
    var isTold = false
    /// Whether the till knows that another program holds the card.
    var isBusyTold = false
    var backOff = BackOff(floorMilliseconds: 250, ceilingMilliseconds: 5000)
  }

  /// A reading under way.
  struct Reading: Sendable {
    let number: UInt64
    let visit: UInt64
    let startedAt: UInt64
    var isConnected = false
    var isLate = false
  }

  /// Why the reader does not work as it should.
  enum Trouble: Hashable, Sendable {
    case none
    case held(String)
    case denied(String)
    case stuck(String)
  }

  let id: String
  let name: String
  let title: ReaderTitle
  let lane: String?
  let deadlines: ReadingDeadlines
  var presence = ReaderPresence()
  var current: Visit?
  /// The presence whose card left while it was being read, and when.
  var leaving: (visit: Visit, at: UInt64)?
  var reading: Reading?
  /// Readings whose threads were given up.
  var strays: [Reading] = []
  var trouble = Trouble.none
  /// A sentence about who holds the card, once it was found.
  var holder: String?
  /// Why pcscd cannot be reached; `nil` where it can.
  var offlineReason: String?
  /// Whether another thread may be started where one hangs.
  var isThreadAvailable = true
  var counters: ReaderCounters
  private var lastTold: DeviceDescription?

  /// Creates a station for a reader that was just listed.
  init(
    id: String,
    name: String,
    lane: String?,
    deadlines: ReadingDeadlines,
    counters: ReaderCounters = ReaderCounters()
  ) {
    self.id = id
    self.name = name
    title = ReaderTitle(name)
    self.lane = lane
    self.deadlines = deadlines
    self.counters = counters
  }

  /// What lies on the reader, for `checkHealth`.
  var isOccupied: Bool { current != nil }

  /// The reader is listed, for the first time or again: it is online, and its event counter may
  /// have started anew. It is told of after the first look, so that a card that comes once a reader
  /// is known to be online makes a tap.
  mutating func listed() {
    presence.restart()
    if lastTold?.power != .online { counters.add(.onlineTransitions) }
    offlineReason = nil
  }

  /// pcscd is gone, and with it the event counter.
  mutating func serviceLost(_ reason: String) -> [Effect] {
    if offlineReason == nil { counters.add(.communicationErrors) }
    offlineReason = reason
    presence.restart()
    return told()
  }

  /// Takes a look at the reader.
  mutating func observe(
    _ snapshot: ReaderSnapshot,
    at now: UInt64,
    numbers: inout PresenceNumbers
  ) -> [Effect] {
    var effects: [Effect] = []
    for change in presence.observe(snapshot) {
      switch change {
      case .left: effects += leave(at: now)
      case .arrived(let isAlreadyPresent):
        arrive(at: now, isAlreadyPresent: isAlreadyPresent, numbers: &numbers)
      case .mute(let isAlreadyPresent):
        arrive(at: now, isAlreadyPresent: isAlreadyPresent, numbers: &numbers)
        effects += settle(.refused(.unreadable, detail: "SCARD_STATE_MUTE"), at: now)
      case .woke: current?.stage = .waiting
      case .glimpsed:
        arrive(at: now, isAlreadyPresent: false, numbers: &numbers)
        effects += settle(.refused(.torn, detail: "gone before it could be read"), at: now)
        effects += leave(at: now)
      }
    }
    return effects + dispatch(at: now, numbers: &numbers) + told()
  }

  /// Looks at the time: deadlines and tries that are due.
  mutating func tick(at now: UInt64, numbers: inout PresenceNumbers) -> [Effect] {
    var effects: [Effect] = []
    if let reading {
      let age = now &- reading.startedAt
      if age >= deadlines.hard {
        effects += abandon(reading, at: now)
      } else if age >= deadlines.soft, !reading.isLate {
        effects += late(reading, at: now)
      }
    }
    if case .retrying(let at) = current?.stage, at <= now { current?.stage = .waiting }
    return effects + dispatch(at: now, numbers: &numbers) + told()
  }

  /// When `tick` has something to do, in nanoseconds; `nil` where nothing is awaited.
  var due: UInt64? {
    var times: [UInt64] = []
    if let reading {
      times.append(reading.startedAt + (reading.isLate ? deadlines.hard : deadlines.soft))
    }
    if case .retrying(let at) = current?.stage, reading == nil { times.append(at) }
    return times.min()
  }

  /// The reader's thread has the card.
  mutating func connected(_ number: UInt64) {
    if reading?.number == number { reading?.isConnected = true }
  }

  /// A reading is over.
  mutating func finished(
    _ number: UInt64,
    _ outcome: ReadOutcome,
    at now: UInt64,
    numbers: inout PresenceNumbers
  ) -> [Effect] {
    var effects: [Effect] = []
    if let done = reading, done.number == number {
      reading = nil
      effects += settle(outcome, visit: done.visit, at: now)
    } else if let index = strays.firstIndex(where: { $0.number == number }) {
      let done = strays.remove(at: index)
      if strays.isEmpty { trouble = .none }
      if current?.number == done.visit { effects += settle(outcome, visit: done.visit, at: now) }
    } else {
      return []
    }
    effects += leaveFinally()
    return effects + dispatch(at: now, numbers: &numbers) + told()
  }

  /// Who holds the card is known.
  mutating func holderFound(_ sentence: String) -> [Effect] {
    holder = sentence
    return told()
  }

  /// The reader's description, where it differs from what was told last.
  mutating func told() -> [Effect] {
    let description = description
    guard description != lastTold else { return [] }
    lastTold = description
    return [.report(.device(description))]
  }

  private mutating func arrive(
    at now: UInt64,
    isAlreadyPresent: Bool,
    numbers: inout PresenceNumbers
  ) {
    current = Visit(
      number: numbers.nextPresence(),
      detected: now,
      isAlreadyPresent: isAlreadyPresent
    )
    counters.add(.presences)
  }

  private mutating func dispatch(at now: UInt64, numbers: inout PresenceNumbers) -> [Effect] {
    guard reading == nil, let visit = current, visit.stage == .waiting else { return [] }
    guard isThreadAvailable else {
      let detail = "too many threads hang in calls of libpcsclite"
      current?.stage = .settled
      return settleBusy(reason: detail, detail: detail)
    }
    let number = numbers.nextReading()
    reading = Reading(number: number, visit: visit.number, startedAt: now)
    current?.stage = .reading
    return [.read(number)]
  }
}
