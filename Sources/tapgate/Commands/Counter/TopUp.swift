internal import ArgumentParser
internal import TapgateJSON

/// `tapgate topup KIND:VALUE --amount 200.00 --channel cash`: pays money into stored value.
struct TopUpCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "topup",
    abstract: Words.aboutTopUp()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMember(), valueName: "kind:value"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpAmount(), valueName: "200.00"))
  var amount: String

  @Option(help: ArgumentHelp(Words.helpChannel(), valueName: "channel"))
  var channel: String

  @Option(help: ArgumentHelp(Words.helpTenderReference(), valueName: "no"))
  var reference: String?

  func validate() throws {
    _ = try Reference(member, kinds: Reference.memberKinds)
    _ = try Amount(argument: amount)
  }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try Reference(member, kinds: Reference.memberKinds).parameters
    parameters["amountMinor"] = .integer(try Amount(argument: amount).minor)
    parameters["channel"] = .string(channel)
    parameters.add("tenderReference", reference)
    return try session.operate("value.topUp", parameters, operation)
  }
}

/// `tapgate spend KIND:VALUE --amount 20.00`: pays with stored value.
struct SpendCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "spend",
    abstract: Words.aboutSpend()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMember(), valueName: "kind:value"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpAmount(), valueName: "20.00"))
  var amount: String

  func validate() throws {
    _ = try Reference(member, kinds: Reference.memberKinds)
    _ = try Amount(argument: amount)
  }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try Reference(member, kinds: Reference.memberKinds).parameters
    parameters["amountMinor"] = .integer(try Amount(argument: amount).minor)
    return try session.operate("value.spend", parameters, operation)
  }
}
