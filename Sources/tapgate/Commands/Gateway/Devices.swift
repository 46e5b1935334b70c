internal import ArgumentParser

/// `tapgate devices`: every device seen, used or not, with its verdict.
struct DevicesCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: Words.aboutDevices()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus {
    try session.showList(
      "device.list",
      columns: [
        "class", "name", "state.name", "power.name", "verdict", "lane", "deviceId", "reason",
      ]
    )
  }
}
