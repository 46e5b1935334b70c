internal import Dispatch
public import Logging
public import TapgateCards
public import TapgateCodec
public import TapgateCore
internal import TapgateLock

/// Every reader that pcscd offers.
///
/// One thread waits for changes with a context of its own, and each reader has a thread and a
/// context for talking to cards, because libpcsclite holds a context for as long as a call lasts.
/// Decisions are `ReaderStation`'s; this type carries them out.
public final class PCSCBackend: InputBackend {
  /// What a shop may set.
  public struct Configuration: Sendable {
    /// The lane that the readers belong to.
    public var lane: String?
    /// Milliseconds after which a reading that is not over is told of.
    public var softDeadlineMilliseconds: Int
    /// Milliseconds after which its thread is given up.
    public var hardDeadlineMilliseconds: Int
    /// Threads that may hang in libpcsclite at one time. Above that no reader with a hanging thread
    /// gets another one, and `threadsExhausted` is called: only a new process helps then.
    public var abandonedThreadCountMax: Int
    /// Whether the readers are ACS ACR122U, whose light and buzzer are to answer taps.
    public var hasACR122UFeedback: Bool
    /// The cards that the shop issues, in the order in which they are looked for. Without any, a
    /// card is its identifier.
    public var cards: [CardProfile]
    /// How the readers take raw commands for tags; `nil` where that is to be found out at each tag.
    public var tagTransport: TagTransport?
    /// Whether a transit card that none of `cards` takes is a card like any other; otherwise it is
    /// refused.
    public var allowsTransit: Bool

    /// Creates a configuration; the defaults are those of the shop.
    public init(
      lane: String? = nil,
      softDeadlineMilliseconds: Int = 1500,
      hardDeadlineMilliseconds: Int = 5000,
      abandonedThreadCountMax: Int = 3,
      hasACR122UFeedback: Bool = false,
      cards: [CardProfile] = [],
      tagTransport: TagTransport? = nil,
      allowsTransit: Bool = false
    ) {
      self.lane = lane
      self.softDeadlineMilliseconds = softDeadlineMilliseconds
      self.hardDeadlineMilliseconds = hardDeadlineMilliseconds
      self.abandonedThreadCountMax = abandonedThreadCountMax
      self.hasACR122UFeedback = hasACR122UFeedback
      self.cards = cards
      self.tagTransport = tagTransport
      self.allowsTransit = allowsTransit
    }
  }

  /// Whether pcscd can be reached.
  enum Service: Hashable, Sendable {
    case unknown, up
    case down(PCSCError)
  }

  /// Everything that more than one thread looks at.
  struct State: Sendable {
    var sink: (any InputSink)?
    var isRunning = false
    var isStopping = false
    var monitor: DeviceThread?
    /// The monitor's context while it may be cancelled.
    var monitorContext: PCSCContext?
    var service = Service.unknown
    var roster = ReaderRoster()
    var directory = ReaderDirectory()
    var numbers = PresenceNumbers()
    var stations: [PCSCReaderName: ReaderStation] = [:]
    var workers: [PCSCReaderName: ReaderWorker] = [:]
    /// Counters of readers that left, by device id, so that a replug does not lose them.
    var retiredCounters: [String: ReaderCounters] = [:]
    /// Threads that hang in a call.
    var abandonedCount = 0
    var logAllowance = LogAllowance()
  }

  public let name = "pcsc"

  let configuration: Configuration
  let logger: Logger
  let state = Mutex(State())
  /// Ends the monitor's pauses.
  let nap = DispatchSemaphore(value: 0)
  private let threadsExhausted: @Sendable () -> Void

  /// Creates a backend; `start` opens it. `threadsExhausted` is called, on any thread and with a
  /// lock held, when as many threads hang as may: it must not call this backend.
  public init(
    configuration: Configuration = Configuration(),
    logger: Logger = Logger(label: "tapgate.pcsc"),
    threadsExhausted: @escaping @Sendable () -> Void = {}
  ) {
    self.configuration = configuration
    self.logger = logger
    self.threadsExhausted = threadsExhausted
  }

  /// Starts the monitor. A backend that runs already stays as it is.
  ///
  /// `sink` is called with a lock held: it must not call this backend.
  public func start(sink: any InputSink) {
    state.withLock { state in
      guard !state.isRunning else { return }
      state.sink = sink
      state.isRunning = true
      state.isStopping = false
      state.service = .unknown
      let monitor = DeviceThread(name: "pcsc-monitor")
      state.monitor = monitor
      if !monitor.run({ self.monitorReaders() }) {
        logger.error("the system has no thread for PC/SC")
      }
    }
  }

  /// Ends every thread; those that hang in a call are given up after 1.8 s and end by themselves.
  public func stop() async {
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let isStarted = NativeThread.start(name: "pcsc-stop") {
        self.endThreads()
        done.resume()
      }
      if !isStarted {
        endThreads()
        done.resume()
      }
    }
  }

  private func endThreads() {
    let (monitor, workers) = state.withLock { state in
      state.isStopping = true
      return (state.monitor, Array(state.workers.values))
    }
    guard let monitor else { return }
    let ended = DispatchSemaphore(value: 0)
    monitor.atEnd { ended.signal() }
    monitor.close()
    for worker in workers {
      worker.atEnd { ended.signal() }
      worker.close()
    }
    nap.signal()
    let deadline = MonotonicClock.nanoseconds + 1_800_000_000
    while !(monitor.hasEnded && workers.allSatisfy(\.hasEnded)) {
      guard MonotonicClock.nanoseconds < deadline else { break }
      // One cancel is not enough: one that comes just before the wait is lost.
      state.withLock { $0.monitorContext }?.cancel()
      _ = ended.wait(timeout: .now() + .milliseconds(50))
    }
    state.withLock { state in
      state.sink = nil
      state.stations = [:]
      state.workers = [:]
      state.roster = ReaderRoster()
    }
    // A monitor that hangs keeps the backend from being started twice.
    monitor.atEnd {
      self.state.withLock { state in
        state.monitor = nil
        state.isRunning = false
      }
    }
  }

  // MARK: Effects

  /// Lets a reader's station take an event, and carries out what comes of it.
  func update(
    _ reader: PCSCReaderName,
    _ event: (inout ReaderStation, inout PresenceNumbers) -> [ReaderStation.Effect]
  ) {
    let asksForHolder = state.withLock { state in
      updateLocked(reader, &state, event)
    }
    guard asksForHolder else { return }
    let sentence = PCSCHolder.sentence()
    state.withLock { state in
      _ = updateLocked(reader, &state) { station, _ in station.holderFound(sentence) }
    }
  }

  /// The same under the lock. Whether somebody must find out who holds the card.
  func updateLocked(
    _ reader: PCSCReaderName,
    _ state: inout State,
    _ event: (inout ReaderStation, inout PresenceNumbers) -> [ReaderStation.Effect]
  ) -> Bool {
    guard var station = state.stations[reader], !state.isStopping else { return false }
    station.isThreadAvailable =
      station.strays.isEmpty || state.abandonedCount < configuration.abandonedThreadCountMax
    let effects = event(&station, &state.numbers)
    state.stations[reader] = station
    var asksForHolder = false
    for effect in effects {
      switch effect {
      case .report(let report): state.sink?.receive(report)
      case .read(let number): read(reader, number, &state)
      case .abandon: abandon(reader, &state)
      case .findHolder: asksForHolder = true
      }
    }
    return asksForHolder
  }

  private func read(_ reader: PCSCReaderName, _ number: UInt64, _ state: inout State) {
    let worker = state.workers[reader] ?? ReaderWorker(name: "pcsc-reader")
    state.workers[reader] = worker
    let isTaken = worker.read(
      reader,
      rules: CardRules(
        profiles: configuration.cards,
        transport: configuration.tagTransport,
        allowsTransit: configuration.allowsTransit
      ),
      connected: { self.state.withLock { $0.stations[reader]?.connected(number) } },
      finished: { outcome in
        self.update(reader) { station, numbers in
          station.finished(number, outcome, at: MonotonicClock.nanoseconds, numbers: &numbers)
        }
        self.hurryMonitor(for: reader)
      }
    )
    if !isTaken { log(.error, "the system has no thread for a reader", about: reader, &state) }
  }

  /// Ends the monitor's wait where `reader` has something due before its end.
  private func hurryMonitor(for reader: PCSCReaderName) {
    let context = state.withLock { state in
      state.stations[reader]?.due == nil ? nil : state.monitorContext
    }
    context?.cancel()
  }

  /// Logs a line about a reader that is known, if it may have one more.
  private func log(
    _ level: Logger.Level,
    _ message: Logger.Message,
    about reader: PCSCReaderName,
    _ state: inout State
  ) {
    let id = state.stations[reader]?.id ?? reader.description
    log(level, message, about: id, ["device": "\(id)"], &state)
  }

  /// Logs a line about a device, or about pcscd, if it may have one more.
  func log(
    _ level: Logger.Level,
    _ message: Logger.Message,
    about device: String,
    _ metadata: Logger.Metadata,
    _ state: inout State
  ) {
    let now = MonotonicClock.nanoseconds
    guard let leftOut = state.logAllowance.line(about: device, at: now) else { return }
    var metadata = metadata
    if leftOut > 0 { metadata["linesLeftOut"] = "\(leftOut)" }
    logger.log(level: level, message, metadata: metadata)
  }

  private func abandon(_ reader: PCSCReaderName, _ state: inout State) {
    guard let worker = state.workers.removeValue(forKey: reader) else { return }
    state.abandonedCount += 1
    log(.error, "a call of libpcsclite hangs", about: reader, &state)
    if state.abandonedCount == configuration.abandonedThreadCountMax { threadsExhausted() }
    worker.close()
    worker.atEnd { self.state.withLock { $0.abandonedCount -= 1 } }
  }
}
