import Foundation
import Glibc
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
  private let lines: AsyncStream<[UInt8]>
  private let continuation: AsyncStream<[UInt8]>.Continuation

  /// Connects. With `isReading` false nothing is read before `startReading`.
  init(path: String, isReading: Bool = true) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
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
    guard result == 0 else {
      let failed = Failed(call: "connect", error: errno)
      Glibc.close(descriptor)
      throw failed
    }
    if isReading { startReading() }
  }

  deinit { shutdown() }

  /// Begins to read; the thread ends with the connection.
  func startReading() {
    let (descriptor, continuation) = (descriptor, continuation)
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
      Glibc.close(descriptor)
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
  func shutdown() { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Ends what this side says.
  func shutdownWriting() { Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

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
