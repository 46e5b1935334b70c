internal import ArgumentParser
internal import TapgateJSON

/// `tapgate redeem KIND:VALUE --reward ID`, or `--points 200`: exchanges points.
struct RedeemCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "redeem",
    abstract: Words.aboutRedeem()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpMember(), valueName: "kind:value"))
  var member: String

  @Option(help: ArgumentHelp(Words.helpReward(), valueName: "id"))
  var reward: String?

  @Option(help: ArgumentHelp(Words.helpRedeemPoints(), valueName: "points"))
  var points: Int?

  func validate() throws {
    _ = try Reference(member, kinds: Reference.memberKinds)
    guard (reward == nil) != (points == nil) else {
      throw ValidationError(Words.redeemEither())
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = try Reference(member, kinds: Reference.memberKinds).parameters
    if let points {
      parameters["points"] = .integer(Int64(points))
      parameters["cash"] = .bool(true)
    } else {
      parameters.add("reward", reward)
    }
    return try session.operate("points.redeem", parameters, operation)
  }
}
