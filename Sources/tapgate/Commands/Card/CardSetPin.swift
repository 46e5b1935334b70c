internal import ArgumentParser
internal import TapgateJSON

/// `tapgate card set-pin KIND:VALUE`: the PIN comes from the terminal, unseen, or from standard
/// input, a line each: the current one first where `--current` is given, then the new one.
struct CardSetPin: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-pin",
    abstract: Words.aboutCardSetPin()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions

  @Flag(help: ArgumentHelp(Words.helpCurrentPin()))
  var current = false

  @Flag(help: ArgumentHelp(Words.helpRemovePin()))
  var remove = false

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try target.parameters()
    if current { parameters.add("currentPin", try Self.read(Words.askCurrentPin())) }
    if remove {
      parameters["remove"] = .bool(true)
    } else {
      let pin = try Self.read(Words.askNewPin())
      if Terminal.isTerminal(Terminal.input) {
        guard try Self.read(Words.askPinAgain()) == pin else {
          throw CommandFailure(.warning, name: "pin.differs", Words.pinsDiffer())
        }
      }
      parameters.add("pin", pin)
    }
    return try session.operate("card.setPin", parameters, target.operation)
  }

  private static func read(_ question: String) throws -> String {
    guard let line = Terminal.secretLine(question), !line.isEmpty else {
      throw CommandFailure(.warning, name: "pin.none", Words.pinMissing())
    }
    return line
  }
}
