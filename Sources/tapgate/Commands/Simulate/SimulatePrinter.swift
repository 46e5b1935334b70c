internal import ArgumentParser
internal import TapgateJSON

/// `tapgate simulate printer`: a fault of the virtual printer.
struct SimulatePrinter: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "printer",
    abstract: Words.aboutSimulatePrinter()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpFault()))
  var fault: String

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("fault", fault)
    return try session.show("simulate.printer", parameters)
  }
}
