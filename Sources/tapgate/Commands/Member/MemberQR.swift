internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member qr ID`: the rotating code that a member's telephone shows now.
struct MemberQR: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "qr",
    abstract: Words.aboutMemberQR()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  @Option(help: ArgumentHelp(Words.helpCodeCard(), valueName: "card id"))
  var card: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject(literals: ["memberId": .string(memberID)])
    parameters.add("cardId", card)
    return try session.show("member.qr", parameters)
  }
}
