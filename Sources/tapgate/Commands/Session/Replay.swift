internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate replay FILE`: plays a recorded session on a gateway that runs with `--simulate`.
struct ReplayCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: Words.aboutReplay()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpSessionFile()), completion: .file())
  var file: String

  @Option(help: ArgumentHelp(Words.helpReplaySpeed(), valueName: "percent"))
  var speed = 100

  func validate() throws {
    guard (1...100_000).contains(speed) else {
      throw ValidationError(Words.outOfRange("--speed", "1", "100000"))
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let lines = try Self.lines(of: file)
    let start = ProcessFacts.monotonicMilliseconds()
    var devices: [String] = []
    var count = 0
    for line in lines {
      let due = start + line.microseconds / 10 / Int64(speed)
      // Whatever the gateway tells meanwhile is of no use here.
      while case let rest = due - ProcessFacts.monotonicMilliseconds(), rest > 0 {
        _ = try session.client.nextEvent(timeoutMilliseconds: Int(min(rest, 60_000)))
      }
      try play(line.input, session)
      if let device = line.input["device"]?.string, !devices.contains(device) {
        devices.append(device)
      }
      if !SessionFile.isDevice(line.input) { count += 1 }
    }
    for device in devices {
      try play(
        .object(["input": .string("deviceLost"), "device": .string(device)]),
        session
      )
    }
    session.console.result(.object(["replayed": .integer(Int64(count))])) {
      [Words.replayed(String(count))]
    }
    return .done
  }

  private func play(_ input: JSON, _ session: Session) throws {
    _ = try session.client.call("simulate.replay", .object(["inputs": .array([input])]))
  }

  /// One line of a session.
  struct Line {
    /// Since the recording began.
    var microseconds: Int64
    var input: JSON
  }

  /// The inputs of a file, in order.
  ///
  /// - Throws: a `CommandFailure` that names the line that is none, and `FileError`.
  static func lines(of file: String) throws -> [Line] {
    let bytes = try InputFile.contents(path: file, limit: 64 * 1024 * 1024)
    let texts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard let first = texts.first, let header = try? JSONParser.parse(Array(first)),
      header["tapgateSession"]?.integer == SessionFile.version
    else { throw malformed(Words.sessionNone(file)) }
    var lines: [Line] = []
    for (index, text) in texts.enumerated().dropFirst() where !text.isEmpty {
      guard let json = try? JSONParser.parse(Array(text)), var object = json.object,
        let time = json["us"]?.integer, time >= 0
      else { throw malformed(Words.sessionBadLine(file, String(index + 1))) }
      object["us"] = nil
      lines.append(Line(microseconds: time, input: .object(object)))
    }
    return lines
  }

  private static func malformed(_ sentence: String) -> CommandFailure {
    CommandFailure(.fault, name: "session.malformed", sentence)
  }
}
