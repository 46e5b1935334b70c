internal import TapgateAPI
internal import ArgumentParser
internal import TapgateJSON

/// `tapgate programme show`: which programme the gateway runs, and which one waits.
struct ProgrammeShow: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: Words.aboutProgrammeShow()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let found = try session.client.call("programme.show")
    guard let active = found["active"], !active.isNull else {
      throw CommandFailure(.unexamined, name: "programme.unknown", Words.programmeUnknown())
    }
    let document = JSON.object([
      "programme": active, "pending": found["pending"] ?? .null,
      "earlier": found["earlier"] ?? .array([]),
    ])
    session.console.result(document) { Details.lines(document, on: session.console) }
    return .done
  }
}
