internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member enrol`: a new member, with a card where one is named.
struct MemberEnrol: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "enrol",
    abstract: Words.aboutMemberEnrol()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Option(help: ArgumentHelp(Words.helpName()))
  var name: String?

  @Option(help: ArgumentHelp(Words.helpPhone()))
  var phone: String?

  @Option(help: ArgumentHelp(Words.helpBirthday(), valueName: "yyyy-mm-dd"))
  var birthday: String?

  @Option(help: ArgumentHelp(Words.helpNewCard(), valueName: "kind:value"))
  var card: String?

  @Option(help: ArgumentHelp(Words.helpCardType(), valueName: "type"))
  var cardType: String?

  @Option(help: ArgumentHelp(Words.helpAttribute(), valueName: "id=value"))
  var attribute: [String] = []

  private static let kinds = Reference.credentialKinds + ["eventId"]

  func validate() throws {
    _ = try AttributeOption.values(attribute)
    if let card { _ = try Reference(card, kinds: Self.kinds) }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("name", name)
    parameters.add("phone", phone)
    parameters.add("birthday", birthday)
    try AttributeOption.add(attribute, to: &parameters)
    if let card { try Reference(card, kinds: Self.kinds).add(to: &parameters) }
    parameters.add("cardType", cardType)
    return try session.operate("member.enrol", parameters, operation)
  }
}
