/// One device file that is read: evdev, hidraw or a serial line. It belongs to the thread that
/// polls.
final class NodeSession {
  /// Events of evdev that one read takes at most.
  private static let eventCountMax = 64
  /// Longest HID report and longest read of a serial line, in bytes.
  private static let byteCountMax = 4096
  /// How often a device whose keys are down is looked at again, in nanoseconds.
  private static let grabNanoseconds: UInt64 = 50_000_000

  let opening: ScannerOpening
  let node: InputNode
  private let delegate: any ScannerTransportDelegate
  /// Whether others may hear the keys still.
  private var awaitsGrab = false
  private var nextGrab: UInt64 = 0
  /// Whether events were lost, and those up to the next SYN_REPORT say nothing.
  private var isBehind = false

  /// Opens the file and makes it ours as far as its kind allows.
  init(
    _ opening: ScannerOpening,
    delegate: any ScannerTransportDelegate
  ) throws(NodeError) {
    self.opening = opening
    self.delegate = delegate
    switch opening.route {
    case .evdev(let path):
      node = try InputNode(path)
      EventNode.prepare(node)
      awaitsGrab = true
      try grab()
    case .serial(let path):
      node = try InputNode(path, isWritable: true)
      try SerialNode.prepare(node, baud: opening.function.settings.baud)
    case .hidraw(let path): node = try InputNode(path)
    case .usb: throw NodeError.notAFile
    }
  }

  var number: UInt64 { opening.session }

  /// Tells that it is open.
  func announce() {
    var opened = ScannerOpened()
    switch opening.route {
    case .evdev: opened.isExclusive = !awaitsGrab
    case .hidraw(let path):
      // Nobody types these reports, but whoever may open the file can read them.
      opened.isExclusive = false
      opened.reportDescriptor =
        opening.binding?.reportDescriptor ?? HIDRawNode.reportDescriptor(path)
    case .serial, .usb: break
    }
    if case .hidraw = opening.route, opened.reportDescriptor == nil {
      return delegate.failed(number, .broken("the device does not tell what it sends"))
    }
    delegate.opened(number, opened)
  }

  /// Takes the keys for ourselves, once none is down: a key that was down would stay down for
  /// everybody else, and repeat for ever.
  private func grab() throws(NodeError) {
    guard try !EventNode.hasKeyDown(node) else {
      nextGrab = MonotonicClock.nanoseconds + Self.grabNanoseconds
      return
    }
    try EventNode.grab(node)
    awaitsGrab = false
  }

  /// When `tick` has something to do, in nanoseconds.
  var due: UInt64? { awaitsGrab ? nextGrab : nil }

  /// Tries again what had to wait. `false` where the device is done for.
  func tick(at now: UInt64) -> Bool {
    guard awaitsGrab, nextGrab <= now else { return true }
    do throws(NodeError) {
      try grab()
      if !awaitsGrab { delegate.exclusivity(number, isExclusive: true) }
      return true
    } catch {
      delegate.failed(number, Self.failure(error, node.path))
      return false
    }
  }

  /// Reads what there is. `false` where the device is done for.
  func read(at now: UInt64) -> Bool {
    do throws(NodeError) {
      // One device must not keep the others waiting: what is left is read in the next round.
      for _ in 0..<32 {
        guard let bytes = try node.read(byteCountMax: byteCount) else { return true }
        guard !bytes.isEmpty else {
          delegate.failed(number, .absent("\(node.path) has ended"))
          return false
        }
        take(bytes, at: now)
        bytes.erase()
      }
      return true
    } catch {
      delegate.failed(number, Self.failure(error, node.path))
      return false
    }
  }

  private var byteCount: Int {
    if case .evdev = opening.route { return EventNode.eventByteCount * Self.eventCountMax }
    return Self.byteCountMax
  }

  private func take(_ bytes: [UInt8], at now: UInt64) {
    guard case .evdev = opening.route else { return delegate.received(number, bytes, at: now) }
    var kept: [UInt8] = []
    for (index, event) in EventNode.events(in: bytes).enumerated() {
      let isSynchronization = event.type == EventNode.synchronization
      if isSynchronization, event.code == EventNode.dropped {
        isBehind = true
        kept = []
        delegate.lost(number, .overflows)
      } else if isSynchronization {
        isBehind = false
      } else if event.type == EventNode.key, !isBehind {
        let start = index * EventNode.eventByteCount
        kept += bytes[start..<start + EventNode.eventByteCount]
      }
    }
    if !kept.isEmpty { delegate.received(number, kept, at: now) }
    kept.erase()
    if awaitsGrab { nextGrab = 0 }
  }

  /// The sentence for a file that may not be opened, with what helps.
  static func denial(of path: String, _ error: String, files: SystemFiles = SystemFiles()) -> String
  {
    let access = files.access(path)
    let rights = access.map { " (\($0))" } ?? ""
    let group = access.flatMap { access in
      access.isForGroup ? SystemAccounts(files: files).groupName(access.group) : nil
    }
    let remedy =
      group.map { "put the gateway's user into the group \($0)" }
      ?? "load udev/70-tapgate-scanners.rules"
    return "\(path)\(rights) may not be opened: \(remedy). \(error)"
  }

  /// What a failed call means for the way.
  static func failure(_ error: NodeError, _ path: String) -> RouteFailure {
    if error.isBusy { return .busy("another program has \(path) for itself. \(error)") }
    if error.isDenied { return .denied(denial(of: path, "\(error)")) }
    return error.isGone ? .absent("\(path) is not there. \(error)") : .broken("\(path): \(error)")
  }
}
