import Glibc

/// TCP ports of 127.0.0.1, as another program finds them.
enum LoopbackPort {
  /// Whether somebody listens there.
  static func canConnect(_ port: UInt16) -> Bool { succeeds(port) { connect($0, $1, $2) } }

  /// Whether another program could take the port.
  static func canBind(_ port: UInt16) -> Bool { succeeds(port) { bind($0, $1, $2) } }

  private static func succeeds(
    _ port: UInt16,
    _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Bool {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard file >= 0 else { return false }
    defer { close(file) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    // Safety: sockaddr_in is the sockaddr of AF_INET, and its length goes with it.
    return withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        call(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
