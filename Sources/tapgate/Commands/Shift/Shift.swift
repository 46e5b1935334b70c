internal import ArgumentParser
internal import TapgateJSON

/// `tapgate shift …` (交班).
struct ShiftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shift",
    abstract: Words.aboutShift(),
    subcommands: [ShiftShow.self, ShiftCloseCommand.self]
  )
}

/// `tapgate shift show`: what was done since the last close.
struct ShiftShow: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: Words.aboutShiftShow()
  )

  @OptionGroup var gateway: GatewayOptions

  @Option(help: ArgumentHelp(Words.helpStore(), valueName: "id"))
  var store: String?

  @Option(help: ArgumentHelp(Words.helpCounter(), valueName: "id"))
  var counter: String?

  @Option(name: .customLong("operator"), help: ArgumentHelp(Words.helpShiftOperator()))
  var operatorName: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("store", store)
    parameters.add("counter", counter)
    parameters.add("operator", operatorName)
    return try session.show("shift.show", parameters)
  }
}

/// `tapgate shift close`.
struct ShiftCloseCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: Words.aboutShiftClose()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Flag(help: ArgumentHelp(Words.helpWholeCounter()))
  var wholeCounter = false

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    if wholeCounter { parameters["wholeCounter"] = .bool(true) }
    return try session.operate("shift.close", parameters, operation)
  }
}
