internal import ArgumentParser

/// `tapgate card report-lost KIND:VALUE`: nobody can use the card from the moment this is answered.
struct CardReportLost: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "report-lost",
    abstract: Words.aboutCardReportLost()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("card.reportLost", try target.parameters(), operation)
  }
}
