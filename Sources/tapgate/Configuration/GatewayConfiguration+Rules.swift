internal import TapgateCore
internal import TapgateModel
internal import TapgateServer

extension GatewayConfiguration.Assurances {
  /// What the ledger is told.
  var policy: AssurancePolicy {
    var policy = AssurancePolicy()
    policy.earn = Assurance(rawValue: earn) ?? policy.earn
    policy.redeem = Assurance(rawValue: redeem) ?? policy.redeem
    policy.value = Assurance(rawValue: value) ?? policy.value
    policy.downgrade = AssurancePolicy.Downgrade(rawValue: downgrade) ?? policy.downgrade
    return policy
  }
}

extension GatewayConfiguration.PINs {
  /// What the ledger is told.
  var policy: PINPolicy {
    PINPolicy(
      triesMax: Int64(tries),
      digitCountMin: digitsMin,
      allowsTrivial: allowsTrivial,
      guardsPoints: guardsPoints
    )
  }
}

extension GatewayConfiguration {
  /// What the hub is told of inputs.
  var inputRules: InputRules {
    var rules = InputRules()
    rules.repeatMilliseconds = inputs.repeated
    rules.goodsRepeatMilliseconds = inputs.goodsRepeated
    rules.stepSeconds = rotatingCodes.step
    rules.badCodesPerMinuteMax = rotatingCodes.badCodesPerMinute
    rules.allowsSharedUID = inputs.allowsNUID
    if let paymentCodes {
      rules.paymentCodes = paymentCodes.map { code in
        PaymentCodeRange(
          name: code.name,
          prefixes: code.prefixes,
          lengths: code.lengthMin...code.lengthMax
        )
      }
    }
    return rules
  }
}
