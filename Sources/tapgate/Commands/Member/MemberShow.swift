internal import ArgumentParser

/// `tapgate member show ID`, or `KIND:VALUE`: what the gateway knows of a member.
struct MemberShow: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: Words.aboutMemberShow()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpMemberOrID(), valueName: "id"))
  var member: String

  func validate() throws { _ = try Reference(member: member) }

  func perform(_ session: Session) throws -> ExitStatus {
    try session.show("member.lookup", try Reference(member: member).parameters)
  }
}
