internal import ArgumentParser

/// `tapgate card unfreeze KIND:VALUE`: the card works again.
struct CardUnfreeze: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze",
    abstract: Words.aboutCardUnfreeze()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("card.unfreeze", try target.parameters(), operation)
  }
}
