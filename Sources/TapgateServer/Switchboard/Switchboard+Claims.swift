internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// `device.claim`.
  func claim(_ call: Call) throws(Failure) {
    let target = try claimTarget(call)
    let number = newNumber()
    claimTickets[number] = postpone(call)
    let actions = claims.request(
      ClaimRequest(
        number: number,
        client: call.connection.id,
        target: target,
        waitMilliseconds: UInt64(clamping: call.parameters.integer("waitMs") ?? 0),
        isContest: call.parameters.flag("contest") ?? false
      ),
      now: now
    )
    perform(actions)
    scheduleTick()
  }

  private func claimTarget(_ call: Call) throws(Failure) -> ClaimTarget {
    if let lane = call.parameters.text("lane") { return .lane(lane) }
    let id = try call.parameters.requiredText("deviceId")
    if let device = devices[id] {
      guard ![.posPrinter, .cashDrawer, .other].contains(device.deviceClass) else {
        throw notClaimable(device)
      }
      return .device(id)
    }
    if let printer = ports.printing?.printers().first(where: { $0.id == id }) {
      throw notClaimable(printer)
    }
    throw .result(.noExist, .unknown, field: "deviceId")
  }

  private func notClaimable(_ device: DeviceDescription) -> Failure {
    var failure = Failure.result(.illegal, .notClaimable, field: "deviceId")
    failure.deviceID = device.id
    failure.deviceClass = device.deviceClass
    return failure
  }

  /// `device.release`.
  func release(_ call: Call) throws(Failure) {
    let claim = try ownClaim(call)
    let actions = claims.release(claim.number, client: call.connection.id, now: now) ?? []
    reply(call) { _ in }
    perform(actions)
    scheduleTick()
  }

  /// `device.retain`.
  func retain(_ call: Call) throws(Failure) {
    let claim = try ownClaim(call)
    let actions = claims.retain(claim.number, client: call.connection.id, now: now) ?? []
    reply(call) { writeClaim(claim, into: &$0) }
    perform(actions)
    scheduleTick()
  }

  private func ownClaim(_ call: Call) throws(Failure) -> Claim {
    let own = claims.current.filter { $0.client == call.connection.id }
    let parameters = call.parameters
    let claim: Claim?
    let field: String
    if let id = parameters.text("claimId") {
      (claim, field) = (own.first { claimID($0) == id }, "claimId")
    } else if let lane = parameters.text("lane") {
      (claim, field) = (own.first { $0.target == .lane(lane) }, "lane")
    } else {
      let id = try parameters.requiredText("deviceId")
      let direct = own.first { $0.target == .device(id) }
      let holding = claims.holder(ofDevice: id, lane: devices[id]?.lane)
      let covering = own.first { $0.number == holding?.number }
      (claim, field) = (direct ?? covering, "deviceId")
    }
    guard let claim else {
      throw .result(.notClaimed, .notClaimed, field: field, hint: "this client has no such claim")
    }
    return claim
  }

  // MARK: What follows

  /// Does what the claim board decided.
  func perform(_ actions: [ClaimAction]) {
    for action in actions {
      switch action {
      case .grant(let request, let claim, let hasWaited):
        grant(request, claim, hasWaited: hasWaited)
      case .deny(let request, let holder): deny(request, holder)
      case .askHolder(let claim, let by, let deadline):
        tellClaim("claim.requested", claim) { writer in
          self.writeOther(by, into: &writer)
          writer.name("graceMs")
          writer.value(Int64(clamping: deadline - min(self.now, deadline)))
        }
      case .tellLoss(let claim, let by):
        tellClaim("claim.lost", claim) { self.writeOther(by, into: &$0) }
      }
    }
  }

  private func grant(_ request: UInt64, _ claim: Claim, hasWaited: Bool) {
    if hasWaited { tellClaim("claim.granted", claim) { _ in } }
    if let ticket = claimTickets.removeValue(forKey: request), let connection = redeem(ticket) {
      reply(connection, ticket.id) { writer in
        writer.beginObject()
        writeClaim(claim, into: &writer)
        writer.endObject()
      }
      connection.closeWhenDone()
    }
    deliverHeld(to: claim)
  }

  private func deny(_ request: UInt64, _ holder: Claim?) {
    guard let ticket = claimTickets.removeValue(forKey: request),
      let connection = redeem(ticket)
    else { return }
    guard let holder else {
      let hint = "another client stands in line before this one, or the line is full"
      fail(connection, ticket.id, .busy(after: 500, .busy, hint: hint))
      return connection.closeWhenDone()
    }
    var failure = Failure.result(
      .claimed,
      .claimed,
      hint: "waitMs stands in line, contest asks the holder to let go"
    )
    failure.holder = self.holder(of: holder)
    failure.retryAfterMilliseconds = 500
    failure.outcome = "notStarted"
    if let id = claims.devices(of: holder).first {
      failure.deviceID = id
      failure.deviceClass = devices[id]?.deviceClass
    }
    fail(connection, ticket.id, failure)
    connection.closeWhenDone()
  }

  /// A client can hold nothing any more.
  func endClaims(of client: ClientID) {
    for (number, ticket) in claimTickets where ticket.client == client {
      claimTickets[number] = nil
      _ = redeem(ticket)
    }
    perform(claims.clientLeft(client, now: now))
    scheduleTick()
  }

  /// Answers requests that stand in line, because the gateway closes.
  func cancelClaimRequests(of connection: Connection) {
    for (number, ticket) in claimTickets where ticket.client == connection.id {
      claimTickets[number] = nil
      guard let connection = redeem(ticket) else { continue }
      fail(connection, ticket.id, .result(.closed, .closing))
    }
  }

  // MARK: Words

  /// A claim's id on the wire.
  func claimID(_ claim: Claim) -> String { "C\(claim.number)" }

  /// A claim's holder, as others may see it.
  func holder(of claim: Claim) -> Holder? {
    guard let connection = connections[claim.client] else { return nil }
    return Holder(
      pid: connection.peer.pid,
      name: connection.greeting?.name ?? "?",
      since: text(ofMonotonic: claim.since)
    )
  }

  /// A device's holder.
  func holder(of device: DeviceDescription) -> Holder? {
    claims.holder(ofDevice: device.id, lane: device.lane).flatMap { holder(of: $0) }
  }

  /// A monotonic instant as the wire shows it.
  private func text(ofMonotonic milliseconds: UInt64) -> String {
    let ago = now - min(milliseconds, now)
    let instant = configuration.clock.now().microseconds - Int64(clamping: ago) * 1000
    return text(of: Timestamp(microseconds: instant))
  }

  /// Writes a claim's members.
  func writeClaim(_ claim: Claim, into writer: inout JSONWriter) {
    writer.name("claimId")
    writer.value(claimID(claim))
    writer.name("devices")
    writer.beginArray()
    for id in claims.devices(of: claim) { writer.value(id) }
    writer.endArray()
  }

  private func writeOther(_ client: ClientID, into writer: inout JSONWriter) {
    writer.name("by")
    guard let connection = connections[client] else { return writer.null() }
    writer.beginObject()
    writer.name("pid")
    writer.value(Int64(connection.peer.pid))
    writer.name("name")
    writer.value(connection.greeting?.name)
    writer.endObject()
  }

  /// Sends a claim's event to its holder and to who subscribed.
  private func tellClaim(
    _ kind: StaticString,
    _ claim: Claim,
    _ body: (inout JSONWriter) -> Void
  ) {
    var header = headerNow()
    switch claim.target {
    case .device(let id):
      header.deviceID = id
      header.lane = devices[id]?.lane
    case .lane(let lane): header.lane = lane
    }
    let word = "\(kind)"
    broadcast(
      kind,
      header,
      to: { $0.id == claim.client || $0.subscriptions.contains(word) },
      { writer in
        writeClaim(claim, into: &writer)
        body(&writer)
      }
    )
  }
}
