internal import ArgumentParser

/// `tapgate status`: the gateway's state at a glance.
struct StatusCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: Words.aboutStatus()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus { try session.show("daemon.status") }
}
