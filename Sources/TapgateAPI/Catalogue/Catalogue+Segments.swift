extension Catalogue {
  private static let names = ParameterType.list(.text(1...64), 1...64)
  private static let score = ParameterType.integer(1...5)

  /// Which members a batch of coupons is for.
  static let segment = ParameterType.record([
    .optional("tiers", names, "tier ids"),
    .optional("paidLevels", names, "paid levels that run"),
    .optional("cardTypes", names, "types of an active card"),
    .optional(
      "classes",
      .list(.choice(["A", "B", "C", "D"]), 1...4),
      "as the report abcd has them"
    ),
    .optional("rMin", score, "recency of the report rfm at least"),
    .optional("rMax", score, "recency at most"),
    .optional("fMin", score, "frequency at least"),
    .optional("fMax", score, "frequency at most"),
    .optional("mMin", score, "monetary value at least"),
    .optional("mMax", score, "monetary value at most"),
    .optional("absentDays", .integer(1...36_500), "days without spending at least"),
    .optional("birthdayMonth", .integer(1...12), "month of the birthday"),
    .optional("spentMinor", amount, "spent in a life at least"),
  ])
}
