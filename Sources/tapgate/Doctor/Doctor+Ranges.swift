internal import TapgateDevices
internal import TapgateModel

extension Doctor {
  /// The shop's ranges of numbers that bank cards have too: what is refused there surprises at the
  /// counter, so it is told before.
  func paymentRangeFindings(_ configuration: GatewayConfiguration?) -> [Finding] {
    guard let configuration else { return [] }
    var ranges: [String] = []
    for pattern in configuration.patterns {
      // What a scan is refused for has 13 to 19 digits.
      let mayFit = pattern.length.map { (13...19).contains($0) } ?? true
      let digits = Array(pattern.prefix.utf8)
      guard mayFit, digits.allSatisfy({ (0x30...0x39).contains($0) }),
        PaymentCardNumber.mayBeSchemeRange(digits)
      else { continue }
      ranges.append(pattern.prefix + "…" + (pattern.length.map { " (\($0))" } ?? ""))
    }
    for cards in configuration.scanners.flatMap(\.settings.ownCards)
    where cards.digitCount >= 12 && PaymentCardNumber.isSchemeRange(cards.prefix.utf8) {
      ranges.append("\(cards.prefix)… (\(cards.digitCount))")
    }
    return ranges.map { range in
      Finding(
        code: "configuration.paymentRange",
        severity: .warning,
        sentence: Words.doctorPaymentRange(range)
      )
    }
  }
}
