internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate record FILE`: writes what comes in, with every credential replaced by a stand-in.
///
/// The file is JSON, one object a line: a header, then an input each, with the microseconds since
/// the beginning. It can be given away, and `tapgate replay` plays it.
struct RecordCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: Words.aboutRecord()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpSessionFile()), completion: .file())
  var file: String

  @Option(help: ArgumentHelp(Words.helpRecordSeconds(), valueName: "n"))
  var seconds: Int?

  @Option(help: ArgumentHelp(Words.helpRecordCount(), valueName: "n"))
  var count: Int?

  func validate() throws {
    for (name, value) in [("--seconds", seconds), ("--count", count)] {
      guard let value, !(1...1_000_000).contains(value) else { continue }
      throw ValidationError(Words.outOfRange(name, "1", "1000000"))
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let target = try OutputFile(path: file)
    let began = try session.client.call("session.record")
    try target.writeLine(SessionFile.header(began))
    if !session.console.isJSON { session.console.complain(Words.recording(file)) }
    let deadline = seconds.map { ProcessFacts.monotonicMilliseconds() + Int64($0) * 1000 }
    var (recorded, lost) = (0, Int64(0))
    while recorded < count ?? .max {
      let rest = deadline.map { $0 - ProcessFacts.monotonicMilliseconds() } ?? 60_000
      guard rest > 0 else { break }
      let patience = Int(min(rest, 60_000))
      guard let event = try session.client.nextEvent(timeoutMilliseconds: patience) else {
        continue
      }
      if event.kind == "events.lost" { lost += event.parameters["count"]?.integer ?? 0 }
      guard event.kind == "session.input", let line = SessionFile.line(event.parameters) else {
        continue
      }
      try target.writeLine(line)
      if !SessionFile.isDevice(line) { recorded += 1 }
    }
    _ = try session.client.call("session.stop")
    try target.close()
    let result = JSON.object(["recorded": .integer(Int64(recorded)), "lost": .integer(lost)])
    session.console.result(result) { [Words.recorded(String(recorded), file)] }
    guard lost > 0 else { return .done }
    session.console.complain(Words.recordedLost(String(lost)))
    return .warning
  }
}

/// The form of a session's file.
enum SessionFile {
  /// The version of the form.
  static let version: Int64 = 1

  /// The first line, of what `session.record` answered.
  static func header(_ began: JSON) -> JSON {
    .object([
      "tapgateSession": .integer(version), "startedAt": began["startedAt"] ?? .null,
      "gatewayVersion": began["version"] ?? .null,
    ])
  }

  /// A line of what a `session.input` event says.
  static func line(_ event: JSON) -> JSON? {
    guard let time = event["us"], case .object(let input)? = event["line"] else { return nil }
    return .object(JSONObject([JSONObject.Member(name: "us", value: time)] + input.members))
  }

  /// Whether a line tells of a device, not of an input.
  static func isDevice(_ line: JSON) -> Bool {
    line["input"]?.string == "device" || line["input"]?.string == "deviceLost"
  }
}

extension OutputFile {
  /// Writes one document and a line feed, at once: a recording may be cut off at any time.
  func writeLine(_ json: JSON) throws(FileError) {
    try write(String(decoding: json.encoded(), as: UTF8.self) + "\n")
    try flush()
  }
}
