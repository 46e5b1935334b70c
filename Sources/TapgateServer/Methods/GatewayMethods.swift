internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// `hello`: who is there, and what both can do.
  func hello(_ call: Call) throws(Failure) {
    let connection = call.connection
    guard connection.greeting == nil else { throw .result(.illegal, .helloTwice) }
    let client = Parameters(call.parameters["client"]?.object ?? JSONObject())
    let apiMin = call.parameters.integer("apiMin") ?? 1
    let apiMax = call.parameters.integer("apiMax") ?? 1
    guard apiMin <= Int64(Catalogue.api), apiMax >= Int64(Catalogue.api) else {
      let field = apiMin > Int64(Catalogue.api) ? "apiMin" : "apiMax"
      let hint = "this gateway speaks api \(Catalogue.api)"
      throw .result(.illegal, .apiUnsupported, field: field, hint: hint)
    }
    // A language that is not ours is no fault of the client's user: the gateway's own is spoken.
    if let language = client.text("language").flatMap({ Language(tag: $0) }) {
      connection.language = language
    }
    connection.greeting = Greeting(
      name: try client.requiredText("name"),
      version: client.text("version"),
      lane: client.text("lane"),
      since: wallClock()
    )
    reply(call) { writer in
      writer.name("api")
      writer.value(Catalogue.api)
      writer.name("apiMin")
      writer.value(Catalogue.api)
      writer.name("apiMax")
      writer.value(Catalogue.api)
      writer.name("serverVersion")
      writer.value(configuration.version)
      writer.name("bootId")
      writer.value(bootID)
      writer.name("role")
      writer.value(connection.role?.rawValue)
      writer.name("capabilities")
      writer.beginArray()
      for capability in capabilities(of: connection.role) { writer.value(capability) }
      writer.endArray()
      writer.name("limits")
      writeLimits(into: &writer)
    }
  }

  /// The groups of methods that a role may use.
  private func capabilities(of role: Role?) -> [String] {
    var groups: [String] = []
    for method in Catalogue.methods {
      guard let role, role >= method.role,
        let group = method.name.split(separator: ".").first.map(String.init),
        method.name.contains("."), group != "rpc", !groups.contains(group)
      else { continue }
      if group == "simulate", !configuration.isSimulation || ports.simulator == nil { continue }
      if group == "print", ports.printing == nil { continue }
      groups.append(group)
    }
    return groups
  }

  private func writeLimits(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("lineBytes")
    writer.value(Limits.lineByteCountMax)
    writer.name("basketLineBytes")
    writer.value(Limits.basketLineByteCountMax)
    writer.name("documentLineBytes")
    writer.value(Limits.documentLineByteCountMax)
    writer.name("depth")
    writer.value(Limits.depthMax)
    writer.name("inFlight")
    writer.value(Limits.inFlightMax)
    writer.name("basketLines")
    writer.value(Limits.basketLineCountMax)
    writer.name("connections")
    writer.value(configuration.connectionCountMax)
    writer.endObject()
  }

  /// `rpc.discover`.
  func discover(_ call: Call) {
    reply(call.connection, call.id) { $0.raw(discovery) }
  }

  /// `daemon.status`: what the loop knows, and the store's figures where it answers.
  func daemonStatus(_ call: Call) throws(Failure) {
    let known = statusMembers()
    let backOffice = ports.backOffice
    try inBackOffice(call) {
      var status = known
      do {
        status["ledger"] = try await backOffice.figures()
      } catch {
        // The gateway's own state is told even where the store does not answer.
        status["ledger"] = .null
        status["ledgerHint"] = .string("\(type(of: error)): ask tapgate doctor")
      }
      return .object(status)
    }
  }

  private func statusMembers() -> JSONObject {
    let clock = configuration.clock.monotonicNanoseconds()
    let uptime = clock - min(startedNanoseconds, clock)
    let clients = connections.values.sorted { $0.id < $1.id }.compactMap { connection -> JSON? in
      guard let greeting = connection.greeting else { return nil }
      return .object([
        "name": .string(greeting.name), "version": .optional(greeting.version),
        "pid": .integer(Int64(connection.peer.pid)), "lane": .optional(greeting.lane),
        "role": .optional(connection.role?.rawValue), "since": .string(greeting.since),
      ])
    }
    let held = claims.current.map { claim -> JSON in
      let holder = holder(of: claim)
      return .object([
        "claimId": .string(claimID(claim)),
        "devices": .array(claims.devices(of: claim).map(JSON.string)),
        "pid": .optional(holder.map { Int64($0.pid) }), "name": .optional(holder?.name),
        "since": .optional(holder?.since),
      ])
    }
    let status = JSON.object([
      "version": .string(configuration.version), "api": .integer(Int64(Catalogue.api)),
      "bootId": .string(bootID), "pid": .integer(Int64(AccountNames.ownProcessID)),
      "startedAt": .string(text(of: startedAt)),
      "uptimeMs": .integer(Int64(clamping: uptime / 1_000_000)),
      "simulation": .bool(configuration.isSimulation),
      "socket": .string(configuration.socketPath),
      "data": .optional(configuration.dataFolder), "store": .string(configuration.store),
      "counter": .string(configuration.counter), "lane": .string(configuration.lane),
      "connections": .integer(Int64(connections.count)), "clients": .array(clients),
      "claims": .array(held), "recordings": .integer(Int64(recordings.count)),
      "devices": .integer(Int64(devices.all.count)), "troubles": ports.troubles,
      "counters": counters.json,
    ])
    return status.object ?? JSONObject()
  }

  /// `trace.last`.
  func lastTrace(_ call: Call) {
    let entries = trace.last(Int(clamping: call.parameters.integer("limit") ?? 20))
    reply(call) { writer in
      writer.name("taps")
      writer.beginArray()
      for entry in entries { writer.value(entry.json) }
      writer.endArray()
    }
  }

  /// `events.subscribe`.
  func subscribe(_ call: Call) {
    let kinds = call.parameters["kinds"]?.array?.compactMap(\.string) ?? []
    call.connection.subscriptions = Set(kinds)
    subscriptionsChanged()
    let ordered = Catalogue.events.map(\.kind).filter { kinds.contains($0) }
    reply(call) { writer in
      writer.name("kinds")
      writer.beginArray()
      for kind in ordered { writer.value(kind) }
      writer.endArray()
    }
  }

  /// `events.ack`.
  func acknowledge(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("eventId")
    let isKnown = trace.amend(id) { $0.isAcknowledged = true }
    reply(call) { writer in
      writer.name("acknowledged")
      writer.value(isKnown)
    }
  }

  /// `simulate.*`.
  func simulate(_ call: Call) throws(Failure) {
    let parameters = call.parameters
    // Tracks are forgotten, whatever they come to, as a real reader's are.
    defer {
      for name in ["track1", "track2"] {
        guard var track = parameters.text(name) else { continue }
        Erasure.erase(&track)
      }
    }
    let input: SimulatedInput
    switch call.method {
    case "simulate.tap":
      input = try simulatedTap(parameters)
    case "simulate.remove": input = .remove(deviceID: parameters.text("deviceId"))
    case "simulate.scan":
      let text = try parameters.requiredText("data")
      input = .scan(data: text, aim: parameters.text("aim"))
    case "simulate.swipe":
      let (first, second) = (parameters.text("track1"), parameters.text("track2"))
      input = .swipe(track1: first, track2: second)
    default: input = .printerFault(try parameters.requiredText("fault"))
    }
    guard let simulator = ports.simulator else { throw .faulty(-32601, .methodUnknown) }
    let deviceID: String
    do {
      deviceID = try simulator.perform(input)
    } catch {
      switch error {
      case .unknownDevice: throw .result(.noExist, .unknown, field: "deviceId")
      case .illegal(let field, let problem):
        throw .result(.illegal, .impossibleValue(field: field), field: field, hint: problem)
      case .occupied(let words): throw .result(.illegal, .simulationRefused, hint: words)
      }
    }
    reply(call) { writer in
      writer.name("deviceId")
      writer.value(deviceID)
    }
  }
}

extension Switchboard {
  /// A tap of a plain card, or of one that proves more.
  private func simulatedTap(_ parameters: Parameters) throws(Failure) -> SimulatedInput {
    let uid = try parameters.requiredText("uid")
    let deviceID = parameters.text("deviceId")
    let kind = parameters.text("kind").flatMap(CredentialKind.init(rawValue:))
    let assurance = parameters.text("assurance").flatMap(Assurance.init(rawValue:))
    let counter = parameters.integer("counter").map { UInt64(clamping: $0) }
    guard kind != nil || assurance != nil || counter != nil else {
      return .tap(deviceID: deviceID, uid: uid)
    }
    let card = SimulatedCard(
      value: uid,
      kind: kind ?? .cardUid,
      assurance: assurance ?? .a1,
      counter: counter
    )
    return .card(deviceID: deviceID, card)
  }
}

extension ServerCounters {
  /// The counters as `daemon.status` shows them.
  var json: JSON {
    .object([
      "connections": .integer(connections), "requests": .integer(requests),
      "failures": .integer(failures), "lookups": .integer(lookups),
      "operations": .integer(operations), "taps": .integer(taps),
      "delivered": .integer(delivered), "unclaimed": .integer(unclaimed),
      "suppressed": .integer(suppressed), "refused": .integer(refused),
      "paymentCodes": .integer(paymentCodes), "paymentCards": .integer(paymentCards),
      "alarms": .integer(alarms),
    ])
  }
}

extension TapTrace.Entry {
  /// The tap as `trace.last` shows it.
  var json: JSON {
    .object([
      "eventId": .string(eventID), "at": .string(at), "deviceId": .string(deviceID),
      "lane": .optional(lane), "presence": .optional(presence.map { Int64(clamping: $0) }),
      "technology": .optional(technology),
      "credential": credentialKind.map {
        .object(["kind": .string($0), "masked": .optional(masked)])
      } ?? .null,
      "outcome": .string(outcome.rawValue), "deliveredTo": .optional(deliveredTo),
      "reason": .optional(reason), "rule": .optional(rule),
      "duplicateOf": .optional(duplicateOf), "acknowledged": .bool(isAcknowledged),
      "simulated": .bool(isSimulated),
      "steps": .array(
        steps.map {
          .object([
            "step": .string($0.name), "us": .integer($0.microseconds),
            "detail": .optional($0.detail),
          ])
        }
      ),
    ])
  }
}
