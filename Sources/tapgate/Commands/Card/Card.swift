internal import ArgumentParser
internal import TapgateJSON

/// `tapgate card …`.
struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: Words.aboutCard(),
    subcommands: [
      CardIssue.self, CardBind.self, CardUnbind.self, CardReportLost.self, CardCancelLost.self,
      CardFreeze.self, CardUnfreeze.self, CardReplace.self, CardClose.self, CardSetPin.self,
    ]
  )
}

/// Which card, why, and as which operation.
struct CardOptions: ParsableArguments {
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpCard(), valueName: "kind:value"))
  var card: String

  @Option(help: ArgumentHelp(Words.helpReason()))
  var reason: String?

  func validate() throws { _ = try Reference(card: card) }

  /// The request that names the card and the reason.
  func parameters() throws -> JSONObject {
    var parameters = try Reference(card: card).parameters
    parameters.add("reason", reason)
    return parameters
  }
}

/// A command that asks for one change of one card.
protocol CardChange: GatewayCommand {
  /// The method that does it.
  static var method: String { get }
  var target: CardOptions { get }
}

extension CardChange {
  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate(Self.method, try target.parameters(), target.operation)
  }
}

/// Who gets a card, and of which type.
struct CardRecipient: ParsableArguments {
  @Option(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpCardType(), valueName: "type"))
  var cardType: String?
}

/// A command that gives a card to a member.
protocol CardGift: GatewayCommand {
  /// The method that does it.
  static var method: String { get }
  var target: CardOptions { get }
  var recipient: CardRecipient { get }
}

extension CardGift {
  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try target.parameters()
    parameters.add("memberId", recipient.member)
    parameters.add("cardType", recipient.cardType)
    return try session.operate(Self.method, parameters, target.operation)
  }
}
