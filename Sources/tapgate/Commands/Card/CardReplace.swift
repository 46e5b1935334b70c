internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate card replace KIND:VALUE --by KIND:VALUE`: a new card in an old one's place.
struct CardReplace: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "replace",
    abstract: Words.aboutCardReplace()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions

  @Option(help: ArgumentHelp(Words.helpNewCard(), valueName: "kind:value"))
  var by: String

  private static let kinds = Reference.credentialKinds + ["eventId"]

  func validate() throws {
    _ = try Reference(by, kinds: Self.kinds)
    guard try Reference(card: target.card).kind != "phoneNumber" else {
      throw ValidationError(Words.phoneIsNoCard())
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("cardId", try session.cardID(of: try Reference(card: target.card)))
    try Reference(by, kinds: Self.kinds).add(to: &parameters, credentialName: "newCredential")
    parameters.add("reason", target.reason)
    return try session.operate("card.replace", parameters, target.operation)
  }
}

extension Session {
  /// The id of the card that `reference` names.
  func cardID(of reference: Reference) throws -> String {
    if reference.kind == "cardId" { return reference.value }
    let found = try client.call("member.lookup", .object(reference.parameters))
    guard let card = found["card"]?["id"]?.string else {
      throw CommandFailure(.warning, name: "card.unknown", Words.none())
    }
    return card
  }
}
