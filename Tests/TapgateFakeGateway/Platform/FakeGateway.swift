internal import Glibc
internal import TapgateLock
public import TapgateJSON

/// A request as a client sent it.
public struct FakeRequest: Sendable {
  /// The JSON-RPC id.
  public var id: JSON
  public var method: String
  public var parameters: JSON

  /// The line that answers with a result.
  public func result(_ json: JSON) -> String {
    FakeGateway.line(["jsonrpc": .string("2.0"), "id": id, "result": json])
  }

  /// The line that answers with an error of the gateway.
  public func error(_ name: String, _ message: String, _ data: KeyValuePairs<String, JSON> = [:])
    -> String
  {
    var members: [JSONObject.Member] = [.init(name: "name", value: .string(name))]
    members += data.map { .init(name: $0.key, value: $0.value) }
    return FakeGateway.line([
      "jsonrpc": .string("2.0"), "id": id,
      "error": .object([
        "code": .integer(-32000), "message": .string(message),
        "data": .object(JSONObject(members)),
      ]),
    ])
  }
}

/// A socket that answers as a test says. It greets by itself unless the script answers `hello`.
public final class FakeGateway: Sendable {
  /// What the script wants done with a request.
  public enum Answer: Sendable {
    /// These lines are sent, line feeds added.
    case lines([String])
    /// The request is left to the gateway's own greeting, or to an error.
    case unscripted
    /// These lines are sent, and the connection is closed.
    case close([String])
  }

  /// The socket's path.
  public let path: String
  private let listener: Int32
  private let requests = Mutex<[FakeRequest]>([])
  private let script: @Sendable (FakeRequest) -> Answer

  /// Every request so far, in order of arrival.
  public var received: [FakeRequest] { requests.withLock { $0 } }

  /// Listens in a new folder of its own.
  public init(_ script: @escaping @Sendable (FakeRequest) -> Answer) throws {
    self.script = script
    var template = Array("/tmp/tapgate-fake-XXXXXX".utf8CString)
    // Safety: the template is NUL-terminated and mkdtemp changes its last six letters in place.
    guard mkdtemp(&template) != nil else { throw FakeGatewayError(call: "mkdtemp", number: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/s"
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safety: the path is shorter than sun_path, which was zeroed.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    // Safety: `address` is a sockaddr_un of the size that is passed, and outlives the call.
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0, listen(listener, 16) == 0 else {
      throw FakeGatewayError(call: "bind", number: errno)
    }
    Self.detach { self.accept() }
  }

  /// Stops listening; the socket file stays, as after a crash.
  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// One line of JSON.
  public static func line(_ members: KeyValuePairs<String, JSON>) -> String {
    String(decoding: JSON.object(members).encoded(), as: UTF8.self)
  }

  /// A notification.
  public static func event(_ members: KeyValuePairs<String, JSON>) -> String {
    line([
      "jsonrpc": .string("2.0"), "method": .string("event"), "params": .object(members),
    ])
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { return }
      Self.detach { self.serve(connection) }
    }
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var inbox: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    while true {
      // Safety: the pointer and the length are those of `room`.
      let count = room.withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { return }
      inbox += room[..<count]
      while let end = inbox.firstIndex(of: 0x0A) {
        let line = Array(inbox[..<end])
        inbox.removeSubrange(...end)
        guard answer(line, on: connection) else { return }
      }
    }
  }

  private func answer(_ line: [UInt8], on connection: Int32) -> Bool {
    guard let json = try? JSONParser.parse(line), let method = json["method"]?.string else {
      return false
    }
    let request = FakeRequest(
      id: json["id"] ?? .null,
      method: method,
      parameters: json["params"] ?? .null
    )
    requests.withLock { $0.append(request) }
    switch script(request) {
    case .lines(let lines): return send(lines, on: connection)
    case .close(let lines):
      _ = send(lines, on: connection)
      return false
    case .unscripted:
      guard method == "hello" else {
        return send([request.error("E_ILLEGAL", "not scripted: \(method)")], on: connection)
      }
      let greeting = JSON.object(["api": .integer(1), "role": .string("manager")])
      return send([request.result(greeting)], on: connection)
    }
  }

  private func send(_ lines: [String], on connection: Int32) -> Bool {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    var start = 0
    while start < bytes.count {
      // Safety: the pointer and the length lie within `bytes`.
      let sent = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          connection,
          buffer.baseAddress.map { $0 + start },
          bytes.count - start,
          Int32(MSG_NOSIGNAL)
        )
      }
      guard sent > 0 else { return false }
      start += sent
    }
    return true
  }

  private static func detach(_ work: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
      let work: @Sendable () -> Void
      init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var thread = pthread_t()
    // Safety: the box is retained for the thread, which takes it over and releases it.
    let context = Unmanaged.passRetained(Box(work)).toOpaque()
    pthread_create(
      &thread,
      nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Box>.fromOpaque(context).takeRetainedValue().work()
        return nil
      },
      context
    )
    pthread_detach(thread)
  }
}

/// A system call of the fake that failed.
public struct FakeGatewayError: Error {
  public var call: String
  public var number: Int32
}
