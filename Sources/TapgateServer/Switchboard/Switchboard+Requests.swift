internal import Logging
internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// A request that was admitted.
struct Call {
  let connection: Connection
  let id: RequestID
  let method: String
  let parameters: Parameters
}

extension Switchboard {
  /// Handles one line of a client: JSON-RPC 2.0, one object.
  func receive(_ line: [UInt8], from connection: Connection) {
    counters.requests &+= 1
    if line.count > Self.inlineByteCountMax, takeChunk(line, from: connection) { return }
    defer { Erasure.erase(line) }
    var id = RequestID.unknown
    do {
      let request = try Request(line, id: &id)
      try admit(request.method, connection)
      try dispatch(
        Call(
          connection: connection,
          id: id,
          method: request.method,
          parameters: request.parameters
        )
      )
    } catch {
      fail(connection, id, error)
      // Whoever may do nothing need not stay, however broken the question.
      if connection.role == nil { connection.closeSoon() }
    }
  }

  /// Lines of an import longer than this are read beside the loop: a megabyte takes milliseconds.
  private static let inlineByteCountMax = 8 * 1024

  /// Takes a long `member.importChunk`, where the line's beginning shows that it is one.
  private func takeChunk(_ line: [UInt8], from connection: Connection) -> Bool {
    let peek = RequestPeek(Array(line.prefix(256)))
    guard peek.method == "member.importChunk", let id = peek.id else { return false }
    do {
      try admit("member.importChunk", connection)
      let route = try route("member.importChunk", connection)
      let (desk, client, language) = (importDesk, connection.id, connection.language)
      try inBackOffice(connection, id, lane: imports) {
        defer { Erasure.erase(line) }
        var id = RequestID.unknown
        let parameters = try Request(line, id: &id).parameters
        try route.hold(parameters)
        return try await desk.add(parameters, client: client, language: language)
      }
    } catch {
      fail(connection, id, error)
    }
    return true
  }

  /// A line that was too long for its method. The stream goes on behind it.
  func refuseLine(_ peek: RequestPeek, byteCountMax: Int, from connection: Connection) {
    let hint = "a line of this method may have \(byteCountMax) bytes"
    let failure = Failure.faulty(-32600, .lineTooLong(byteCountMax: byteCountMax), hint: hint)
    fail(connection, peek.id ?? .unknown, failure)
  }

  /// A stream without lines.
  func refuseStream(from connection: Connection) {
    let countMax = Limits.documentLineByteCountMax
    let hint = "no line may have more than \(countMax) bytes; the connection closes"
    fail(connection, .unknown, .faulty(-32600, .lineTooLong(byteCountMax: countMax), hint: hint))
  }

  private func admit(_ method: String, _ connection: Connection) throws(Failure) {
    guard connection.role != nil else {
      let groups = configuration.roles.flatMap(\.groups)
      let group = groups.first ?? "tapgate"
      throw .result(
        .illegal,
        .notAllowedHere,
        hint: "user id \(connection.peer.uid) has no role: join the group \(group), or add the "
          + "user to a [[role]] of the configuration"
      )
    }
    guard !isClosing else { throw .result(.closed, .closing) }
    guard connection.greeting != nil || method == "hello" else {
      throw .result(.closed, .helloFirst, hint: "hello comes first on a connection")
    }
    guard connection.inFlight < Limits.inFlightMax else {
      let hint = "at most \(Limits.inFlightMax) requests in flight on a connection"
      throw .busy(after: 10, .tooManyInFlight, hint: hint)
    }
  }

  private func dispatch(_ call: Call) throws(Failure) {
    let route = try route(call.method, call.connection)
    if !call.isPlainLookup { try route.hold(call.parameters) }
    try route.handle(self, call)
  }

  /// What answers a method, where it is there and the client's role allows it.
  private func route(_ method: String, _ connection: Connection) throws(Failure) -> Route {
    guard let route = Self.routes[method], !method.hasPrefix("simulate.") || isSimulating else {
      throw .faulty(-32601, .methodUnknown)
    }
    guard let role = connection.role, role >= route.description.role else {
      throw .result(
        .illegal,
        .roleTooLow,
        hint: "\(method) needs the role \(route.description.role.rawValue)"
      )
    }
    return route
  }

  private var isSimulating: Bool { configuration.isSimulation && ports.simulator != nil }

  // MARK: Answers

  /// Answers a call at once; `body` writes the members of the result.
  func reply(_ call: Call, _ body: (inout JSONWriter) -> Void) {
    reply(call.connection, call.id) { writer in
      writer.beginObject()
      body(&writer)
      writer.endObject()
    }
  }

  /// Answers a request; `body` writes one value.
  func reply(_ connection: Connection, _ id: RequestID, _ body: (inout JSONWriter) -> Void) {
    connection.out.beginFrame(id)
    connection.out.name("result")
    body(&connection.out)
    connection.out.endFrame()
    connection.markDirty()
  }

  /// Answers with an error.
  func fail(_ connection: Connection, _ id: RequestID, _ failure: Failure) {
    counters.failures &+= 1
    let traceID = "\(bootID.suffix(12))-\(newNumber())"
    logger.debug(
      "request failed",
      metadata: [
        "trace": "\(traceID)", "client": "\(connection.title)",
        "error": "\(failure.result?.rawValue ?? String(failure.code))",
      ]
    )
    connection.out.beginFrame(id)
    connection.out.name("error")
    failure.write(into: &connection.out, language: connection.language, traceID: traceID)
    connection.out.endFrame()
    connection.markDirty()
  }

  /// The answer will come later.
  func postpone(_ call: Call) -> Ticket { postpone(call.connection, call.id) }

  private func postpone(_ connection: Connection, _ id: RequestID) -> Ticket {
    connection.inFlight += 1
    return Ticket(client: connection.id, id: id)
  }

  /// The connection that waits for a postponed answer, where it is still there; it is one less now.
  func redeem(_ ticket: Ticket) -> Connection? {
    guard let connection = connections[ticket.client] else { return nil }
    connection.inFlight -= 1
    return connection
  }

  /// Answers what the ledger decided.
  func answer(_ ticket: Ticket, _ outcome: OperationOutcome) {
    guard let connection = redeem(ticket) else { return }
    switch outcome {
    case .committed(let result, _, _):
      reply(connection, ticket.id) { $0.raw(result) }
    case .refused(let refusal, _): fail(connection, ticket.id, Failure(refusal))
    case .failed(let failure): fail(connection, ticket.id, Failure(failure))
    }
    connection.closeWhenDone()
  }

  /// Answers what the back office found.
  func answer(_ ticket: Ticket, _ answer: Answer) {
    if case .importFailed(let importID, _) = answer { importOwners[importID] = nil }
    guard let connection = redeem(ticket) else { return }
    switch answer {
    case .result(let result): reply(connection, ticket.id) { $0.raw(result) }
    case .failure(let failure), .importFailed(_, let failure):
      fail(connection, ticket.id, failure)
    }
    connection.closeWhenDone()
  }

  /// Has `work` done beside the loop and answers with what it returns.
  func inBackOffice(
    _ call: Call,
    lane: BackOfficeLane? = nil,
    _ work: @escaping @Sendable () async throws -> JSON
  ) throws(Failure) {
    try inBackOffice(call.connection, call.id, lane: lane ?? reads, work)
  }

  private func inBackOffice(
    _ connection: Connection,
    _ id: RequestID,
    lane: BackOfficeLane,
    _ work: @escaping @Sendable () async throws -> JSON
  ) throws(Failure) {
    let ticket = postpone(connection, id)
    let inbox = inbox
    let isTaken = lane.submit {
      do {
        inbox.post(.answer(ticket, .result(try await work().encoded())))
      } catch {
        inbox.post(.answer(ticket, .failure(Failure(anyError: error))))
      }
    }
    guard isTaken else {
      _ = redeem(ticket)
      throw .busy(after: 500, .busy, hint: "too many reads wait for the disk")
    }
  }
}

extension Failure {
  /// What an error of a port means to a client. Words of unknown errors stay inside: they may hold
  /// data.
  init(anyError error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let failure as OperationFailure: self = Failure(failure)
    case let refusal as Refusal: self = Failure(refusal)
    case let refusal as BackOfficeRefusal where refusal.isRetryable:
      self = .busy(after: 1000, .busy, hint: refusal.problem)
    case let refusal as BackOfficeRefusal:
      self = .result(.illegal, .notAllowedHere, hint: refusal.problem)
    default:
      self = .result(.failure, .broken, hint: "\(type(of: error)): ask tapgate doctor")
    }
  }
}
