internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member show ID`: what the gateway knows of a member, by their id.
struct MemberShow: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: Words.aboutMemberShow()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  func perform(_ session: Session) throws -> ExitStatus {
    try session.show("member.lookup", JSONObject(literals: ["memberId": .string(memberID)]))
  }
}
