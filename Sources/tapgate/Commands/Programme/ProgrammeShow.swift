internal import TapgateAPI
internal import ArgumentParser
internal import TapgateJSON

/// `tapgate programme show`: which programme the gateway runs.
struct ProgrammeShow: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: Words.aboutProgrammeShow()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let status = try session.client.call("daemon.status")
    let found = status["programme"] ?? status["ledger"]?["programme"] ?? .null
    guard !found.isNull else {
      throw CommandFailure(.unexamined, name: "programme.unknown", Words.programmeUnknown())
    }
    let document = JSON.object(["programme": found])
    session.console.result(document) { Details.lines(document, on: session.console) }
    return .done
  }
}
