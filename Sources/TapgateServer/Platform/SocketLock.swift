internal import Glibc

/// The right to listen on a socket path: an exclusive lock on `<path>.lock`, flock(2).
///
/// The kernel drops the lock with the process, however it ends, so a dead gateway's socket can be
/// taken over and a live one's cannot. The file stays; its text is the holder's process id.
struct SocketLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, or says who has it.
  static func take(socketPath: String) throws(ServerStartFailure) -> SocketLock {
    let byteCount = socketPath.utf8.count
    guard byteCount <= 107 else {
      throw .pathTooLong(socketPath: socketPath, byteCount: byteCount)
    }
    let path = socketPath + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let pid = holder(descriptor)
      let isTaken = errno == EWOULDBLOCK
      let failure = failure("flock", path)
      close(descriptor)
      throw isTaken ? .alive(socketPath: socketPath, pid: pid) : failure
    }
    let text = Array("\(getpid())\n".utf8)
    // Safety: the buffer is valid for the call. The text is for people; a failure costs only that.
    _ = ftruncate(descriptor, 0)
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    return SocketLock(descriptor: descriptor)
  }

  /// Removes what a dead gateway left at the path. Only the lock's holder may.
  func clear(socketPath: String) throws(ServerStartFailure) {
    guard unlink(socketPath) == 0 || errno == ENOENT else {
      throw Self.failure("unlink", socketPath)
    }
  }

  /// Lets the owner and the group connect, chmod(2).
  func admitGroup(socketPath: String) throws(ServerStartFailure) {
    guard chmod(socketPath, 0o660) == 0 else { throw Self.failure("chmod", socketPath) }
  }

  /// Gives the lock back.
  func release() { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> Int32? {
    let error = errno
    defer { errno = error }
    var bytes = [UInt8](repeating: 0, count: 16)
    // Safety: the buffer is valid for the call and as long as said.
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
    return Int32(String(decoding: digits, as: UTF8.self))
  }

  private static func failure(_ call: String, _ path: String) -> ServerStartFailure {
    .system(call: call, path: path, problem: String(cString: strerror(errno)))
  }
}

/// How many descriptors this process may have open, RLIMIT_NOFILE of setrlimit(2).
enum DescriptorLimit {
  /// Raises the soft limit to `count`, as far as the hard limit allows.
  ///
  /// - Returns: the limit that now holds.
  static func raise(to count: Int) -> Int {
    var limit = rlimit()
    // Safety: the pointers are valid for the calls, which keep none.
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    guard limit.rlim_cur < count else { return Int(clamping: limit.rlim_cur) }
    limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
    // Where it cannot be raised, what holds is told.
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }
}
