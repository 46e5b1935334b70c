internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Prices, receipts and refunds.
extension Switchboard {
  /// `checkout.quote`: priced beside the loop, from committed memory.
  func quote(_ call: Call) throws(Failure) {
    guard let desk = ports.quotes else {
      throw .result(.illegal, .notAllowedHere, hint: "this gateway prices no baskets")
    }
    let parameters = call.parameters
    guard let lines = try lines(parameters) else {
      throw .faulty(-32602, .missingField(field: "lines"), field: "lines")
    }
    let subject = try optionalMember(call)
    try refuseGuessing(call.connection, subject: subject)
    let origin = parameters.text("eventId").flatMap(call.connection.remembered.origin)
    let inquiry = QuoteInquiry(
      subject: subject,
      request: basket(parameters, lines),
      coupons: try codes(parameters),
      store: parameters.text("store") ?? configuration.store,
      counter: parameters.text("counter") ?? configuration.counter,
      businessTime: try parameters.businessTime(),
      evidence: origin?.evidence ?? subject?.evidence ?? .word,
      language: call.connection.language.rawValue
    )
    try inBackOffice(call) { try await desk.quote(inquiry) }
  }

  /// `checkout.commit`.
  func checkout(_ call: Call) throws(Failure) {
    let parameters = call.parameters
    let lines = try lines(parameters)
    if lines == nil {
      for name in Self.partsOfQuote where parameters[name] != nil {
        let hint = "stands in the quote already"
        throw .result(.illegal, .impossibleValue(field: name), field: name, hint: hint)
      }
    }
    let order = CheckoutOrder(
      request: lines.map { basket(parameters, $0) },
      quoteToken: parameters.text("quoteToken"),
      coupons: try codes(parameters),
      receiptNo: try parameters.requiredText("receiptNo"),
      tenders: parameters.tenders ?? [],
      hold: parameters["holdId"] == nil ? nil : try rowID(call, "holdId", letter: "H"),
      wantsPrint: parameters.flag("print") ?? true
    )
    try submit(call, subject: try optionalMember(call), .assets(.checkout(order)))
  }

  /// `refund.create`.
  func refund(_ call: Call) throws(Failure) {
    let receipt = try rowID(call, "receiptId", letter: "R")
    let request: RefundRequest
    if let lines = call.parameters["lines"]?.array {
      request = .lines(
        lines.map {
          RefundLine(
            line: Int(clamping: $0["line"]?.integer ?? -1),
            quantity: $0["quantity"]?.integer ?? 0
          )
        }
      )
    } else {
      request = .amount(try call.parameters.requiredInteger("amountMinor"))
    }
    try submit(call, subject: nil, .assets(.refund(receipt: receipt, request)))
  }

  /// What a quote's token stands for.
  private static let partsOfQuote = [
    "coupons", "usePoints", "useValueMinor", "tenderKinds", "quantities", "currency",
  ]

  private func basket(_ parameters: Parameters, _ lines: [BasketLine]) -> CheckoutRequest {
    CheckoutRequest(
      lines: lines,
      currency: parameters.text("currency"),
      usePoints: parameters.integer("usePoints") ?? 0,
      useValueMinor: parameters.integer("useValueMinor") ?? 0,
      tenderKinds: Set((parameters["tenderKinds"]?.array ?? []).compactMap(\.string)),
      quantities: parameters.counts("quantities")
    )
  }

  private func codes(_ parameters: Parameters) throws(Failure) -> [CouponCode] {
    var codes: [CouponCode] = []
    for (index, value) in (parameters["coupons"]?.array ?? []).enumerated() {
      codes.append(try Self.code(value.string ?? "", field: "coupons[\(index)]"))
    }
    return codes
  }
}
