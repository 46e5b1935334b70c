internal import ArgumentParser

/// `tapgate card unbind KIND:VALUE`: takes a card or code from its member.
struct CardUnbind: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "unbind",
    abstract: Words.aboutCardUnbind()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("card.unbind", try target.parameters(), operation)
  }
}
