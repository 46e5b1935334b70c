internal import ArgumentParser
internal import TapgateJSON

/// `tapgate coupon …`.
struct CouponCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coupon",
    abstract: Words.aboutCoupon(),
    subcommands: [CouponIssue.self, CouponVerify.self, CouponUse.self, CouponUnuse.self]
  )
}

/// `tapgate coupon issue TEMPLATE [--member KIND:VALUE] [--count N]`.
struct CouponIssue: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: Words.aboutCouponIssue()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpCouponTemplate()))
  var template: String

  @Option(help: ArgumentHelp(Words.helpCouponMember(), valueName: "kind:value"))
  var member: String?

  @Option(help: ArgumentHelp(Words.helpCouponCount(), valueName: "n"))
  var count = 1

  @OptionGroup var segment: SegmentOptions

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    if let member {
      parameters = try Reference(member, kinds: Reference.memberKinds).parameters
    }
    parameters["template"] = .string(template)
    parameters["count"] = .integer(Int64(count))
    if let chosen = segment.json {
      if member != nil { throw ValidationError(Words.segmentOrMember()) }
      parameters["segment"] = chosen
      if segment.dryRun { parameters["dryRun"] = .bool(true) }
    }
    return try session.operate("coupon.issue", parameters, operation)
  }
}

/// `tapgate coupon verify CODE`.
struct CouponVerify: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: Words.aboutCouponVerify()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpCouponCode()))
  var code: String

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("code", code)
    return try session.show("coupon.verify", parameters)
  }
}

/// `tapgate coupon use CODE --receipt NO`.
struct CouponUse: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "use",
    abstract: Words.aboutCouponUse()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpCouponCode()))
  var code: String

  @Option(help: ArgumentHelp(Words.helpReceipt(), valueName: "no"))
  var receipt: String

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("code", code)
    parameters.add("receiptNo", receipt)
    return try session.operate("coupon.use", parameters, operation)
  }
}

/// `tapgate coupon unuse CODE --reason WHY`.
struct CouponUnuse: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "unuse",
    abstract: Words.aboutCouponUnuse()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpCouponCode()))
  var code: String

  @Option(help: ArgumentHelp(Words.helpReason(), valueName: "why"))
  var reason: String

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("code", code)
    parameters.add("reason", reason)
    return try session.operate("coupon.unuse", parameters, operation)
  }
}
