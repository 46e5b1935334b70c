internal import ArgumentParser

/// `tapgate card cancel-lost KIND:VALUE`: the card was found again.
struct CardCancelLost: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel-lost",
    abstract: Words.aboutCardCancelLost()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("card.cancelLost", try target.parameters(), operation)
  }
}
