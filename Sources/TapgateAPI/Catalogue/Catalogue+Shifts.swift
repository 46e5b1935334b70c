extension Catalogue {
  private static let totals: [ResultField] = [
    .string("shiftOperator", "whose shift it is; null: everybody's at the counter", orNull: true),
    .integer("firstSequence", "the journal row after the last close"),
    .integer("operations", "operations committed"), .integer("receipts", "receipts"),
    .integer("receiptsMinor", "what they came to"), .integer("refunds", "refunds"),
    .integer("refundedMinor", "what went back"),
    .array("tenders", "kind, inMinor, outMinor; of accruals how they were paid is not kept"),
    .integer("topUps", "top-ups"), .integer("topUpMinor", "what they came to"),
    .integer("topUpBonusMinor", "what was given beside"),
    .integer("principalSpentMinor", "stored value spent"),
    .integer("bonusSpentMinor", "bonus spent"), .integer("pointsIssued", "points issued"),
    .integer("pointsSpent", "points spent"), .integer("cardsIssued", "cards issued"),
    .integer("enrolments", "members enrolled"),
    .array("openHolds", "holds of the shift that have not ended"),
    .integer("openHoldCount", "how many"),
  ]

  /// Methods about shifts.
  static let shiftMethods: [MethodDescription] = [
    MethodDescription(
      "shift.show",
      role: .pos,
      "What was done at a counter since its last close, without closing it.",
      parameters: [
        .optional("store", .printableASCII(1...32), "default: the gateway's"),
        .optional("counter", .printableASCII(1...32), "default: the gateway's"),
        .optional("operator", .text(1...64), "only this operator; default: everybody"),
        .optional("wholeCounter", .flag, "everybody, whatever operator is named; default false"),
      ],
      result: totals
    ),
    MethodDescription(
      "shift.close",
      role: .pos,
      "Closes the shift of the named operator at a counter, or of everybody there. Refused with "
        + "shiftEmpty where nothing was done since the last close.",
      parameters: [
        .optional("wholeCounter", .flag, "everybody's, not only the operator's; default false"),
        .optional("print", .flag, "whether to print a slip; default true"),
      ] + operationFields(isIDRequired: true),
      result: totals + [
        .integer("sequence", "place in the journal"),
        .string("printJobId", "the slip's job", orNull: true),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_BUSY"]
    ),
  ]
}
