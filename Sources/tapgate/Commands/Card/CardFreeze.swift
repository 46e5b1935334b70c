internal import ArgumentParser

/// `tapgate card freeze KIND:VALUE`: the card is refused for a while.
struct CardFreeze: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: Words.aboutCardFreeze()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("card.freeze", try target.parameters(), operation)
  }
}
