internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// Where an input of a device goes now.
  func route(deviceID: String, lane: String?) -> Delivery<Tap>.Route {
    let laneClients = connections.values
      .filter { lane != nil && $0.greeting?.lane == lane && $0.mayHearCards }
      .map(\.id)
      .sorted()
    let holder = claims.holder(ofDevice: deviceID, lane: lane)?.client
    return delivery.route(holder: holder, laneClients: laneClients, now: now)
  }

  /// Gives a tap to its one recipient, or keeps it for who claims in time.
  func deliver(_ tap: Tap) {
    counters.taps += 1
    let route = route(deviceID: tap.deviceID, lane: tap.lane)
    if let recipient = route.recipient, let connection = connections[recipient] {
      record(tap, .delivered, to: connection.title, step: "delivered")
      hand(tap, to: connection, heldMilliseconds: nil)
      tellStatus(tap, reason: nil, except: recipient)
      return
    }
    counters.unclaimed += 1
    var reason = "unclaimed"
    if case .ambiguous(let clients, _) = route {
      reason = "laneAmbiguous"
      tellAmbiguity(tap, clients)
    }
    record(tap, .held, reason: reason, step: "held")
    for lost in delivery.keep(tap, deviceID: tap.deviceID, lane: tap.lane, now: now) {
      let isItself = lost.item.eventID == tap.eventID
      close(lost.item, isItself ? .expired : .superseded)
    }
    tellStatus(tap, reason: reason, except: nil)
    scheduleTick()
  }

  /// Two clients named one lane: neither gets the card, both learn why.
  private func tellAmbiguity(_ tap: Tap, _ clients: [ClientID]) {
    var header = tap.header
    header.eventID = newID()
    let frame = lossFrame(
      count: 1,
      reason: "laneAmbiguous",
      header: header,
      hint: "\(clients.count) clients named this lane: device.claim decides"
    )
    for client in clients { connections[client]?.send(event: frame) }
  }

  /// Gives what was kept to who just claimed.
  func deliverHeld(to claim: Claim) {
    guard let connection = connections[claim.client] else { return }
    let covers = { (deviceID: String, lane: String?) in
      self.claims.holder(ofDevice: deviceID, lane: lane)?.number == claim.number
    }
    for held in delivery.claimed(covers: covers, now: now) {
      let milliseconds = Int64(clamping: now - min(held.since, now))
      let title = connection.title
      let last = step("delivered", since: held.item.detectedNanoseconds, detail: "held")
      trace.amend(held.item.eventID) { entry in
        entry.outcome = .delivered
        entry.deliveredTo = title
        entry.reason = nil
        entry.steps.append(last)
      }
      hand(held.item, to: connection, heldMilliseconds: milliseconds)
    }
  }

  /// Forgets what nobody claimed in time.
  func expireHeldTaps() {
    for held in delivery.expired(now: now) { close(held.item, .expired) }
  }

  private func close(_ tap: Tap, _ outcome: TapTrace.Outcome) {
    let last = step("\(outcome)", since: tap.detectedNanoseconds)
    trace.amend(tap.eventID) { entry in
      entry.outcome = outcome
      entry.steps.append(last)
    }
  }

  // MARK: Events

  private func hand(_ tap: Tap, to connection: Connection, heldMilliseconds: Int64?) {
    counters.delivered += 1
    switch tap.content {
    case .scan(let scan):
      connection.send(
        event: frame("scan.data", tap.header) { writer in
          writer.name("symbology")
          writer.value(scan.symbology)
          writer.name("data")
          writer.value(scan.text)
          writer.name("aim")
          writer.value(scan.aim)
          writer.name("partial")
          writer.value(scan.isPartial)
          writer.name("heldMs")
          writer.value(heldMilliseconds)
        }
      )
    case .credential(let presented):
      present(presented, of: tap, to: connection, heldMilliseconds: heldMilliseconds)
    }
  }

  private func present(
    _ presented: PresentedCredential,
    of tap: Tap,
    to connection: Connection,
    heldMilliseconds: Int64?
  ) {
    connection.remembered.remember(
      tap.eventID,
      presented.credential,
      evidence: Evidence(presented.assurance, technology: presented.technology),
      isSimulated: tap.isSimulated,
      now: now
    )
    if let presence = presented.presence {
      lastTaps[tap.deviceID] = DeliveredTap(
        presence: presence,
        recipient: connection.id,
        eventID: tap.eventID
      )
    }
    let member = ports.directory.member(.credential(presented.credential))
    var presented = presented
    // Shown by weaker means than it was enrolled by: the till is warned, operations are refused.
    let isWeaker = member?.card?.assurance.map { presented.assurance < $0 } ?? false
    if isWeaker { presented.reasons.append("downgraded") }
    connection.send(
      event: frame("credential.presented", tap.header) { writer in
        presented.write(into: &writer)
        writer.name("heldMs")
        writer.value(heldMilliseconds)
      }
    )
    let found = step("resolved", since: tap.detectedNanoseconds, detail: member?.id ?? "unknown")
    trace.amend(tap.eventID) { $0.steps.append(found) }
    connection.send(
      event: frame("member.resolved", tap.header) { writer in
        guard let member else { return MemberView.writeNobody(into: &writer) }
        member.writeMembers(into: &writer)
      }
    )
    if member != nil { feedback(isWeaker ? .refused : .resolved, tap.deviceID) }
  }

  // MARK: Trace

  /// A step of a tap's way, timed since its detection.
  func step(_ name: String, since nanoseconds: UInt64, detail: String? = nil) -> TapTrace.Step {
    let clock = configuration.clock.monotonicNanoseconds()
    let elapsed = clock - min(nanoseconds, clock)
    return TapTrace.Step(
      name: name,
      microseconds: Int64(clamping: elapsed / 1000),
      detail: detail
    )
  }

  /// Writes a tap down.
  func record(
    _ tap: Tap,
    _ outcome: TapTrace.Outcome,
    to title: String? = nil,
    reason: String? = nil,
    step name: String
  ) {
    var entry = TapTrace.Entry(
      eventID: tap.eventID,
      at: tap.at,
      deviceID: tap.deviceID,
      lane: tap.lane,
      outcome: outcome,
      deliveredTo: title,
      reason: reason,
      isSimulated: tap.isSimulated,
      steps: [step(name, since: tap.detectedNanoseconds, detail: reason)]
    )
    if let presented = tap.presented {
      entry.presence = presented.presence
      entry.technology = presented.technology
      entry.credentialKind = presented.credential.kind.rawValue
      entry.masked = presented.credential.masked
    }
    trace.append(entry)
  }
}

extension PresentedCredential {
  /// Writes what `credential.presented` says, but for how long it waited.
  func write(into writer: inout JSONWriter) {
    writer.name("credential")
    writer.beginObject()
    writer.name("kind")
    writer.value(credential.kind.rawValue)
    writer.name("masked")
    writer.value(credential.masked)
    writer.endObject()
    writer.name("technology")
    writer.value(technology)
    writer.name("assurance")
    writer.value(assurance.rawValue)
    writer.name("reasons")
    writer.beginArray()
    for reason in reasons { writer.value(reason) }
    writer.endArray()
    writer.name("medium")
    writer.value(medium)
    writer.name("symbology")
    writer.value(symbology)
    writer.name("presence")
    writer.value(presence.map { Int64(clamping: $0) })
  }
}

extension MemberView {
  /// Writes what `member.resolved` says where nobody is known: the same members, all empty.
  static func writeNobody(into writer: inout JSONWriter) {
    for name in ["member", "card", "points", "value"] as [StaticString] {
      writer.name(name)
      writer.null()
    }
    for name in ["cards", "coupons", "benefits", "reminders"] as [StaticString] {
      writer.name(name)
      writer.beginArray()
      writer.endArray()
    }
    writer.name("asOf")
    writer.null()
  }
}
