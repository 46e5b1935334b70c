internal import CLinux
internal import Foundation
internal import Glibc
internal import TapgateLock

/// The thread and the sockets of one virtual printer.
final class VirtualPrinterServer: Sendable {
  /// Where the printer is reached.
  enum Place {
    case port(UInt16)
    case path(String)
  }

  private struct Control {
    var wakeWriter: Int32 = -1
    var isStopping = false
    var place = Place.port(0)
  }

  /// What the thread alone owns.
  private struct Sockets {
    var wakeReader: Int32
    var listener: Int32
    /// Bound to the printer's port and never listening: while the printer refuses connections,
    /// nobody else can take the port.
    var keeper: Int32
    var client: Int32 = -1
  }

  private let shared: VirtualPrinter.SharedState
  private let control = Mutex(Control())

  init(shared: VirtualPrinter.SharedState) { self.shared = shared }

  func start(port: UInt16) throws(VirtualPrinterError) -> UInt16 {
    let (keeper, bound) = try Self.bound(port: port)
    do throws(VirtualPrinterError) {
      try start(listener: try Self.listen(port: bound), keeper: keeper, place: .port(bound))
    } catch {
      close(keeper)
      throw error
    }
    return bound
  }

  func start(path: String) throws(VirtualPrinterError) {
    try start(listener: try Self.listen(path: path), keeper: -1, place: .path(path))
  }

  private func start(
    listener: Int32,
    keeper: Int32,
    place: Place
  ) throws(VirtualPrinterError) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw VirtualPrinterError(call: "pipe", code: errno) }
    let (reader, writer) = (ends[0], ends[1])
    for descriptor in [reader, writer, listener, keeper] where descriptor >= 0 {
      Self.makeNonBlocking(descriptor)
    }
    control.withLock {
      $0.wakeWriter = writer
      $0.place = place
      $0.isStopping = false
    }
    let thread = Thread { [self] in
      Thread.current.name = "virtual-printer"
      run(Sockets(wakeReader: reader, listener: listener, keeper: keeper))
    }
    thread.start()
  }

  func wake() {
    control.withLock { control in
      guard control.wakeWriter >= 0 else { return }
      var byte: UInt8 = 1
      // Safety: one byte of a local variable; a full pipe wakes as well as a fuller one.
      _ = write(control.wakeWriter, &byte, 1)
    }
  }

  func stop() {
    control.withLock { $0.isStopping = true }
    wake()
  }

  // MARK: The thread

  private func run(_ initial: Sockets) {
    var sockets = initial
    while true {
      let (isStopping, place) = control.withLock { ($0.isStopping, $0.place) }
      if isStopping { break }
      obeyFault(&sockets, place: place)
      flush(&sockets)
      wait(&sockets)
    }
    control.withLock { control in
      if control.wakeWriter >= 0 { close(control.wakeWriter) }
      control.wakeWriter = -1
    }
    close(sockets.wakeReader)
    for descriptor in [sockets.listener, sockets.keeper, sockets.client] where descriptor >= 0 {
      close(descriptor)
    }
  }

  private func obeyFault(_ sockets: inout Sockets, place: Place) {
    let (fault, isDropDue) = shared.value.withLock { ($0.state.fault, $0.state.isDropDue) }
    if isDropDue, sockets.client >= 0 {
      shared.change { $0.state.dropped() }
      abort(&sockets)
    }
    if fault == .reset {
      shared.change { $0.state.dropped() }
      abort(&sockets)
    }
    if fault == .refuse {
      abort(&sockets)
      if sockets.listener >= 0 { close(sockets.listener) }
      sockets.listener = -1
    } else if sockets.listener < 0, let again = try? Self.listen(place) {
      // Where the port is taken for the moment, the next turn tries again.
      Self.makeNonBlocking(again)
      sockets.listener = again
    }
  }

  private func wait(_ sockets: inout Sockets) {
    let (room, hasReplies) = shared.value.withLock {
      ($0.state.room, !$0.state.outgoing.isEmpty)
    }
    var clientEvents: Int16 = 0
    if room > 0 { clientEvents |= Int16(POLLIN) }
    if hasReplies { clientEvents |= Int16(POLLOUT) }
    let listener = sockets.client < 0 ? sockets.listener : -1
    var entries = [
      pollfd(fd: sockets.wakeReader, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
      pollfd(fd: sockets.client, events: clientEvents, revents: 0),
    ]
    let timeout: Int32 = sockets.listener < 0 ? 20 : -1
    guard poll(&entries, nfds_t(entries.count), timeout) > 0 else { return }
    if entries[0].revents != 0 {
      var bytes = [UInt8](repeating: 0, count: 64)
      _ = read(sockets.wakeReader, &bytes, bytes.count)
      // What woke the thread comes first: a fault set before a client connected must not hit that
      // one.
      return
    }
    if entries[1].revents != 0 {
      sockets.client = accept(sockets.listener, nil, nil)
      if sockets.client >= 0 {
        Self.makeNonBlocking(sockets.client)
        shared.change { $0.connectionCount += 1 }
      }
    }
    if entries[2].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
      receive(&sockets, room: room)
    }
  }

  private func receive(_ sockets: inout Sockets, room: Int) {
    guard room > 0 else {
      // Nothing may be read, and the client has gone.
      return hangUp(&sockets)
    }
    var bytes = [UInt8](repeating: 0, count: room)
    let count = recv(sockets.client, &bytes, room, 0)
    if count > 0 {
      shared.change { $0.state.receive(bytes.prefix(count)) }
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      hangUp(&sockets)
    }
  }

  private func flush(_ sockets: inout Sockets) {
    guard sockets.client >= 0 else { return }
    let bytes = shared.value.withLock { $0.state.outgoing }
    guard !bytes.isEmpty else { return }
    let count = send(sockets.client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    guard count > 0 else { return }
    // A fault set meanwhile may have thrown the answers away.
    shared.change { $0.state.outgoing.removeFirst(min(count, $0.state.outgoing.count)) }
  }

  private func hangUp(_ sockets: inout Sockets) {
    if sockets.client >= 0 { close(sockets.client) }
    sockets.client = -1
    shared.change { $0.state.disconnected() }
  }

  /// Ends the connection with RST, as a printer does that lost power or its link.
  private func abort(_ sockets: inout Sockets) {
    guard sockets.client >= 0 else { return }
    var now = linger(l_onoff: 1, l_linger: 0)
    // Safety: the option's value is a local of the size given.
    setsockopt(
      sockets.client,
      SOL_SOCKET,
      SO_LINGER,
      &now,
      socklen_t(MemoryLayout<linger>.size)
    )
    hangUp(&sockets)
  }

  // MARK: Sockets

  private static func makeNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  private static func listen(_ place: Place) throws(VirtualPrinterError) -> Int32 {
    switch place {
    case .port(let port): try listen(port: port)
    case .path(let path): try listen(path: path)
    }
  }

  private static func listen(path: String) throws(VirtualPrinterError) -> Int32 {
    let descriptor = tapgate_unix_listen(path)
    guard descriptor >= 0 else { throw VirtualPrinterError(call: "listen", code: errno) }
    return descriptor
  }

  private static func listen(port: UInt16) throws(VirtualPrinterError) -> Int32 {
    let (descriptor, _) = try bound(port: port)
    guard Glibc.listen(descriptor, 8) == 0 else {
      let code = errno
      close(descriptor)
      throw VirtualPrinterError(call: "listen", code: code)
    }
    return descriptor
  }

  /// A socket with the port, or with a free one where that is 0. Two may have it (SO_REUSEADDR) as
  /// long as neither listens; then one of them may (socket(7)).
  private static func bound(port: UInt16) throws(VirtualPrinterError) -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw VirtualPrinterError(call: "socket", code: errno) }
    var yes: Int32 = 1
    var buffer: Int32 = 4096
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // Safety: sockaddr_in is laid out to be passed as sockaddr with its own length.
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard isBound else {
      let code = errno
      close(descriptor)
      throw VirtualPrinterError(call: "bind", code: code)
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}
