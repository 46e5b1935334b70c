internal import Glibc

/// A connected `AF_UNIX` stream, unix(7). One thread at a time.
final class UnixSocket {
  /// Bytes of `sun_path` without the NUL.
  static let pathByteCountMax = 107
  private let descriptor: Int32

  /// Connects to the socket at `path`, waiting at most `timeoutSeconds` for a place in its backlog.
  ///
  /// The C functions are `socket`, `setsockopt` and `connect`.
  init(path: String, timeoutSeconds: Int = 5) throws(GatewayConnectionError) {
    var address = try Self.address(of: path)
    let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard made >= 0 else { throw Self.failure("socket", path) }
    // connect(2) to a full backlog waits as long as a send may.
    var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    // Safety: `address` is a sockaddr_un of the size that is passed, and outlives the call.
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      let error = Self.failure("connect", path)
      close(made)
      throw error
    }
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Sends all of `bytes`, and takes what arrives meanwhile, so that two full pipes cannot wait for
  /// each other. The C functions are `poll`, `send` and `recv`.
  func send(_ bytes: [UInt8], receivingInto inbox: inout [UInt8]) throws(GatewayConnectionError) {
    var start = 0
    while start < bytes.count {
      let ready = try wait(for: Int16(POLLIN | POLLOUT), milliseconds: -1)
      if ready & Int16(POLLIN) != 0 {
        guard try receive(into: &inbox) != 0 else { throw .closed }
      }
      guard ready & Int16(POLLOUT) != 0 else { continue }
      // Safety: the pointer and the length lie within `bytes`, which outlives the call.
      let sent = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor,
          buffer.baseAddress.map { $0 + start },
          bytes.count - start,
          Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        )
      }
      if sent > 0 {
        start += sent
      } else if errno == EPIPE || errno == ECONNRESET {
        // What the gateway said before it hung up may still be here to be read.
        _ = try receive(into: &inbox)
        throw .closed
      } else if errno != EAGAIN, errno != EINTR {
        throw Self.failure("send", "")
      }
    }
  }

  /// Appends what arrives within `milliseconds` (-1: for ever).
  ///
  /// - Returns: `false` where nothing came in time.
  func receive(
    into inbox: inout [UInt8],
    milliseconds: Int32
  ) throws(GatewayConnectionError) -> Bool {
    guard try wait(for: Int16(POLLIN), milliseconds: milliseconds) != 0 else { return false }
    guard try receive(into: &inbox) != 0 else { throw .closed }
    return true
  }

  /// The number of bytes that came; 0 at the end of the stream, -1 where there was nothing yet.
  private func receive(into inbox: inout [UInt8]) throws(GatewayConnectionError) -> Int {
    var room = [UInt8](repeating: 0, count: 64 * 1024)
    // Safety: the pointer and the length are those of `room`, which outlives the call.
    let count = room.withUnsafeMutableBytes {
      recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
    if count >= 0 {
      inbox.append(contentsOf: room[..<count])
      return count
    }
    switch errno {
    case EAGAIN, EINTR: return -1
    case ECONNRESET: return 0
    default: throw Self.failure("recv", "")
    }
  }

  private func wait(
    for events: Int16,
    milliseconds: Int32
  ) throws(GatewayConnectionError) -> Int16 {
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    let count = poll(&entry, 1, milliseconds)
    if count < 0, errno != EINTR { throw Self.failure("poll", "") }
    guard count > 0 else { return 0 }
    // An end of the stream shows as POLLHUP; recv(2) then tells of it.
    return entry.revents & Int16(POLLHUP | POLLERR) != 0
      ? entry.revents | Int16(POLLIN) : entry.revents
  }

  private static func address(of path: String) throws(GatewayConnectionError) -> sockaddr_un {
    let bytes = Array(path.utf8)
    guard bytes.count <= pathByteCountMax, !bytes.contains(0) else { throw .pathTooLong(path) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safety: `bytes` is shorter than sun_path, which was zeroed, so a NUL follows.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  private static func failure(_ call: String, _ path: String) -> GatewayConnectionError {
    .system(call: call, path: path, errorNumber: errno)
  }
}
