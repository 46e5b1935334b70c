internal import ArgumentParser
internal import TapgateJSON

/// `tapgate member erase ID --reason TEXT`: destroys what names a member; the ledger stays.
struct MemberErase: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: Words.aboutMemberErase()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMemberID(), valueName: "id"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpReason()))
  var reason: String

  @Option(help: ArgumentHelp(Words.helpRefundTender(), valueName: "tender"))
  var refundTender: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("memberId", member)
    parameters.add("reason", reason)
    parameters.add("refundTender", refundTender)
    return try session.operate("member.erase", parameters, operation)
  }
}
