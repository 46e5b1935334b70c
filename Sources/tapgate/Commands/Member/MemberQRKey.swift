internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member qr-key ID`: gives a member a rotating code, and shows its secret once.
struct MemberQRKey: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "qr-key",
    abstract: Words.aboutMemberQRKey()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var memberID: String

  @Option(help: ArgumentHelp(Words.helpCardType(), valueName: "type"))
  var cardType: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject(literals: ["memberId": .string(memberID)])
    parameters.add("cardType", cardType)
    return try session.operate("member.qrKey", parameters, operation)
  }
}
