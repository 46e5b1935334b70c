internal import Glibc

/// Stream sockets by path or loopback port.
enum Sockets {
  /// Connects to the AF_UNIX socket at `path`; the descriptor does not block.
  static func connect(path: String) throws(BenchError) -> Int32 {
    let descriptor = try make(AF_UNIX)
    let status = try withUnixAddress(path) { Glibc.connect(descriptor, $0, $1) }
    guard status == 0 else {
      let error = BenchError.system("connect to \(path)")
      close(descriptor)
      throw error
    }
    try stopBlocking(descriptor)
    return descriptor
  }

  /// Listens at `path`, whose last socket file is removed first.
  static func listen(path: String) throws(BenchError) -> Int32 {
    unlink(path)
    let descriptor = try make(AF_UNIX)
    let status = try withUnixAddress(path) { bind(descriptor, $0, $1) }
    guard status == 0, Glibc.listen(descriptor, 1024) == 0 else {
      let error = BenchError.system("listen at \(path)")
      close(descriptor)
      throw error
    }
    try stopBlocking(descriptor)
    return descriptor
  }

  /// Listens at a free port of 127.0.0.1.
  ///
  /// - Returns: the descriptor and the port.
  static func listenOnLoopback() throws(BenchError) -> (descriptor: Int32, port: UInt16) {
    let descriptor = try make(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      // Safety: a sockaddr_in is passed with its own size, as bind(2) and getsockname(2) ask for.
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | Glibc.listen(descriptor, 64)
          | getsockname(descriptor, $0, &length)
      }
    }
    guard status == 0 else {
      let error = BenchError.system("listen on 127.0.0.1")
      close(descriptor)
      throw error
    }
    try stopBlocking(descriptor)
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  /// Takes one waiting connection; `nil` where none waits. The descriptor does not block.
  static func accept(_ listener: Int32) throws(BenchError) -> Int32? {
    let descriptor = Glibc.accept(listener, nil, nil)
    guard descriptor >= 0 else { return nil }
    try stopBlocking(descriptor)
    return descriptor
  }

  private static func make(_ family: Int32) throws(BenchError) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .system("make a socket") }
    return descriptor
  }

  private static func stopBlocking(_ descriptor: Int32) throws(BenchError) {
    let flags = fcntl(descriptor, F_GETFL)
    guard fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
      fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
    else { throw .system("set a socket's flags") }
  }

  private static func withUnixAddress(
    _ path: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(BenchError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw BenchError(.system, doing: "use the socket \(path)", cause: "the path is too long")
    }
    return withUnsafeMutableBytes(of: &address.sun_path) { field in
      field.copyBytes(from: bytes)
      return 0
    }
      + withUnsafePointer(to: &address) { pointer in
        // Safety: a sockaddr_un is passed with its own size, as bind(2) and connect(2) ask for.
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
  }
}
