internal import ArgumentParser

/// `tapgate card issue KIND:VALUE --member ID`: a new card for a member.
struct CardIssue: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: Words.aboutCardIssue()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions
  @OptionGroup var target: CardTarget

  @Option(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpCardType(), valueName: "type"))
  var cardType: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try target.parameters()
    parameters.add("memberId", member)
    parameters.add("cardType", cardType)
    return try session.operate("card.issue", parameters, operation)
  }
}
