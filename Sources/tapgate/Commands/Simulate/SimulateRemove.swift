internal import ArgumentParser
internal import TapgateJSON

/// `tapgate simulate remove`: takes the card away again.
struct SimulateRemove: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: Words.aboutSimulateRemove()
  )

  @OptionGroup var gateway: GatewayOptions

  @Option(help: ArgumentHelp(Words.helpDevice(), valueName: "id"))
  var device: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("deviceId", device)
    return try session.show("simulate.remove", parameters)
  }
}
