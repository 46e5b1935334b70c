public import TapgateJSON

/// A connection to the gateway, for one thread at a time.
///
/// It speaks JSON-RPC 2.0, one object a line, as the API's contract says. Calls block; requests may
/// also be sent without waiting and their replies be asked for in any order. Notifications that
/// come meanwhile are kept for `nextEvent`.
public final class GatewayClient {
  /// A request under way.
  public struct Request: Hashable, Sendable {
    /// The JSON-RPC id, counted from 1 on this connection.
    public let id: Int64
    /// The method that was asked for.
    public let method: String
  }

  /// Bytes a line of the gateway may have before the connection is given up.
  public static let lineByteCountMax = 16 * 1024 * 1024
  /// Notifications kept for `nextEvent`; beyond that the oldest go and `lostEventCount` rises.
  public static let eventCountMax = 1024

  /// The socket's path.
  public let path: String
  /// How many notifications nobody took in time.
  public private(set) var lostEventCount = 0

  private let socket: UnixSocket
  private var inbox: [UInt8] = []
  private var scanned = 0
  private var lastID: Int64 = 0
  private var replies: [Int64: Result<JSON, GatewayError>] = [:]
  private var events: [GatewayEvent] = []

  /// Connects to the first of `paths` at which somebody answers.
  ///
  /// - Throws: `notRunning` where nobody does; at once where the system refuses for another reason
  ///   (no permission, say), because trying elsewhere would hide it.
  public init(paths: [String]) throws(GatewayConnectionError) {
    for path in paths {
      do throws(GatewayConnectionError) {
        socket = try UnixSocket(path: path)
        self.path = path
        return
      } catch {
        guard Self.meansNobody(error) else { throw error }
      }
    }
    throw .notRunning(tried: paths)
  }

  /// Says hello, which has to come first.
  ///
  /// - Parameters:
  ///   - name: the client's name, shown to others as a claim's holder.
  ///   - version: the client's version.
  ///   - lane: the lane whose taps this client wants; `nil` for none.
  ///   - language: `zh` or `en`, for the gateway's messages; `nil` for the gateway's own.
  /// - Returns: the gateway's greeting: `api`, `serverVersion`, `role`, `limits`, …
  /// - Throws: as `call` does; `GatewayError` where the gateway has no common API number.
  @discardableResult
  public func hello(
    name: String,
    version: String,
    lane: String? = nil,
    language: String? = nil
  ) throws -> JSON {
    var client = JSONObject()
    client["name"] = .string(name)
    client["version"] = .string(version)
    client["lane"] = lane.map(JSON.string)
    client["language"] = language.map(JSON.string)
    return try call(
      "hello",
      .object(["client": .object(client), "apiMin": .integer(1), "apiMax": .integer(1)])
    )
  }

  /// Asks for `method` and waits for the answer.
  ///
  /// - Throws: `GatewayError` where the gateway answers with an error, `GatewayConnectionError`
  ///   where it does not answer. After `timedOut` the outcome is unknown: send the same operation
  ///   id again.
  public func call(
    _ method: String,
    _ parameters: JSON = .object([:]),
    timeoutMilliseconds: Int = 30_000
  ) throws -> JSON {
    let request = try send(method, parameters)
    guard let result = try reply(to: request, timeoutMilliseconds: timeoutMilliseconds) else {
      throw GatewayConnectionError.timedOut(method: method)
    }
    return result
  }

  /// Sends a request without waiting for its answer.
  public func send(
    _ method: String,
    _ parameters: JSON = .object([:])
  ) throws -> Request {
    try send(method, parametersBytes: parameters.encoded())
  }

  /// The same with parameters that are JSON text already, on one line.
  public func send(
    _ method: String,
    parametersBytes: [UInt8]
  ) throws -> Request {
    lastID += 1
    var writer = JSONWriter(capacity: parametersBytes.count + 128)
    writer.beginObject()
    writer.name("jsonrpc")
    writer.value("2.0")
    writer.name("id")
    writer.value(lastID)
    writer.name("method")
    writer.value(method)
    writer.name("params")
    writer.raw(parametersBytes)
    writer.endObject()
    writer.appendByte(0x0A)
    do throws(GatewayConnectionError) {
      try socket.send(writer.bytes, receivingInto: &inbox)
    } catch {
      // Before it hangs up, the gateway says why in an error without an id.
      while let line = nextLine() { try file(line) }
      throw error
    }
    return Request(id: lastID, method: method)
  }

  /// Waits for the answer to `request`.
  ///
  /// - Parameters:
  ///   - request: what `send` answered on this connection.
  ///   - timeoutMilliseconds: how long to wait; -1 for ever.
  /// - Returns: `nil` where none came in time; it can be asked for again.
  /// - Throws: as `call` does, but for `timedOut`.
  public func reply(to request: Request, timeoutMilliseconds: Int) throws -> JSON? {
    let deadline = Deadline(milliseconds: timeoutMilliseconds)
    while true {
      if let reply = replies.removeValue(forKey: request.id) { return try reply.get() }
      guard try takeLine(before: deadline) else { return nil }
    }
  }

  /// The next notification, or `nil` where none came within `timeoutMilliseconds` (-1: for ever).
  public func nextEvent(timeoutMilliseconds: Int) throws -> GatewayEvent? {
    let deadline = Deadline(milliseconds: timeoutMilliseconds)
    while events.isEmpty {
      guard try takeLine(before: deadline) else { return nil }
    }
    return events.removeFirst()
  }

  private static func meansNobody(_ error: GatewayConnectionError) -> Bool {
    guard case .system(_, _, let number) = error else { return false }
    return UnixSocketErrors.meanNobodyListens.contains(number)
  }

  /// Reads up to the end of the next line and files what it says.
  private func takeLine(before deadline: Deadline) throws -> Bool {
    while true {
      if let line = nextLine() {
        try file(line)
        return true
      }
      guard scanned <= Self.lineByteCountMax else {
        throw GatewayConnectionError.malformed(
          "a line is longer than \(Self.lineByteCountMax) bytes"
        )
      }
      guard try socket.receive(into: &inbox, milliseconds: deadline.remaining) else {
        if deadline.hasPassed { return false }
        continue
      }
    }
  }

  /// Takes the first whole line out of what has arrived.
  private func nextLine() -> [UInt8]? {
    guard let end = inbox[scanned...].firstIndex(of: 0x0A) else {
      scanned = inbox.count
      return nil
    }
    let line = Array(inbox[..<end])
    inbox.removeSubrange(...end)
    scanned = 0
    return line
  }

  private func file(_ line: [UInt8]) throws {
    let message: JSON
    do {
      message = try JSONParser.parse(line, depthMax: 64)
    } catch {
      throw GatewayConnectionError.malformed(error.description)
    }
    if message["method"] != nil {
      if events.count >= Self.eventCountMax {
        events.removeFirst()
        lostEventCount += 1
      }
      events.append(GatewayEvent(parameters: message["params"] ?? .null))
    } else if let error = message["error"] {
      guard let id = message["id"]?.integer else { throw GatewayError(error) }
      replies[id] = .failure(GatewayError(error))
    } else if let id = message["id"]?.integer, let result = message["result"] {
      replies[id] = .success(result)
    } else {
      throw GatewayConnectionError.malformed("a line is neither a reply nor a notification")
    }
  }
}
