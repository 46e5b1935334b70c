internal import TapgateLock

/// The one thread that polls device files and listens to udev.
final class NodeThread: Sendable {
  private enum Command: Sendable {
    case open(ScannerOpening)
    case close(UInt64)
    case stop
  }

  /// What epoll calls udev's socket; sessions have higher numbers.
  private static let monitorToken: UInt64 = 1
  /// Longest wait, in milliseconds.
  private static let waitMilliseconds = 1000
  /// How often everything is looked at without being told, in nanoseconds: udev's socket may have
  /// lost something.
  private static let inventoryNanoseconds: UInt64 = 30_000_000_000

  private let tree: DeviceTree
  private let poll: EpollSet
  private let commands = Mutex<[Command]>([])

  /// Prepares it; `nil` where the process has no descriptors left.
  init?(tree: DeviceTree) {
    guard let poll = EpollSet() else { return nil }
    self.tree = tree
    self.poll = poll
  }

  // MARK: From any thread

  /// Opens a device file; `opened` or `failed` tells what comes of it.
  func open(_ opening: ScannerOpening) { post(.open(opening)) }

  /// Closes it; `ended` tells.
  func close(_ session: UInt64) { post(.close(session)) }

  /// Ends `run`.
  func stop() { post(.stop) }

  private func post(_ command: Command) {
    commands.withLock { $0.append(command) }
    poll.wake()
  }

  // MARK: The thread

  /// What belongs to the thread.
  private final class Room {
    var sessions: [UInt64: NodeSession] = [:]
    let monitor = UdevMonitor()
    /// What is on no USB, as it was seen last: Bluetooth, serial lines, PS/2 ports.
    var others: Set<DeviceFacts.Link> = []
    var nextInventory: UInt64 = 0
    var isStopping = false
  }

  /// Runs until `stop`.
  func run(delegate: any ScannerTransportDelegate) {
    let room = Room()
    if let monitor = room.monitor, poll.add(monitor.descriptor, token: Self.monitorToken) {
      delegate.service("udev", nil)
    } else {
      delegate.service("udev", "udev's events cannot be heard")
    }
    while !room.isStopping {
      let now = MonotonicClock.nanoseconds
      if now >= room.nextInventory {
        room.nextInventory = now + Self.inventoryNanoseconds
        takeInventory(room, delegate)
      }
      let ready = poll.wait(milliseconds: wait(room, delegate))
      for readiness in ready { bring(readiness, room, delegate) }
      let later = MonotonicClock.nanoseconds
      for session in room.sessions.values where !session.tick(at: later) {
        end(session, room, delegate)
      }
      for command in takeCommands() { obey(command, room, delegate) }
    }
    for session in room.sessions.values { end(session, room, delegate) }
    if let monitor = room.monitor { poll.remove(monitor.descriptor) }
  }

  private func wait(_ room: Room, _ delegate: any ScannerTransportDelegate) -> Int {
    var milliseconds = min(Self.waitMilliseconds, delegate.tick())
    guard commands.withLock({ $0.isEmpty }) else { return 0 }
    let now = MonotonicClock.nanoseconds
    for session in room.sessions.values {
      guard let due = session.due else { continue }
      milliseconds = min(milliseconds, due > now ? Int((due - now) / 1_000_000) + 1 : 0)
    }
    return milliseconds
  }

  private func takeCommands() -> [Command] {
    commands.withLock { commands in
      defer { commands.removeAll(keepingCapacity: true) }
      return commands
    }
  }

  private func bring(
    _ readiness: EpollSet.Readiness,
    _ room: Room,
    _ delegate: any ScannerTransportDelegate
  ) {
    guard readiness.token != Self.monitorToken else { return hear(room, delegate) }
    guard let session = room.sessions[readiness.token] else { return }
    // A line that was hung up still has what came before.
    if !session.read(at: MonotonicClock.nanoseconds) { return end(session, room, delegate) }
    guard readiness.isBroken, !readiness.isReadable else { return }
    delegate.failed(session.number, .absent("\(session.node.path) is gone"))
    end(session, room, delegate)
  }

  private func obey(
    _ command: Command,
    _ room: Room,
    _ delegate: any ScannerTransportDelegate
  ) {
    switch command {
    case .open(let opening): open(opening, room, delegate)
    case .close(let number):
      guard let session = room.sessions[number] else { return delegate.ended(number) }
      end(session, room, delegate)
    case .stop: room.isStopping = true
    }
  }

  private func open(
    _ opening: ScannerOpening,
    _ room: Room,
    _ delegate: any ScannerTransportDelegate
  ) {
    do throws(NodeError) {
      let session = try NodeSession(opening, delegate: delegate)
      guard poll.add(session.node.descriptor, token: session.number) else {
        return delegate.failed(opening.session, .broken("epoll does not take \(session.node.path)"))
      }
      room.sessions[session.number] = session
      session.announce()
    } catch {
      let path = opening.route.path ?? ""
      delegate.failed(opening.session, NodeSession.failure(error, path))
    }
  }

  private func end(
    _ session: NodeSession,
    _ room: Room,
    _ delegate: any ScannerTransportDelegate
  ) {
    guard room.sessions.removeValue(forKey: session.number) != nil else { return }
    poll.remove(session.node.descriptor)
    delegate.ended(session.number)
  }

  // MARK: udev

  private func hear(_ room: Room, _ delegate: any ScannerTransportDelegate) {
    var ports: Set<String> = []
    var isOther = false
    var hasAny = false
    while let event = room.monitor?.next() {
      hasAny = true
      if let port = DeviceTree.port(inPath: event.path) {
        ports.insert(port)
      } else if event.path.contains("/0005:") || event.path.contains("/serio")
        || event.subsystem == "tty"
      {
        isOther = true
      }
    }
    for port in ports { rebind(.usb(port: port), delegate) }
    if isOther { lookForOthers(room, delegate) }
    if hasAny { delegate.hurry() }
  }

  private func rebind(_ link: DeviceFacts.Link, _ delegate: any ScannerTransportDelegate) {
    guard case .usb(let port) = link, let facts = delegate.facts(link) else { return }
    delegate.rebound(link, tree.bindings(port: port, interfaces: facts.interfaces))
  }

  private func takeInventory(_ room: Room, _ delegate: any ScannerTransportDelegate) {
    for link in delegate.links { rebind(link, delegate) }
    lookForOthers(room, delegate)
  }

  private func lookForOthers(_ room: Room, _ delegate: any ScannerTransportDelegate) {
    let found = tree.bluetoothDevices() + tree.serialLines() + tree.serioKeyboards()
    let links = Set(found.map(\.link))
    let left = room.others.subtracting(links)
    let arrived = found.filter { !room.others.contains($0.link) }
    room.others = links
    if !left.isEmpty || !arrived.isEmpty {
      delegate.devices(arrived: arrived, left: Array(left))
    }
    for facts in found where !arrived.contains(facts) {
      delegate.rebound(facts.link, facts.bindings)
    }
  }
}
