internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate operator set-pin ID`: the PIN comes from the terminal or standard input, never from the
/// command line, which other users of the machine can see.
struct OperatorSetPin: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-pin",
    abstract: Words.aboutOperatorSetPin()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpOperatorID(), valueName: "id"))
  var id: String

  func perform(_ session: Session) throws -> ExitStatus {
    let pin = try PinEntry.ask(isNew: true)
    let result = try session.client.call(
      "operator.setPin",
      .object(["operator": .string(id), "pin": .string(pin)])
    )
    session.console.result(result) { [Words.pinSet(id)] }
    return .done
  }
}
