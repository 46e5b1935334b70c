internal import TapgateAPI
internal import ArgumentParser
internal import TapgateJSON

/// `tapgate watch`: taps and events as they happen, masked.
///
/// With `--json` it writes one document a line, each an event.
struct WatchCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: Words.aboutWatch()
  )

  /// The kinds of the API that an observer may have.
  static let kinds = [
    "credential.presented", "member.resolved", "credential.refused", "credential.removed",
    "device.status", "device.alarm", "printer.status", "print.job", "operation.committed",
    "claim.requested", "claim.lost", "claim.granted", "events.lost",
  ]

  @OptionGroup var gateway: GatewayOptions

  @Option(help: ArgumentHelp(Words.helpWatchKind(), valueName: "kind"))
  var kind: [String] = []

  @Option(help: ArgumentHelp(Words.helpWatchCount(), valueName: "n"))
  var count: Int?

  func validate() throws {
    if let count, count < 1 {
      throw ValidationError(Words.outOfRange("--count", "1", String(Int.max)))
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let kinds = kind.isEmpty ? Self.kinds : kind
    _ = try session.client.call(
      "events.subscribe",
      .object(["kinds": .array(kinds.map(JSON.string))])
    )
    if !session.console.isJSON { session.console.complain(Words.watching(session.client.path)) }
    var left = count ?? .max
    while left > 0 {
      guard let event = try session.client.nextEvent(timeoutMilliseconds: -1) else { continue }
      guard kinds.contains(event.kind) else { continue }
      if session.console.isJSON {
        session.console.document(event.parameters)
      } else {
        session.console.say([try line(event.parameters, session)])
      }
      left -= 1
    }
    return .done
  }

  /// The line of an event. What others were given of a tap is told to nobody else; who may ask for
  /// the trace is shown it, masked, with the member.
  private func line(_ event: JSON, _ session: Session) throws -> String {
    guard event["kind"]?.string == "device.status",
      event["status"]?["name"]?.string == "SC_SUE_CARD_PRESENT",
      let tap = try answer("trace.last", ["limit": .integer(8)], session)?["taps"]?.array?
        .first(where: { $0["at"] == event["at"] && $0["deviceId"] == event["deviceId"] })
    else { return EventLine.text(event) }
    let steps = tap["steps"]?.array ?? []
    let id = steps.last { $0["step"]?.string == "resolved" }?["detail"]?.string
    guard let id, id != "unknown" else { return EventLine.text(event, tap: tap) }
    let member = try answer("member.lookup", ["memberId": .string(id)], session)
    return EventLine.text(event, tap: tap, member: member)
  }

  /// The gateway's answer; `nil` where it refuses, as it does to a role that may not ask.
  private func answer(
    _ method: String,
    _ parameters: KeyValuePairs<String, JSON>,
    _ session: Session
  ) throws -> JSON? {
    do {
      return try session.client.call(method, .object(parameters))
    } catch is GatewayError {
      return nil
    }
  }
}
