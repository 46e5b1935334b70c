internal import ArgumentParser
internal import TapgateJSON

/// `tapgate accrue KIND:VALUE --amount 28.00 --receipt NO`: points for a receipt.
struct AccrueCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "accrue",
    abstract: Words.aboutAccrue()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMember(), valueName: "kind:value"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpAmount(), valueName: "28.00"))
  var amount: String

  @Option(help: ArgumentHelp(Words.helpReceipt(), valueName: "no"))
  var receipt: String

  @Flag(help: ArgumentHelp(Words.helpNoPrint()))
  var noPrint = false

  func validate() throws {
    _ = try Reference(member, kinds: Reference.memberKinds)
    _ = try Amount(argument: amount)
  }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try Reference(member, kinds: Reference.memberKinds).parameters
    parameters.add("receiptNo", receipt)
    parameters["amountMinor"] = .integer(try Amount(argument: amount).minor)
    if noPrint { parameters["print"] = .bool(false) }
    return try session.operate("points.accrue", parameters, operation)
  }
}
