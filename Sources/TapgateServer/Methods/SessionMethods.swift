internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension Switchboard {
  /// `session.record`: from now on this client is told every input, masked.
  func startRecording(_ call: Call) throws(Failure) {
    let client = call.connection.id
    guard recordings[client] != nil || recordings.count < Limits.recordingCountMax else {
      throw .busy(
        after: 1000,
        .busy,
        hint: "at most \(Limits.recordingCountMax) clients record at one time"
      )
    }
    var generator = SystemRandomNumberGenerator()
    recordings[client] = InputRecording(
      session: generator.next(),
      classifier: classifier,
      startedNanoseconds: configuration.clock.monotonicNanoseconds()
    )
    reply(call) { writer in
      writer.name("startedAt")
      writer.value(wallClock())
      writer.name("version")
      writer.value(configuration.version)
    }
    // A replay needs the devices before their inputs.
    for device in devices.all where device.power != .offOffline {
      sendRecorded(.device(device), to: client)
    }
  }

  /// `session.stop`.
  func stopRecording(_ call: Call) {
    let wasRecording = recordings.removeValue(forKey: call.connection.id) != nil
    reply(call) { writer in
      writer.name("stopped")
      writer.value(wasRecording)
    }
  }

  /// Tells those who record of an input.
  func recordInput(_ report: InputReport) {
    for client in recordings.keys { sendRecorded(report, to: client) }
  }

  private func sendRecorded(_ report: InputReport, to client: ClientID) {
    guard let recording = recordings[client], let connection = connections[client],
      let input = recording.masked(report, rotatingStep: rotatingStep, codes: ports.codes)
    else { return }
    let clock = configuration.clock.monotonicNanoseconds()
    let elapsed = clock - min(recording.startedNanoseconds, clock)
    connection.send(
      event: frame("session.input", headerNow()) { writer in
        writer.name("us")
        writer.value(Int64(clamping: elapsed / 1000))
        writer.name("line")
        writer.value(input.json)
      }
    )
  }

  // MARK: Replays

  /// `simulate.replay`: reports inputs of a recorded session, now and in order.
  func replay(_ call: Call) throws(Failure) {
    guard let simulator = ports.simulator else { throw .faulty(-32601, .methodUnknown) }
    let lines = call.parameters["inputs"]?.array ?? []
    let replay = InputReplay(
      paymentCodes: classifier.paymentCodes,
      codes: ports.codes,
      rotatingStep: rotatingStep,
      nanoseconds: configuration.clock.monotonicNanoseconds(),
      presenceBase: replayBase(of: call.connection.id)
    )
    var reports: [InputReport] = []
    for (index, line) in lines.enumerated() {
      do throws(SessionProblem) {
        reports.append(try replay.report(try SessionInput(line)))
      } catch {
        let field = "inputs[\(index)].\(error.field)"
        let hint = "expected: \(error.expected)"
        throw .result(.illegal, .impossibleValue(field: field), field: field, hint: hint)
      }
    }
    for report in reports { simulator.replay(report) }
    reply(call) { writer in
      writer.name("replayed")
      writer.value(reports.count)
    }
  }

  private func replayBase(of client: ClientID) -> UInt64 {
    if let base = replayBases[client] { return base }
    let base = newNumber() &* 1_000_000_000
    replayBases[client] = base
    return base
  }

  /// A client that replayed has gone: its devices go with it.
  func endReplay(of client: ClientID) {
    guard replayBases.removeValue(forKey: client) != nil, replayBases.isEmpty else { return }
    for device in devices.all where device.id.hasPrefix(InputReplay.deviceID("")) {
      take(.deviceLost(id: device.id), at: now)
    }
  }
}
