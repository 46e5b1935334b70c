import Foundation
import Glibc
import TapgateLock
import TapgateJSON

/// A client without any knowledge of the protocol but its line feeds, so that tests can be rude.
///
/// Lines are read by a thread of the client's own and waited for without blocking the test's task.
final class RawClient: Sendable {
  struct Failed: Error {
    var call: String
    var error: Int32
  }

  let descriptor: Int32
  /// A descriptor's number is used again at once: nobody may touch it after it was closed.
  private let isOpen = Shared(true)
  private let hasThread = Shared(false)
  private let lines: AsyncStream<[UInt8]>
  private let continuation: AsyncStream<[UInt8]>.Continuation

  /// Connects. With `isReading` false nothing is read before `startReading`.
  init(path: String, isReading: Bool = true) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failed(call: "socket", error: errno) }
    (lines, continuation) = AsyncStream.makeStream()
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    // Safety: the path is shorter than sun_path; the address outlives the call.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    // deinit closes: it runs for an initializer that throws from here on, too.
    guard result == 0 else { throw Failed(call: "connect", error: errno) }
    if isReading { startReading() }
  }

  deinit {
    shutdown()
    // Where no thread reads, nobody else closes.
    hasThread.withLock { hasThread in
      if !hasThread { _ = Glibc.close(descriptor) }
    }
  }

  /// A flag that the client and its thread share.
  private final class Shared: Sendable {
    private let value: Mutex<Bool>
    init(_ value: Bool) { self.value = Mutex(value) }
    func withLock(_ body: (inout Bool) -> Void) { value.withLock { body(&$0) } }
  }

  /// Begins to read; the thread ends with the connection.
  func startReading() {
    hasThread.withLock { $0 = true }
    let (descriptor, continuation, isOpen) = (descriptor, continuation, isOpen)
    let thread = Thread {
      var pending: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        // Safety: the buffer is valid for the call and as long as said.
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { break }
        pending += buffer[..<count]
        while let end = pending.firstIndex(of: 0x0A) {
          continuation.yield(Array(pending[..<end]))
          pending.removeFirst(end + 1)
        }
      }
      continuation.finish()
      isOpen.withLock { isOpen in
        isOpen = false
        _ = Glibc.close(descriptor)
      }
    }
    thread.start()
  }

  /// Sends bytes as they are.
  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      // Safety: the buffer is valid for the call and as long as said.
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failed(call: "send", error: errno) }
      sent += count
    }
  }

  /// Sends a line.
  func send(line: String) throws { try send(Array(line.utf8) + [0x0A]) }

  /// Ends both directions, as a killed process does.
  func shutdown() { end(Int32(SHUT_RDWR)) }

  /// Ends what this side says.
  func shutdownWriting() { end(Int32(SHUT_WR)) }

  private func end(_ direction: Int32) {
    isOpen.withLock { isOpen in
      if isOpen { _ = Glibc.shutdown(descriptor, direction) }
    }
  }

  /// The next line as JSON; `nil` once the server closed.
  func next() async throws -> JSON? {
    var iterator = lines.makeAsyncIterator()
    guard let line = await iterator.next() else { return nil }
    return try JSONParser.parse(line)
  }
}

/// A folder that is there for one test.
struct TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/tgXXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw RawClient.Failed(call: "mkdtemp", error: errno)
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() {
    // What is left in /tmp is the system's to clean.
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// This process's user.
var ownUserID: UInt32 { geteuid() }

/// The permission bits of a file.
func permissions(of path: String) -> UInt32 {
  var status = stat()
  return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
}

/// Runs a program and answers what it printed, posix_spawn(3). Foundation's `Process` reads the
/// list of open files and traps where other tests open and close a thousand of them meanwhile.
func output(of arguments: [String]) throws -> [UInt8] {
  var pipe: [Int32] = [0, 0]
  guard Glibc.pipe(&pipe) == 0 else { throw RawClient.Failed(call: "pipe", error: errno) }
  for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  defer { close(pipe[0]) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
  // Safety: the copies live until the child was started, and end with a null pointer.
  var words = arguments.map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var pid: pid_t = 0
  let error = posix_spawn(&pid, arguments[0], &actions, nil, &words, environ)
  close(pipe[1])
  guard error == 0 else { throw RawClient.Failed(call: "posix_spawn", error: error) }
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    // Safety: the buffer is valid for the call and as long as said.
    let count = buffer.withUnsafeMutableBytes { read(pipe[0], $0.baseAddress, $0.count) }
    guard count > 0 else { break }
    output += buffer[..<count]
  }
  var status: Int32 = 0
  waitpid(pid, &status, 0)
  return output
}
