internal import ArgumentParser

/// `tapgate card bind KIND:VALUE --member ID`: another card or code for a member.
struct CardBind: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "bind",
    abstract: Words.aboutCardBind()
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
    return try session.operate("card.bind", parameters, operation)
  }
}
