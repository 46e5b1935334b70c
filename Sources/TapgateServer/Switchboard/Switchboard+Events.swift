internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// What every event says beside its kind.
struct EventHeader {
  var eventID: String
  var deviceID: String?
  var lane: String?
  /// RFC 3339.
  var at: String
  var monotonicMicroseconds: Int64
  var isSimulated = false
}

extension Switchboard {
  /// A header for something that happens now.
  func headerNow(
    deviceID: String? = nil,
    lane: String? = nil,
    isSimulated: Bool = false
  ) -> EventHeader {
    let instant = configuration.clock.now()
    return EventHeader(
      eventID: identifiers.next(at: instant),
      deviceID: deviceID,
      lane: lane,
      at: text(of: instant),
      monotonicMicroseconds: Int64(clamping: configuration.clock.monotonicNanoseconds() / 1000),
      isSimulated: isSimulated
    )
  }

  /// One event as a frame without its line feed; `body` writes what the kind adds.
  func frame(
    _ kind: StaticString,
    _ header: EventHeader,
    _ body: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("jsonrpc")
    writer.value("2.0")
    writer.name("method")
    writer.value("event")
    writer.name("params")
    writer.beginObject()
    writer.name("seq")
    writer.value(nextSequence())
    writer.name("eventId")
    writer.value(header.eventID)
    writer.name("bootId")
    writer.value(bootID)
    writer.name("kind")
    writer.value("\(kind)")
    writer.name("deviceId")
    writer.value(header.deviceID)
    writer.name("lane")
    writer.value(header.lane)
    writer.name("at")
    writer.value(header.at)
    writer.name("monotonicUs")
    writer.value(header.monotonicMicroseconds)
    writer.name("simulated")
    writer.value(header.isSimulated)
    body(&writer)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  /// The notice of events that a client does not get.
  func lossFrame(
    count: Int,
    reason: String,
    header: EventHeader? = nil,
    hint: String? = nil
  ) -> [UInt8] {
    frame("events.lost", header ?? headerNow()) { writer in
      writer.name("count")
      writer.value(count)
      writer.name("reason")
      writer.value(reason)
      writer.name("hint")
      writer.value(hint)
    }
  }

  /// Sends an event to whoever subscribed to `kind`, but for `excluded`.
  func broadcast(
    _ kind: StaticString,
    _ header: EventHeader,
    except excluded: ClientID? = nil,
    _ body: (inout JSONWriter) -> Void
  ) {
    let word = "\(kind)"
    broadcast(kind, header, to: { $0.id != excluded && $0.subscriptions.contains(word) }, body)
  }

  /// Sends an event to every client that `isMeant` picks; nothing is made where there is none.
  func broadcast(
    _ kind: StaticString,
    _ header: EventHeader,
    to isMeant: (Connection) -> Bool,
    _ body: (inout JSONWriter) -> Void
  ) {
    let meant = connections.values.filter(isMeant)
    guard !meant.isEmpty else { return }
    let frame = frame(kind, header, body)
    for connection in meant { connection.send(event: frame) }
  }

  // MARK: What others tell

  /// An operation is on disk.
  func tellCommit(_ operation: CommittedOperation) {
    let header = headerNow(isSimulated: operation.isSimulated)
    let body = { (writer: inout JSONWriter, memberID: String?) in
      writer.name("sequence")
      writer.value(operation.sequence)
      writer.name("operationId")
      writer.value(operation.operationID)
      writer.name("operation")
      writer.value(operation.method)
      writer.name("memberId")
      writer.value(memberID)
      writer.name("businessDate")
      writer.value(operation.businessDate.description)
    }
    let kind = "operation.committed"
    broadcast(
      "operation.committed",
      header,
      to: { $0.subscriptions.contains(kind) && $0.mayHearCards },
      { body(&$0, operation.memberID) }
    )
    // Observers learn that something was committed, not whom it concerns.
    broadcast(
      "operation.committed",
      header,
      to: { $0.subscriptions.contains(kind) && !$0.mayHearCards },
      { body(&$0, nil) }
    )
  }

  /// A print job moved on.
  func tellPrintJob(_ job: PrintJob) {
    broadcast("print.job", headerNow(deviceID: job.printer, isSimulated: job.isSimulated)) {
      job.writeMembers(into: &$0)
    }
  }

  /// A printer changed.
  func tellPrinter(_ printer: DeviceDescription) {
    let header = headerNow(deviceID: printer.id, isSimulated: printer.isSimulated)
    broadcast("printer.status", header) { writer in
      writer.name("device")
      printer.write(into: &writer, holder: nil)
    }
  }

  /// An import got further; only its owner is told.
  func tellProgress(_ client: ClientID, importID: String, thousandths: Int) {
    guard let connection = connections[client] else { return }
    connection.send(
      event: frame("import.progress", headerNow()) { writer in
        writer.name("importId")
        writer.value(importID)
        writer.name("thousandths")
        writer.value(thousandths)
      }
    )
  }
}

extension Connection {
  /// Whether the client's role may be given cards and members.
  var mayHearCards: Bool { role.map { $0 >= .pos } ?? false }
}

extension DeviceDescription {
  /// Writes the device as `device.list` shows it.
  func write(into writer: inout JSONWriter, holder: Holder?) {
    writer.beginObject()
    writer.name("deviceId")
    writer.value(id)
    writer.name("class")
    writer.value(deviceClass.rawValue)
    writer.name("name")
    writer.value(name)
    writer.name("state")
    writer.constant(state.rawValue, state.number)
    writer.name("power")
    writer.constant(power.rawValue, power.number)
    writer.name("verdict")
    writer.value(verdict.rawValue)
    writer.name("reason")
    writer.value(reason)
    writer.name("identity")
    writer.value(identity)
    writer.name("lane")
    writer.value(lane)
    writer.name("flapCount")
    writer.value(flapCount)
    writer.name("simulated")
    writer.value(isSimulated)
    writer.name("holder")
    if let holder { holder.write(into: &writer) } else { writer.null() }
    writer.endObject()
  }
}

extension PrintJob {
  /// Writes the members that `print.job` answers.
  func writeMembers(into writer: inout JSONWriter) {
    writer.name("jobId")
    writer.value(id)
    writer.name("printer")
    writer.value(printer)
    writer.name("state")
    writer.value(state.rawValue)
    writer.name("evidence")
    writer.value(evidence)
    writer.name("reason")
    writer.value(reason)
  }

  /// What `print.job` answers.
  var json: JSON {
    .object([
      "jobId": .string(id), "printer": .string(printer), "state": .string(state.rawValue),
      "evidence": .optional(evidence), "reason": .optional(reason),
      "simulated": .bool(isSimulated),
    ])
  }
}
