internal import Logging
internal import TapgateCodec
public import TapgateCore
internal import TapgateLock

/// What the two threads tell.
extension ScannerBackend: ScannerTransportDelegate {
  /// Longest wait between two looks at the time, in milliseconds.
  private static let waitMillisecondsMax = 1000

  func devices(arrived: [DeviceFacts], left: [DeviceFacts.Link]) {
    let now = MonotonicClock.nanoseconds
    update { census in
      let gone = census.left(left, at: now)
      return gone + census.arrived(arrived, at: now)
    }
  }

  func rebound(_ link: DeviceFacts.Link, _ bindings: [UInt8: DeviceBinding]) {
    update { $0.rebound(link, bindings, at: MonotonicClock.nanoseconds) }
  }

  func facts(_ link: DeviceFacts.Link) -> DeviceFacts? { state.withLock { $0.census.facts(link) } }

  var links: Set<DeviceFacts.Link> { state.withLock { $0.census.links } }

  func hurry() {
    update { $0.hurry(at: MonotonicClock.nanoseconds) }
  }

  func opened(_ session: UInt64, _ opened: ScannerOpened) {
    let parsed = opened.reportDescriptor.map { HIDReportDescriptor.parse($0) }
    let descriptor: HIDReportDescriptor? =
      if case .success(let found) = parsed { found } else { nil }
    let (function, vendor) = state.withLock { state in
      let station = state.census.station(of: session)
      let vendor = station.flatMap { state.census.facts(ofStation: $0.id)?.vendor }
      return (station?.function, vendor)
    }
    guard let function else { return }
    let made = ScannerDecoders.decoder(
      function,
      opened,
      descriptor,
      vendor: vendor,
      isEvents: isEvents(session)
    )
    update { census in
      census.update(session) { station in
        let now = MonotonicClock.nanoseconds
        guard let decoder = made else {
          let failure = RouteFailure.broken("the device does not send what its mode asks for")
          return station.unfit(session, failure, at: now)
        }
        return station.opened(session, decoder: decoder, isExclusive: opened.isExclusive, at: now)
      }
    }
    guard let descriptor else { return }
    state.withLock { $0.descriptors[session] = descriptor }
  }

  private func isEvents(_ session: UInt64) -> Bool {
    state.withLock { state in
      if case .evdev = state.census.station(of: session)?.route { return true }
      return false
    }
  }

  func failed(_ session: UInt64, _ failure: RouteFailure) {
    update { census in
      census.update(session) { $0.failed(session, failure, at: MonotonicClock.nanoseconds) }
    }
  }

  func exclusivity(_ session: UInt64, isExclusive: Bool) {
    update { census in
      census.update(session) {
        $0.exclusivity(isExclusive, session, at: MonotonicClock.nanoseconds)
      }
    }
  }

  func received(_ session: UInt64, _ bytes: [UInt8], at nanoseconds: UInt64) {
    update { census in census.update(session) { $0.feed(bytes, at: nanoseconds) } }
  }

  func lost(_ session: UInt64, _ counter: ScannerCounters.Name) {
    update { census in
      census.update(session) { $0.lostBytes(counter, at: MonotonicClock.nanoseconds) }
    }
  }

  func ended(_ session: UInt64) {
    state.withLock { state in
      state.descriptors[session] = nil
      state.census.forget(session)
    }
  }

  func tick() -> Int {
    let now = MonotonicClock.nanoseconds
    update { census in
      guard let due = census.due, due <= now else { return [] }
      return census.tick(at: now)
    }
    let due = state.withLock { $0.isStopping ? nil : $0.census.due }
    guard let due else { return Self.waitMillisecondsMax }
    // Rounded up: a wait that ends too early would only be followed by another.
    let left = due > now ? (due - now + 999_999) / 1_000_000 : 0
    return min(Self.waitMillisecondsMax, Int(clamping: left))
  }

  func service(_ name: String, _ trouble: String?) {
    let isNews = state.withLock { state in
      defer { state.troubles[name] = trouble }
      return state.troubles[name] != trouble
    }
    guard isNews else { return }
    if let trouble {
      logger.notice("\(name) cannot be used", metadata: ["reason": "\(trouble)"])
    } else {
      logger.info("\(name) can be used")
    }
  }
}

extension ScannerBackend {
  /// `CH_INTERNAL` of one device, from what was seen last.
  public func checkHealth(deviceID: String) async -> HealthReport? {
    state.withLock { state in
      state.census.stations[deviceID]?.health(at: MonotonicClock.nanoseconds)
    }
  }

  public func statistics(deviceID: String) -> [String: Int64]? {
    state.withLock { $0.census.stations[deviceID]?.counters.byName }
  }

  /// Scanners of page 8C that offer it sound; the others do nothing.
  public func feedback(_ feedback: Feedback, deviceID: String) {
    let sound = state.withLock { state -> (USBThread, UInt64, USBFeedbackReport)? in
      guard let station = state.census.stations[deviceID], station.isOpen,
        let session = station.session, case .usb = station.route, let usb = state.usb,
        let descriptor = state.descriptors[session],
        let report = USBFeedbackReport(feedback, descriptor)
      else { return nil }
      return (usb, session, report)
    }
    guard let (usb, session, report) = sound else { return }
    usb.sound(session, report)
  }
}
