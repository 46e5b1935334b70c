extension Catalogue {
  private static let code = ParameterType.text(1...200)
  private static let quoteToken = ParameterType.printableASCII(1...131_072)
  private static let names: [Parameter] = [
    .optional("credential", credential, "something that identifies the member"),
    .optional("memberId", identifier, "the member's id: the POS's word, A1"),
    .optional("eventId", identifier, "of a credential event this client was given, for 30 minutes"),
  ]
  private static let oneNameAtMost = Alternative.atMostOne(["credential", "memberId", "eventId"])

  /// What the price depends on, beside the member.
  private static let paying: [Parameter] = [
    .optional("coupons", .list(code, 0...32), "codes, in the order in which they count"),
    .optional("usePoints", .integer(0...amountMax), "points to pay with"),
    .optional("useValueMinor", amount, "stored value to pay with"),
    .optional(
      "tenderKinds",
      .list(.text(1...32), 0...32),
      "how the rest will be paid, where an offer asks for it"
    ),
    .optional("quantities", .counts(32), "what rules count instead of money, such as km"),
    .optional("currency", .printableASCII(3...3), "ISO 4217; default: the programme's"),
  ]

  private static let place: [Parameter] = [
    .optional("store", .printableASCII(1...32), "default: the gateway's"),
    .optional("counter", .printableASCII(1...32), "default: the gateway's"),
    .optional("businessTime", .text(1...40), "RFC 3339; default: now"),
  ]

  private static let price: [ResultField] = [
    .integer("listMinor", "what the lines come to without any rule"),
    .integer("savingMinor", "what the rules take off"),
    .integer("payableMinor", "what the lines come to"),
    .integer("dueMinor", "what is left for the till's own tenders"),
    .integer("pointsSpent", "points that pay"), .integer("pointsMinor", "what they pay"),
    .integer("principalSpentMinor", "of what was paid into stored value"),
    .integer("bonusSpentMinor", "of what was given beside it"),
    .string("tierBefore", "tier", orNull: true), .string("tierAfter", "tier", orNull: true),
  ]

  private static let balances: [ResultField] = [
    .string("memberId", "the member", orNull: true),
    .integer("available", "points now", orNull: true),
    .object("value", "principalMinor, bonusMinor, heldMinor", orNull: true),
    .integer("sequence", "place in the journal"),
  ]

  /// Methods that price, commit and refund receipts.
  static let checkoutMethods: [MethodDescription] = [
    MethodDescription(
      "checkout.quote",
      role: .pos,
      "What a basket costs here and now, and what it brings. Changes nothing.",
      parameters: names + [
        .required("lines", .list(basketLine, 1...basketLineCountMax), "the basket")
      ] + paying + place,
      alternatives: [oneNameAtMost],
      result: [
        .array("lines", "listMinor, memberMinor, netMinor, priceRule, points, discounts"),
        .array("discounts", "kind, rule, name, code, amountMinor"),
      ] + price + [
        .integer("pointsToEarn", "points"), .integer("growth", "growth value"),
        .object("redeemable", "points, worthMinor, step, pointsShort, rewards"),
        .object("topUpHint", "amountMinor, bonusMinor, savesNowMinor", orNull: true),
        .object("enrolOffer", "pointsIfJoined, for whoever is no member", orNull: true),
        .object("nextOffer", "rule, name, missingMinor, savingMinor", orNull: true),
        .array("explain", "kind, rule, amountMinor, points, text: why it comes to that"),
        .string("quoteToken", "commits this price, while nothing has changed it"),
      ],
      errors: ["E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "checkout.commit",
      role: .pos,
      "A receipt, paid and earned in one journal row. Answered when it is on disk.",
      parameters: names + [
        .optional("lines", .list(basketLine, 1...basketLineCountMax), "the basket"),
        .optional("quoteToken", quoteToken, "of the quote, in place of its parameters"),
        .required("receiptNo", .text(1...64), "unique per store, counter and business date"),
        .required("tenders", .list(tender, 0...64), "how what is due is paid"),
        .optional("holdId", identifier, "a hold that pays first and ends with the receipt"),
        .optional("print", .flag, "whether to print a receipt; default true"), pin,
      ] + paying + operationFields(isIDRequired: true),
      alternatives: [oneNameAtMost, .exactlyOne(["lines", "quoteToken"])],
      result: [
        .string("receiptId", "the receipt"), .string("receiptNo", "the till's number"),
        .array("lines", "netMinor, points"),
      ] + price + [
        .array("coupons", "codes that are used up"), .integer("earned", "points"),
        .integer("growth", "growth value"), .array("lots", "lotId, points, expires"),
        .object("enrolOffer", "pointsIfJoined, for whoever is no member", orNull: true),
        .object("gifts", "of a tier that was reached: points, coupons, items, passes"),
      ] + balances + [.string("printJobId", "the receipt's job", orNull: true)] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "refund.create",
      role: .pos,
      "Gives a receipt back, or a part of it, under the rules that it was made by.",
      parameters: [
        .required("receiptId", identifier, "as checkout.commit or points.accrue answered"),
        .optional(
          "lines",
          .list(
            .record([
              .required("line", .integer(0...499), "place on the receipt, from 0"),
              .required("quantity", .integer(1...1_000_000), "pieces"),
            ]),
            1...basketLineCountMax
          ),
          "pieces of lines"
        ),
        .optional("amountMinor", amount, "or an amount"),
      ] + operationFields(isIDRequired: true),
      alternatives: [.exactlyOne(["lines", "amountMinor"])],
      result: [
        .string("receiptId", "the receipt"), .integer("amountMinor", "what goes back"),
        .boolean("whole", "whether nothing is left of the receipt"),
        .array("lines", "line, amountMinor"),
        .array("tenders", "kind, amountMinor, reference: what the till gives back"),
        .integer("principalMinor", "to stored value, what was paid in"),
        .integer("bonusMinor", "to stored value, what was given"),
        .integer("pointsMinor", "what points had paid"),
        .integer("pointsRestored", "points back in their lots"),
        .integer("pointsTakenBack", "points of what the receipt had earned"),
        .integer("pointsShort", "points that were spent already: a debt, or written off"),
        .integer("growthTakenBack", "growth value"),
        .array("coupons", "codes that can be used again"),
        .string("tierBefore", "tier", orNull: true), .string("tierAfter", "tier", orNull: true),
      ] + balances + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
  ]
}
