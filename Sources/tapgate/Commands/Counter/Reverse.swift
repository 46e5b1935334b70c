internal import TapgateJSON
internal import ArgumentParser

/// `tapgate reverse OPERATION`: the mirror of an operation that should not have been.
struct ReverseCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "reverse",
    abstract: Words.aboutReverse()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpReverses(), valueName: "operation"))
  var reverses: String

  @Option(help: ArgumentHelp(Words.helpReason()))
  var reason: String

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate(
      "operation.reverse",
      JSONObject(literals: ["reverses": .string(reverses), "reason": .string(reason)]),
      operation
    )
  }
}
