internal import ArgumentParser
internal import TapgateJSON

/// `tapgate simulate scan`: a code before the virtual scanner.
struct SimulateScan: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: Words.aboutSimulateScan()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpScan()))
  var data: String

  @Option(help: ArgumentHelp(Words.helpAIM()))
  var aim: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("data", data)
    parameters.add("aim", aim)
    return try session.show("simulate.scan", parameters)
  }
}
