internal import TapgateAPI
internal import ArgumentParser
internal import TapgateJSON

/// `tapgate trace`: why the last tap did what it did.
struct TraceCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: Words.aboutTrace()
  )

  @OptionGroup var gateway: GatewayOptions

  @Option(help: ArgumentHelp(Words.helpLimit(), valueName: "n"))
  var limit = 1

  func validate() throws {
    guard (1...200).contains(limit) else {
      throw ValidationError(Words.outOfRange("--limit", "1", "200"))
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let result = try session.client.call(
      "trace.last",
      .object(["limit": .integer(Int64(limit))])
    )
    session.console.result(result) {
      let taps = Session.list(in: result)
      guard !taps.isEmpty else {
        let lines = Details.lines(result, on: session.console)
        return lines.isEmpty ? [Words.none()] : lines
      }
      return taps.flatMap { Details.lines(Words.traced($0), on: session.console) + [""] }
    }
    return .done
  }
}
