import Glibc
import TapgateJSON

/// A connection that knows nothing of the protocol, so that it can break every rule of it.
///
/// For one thread; every call has a deadline.
final class RudeClient {
  struct Failed: Error {
    var call: String
    var error: Int32
  }

  private let descriptor: Int32
  private var pending: [UInt8] = []

  /// Connects to the socket at `path`.
  init(path: String) throws {
    let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard made >= 0 else { throw Failed(call: "socket", error: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safety: the path of a test is shorter than sun_path, which is zero to its end.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    // Safety: sockaddr_un is the sockaddr of AF_UNIX, and its length goes with it.
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      let failed = Failed(call: "connect", error: errno)
      close(made)
      throw failed
    }
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Sends as much of `bytes` as the gateway takes within `milliseconds`.
  ///
  /// - Returns: the bytes taken; fewer where the gateway hung up or reads no more.
  func send(_ bytes: [UInt8], milliseconds: Int32 = 10_000) -> Int {
    var start = 0
    while start < bytes.count {
      var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&watched, 1, milliseconds) > 0 else { return start }
      // Safety: the pointer and the length lie within `bytes`, which outlives the call.
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor,
          buffer.baseAddress.map { $0 + start },
          bytes.count - start,
          Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        )
      }
      if count > 0 { start += count } else if errno != EAGAIN { return start }
    }
    return start
  }

  /// Sends one line.
  func send(line: String) { _ = send(Array(line.utf8) + [0x0A]) }

  /// Says that nothing more will be said.
  func endSaying() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What came next.
  enum Reading: Equatable {
    case line(JSON)
    case closed
    case nothing
  }

  /// The next line, or that the gateway hung up, or that neither happened within `milliseconds`.
  func next(milliseconds: Int32 = 10_000) throws -> Reading {
    while true {
      if let end = pending.firstIndex(of: 0x0A) {
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        return .line(try JSONParser.parse(line))
      }
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&watched, 1, milliseconds) > 0 else { return .nothing }
      var room = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &room, room.count, 0)
      guard count > 0 else { return .closed }
      pending += room[..<count]
    }
  }
}
