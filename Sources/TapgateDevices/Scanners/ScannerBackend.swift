internal import Dispatch
internal import TapgateCodec
public import Logging
internal import TapgateLock
public import TapgateCore

/// Bar code scanners and swipe readers: on USB, behind a keyboard's driver, or on a serial line.
///
/// Two threads read them all: one belongs to libusb, the other polls device files and listens to
/// udev. What they see comes to one `ScannerCensus` under one lock; it decides, and this type
/// carries out.
public final class ScannerBackend: InputBackend {
  /// What a shop may set.
  public struct Configuration: Sendable {
    /// Devices that the configuration names.
    public var entries: [ScannerEntry]
    /// The lane of devices that nobody gave one.
    public var lane: String?

    /// Creates a configuration.
    public init(entries: [ScannerEntry] = [], lane: String? = nil) {
      self.entries = entries
      self.lane = lane
    }
  }

  /// Everything that more than one thread looks at.
  struct State: Sendable {
    var sink: (any InputSink)?
    var isRunning = false
    var isStopping = false
    var census: ScannerCensus
    var usb: USBThread?
    var nodes: NodeThread?
    var threads: [DeviceThread] = []
    /// How each open session's device can be made to sound.
    var descriptors: [UInt64: HIDReportDescriptor] = [:]
    /// What does not work beneath the devices: libusb, udev.
    var troubles: [String: String] = [:]
    var logAllowance = LogAllowance()
  }

  public let name = "scanner"
  let configuration: Configuration
  let logger: Logger
  let state: Mutex<State>

  /// Creates a backend; `start` opens it.
  public init(
    configuration: Configuration = Configuration(),
    logger: Logger = Logger(label: "tapgate.scanner")
  ) {
    self.configuration = configuration
    self.logger = logger
    let rules = ScannerRules(entries: configuration.entries, lane: configuration.lane)
    state = Mutex(State(census: ScannerCensus(rules: rules)))
  }

  /// Starts both threads. A backend that runs already stays as it is.
  ///
  /// `sink` is called with a lock held: it must not call this backend.
  public func start(sink: any InputSink) {
    let tree = DeviceTree()
    state.withLock { state in
      guard !state.isRunning else { return }
      let rules = ScannerRules(entries: configuration.entries, lane: configuration.lane)
      state.census = ScannerCensus(rules: rules)
      state.sink = sink
      state.isRunning = true
      state.isStopping = false
      state.usb = USBThread(tree: tree)
      state.nodes = NodeThread(tree: tree)
      let effects = state.census.begin(at: MonotonicClock.nanoseconds)
      _ = carryOut(effects, &state)
      if let usb = state.usb { begin("usb-events", &state) { usb.run(delegate: self) } }
      if let nodes = state.nodes { begin("fd-poll", &state) { nodes.run(delegate: self) } }
    }
  }

  private func begin(
    _ name: String,
    _ state: inout State,
    _ body: @escaping @Sendable () -> Void
  ) {
    let thread = DeviceThread(name: name)
    state.threads.append(thread)
    if !thread.run(body) {
      logger.error("the system has no thread", metadata: ["thread": "\(name)"])
    }
    thread.close()
  }

  /// Closes every device and ends both threads; one that hangs in a call is given up after 1.8 s.
  public func stop() async {
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let isStarted = NativeThread.start(name: "scanner-stop") {
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
    let (threads, usb, nodes) = state.withLock { state in
      state.isStopping = true
      _ = state.census.end()
      return (state.threads, state.usb, state.nodes)
    }
    let ended = DispatchSemaphore(value: 0)
    for thread in threads { thread.atEnd { ended.signal() } }
    usb?.stop()
    nodes?.stop()
    let deadline = DispatchTime.now() + .milliseconds(1800)
    for _ in threads { _ = ended.wait(timeout: deadline) }
    state.withLock { state in
      state.sink = nil
      state.descriptors = [:]
      state.threads = []
      state.usb = nil
      state.nodes = nil
      state.isRunning = false
    }
  }

  // MARK: Effects

  /// Lets the census take an event, and carries out what comes of it.
  func update(_ event: (inout ScannerCensus) -> ScannerCensus.Effects) {
    let held = state.withLock { state in
      guard !state.isStopping else { return [String]() }
      let effects = event(&state.census)
      return effects.isEmpty ? [] : carryOut(effects, &state)
    }
    for id in held { findHolder(of: id) }
  }

  /// Carries effects out; the ids of stations whose holders are to be found.
  private func carryOut(_ effects: ScannerCensus.Effects, _ state: inout State) -> [String] {
    var held: [String] = []
    for (id, effect) in effects {
      switch effect {
      case .report(let report):
        note(report, &state)
        state.sink?.receive(report)
      case .open(let session, let route): open(id, session, route, &state)
      case .close(let session):
        state.usb?.close(session)
        state.nodes?.close(session)
      case .findHolder: held.append(id)
      }
    }
    return held
  }

  private func open(
    _ id: String,
    _ session: UInt64,
    _ route: ScannerRoute,
    _ state: inout State
  ) {
    guard let function = state.census.stations[id]?.function else { return }
    let opening = ScannerOpening(
      session: session,
      route: route,
      function: function,
      facts: state.census.facts(ofStation: id)
    )
    if case .usb = route { state.usb?.open(opening) } else { state.nodes?.open(opening) }
  }

  /// Walks through /proc, so without the lock.
  private func findHolder(of id: String) {
    let path = state.withLock { state -> String? in
      guard let station = state.census.stations[id] else { return nil }
      return state.census.facts(ofStation: id)?.nodePath ?? station.function?.routes.first?.path
    }
    let sentence = DeviceHolders.sentence(path)
    update { census in
      census.change(id) { $0.holderFound(sentence, at: MonotonicClock.nanoseconds) }
    }
  }

  /// A line in the log where a device begins or ceases to be used; ten an hour at most.
  private func note(_ report: InputReport, _ state: inout State) {
    let id: String
    let verdict: String
    switch report {
    case .device(let device): (id, verdict) = (device.id, device.verdict.rawValue)
    case .deviceLost(let lost): (id, verdict) = (lost, "gone")
    default: return
    }
    let now = MonotonicClock.nanoseconds
    guard let leftOut = state.logAllowance.line(about: id, at: now) else { return }
    var metadata: Logger.Metadata = ["device": "\(id)", "verdict": "\(verdict)"]
    if leftOut > 0 { metadata["linesLeftOut"] = "\(leftOut)" }
    logger.notice("device", metadata: metadata)
  }
}
