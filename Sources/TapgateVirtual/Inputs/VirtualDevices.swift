internal import TapgateCodec
internal import TapgateLock
public import TapgateCore
internal import TapgateModel

/// Input devices that exist in software only: a contactless reader, a scanner and a swipe reader.
///
/// They are what `serve --simulate` adds: for training, for trying the API out, and for tests that
/// drive everything behind a driver. They report what real drivers report, through the same sink,
/// and every report bears `simulated`. Any thread.
public final class VirtualDevices: InputBackend, InputSimulator {
  /// The ids of the devices.
  public static let readerID = "sim:reader"
  public static let scannerID = "sim:scanner"
  public static let swipeID = "sim:msr"

  private struct State {
    var sink: (any InputSink)?
    var presence: UInt64 = 0
    /// Whether a card lies on the reader.
    var hasCard = false
    var counts: [String: [String: Int64]] = [:]
  }

  public let name = "virtual"
  private let lane: String
  private let clock: any GatewayClock
  private let printerFault: @Sendable (String) -> Bool
  private let state = Mutex(State())

  /// Creates the devices of `lane`.
  ///
  /// `printerFault` is handed the faults of `simulate.printer`; it answers whether it knows the
  /// fault.
  public init(
    lane: String,
    clock: any GatewayClock,
    printerFault: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.lane = lane
    self.clock = clock
    self.printerFault = printerFault
  }

  // MARK: InputBackend

  public func start(sink: any InputSink) {
    state.withLock { $0.sink = sink }
    for device in [
      description(Self.readerID, .rfidScanner, "Virtual contactless reader"),
      description(Self.scannerID, .scanner, "Virtual scanner"),
      description(Self.swipeID, .msr, "Virtual swipe reader"),
    ] {
      sink.receive(.device(device))
    }
  }

  private func description(
    _ id: String,
    _ deviceClass: DeviceClass,
    _ name: String
  ) -> DeviceDescription {
    DeviceDescription(
      id: id,
      deviceClass: deviceClass,
      name: name,
      state: .idle,
      power: .online,
      verdict: .used,
      identity: "configuration",
      lane: lane,
      isSimulated: true
    )
  }

  public func stop() async { state.withLock { $0.sink = nil } }

  public func checkHealth(deviceID: String) async -> HealthReport? {
    guard [Self.readerID, Self.scannerID, Self.swipeID].contains(deviceID) else { return nil }
    let finding = HealthReport.Finding(
      code: "virtual.ok",
      isHealthy: true,
      text: "the device exists in software only"
    )
    return HealthReport(text: "Internal HCheck: Successful", findings: [finding])
  }

  public func statistics(deviceID: String) -> [String: Int64]? {
    guard [Self.readerID, Self.scannerID, Self.swipeID].contains(deviceID) else { return nil }
    return state.withLock { $0.counts[deviceID] ?? [:] }
  }

  // MARK: InputSimulator

  public func replay(_ report: InputReport) {
    state.withLock { $0.sink }?.receive(report)
  }

  public func perform(_ input: SimulatedInput) throws(SimulationFailure) -> String {
    switch input {
    case .tap(let deviceID, let uid):
      let card = SimulatedCard(value: uid, kind: .cardUid, assurance: .a1, counter: nil)
      return try tap(deviceID, card)
    case .card(let deviceID, let card): return try tap(deviceID, card)
    case .remove(let deviceID): return try remove(deviceID)
    case .scan(let data, let aim): return try scan(data, aim: aim)
    case .swipe(let track1, let track2): return try swipe(track1, track2)
    case .printerFault(let fault):
      guard printerFault(fault) else {
        throw .illegal(field: "fault", problem: "is not a fault of the virtual printer")
      }
      return "sim:printer"
    }
  }

  private func tap(
    _ deviceID: String?,
    _ card: SimulatedCard
  ) throws(SimulationFailure) -> String {
    let id = deviceID ?? Self.readerID
    guard id == Self.readerID else { throw .unknownDevice }
    let now = clock.monotonicNanoseconds()
    let verdict: Result<Credential, Credential.Problem>
    do {
      verdict = .success(try Credential(kind: card.kind, value: card.value))
    } catch {
      verdict = .failure(error)
    }
    if case .failure(.malformed) = verdict {
      let problem = card.kind == .cardUid ? "must be hexadecimal" : "is not of this kind's form"
      throw .illegal(field: "uid", problem: problem)
    }
    // A card that lies there is taken away first: one call is one tap.
    let (sink, presence, old) = state.withLock { state in
      let old = state.hasCard ? state.presence : nil
      state.presence += 1
      state.hasCard = true
      state.counts[id, default: [:]]["GoodReadCount", default: 0] += 1
      return (state.sink, state.presence, old)
    }
    if let old {
      sink?.receive(.removed(deviceID: id, presence: old, detectedNanoseconds: now))
    }
    switch verdict {
    case .success(let credential):
      var presentation = Presentation(
        deviceID: id,
        presence: presence,
        credential: credential,
        technology: card.counter == nil ? "iso14443a.t2" : "iso14443a.ntag424",
        assurance: card.assurance,
        detectedNanoseconds: now,
        isSimulated: true
      )
      presentation.freshness = card.counter.map { .counter($0) }
      sink?.receive(.presented(presentation))
    case .failure(let problem):
      refuse(problem, deviceID: id, presence: presence, now: now, sink: sink)
    }
    return id
  }

  private func refuse(
    _ problem: Credential.Problem,
    deviceID: String,
    presence: UInt64?,
    now: UInt64,
    sink: (any InputSink)?
  ) {
    let refusal: InputRefusal =
      switch problem {
      case .unusableUID(.random): .randomUid
      case .unusableUID(.tooShort): .tooShort
      case .paymentCard: .paymentCard
      case .malformed: .notAScan
      case .unusableUID: .unreadable
      }
    let input = RefusedInput(
      deviceID: deviceID,
      presence: presence,
      refusal: refusal,
      hint: refusal == .randomUid ? "open the shop's app, or show the code" : "use a member card",
      detail: "simulated",
      detectedNanoseconds: now,
      isSimulated: true
    )
    sink?.receive(.refused(input))
  }

  private func remove(_ deviceID: String?) throws(SimulationFailure) -> String {
    let id = deviceID ?? Self.readerID
    guard id == Self.readerID else { throw .unknownDevice }
    let (sink, presence) = state.withLock { state in
      defer { state.hasCard = false }
      return (state.sink, state.hasCard ? state.presence : nil)
    }
    guard let presence else { throw .occupied("there is no card on the reader") }
    let now = clock.monotonicNanoseconds()
    sink?.receive(.removed(deviceID: id, presence: presence, detectedNanoseconds: now))
    return id
  }

  private func scan(_ data: String, aim: String?) throws(SimulationFailure) -> String {
    guard !data.isEmpty, data.utf8.count <= 4096 else {
      throw .illegal(field: "data", problem: "must have 1 to 4096 bytes")
    }
    // What the text is, is the hub's to say: a scanner knows nothing of payment.
    let code = ScannedCode(
      deviceID: Self.scannerID,
      data: data,
      aim: aim,
      detectedNanoseconds: clock.monotonicNanoseconds(),
      isSimulated: true
    )
    count("GoodScanCount", of: Self.scannerID)?.receive(.scanned(code))
    return Self.scannerID
  }

  /// A swipe is read and judged like any reader's: by the tracks' own text and a policy without own
  /// ranges.
  private func swipe(_ track1: String?, _ track2: String?) throws(SimulationFailure) -> String {
    guard [track1, track2].contains(where: { !($0 ?? "").isEmpty }) else {
      throw .illegal(field: "track2", problem: "one track has to hold something")
    }
    let now = clock.monotonicNanoseconds()
    var reading = RecordedSwipe.reading(track1: track1, track2: track2)
    switch SwipePolicy().judge(&reading) {
    case .identified(let value, let track):
      do {
        let credential = try Credential(kind: .magstripe, value: value)
        present(credential, technology: "msr.t\(track.rawValue)", now: now)
      } catch {
        let sink = count("FailedReadCount", of: Self.swipeID)
        refuse(error, deviceID: Self.swipeID, presence: nil, now: now, sink: sink)
      }
    case .refused(let refusal, let detail):
      let input = RefusedInput(
        deviceID: Self.swipeID,
        presence: nil,
        // The decoders' words are among those of the wire.
        refusal: InputRefusal(rawValue: refusal.rawValue) ?? .unreadable,
        hint: refusal == .paymentCard ? "use a member card" : "swipe again",
        detail: detail,
        detectedNanoseconds: now,
        isSimulated: true
      )
      count("FailedReadCount", of: Self.swipeID)?.receive(.refused(input))
    }
    return Self.swipeID
  }

  /// A swipe is over at once.
  private func present(_ credential: Credential, technology: String, now: UInt64) {
    let sink = count("GoodReadCount", of: Self.swipeID)
    let presence = state.withLock { state in
      state.presence += 1
      return state.presence
    }
    let presentation = Presentation(
      deviceID: Self.swipeID,
      presence: presence,
      credential: credential,
      technology: technology,
      assurance: .a1,
      detectedNanoseconds: now,
      isSimulated: true
    )
    sink?.receive(.presented(presentation))
    sink?.receive(.removed(deviceID: Self.swipeID, presence: presence, detectedNanoseconds: now))
  }

  private func count(_ name: String, of device: String) -> (any InputSink)? {
    state.withLock { state in
      state.counts[device, default: [:]][name, default: 0] += 1
      return state.sink
    }
  }
}
