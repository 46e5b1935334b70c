internal import TapgateCodec
internal import TapgateCore
internal import TapgateModel

/// Why a way to a device did not open, or closed.
enum RouteFailure: Hashable, Sendable {
  /// Another program has it.
  case busy(String)
  /// This user may not open it; the sentence tells who may.
  case denied(String)
  /// It is not there.
  case absent(String)
  /// It was open and failed.
  case broken(String)

  /// For people.
  var sentence: String {
    switch self {
    case .busy(let text), .denied(let text), .absent(let text), .broken(let text): text
    }
  }
}

/// One device under its name: whether it is there, open and well, what came of its bytes, and what
/// there is to tell.
///
/// A value without clock, thread or library. Whoever holds it brings events in and carries the
/// effects out, in order. Times are monotonic nanoseconds.
struct ScannerStation: Sendable {
  /// What is to be done.
  enum Effect: Sendable {
    case report(InputReport)
    /// Open this way; bring what comes of it back under the number.
    case open(session: UInt64, route: ScannerRoute)
    case close(session: UInt64)
    /// Find out who holds the device and bring it to `holderFound`: slow, so not under a lock.
    case findHolder
  }

  /// How far the gateway has got with the device.
  enum Phase: Hashable, Sendable {
    /// Not plugged in.
    case absent
    /// Seen, not used: verdict and reason.
    case left(DeviceVerdict, String)
    /// To be opened at that time.
    case waiting(at: UInt64)
    case opening(session: UInt64, route: Int)
    case open(session: UInt64, route: Int)
  }

  let id: String
  var identity: String
  var name: String
  var note: String?
  var lane: String?
  var deviceClass: DeviceClass
  /// `nil` for a device that is only shown.
  var function: ScannerFunction?
  var phase = Phase.absent
  /// Whether nobody else hears it, where it is open.
  var isExclusive = true
  var decoder: (any ReportDecoder)?
  var counters = ScannerCounters()
  var holder: String?
  var backOff = BackOff(floorMilliseconds: 250, ceilingMilliseconds: 5000)
  /// The ways that failed in the try under way, first to last.
  private var failures: [RouteFailure] = []
  /// Why the device is not open; `nil` where it is, or was not tried yet.
  private(set) var failure: RouteFailure?
  private var failedAt: UInt64 = 0
  /// When the try under way began, and whether it takes so long that it is told.
  private var openingAt: UInt64 = 0
  private var isOpeningLong = false
  private(set) var gate = FlapGate()
  var swipes: UInt64 = 0
  private var lastTold: Statement?
  /// Whether the gate has kept something back.
  private var hasNewsWaiting = false
  /// Whether the device was ever there.
  private var hasBeenPresent = false

  private enum Statement: Hashable {
    case device(DeviceDescription)
    case gone
  }

  /// Creates a station for a device that was seen, or that the configuration names.
  init(id: String, identity: String, name: String, lane: String?, deviceClass: DeviceClass) {
    self.id = id
    self.identity = identity
    self.name = name
    self.lane = lane
    self.deviceClass = deviceClass
  }

  /// Whether the device is plugged in, as far as anybody knows.
  var isPresent: Bool { phase != .absent }

  /// The session under way.
  var session: UInt64? {
    switch phase {
    case .opening(let session, _), .open(let session, _): session
    case .absent, .left, .waiting: nil
    }
  }

  /// The way of the session under way.
  var route: ScannerRoute? {
    switch phase {
    case .opening(_, let route), .open(_, let route): function?.routes[route]
    case .absent, .left, .waiting: nil
    }
  }

  /// Whether bytes of the device are heard.
  var isOpen: Bool {
    if case .open = phase { return true }
    return false
  }

  // MARK: What happens

  /// The device is there and only shown.
  mutating func leave(_ verdict: DeviceVerdict, reason: String, at now: UInt64) -> [Effect] {
    var effects: [Effect] = []
    if let session { effects.append(.close(session: session)) }
    arrive(at: now)
    function = nil
    phase = .left(verdict, reason)
    return effects + told(at: now)
  }

  /// The device is there and to be used.
  mutating func take(_ function: ScannerFunction, at now: UInt64) -> [Effect] {
    guard session == nil else { return [] }
    let isNew = self.function == nil || !isPresent
    arrive(at: now)
    self.function = function
    deviceClass = function.deviceClass
    lane = function.lane
    // What was tried before keeps its turn; only what is known of the device may be new.
    if case .waiting = phase, !isNew { return told(at: now) }
    if isNew {
      failure = nil
      backOff.reset()
    }
    failures = []
    let patience = gate.isFlapping(at: now) ? FlapGate.patienceNanoseconds : 0
    phase = .waiting(at: now + patience)
    return told(at: now)
  }

  /// The device went.
  mutating func depart(at now: UInt64) -> [Effect] {
    guard isPresent else { return [] }
    var effects = session.map { [Effect.close(session: $0)] } ?? []
    effects += forgetPart(at: now)
    decoder = nil
    failure = nil
    phase = .absent
    gate.departed(at: now)
    counters.add(.departures)
    return effects + told(at: now)
  }

  /// A way opened.
  mutating func opened(
    _ session: UInt64,
    decoder: any ReportDecoder,
    isExclusive: Bool,
    at now: UInt64
  ) -> [Effect] {
    guard case .opening(session, let route) = phase else { return [] }
    phase = .open(session: session, route: route)
    self.decoder = decoder
    self.isExclusive = isExclusive
    holder = nil
    failure = nil
    backOff.reset()
    counters.add(.onlineTransitions)
    return told(at: now)
  }

  /// Whether others hear the device has changed.
  mutating func exclusivity(_ isExclusive: Bool, _ session: UInt64, at now: UInt64) -> [Effect] {
    guard self.session == session else { return [] }
    self.isExclusive = isExclusive
    return told(at: now)
  }

  /// A way did not open, or is shut: the next one is tried, and after the last one all of them
  /// again, later.
  mutating func failed(_ session: UInt64, _ failure: RouteFailure, at now: UInt64) -> [Effect] {
    guard let function, self.session == session else { return [] }
    let wasOpen = isOpen
    let effects = forgetPart(at: now)
    decoder = nil
    failures.append(failure)
    if wasOpen {
      counters.add(.communicationErrors)
      failures = [failure]
    } else if case .opening(_, let route) = phase, route + 1 < function.routes.count {
      return effects + open(route + 1, session: session + 1, at: now)
    }
    let worst = Self.worst(of: failures)
    let wait = UInt64(backOff.nextMilliseconds(jitterPercent: 0)) * 1_000_000
    phase = .waiting(at: now + wait)
    failedAt = now
    // One that was open and is not there any more is about to be told as gone.
    if wasOpen, case .absent = failure { self.failure = nil } else { self.failure = worst }
    failures = []
    let asks: [Effect] = if case .busy = worst, holder == nil { [.findHolder] } else { [] }
    return effects + asks + told(at: now)
  }

  /// A way is open and of no use: it is closed, and counts as failed.
  mutating func unfit(_ session: UInt64, _ failure: RouteFailure, at now: UInt64) -> [Effect] {
    [.close(session: session)] + failed(session, failure, at: now)
  }

  /// Somebody holds the device, and this is who.
  mutating func holderFound(_ sentence: String, at now: UInt64) -> [Effect] {
    holder = sentence
    return told(at: now)
  }

  /// The system has changed something: a file that was not there, or might not be opened, may be
  /// another matter now. What closing a device causes itself must not open it again at once.
  mutating func hurry(at now: UInt64) {
    guard case .waiting(let at) = phase, !gate.isFlapping(at: now) else { return }
    switch failure {
    case .absent, .denied: phase = .waiting(at: min(at, max(now, failedAt + Self.pause)))
    case .busy, .broken, nil: break
    }
  }

  /// Shortest time between two tries, in nanoseconds.
  private static let pause: UInt64 = 250_000_000

  /// How long a way may take to open, and after what time people hear that it is tried.
  private static let openingMax: UInt64 = 5_000_000_000
  private static let openingUntold: UInt64 = 1_000_000_000

  /// Looks at the time. `numbers` gives sessions their numbers, with room for one a route.
  mutating func tick(at now: UInt64, session: UInt64) -> [Effect] {
    var effects: [Effect] = []
    if let due = decoder?.deadline, due <= now / 1_000_000 {
      effects += decode(at: now) { $0.tick(at: now / 1_000_000) }
    }
    if case .waiting(let at) = phase, at <= now { effects += open(0, session: session, at: now) }
    if case .opening(let late, _) = phase {
      if now >= openingAt + Self.openingMax {
        return effects + unfit(late, .broken("the device does not open"), at: now)
      }
      isOpeningLong = now >= openingAt + Self.openingUntold
    }
    return effects + told(at: now)
  }

  /// When `tick` has something to do; `nil` where nothing is awaited.
  var due: UInt64? {
    var times: [UInt64] = []
    if let due = decoder?.deadline { times.append(due &* 1_000_000) }
    if case .waiting(let at) = phase { times.append(at) }
    if case .opening = phase {
      times.append(openingAt + (isOpeningLong ? Self.openingMax : Self.openingUntold))
    }
    if hasNewsWaiting { times.append(gate.nextAdmission) }
    if case .device(let device) = lastTold, device.flapCount > 0 { times.append(gate.calm) }
    return times.min()
  }

  private mutating func arrive(at now: UInt64) {
    if !isPresent { holder = nil }
    hasBeenPresent = true
  }

  private mutating func open(_ route: Int, session: UInt64, at now: UInt64) -> [Effect] {
    guard let function, route < function.routes.count else { return [] }
    phase = .opening(session: session, route: route)
    (openingAt, isOpeningLong) = (now, false)
    return [.open(session: session, route: function.routes[route])]
  }

  /// What a technician should hear of first: nothing is more useful to know than a missing right.
  private static func worst(of failures: [RouteFailure]) -> RouteFailure? {
    let rank = { (failure: RouteFailure) in
      switch failure {
      case .denied: 3
      case .busy: 2
      case .broken: 1
      case .absent: 0
      }
    }
    return failures.max { rank($0) < rank($1) }
  }

  // MARK: Bytes

  /// Takes what one read brought.
  mutating func feed(_ bytes: [UInt8], at now: UInt64) -> [Effect] {
    guard isOpen else { return [] }
    counters.add(.reports)
    return decode(at: now) { $0.feed(bytes, at: now / 1_000_000) }
  }

  /// Bytes were lost between device and gateway: what is not whole is forgotten.
  mutating func lostBytes(_ counter: ScannerCounters.Name, at now: UInt64) -> [Effect] {
    counters.add(counter)
    return forgetPart(at: now)
  }

  /// Forgets what is not whole.
  private mutating func forgetPart(at now: UInt64) -> [Effect] {
    decode(at: now) { $0.reset() }
  }

  private mutating func decode(
    at now: UInt64,
    _ body: (inout any ReportDecoder) -> [DecoderOutput]
  ) -> [Effect] {
    guard var decoder else { return [] }
    self.decoder = nil  // The only owner changes it in place.
    let before = decoder.counters.abandoned
    let outputs = body(&decoder)
    counters.add(.partial, Int64(clamping: decoder.counters.abandoned &- before))
    self.decoder = decoder
    return outputs.isEmpty ? [] : taken(outputs, at: now)
  }

  // MARK: What there is to tell

  private func statement(at now: UInt64) -> Statement {
    isPresent || !hasBeenPresent ? .device(description(at: now)) : .gone
  }

  private func hasNews(at now: UInt64) -> Bool {
    guard !isBeingTried else { return false }
    let statement = statement(at: now)
    // Of what nobody was told that it came, nobody is told that it went.
    return lastTold == nil ? statement != .gone : lastTold != statement
  }

  /// Whether the first try to open it is under way: what comes of it is told, not that it is tried,
  /// unless that takes long.
  private var isBeingTried: Bool {
    switch phase {
    case .waiting: failure == nil
    case .opening: failure == nil && !isOpeningLong
    case .absent, .left, .open: false
    }
  }

  /// What has changed since it was told last, as far as the gate lets it through.
  mutating func told(at now: UInt64) -> [Effect] {
    let hasNews = hasNews(at: now)
    hasNewsWaiting = hasNews && !gate.admit(at: now)
    guard hasNews, !hasNewsWaiting else { return [] }
    let statement = statement(at: now)
    lastTold = statement
    switch statement {
    case .device(let description): return [.report(.device(description))]
    case .gone: return [.report(.deviceLost(id: id))]
    }
  }
}
