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
      session.console.result(event.parameters) { [Self.line(event.parameters)] }
      left -= 1
    }
    return .done
  }

  /// Time, kind and device, then whatever the kind adds.
  static func line(_ event: JSON) -> String {
    let common = ["seq", "eventId", "bootId", "kind", "deviceId", "lane", "at", "monotonicUs"]
    let time = event["at"]?.string.map { String($0.dropFirst(11).prefix(12)) } ?? ""
    let head = [time, event["kind"]?.string ?? "", event["deviceId"]?.string ?? ""]
    let rest = (event.object?.members ?? []).filter {
      !common.contains($0.name) && !$0.value.isNull && $0.value != .array([])
    }
    let added = rest.map { "\(Words.field($0.name))=\(Details.text($0.value, name: $0.name))" }
    return TextWidth.printable((head.filter { !$0.isEmpty } + added).joined(separator: "  "))
  }
}
