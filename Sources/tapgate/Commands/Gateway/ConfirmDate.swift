internal import ArgumentParser
internal import TapgateJSON

/// `tapgate confirm-date DATE`: says that the machine's clock is right although it jumped.
struct ConfirmDateCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm-date",
    abstract: Words.aboutConfirmDate()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpConfirmDate(), valueName: "date"))
  var date: String

  func perform(_ session: Session) throws -> ExitStatus {
    try session.show("daemon.confirmDate", JSONObject(literals: ["date": .string(date)]))
  }
}
