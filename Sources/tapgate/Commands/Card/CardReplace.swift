internal import ArgumentParser
internal import TapgateJSON

/// `tapgate card replace CARD --by KIND:VALUE`: a new card in an old one's place.
struct CardReplace: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "replace",
    abstract: Words.aboutCardReplace()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpCardID(), valueName: "card-id"))
  var card: String

  @Option(help: ArgumentHelp(Words.helpNewCard(), valueName: "kind:value"))
  var by: String

  @Option(help: ArgumentHelp(Words.helpReason()))
  var reason: String?

  private static let kinds = Reference.credentialKinds + ["eventId"]

  func validate() throws { _ = try Reference(by, kinds: Self.kinds) }

  func perform(_ session: Session) throws -> ExitStatus {
    let prefix = "cardId:"
    let identifier = card.hasPrefix(prefix) ? String(card.dropFirst(prefix.count)) : card
    var parameters = JSONObject(literals: ["cardId": .string(identifier)])
    try Reference(by, kinds: Self.kinds).add(to: &parameters, credentialName: "newCredential")
    parameters.add("reason", reason)
    return try session.operate("card.replace", parameters, operation)
  }
}
