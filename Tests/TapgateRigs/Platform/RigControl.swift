internal import Foundation
internal import Glibc
internal import TapgateJSON
internal import TapgateLock

/// The control socket of a rig: a line of words out, a line of JSON back.
final class RigControl: Sendable {
  private let socket: Mutex<Int32>

  /// Connects to the socket at `path`, unix(7).
  init(path: String) throws {
    let file = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard file >= 0 else { throw RigError("no socket for the rig: errno \(errno)") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safety: the path is shorter than sun_path, which is zero to its end; sockaddr_un is the
    // sockaddr of AF_UNIX, and its length goes with it.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let code = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else {
      let number = errno
      Glibc.close(file)
      throw RigError("the rig's socket cannot be reached: errno \(number)")
    }
    socket = Mutex(file)
  }

  /// Sends a line and waits for the answer.
  func ask(_ line: String) throws -> JSON {
    try socket.withLock { file in
      let bytes = Array((line + "\n").utf8)
      guard send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
        throw RigError("the rig does not listen: \(line)")
      }
      var answer: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 64 * 1024)
      while answer.last != 0x0A {
        let count = read(file, &chunk, chunk.count)
        guard count > 0 else { throw RigError("the rig ended: \(line)") }
        answer += chunk.prefix(count)
      }
      return try JSONParser.parse(Array(answer.dropLast()))
    }
  }

  /// Ends the connection.
  func close() {
    socket.withLock { file in
      if file >= 0 { Glibc.close(file) }
      file = -1
    }
  }
}
