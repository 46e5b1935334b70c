internal import ArgumentParser
internal import TapgateJSON

/// `tapgate simulate tap`: lays a card on a virtual reader.
struct SimulateTap: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "tap",
    abstract: Words.aboutSimulateTap()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpUID()))
  var uid: String

  @Option(help: ArgumentHelp(Words.helpDevice(), valueName: "id"))
  var device: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("deviceId", device)
    parameters.add("uid", uid)
    return try session.show("simulate.tap", parameters)
  }
}
