internal import ArgumentParser

/// `tapgate card close KIND:VALUE`: the end of a card.
struct CardClose: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: Words.aboutCardClose()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("card.close", try target.parameters(), operation)
  }
}
