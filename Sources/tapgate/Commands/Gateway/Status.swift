internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate status`: the gateway's state at a glance.
struct StatusCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: Words.aboutStatus()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let result = try session.client.call("daemon.status")
    // Troubles come as sentences, not as the members of their objects.
    var shown = result
    if case .object(var members) = result {
      members["troubles"] = nil
      shown = .object(members)
    }
    session.console.result(result) {
      Details.lines(shown, on: session.console) + Trouble.lines(in: result, on: session.console)
    }
    return .done
  }
}
