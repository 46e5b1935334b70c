extension Catalogue {
  /// Operations that print a slip where there is a receipt printer.
  private static let slipMethods: Set<String> = [
    "value.topUp", "value.confirmTopUp", "value.cancelTopUp", "points.redeem", "draw.spin",
    "refund.create", "operation.reverse", "member.enrol", "card.reportLost", "card.cancelLost",
    "card.freeze", "card.unfreeze", "card.close", "card.replace",
  ]

  /// Adds to an operation that prints a slip what it takes and what it tells of it.
  static func withSlip(_ method: MethodDescription) -> MethodDescription {
    guard slipMethods.contains(method.name) else { return method }
    var method = method
    method.parameters.append(.optional("print", .flag, "whether to print the slip; default true"))
    method.result.append(
      .string("printJobId", "the slip's job; null where none was printed", orNull: true)
    )
    return method
  }
}
