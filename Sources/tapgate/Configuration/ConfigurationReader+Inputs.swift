internal import TapgateModel

extension ConfigurationReader {
  /// `[assurance]`.
  mutating func readAssurance(
    _ section: TOMLSection,
    into result: inout GatewayConfiguration.Assurances
  ) {
    refuseUnknown(section, known: ["earn", "redeem", "value", "downgrade"])
    let levels = Assurance.allCases.map(\.rawValue)
    result.earn = choice("earn", of: levels, in: section) ?? result.earn
    result.redeem = choice("redeem", of: levels, in: section) ?? result.redeem
    result.value = choice("value", of: levels, in: section) ?? result.value
    let downgrades = AssurancePolicy.Downgrade.allCases.map(\.rawValue)
    result.downgrade = choice("downgrade", of: downgrades, in: section) ?? result.downgrade
  }

  /// `[pin]`.
  mutating func readPINs(_ section: TOMLSection, into result: inout GatewayConfiguration.PINs) {
    refuseUnknown(section, known: ["tries", "minDigits", "allowTrivial", "forPoints"])
    result.tries = integer("tries", in: section, range: 1...10) ?? result.tries
    result.digitsMin = integer("minDigits", in: section, range: 4...12) ?? result.digitsMin
    result.allowsTrivial = bool("allowTrivial", in: section) ?? result.allowsTrivial
    result.guardsPoints = bool("forPoints", in: section) ?? result.guardsPoints
  }

  /// `[input]`, `[qr]` and `[[paymentCode]]`.
  mutating func readInputs(_ document: TOMLSection, into result: inout GatewayConfiguration) {
    if let section = section("input", in: document) {
      refuseUnknown(
        section,
        known: ["bounceMs", "repeatMs", "goodsRepeatMs", "allowNuid", "allowTransit"]
      )
      let range = 0...5000
      var inputs = result.inputs
      inputs.bounce = integer("bounceMs", in: section, range: range) ?? inputs.bounce
      inputs.repeated = integer("repeatMs", in: section, range: range) ?? inputs.repeated
      inputs.goodsRepeated =
        integer("goodsRepeatMs", in: section, range: range) ?? inputs.goodsRepeated
      inputs.allowsNUID = bool("allowNuid", in: section) ?? inputs.allowsNUID
      inputs.allowsTransit = bool("allowTransit", in: section) ?? inputs.allowsTransit
      result.inputs = inputs
    }
    if let section = section("qr", in: document) {
      refuseUnknown(section, known: ["stepSeconds", "badCodesPerMinute"])
      var codes = result.rotatingCodes
      codes.step = integer("stepSeconds", in: section, range: 15...120) ?? codes.step
      codes.badCodesPerMinute =
        integer("badCodesPerMinute", in: section, range: 1...1000) ?? codes.badCodesPerMinute
      result.rotatingCodes = codes
    }
    guard document["paymentCode"] != nil else { return }
    result.paymentCodes = sections("paymentCode", in: document).compactMap { paymentCode($0) }
  }

  private mutating func paymentCode(
    _ section: TOMLSection
  ) -> GatewayConfiguration.PaymentCode? {
    refuseUnknown(section, known: ["name", "prefixes", "minLength", "maxLength"])
    let name = required("name", in: section)
    let prefixes = strings("prefixes", in: section)
    let range = 8...64
    let least = integer("minLength", in: section, range: range)
    let most = integer("maxLength", in: section, range: range)
    let areDigits = prefixes.allSatisfy { prefix in
      (1...6).contains(prefix.utf8.count)
        && prefix.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    if prefixes.isEmpty || !areDigits {
      note(Words.configPaymentPrefixes("prefixes"), at: section.place(of: "prefixes"))
    }
    for key in ["minLength", "maxLength"] where section[key] == nil {
      note(Words.configMissing(key), at: section.position)
    }
    guard let name, let least, let most else { return nil }
    guard least <= most else {
      note(Words.configLengthOrder(), at: section.place(of: "maxLength"))
      return nil
    }
    return GatewayConfiguration.PaymentCode(
      name: name,
      prefixes: prefixes,
      lengthMin: least,
      lengthMax: most
    )
  }
}
