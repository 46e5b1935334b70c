internal import Dispatch
internal import TapgateLock

/// The one thread that talks to libusb: it hears of devices, opens them and reads them.
final class USBThread: Sendable {
  private enum Command: Sendable {
    case open(ScannerOpening)
    case close(UInt64)
    case sound(UInt64, USBFeedbackReport)
    case stop
  }

  private struct State {
    var commands: [Command] = []
    var waker: USBWaker?
  }

  /// Longest wait for libusb, in milliseconds.
  private static let waitMilliseconds = 250
  /// How long transfers may take to end when the thread is to end.
  private static let farewellNanoseconds: UInt64 = 1_000_000_000

  private let tree: DeviceTree
  private let state = Mutex(State())
  /// Ends the pauses without a connection.
  private let nap = DispatchSemaphore(value: 0)

  init(tree: DeviceTree) { self.tree = tree }

  // MARK: From any thread

  /// Opens a device; `opened` or `failed` tells what comes of it.
  func open(_ opening: ScannerOpening) { post(.open(opening)) }

  /// Closes it; `ended` tells.
  func close(_ session: UInt64) { post(.close(session)) }

  /// Lets it sound, best effort.
  func sound(_ session: UInt64, _ report: USBFeedbackReport) { post(.sound(session, report)) }

  /// Ends `run`.
  func stop() { post(.stop) }

  private func post(_ command: Command) {
    let waker = state.withLock { state in
      state.commands.append(command)
      return state.waker
    }
    if let waker { waker.wake() } else { nap.signal() }
  }

  // MARK: The thread

  /// What belongs to one connection to libusb.
  private final class Connection {
    let bus: USBBus
    /// Devices by their pointers, which tell one plugging from the next.
    var devices: [(port: String, device: USBDevice)] = []
    var sessions: [UInt64: USBSession] = [:]
    var isStopping = false

    init(_ bus: USBBus) { self.bus = bus }
  }

  /// Runs until `stop`. Where there is no USB, it looks again every few seconds.
  func run(delegate: any ScannerTransportDelegate) {
    var backOff = BackOff(floorMilliseconds: 1000, ceilingMilliseconds: 30_000)
    while true {
      do throws(USBError) {
        let bus = try USBBus()
        let connection = Connection(bus)
        state.withLock { $0.waker = bus.waker }
        defer {
          state.withLock { $0.waker = nil }
          end(connection, delegate)
        }
        try bus.listen()
        delegate.service("usb", nil)
        backOff.reset()
        try serve(connection, delegate)
      } catch {
        delegate.service("usb", "\(error)")
      }
      guard rest(milliseconds: backOff.nextMilliseconds(jitterPercent: 0), delegate) else { return }
    }
  }

  /// Waits without a connection; `false` when the thread is to end.
  private func rest(milliseconds: Int, _ delegate: any ScannerTransportDelegate) -> Bool {
    let deadline = MonotonicClock.nanoseconds + UInt64(milliseconds) * 1_000_000
    while true {
      for command in takeCommands() {
        switch command {
        case .open(let opening): delegate.failed(opening.session, .absent("USB is not there"))
        case .close(let session): delegate.ended(session)
        case .sound: break
        case .stop: return false
        }
      }
      let now = MonotonicClock.nanoseconds
      guard now < deadline else { return true }
      _ = nap.wait(timeout: .now() + .nanoseconds(Int(clamping: deadline - now)))
    }
  }

  private func takeCommands() -> [Command] {
    state.withLock { state in
      defer { state.commands.removeAll(keepingCapacity: true) }
      return state.commands
    }
  }

  private func serve(
    _ connection: Connection,
    _ delegate: any ScannerTransportDelegate
  ) throws(USBError) {
    while !connection.isStopping {
      let wait = min(Self.waitMilliseconds, delegate.tick())
      let hasWork = state.withLock { !$0.commands.isEmpty } || !connection.bus.events.isEmpty
      try connection.bus.handleEvents(milliseconds: hasWork ? 0 : wait)
      dispatch(connection)
      bring(connection.bus.takeChanges(), connection, delegate)
      for command in takeCommands() { obey(command, connection, delegate) }
    }
  }

  /// Brings what transfers came to to their sessions.
  private func dispatch(_ connection: Connection) {
    while !connection.bus.events.isEmpty {
      for event in connection.bus.takeEvents() {
        guard let session = connection.sessions[event.session] else { continue }
        session.take(event)
        if session.isOver { connection.sessions[event.session] = nil }
      }
    }
  }

  private func obey(
    _ command: Command,
    _ connection: Connection,
    _ delegate: any ScannerTransportDelegate
  ) {
    switch command {
    case .open(let opening): open(opening, connection, delegate)
    case .close(let session):
      guard let open = connection.sessions[session] else { return delegate.ended(session) }
      open.close()
    case .sound(let session, let report): connection.sessions[session]?.sound(report)
    case .stop: connection.isStopping = true
    }
  }

  private func open(
    _ opening: ScannerOpening,
    _ connection: Connection,
    _ delegate: any ScannerTransportDelegate
  ) {
    guard let device = connection.devices.last(where: { $0.port == opening.facts?.port })?.device
    else { return delegate.failed(opening.session, .absent("the device is gone")) }
    do throws(USBError) {
      let session = try USBSession(opening, device, on: connection.bus, delegate: delegate)
      connection.sessions[opening.session] = session
      session.start()
    } catch {
      delegate.failed(opening.session, USBSession.failure(error, opening))
    }
  }

  /// Brings devices that came and went to the delegate, in their order; those that came together
  /// are told together. Root hubs are left out: they are the machine's own sockets.
  private func bring(
    _ changes: [USBBus.Change],
    _ connection: Connection,
    _ delegate: any ScannerTransportDelegate
  ) {
    var arrived: [DeviceFacts] = []
    for change in changes {
      switch change {
      case .arrived(let device):
        guard let facts = facts(of: device), let port = facts.port else { continue }
        connection.devices.append((port, device))
        arrived.append(facts)
      case .left(let device):
        let isSame = { (known: (port: String, device: USBDevice)) in
          known.device.pointer == device.pointer
        }
        guard let known = connection.devices.first(where: isSame) else { continue }
        connection.devices.removeAll(where: isSame)
        if !arrived.isEmpty { delegate.devices(arrived: arrived, left: []) }
        arrived = []
        delegate.devices(arrived: [], left: [.usb(port: known.port)])
      }
    }
    if !arrived.isEmpty { delegate.devices(arrived: arrived, left: []) }
  }

  private func facts(of device: USBDevice) -> DeviceFacts? {
    guard let port = device.port, let identity = device.identity else { return nil }
    // One that has gone again meanwhile, or made room for another, is not told of.
    guard tree.address(ofPort: port) == device.address else { return nil }
    var facts = DeviceFacts(
      link: .usb(port: port),
      vendor: identity.vendor,
      product: identity.product,
      deviceClass: identity.deviceClass
    )
    facts.interfaces = device.interfaces
    tree.describe(&facts, port: port, bus: device.busNumber, address: device.address)
    return facts
  }

  /// Closes everything: transfers are cancelled and waited for, then devices are closed.
  private func end(_ connection: Connection, _ delegate: any ScannerTransportDelegate) {
    for session in connection.sessions.values { session.close() }
    let deadline = MonotonicClock.nanoseconds + Self.farewellNanoseconds
    while !connection.sessions.isEmpty, MonotonicClock.nanoseconds < deadline {
      dispatch(connection)
      guard !connection.sessions.isEmpty else { break }
      // A failure here means that the bus is gone, and the deadline ends the wait.
      try? connection.bus.handleEvents(milliseconds: 20)
    }
    delegate.devices(arrived: [], left: connection.devices.map { .usb(port: $0.port) })
    connection.devices = []
    // A transfer that never came back would crash libusb's end: the connection is left open then.
    guard connection.sessions.isEmpty else { return }
    connection.bus.close()
  }
}

extension USBEvent {
  /// The session it is of.
  var session: UInt64 {
    switch self {
    case .packet(let session, _, _), .stalled(let session), .overflowed(let session),
      .failed(let session, _), .answered(let session, _, _), .drained(let session):
      session
    }
  }
}
