internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate member invite REFERENCE --code CODE`: notes who invited a new member.
struct MemberInvite: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite",
    abstract: Words.aboutMemberInvite()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  @Option(help: ArgumentHelp(Words.helpInviteCode()))
  var code: String

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate(
      "member.invite",
      JSONObject(literals: ["memberId": .string(memberID), "code": .string(code)]),
      operation
    )
  }
}

/// `tapgate member invite-code ID`: the code by which a member invites others, also on paper.
struct MemberInviteCode: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite-code",
    abstract: Words.aboutMemberInviteCode()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  @Flag(help: ArgumentHelp(Words.helpInvitePrint()))
  var print = false

  func perform(_ session: Session) throws -> ExitStatus {
    let parameters = JSONObject(literals: ["memberId": .string(memberID)])
    guard print else { return try session.show("member.inviteCode", parameters) }
    let found = try session.client.call("member.inviteCode", .object(parameters))
    let slip = JSONObject(literals: ["document": .array(Self.slip(found["code"]?.string ?? ""))])
    return try session.operate("print.submit", slip, operation)
  }

  /// What the member gives to friends: the code, to be scanned or read.
  static func slip(_ code: String) -> [JSON] {
    [
      .object([
        "type": .string("text"), "text": .string(Words.inviteSlipTitle()),
        "align": .string("center"), "bold": .bool(true),
      ]),
      .object(["type": .string("qr"), "data": .string(code), "size": .integer(6)]),
      .object(["type": .string("text"), "text": .string(code), "align": .string("center")]),
      .object(["type": .string("cut")]),
    ]
  }
}
