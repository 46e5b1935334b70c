internal import Logging
internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// A request that is well formed and allowed.
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
    let request: JSON
    do {
      request = try JSONParser.parse(line, depthMax: Limits.depthMax)
    } catch {
      return refuse(line, error, from: connection)
    }
    guard case .object(let envelope) = request else {
      let isArray = request.array != nil
      return fail(connection, .unknown, .faulty(-32600, isArray ? .batch : .notRequest))
    }
    var id = RequestID.unknown
    do {
      let call = try call(envelope, connection, id: &id)
      try dispatch(call)
    } catch {
      fail(connection, id, error)
    }
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

  private func refuse(_ line: [UInt8], _ error: JSONError, from connection: Connection) {
    let peek = RequestPeek(line, pathAt: error.offset)
    let place = "line \(error.line), column \(error.column)"
    switch error.problem {
    case .duplicateName:
      let field = peek.parameterField ?? error.name ?? ""
      let code: Int64 = peek.parameterField == nil ? -32600 : -32602
      fail(
        connection,
        peek.id ?? .unknown,
        .faulty(code, .duplicateField(field: field), field: field)
      )
    case .tooDeep:
      let hint = "at most \(Limits.depthMax) levels"
      fail(connection, peek.id ?? .unknown, .faulty(-32600, .tooDeep, hint: hint))
    default:
      let hint = "\(error.problem.rawValue) at \(place)"
      fail(connection, .unknown, .faulty(-32700, .notJSON, hint: hint))
    }
  }

  /// Reads the envelope and decides whether the client may ask this at all.
  private func call(
    _ envelope: JSONObject,
    _ connection: Connection,
    id: inout RequestID
  ) throws(Failure) -> Call {
    var method: String?
    var parameters = JSONObject()
    var version: JSON?
    var idValue: JSON?
    var unknownName: String?
    var hasObject = true
    for member in envelope.members {
      switch member.name {
      case "jsonrpc": version = member.value
      case "id": idValue = member.value
      case "method": method = member.value.string
      case "params":
        if case .object(let object) = member.value {
          parameters = object
        } else {
          hasObject = false
        }
      default: unknownName = member.name
      }
    }
    // A notification is told of, not done in silence: nobody would learn that it failed.
    guard let idValue else { throw .faulty(-32600, .notification, field: "id") }
    guard let known = RequestID(idValue) else { throw .faulty(-32600, .idIllegal, field: "id") }
    id = known
    guard version == .string("2.0") else {
      throw .faulty(-32600, .notRequest, field: "jsonrpc", hint: "jsonrpc must be \"2.0\"")
    }
    guard let method else {
      throw .faulty(-32600, .notRequest, field: "method", hint: "method must be a string")
    }
    if let unknownName {
      throw .faulty(-32600, .unknownField(field: unknownName), field: unknownName)
    }
    guard hasObject else {
      throw .faulty(-32602, .wrongType(field: "params"), field: "params", hint: "an object")
    }
    try admit(method, connection)
    return Call(
      connection: connection,
      id: id,
      method: method,
      parameters: Parameters(parameters)
    )
  }

  private func admit(_ method: String, _ connection: Connection) throws(Failure) {
    guard connection.role != nil else {
      let groups = configuration.roles.flatMap(\.groups)
      let group = groups.first ?? "tapgate"
      connection.closeSoon()
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
    guard let route = Self.routes[call.method],
      !call.method.hasPrefix("simulate.") || isSimulating
    else { throw .faulty(-32601, .methodUnknown) }
    guard let role = call.connection.role, role >= route.description.role else {
      throw .result(
        .illegal,
        .roleTooLow,
        hint: "\(call.method) needs the role \(route.description.role.rawValue)"
      )
    }
    if !call.isPlainLookup {
      do {
        try route.description.check(call.parameters.object)
      } catch {
        throw Failure(error)
      }
    }
    try route.handle(self, call)
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
  func postpone(_ call: Call) -> Ticket {
    call.connection.inFlight += 1
    return Ticket(client: call.connection.id, id: call.id)
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
    let ticket = postpone(call)
    let inbox = inbox
    let isTaken = (lane ?? reads).submit {
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
    default:
      self = .result(.failure, .broken, hint: "\(type(of: error)): ask tapgate doctor")
    }
  }
}
