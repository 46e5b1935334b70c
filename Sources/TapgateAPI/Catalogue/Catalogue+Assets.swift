extension Catalogue {
  private static let count = ParameterType.integer(1...1_000_000)
  private static let points = ParameterType.integer(0...amountMax)
  private static let couponCode = ParameterType.text(1...200)

  /// The member's balances, which every operation on assets answers.
  private static let balances: [ResultField] = [
    .string("memberId", "the member"), .integer("available", "points now"),
    .object("value", "principalMinor, bonusMinor, heldMinor"),
    .integer("sequence", "place in the journal"),
  ]

  private static let gifts = ResultField.object("gifts", "points, coupons, items, passes")

  private static func onMember(
    _ name: String,
    role: Role = .pos,
    _ summary: String,
    _ parameters: [Parameter],
    result: [ResultField]
  ) -> MethodDescription {
    MethodDescription(
      name,
      role: role,
      summary,
      parameters: memberKey + parameters + operationFields(isIDRequired: true),
      alternatives: [oneMemberKey],
      result: result + balances + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    )
  }

  private static func onRow(
    _ name: String,
    _ summary: String,
    _ parameters: [Parameter],
    result: [ResultField]
  ) -> MethodDescription {
    MethodDescription(
      name,
      role: .pos,
      summary,
      parameters: parameters + operationFields(isIDRequired: true),
      result: result + balances + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    )
  }

  /// Methods about stored value, points, coupons, holds, passes, paid levels and lotteries.
  static let assetMethods =
    valueMethods + pointMethods + holdMethods + couponMethods
    + membershipMethods + standingMethods

  private static let topUpResult: [ResultField] = [
    .string("topUpId", "the top-up"), .string("state", "confirmed, or pending for its channel"),
    .integer("principalMinor", "what was paid in"), .integer("bonusMinor", "what was given beside"),
    .integer("repaidMinor", "what of it repaid a debt"), gifts,
    .integer("pointsMultiplierBp", "of the next receipt's points", orNull: true),
  ]

  private static let valueMethods: [MethodDescription] = [
    onMember(
      "value.topUp",
      "Pays money into stored value, with the bonus of the programme's table.",
      [
        .required("amountMinor", amount, "what is paid in"),
        .required("channel", .text(1...32), "one of the programme's channels"),
        .optional("tenderReference", .text(0...128), "the payment's own number, used once"),
      ],
      result: topUpResult
    ),
    onRow(
      "value.confirmTopUp",
      "The channel of an open top-up has taken the money.",
      [
        .required("topUpId", identifier, "the top-up"),
        .required("channelReference", .text(1...128), "the channel's number, used once"),
      ],
      result: topUpResult
    ),
    onRow(
      "value.cancelTopUp",
      "The channel of an open top-up has not taken the money.",
      [.required("topUpId", identifier, "the top-up")],
      result: [.string("topUpId", "the top-up"), .string("state", "cancelled")]
    ),
    onMember(
      "value.spend",
      "Pays with stored value.",
      [.required("amountMinor", amount, "how much"), pin],
      result: [
        .integer("principalSpentMinor", "of what was paid in"),
        .integer("bonusSpentMinor", "of what was given"),
      ]
    ),
  ]

  private static let lots = ResultField.array("lots", "lotId, points, expires")

  private static let pointMethods: [MethodDescription] = [
    onMember(
      "points.redeem",
      "Exchanges points for a reward, or for cash off a bill.",
      [
        .optional("points", points, "how many; of a reward its price"),
        .optional("reward", .text(1...64), "the reward's id"),
        .optional("cash", .flag, "true: points as cash"), pin,
      ],
      result: [
        .integer("points", "points spent"), .string("reward", "the reward", orNull: true),
        .integer("worthMinor", "for cash: what they are worth"), lots, gifts,
      ]
    ),
    onMember(
      "points.event",
      "Points for what a member does: signing in, taking part.",
      [.required("event", .text(1...64), "the event's name in the programme")],
      result: [.integer("points", "points given"), .array("rules", "rules that gave them"), lots]
    ),
    onMember(
      "draw.spin",
      "Draws a prize for points. The proof lets anybody draw again.",
      [
        .required("draw", .text(1...64), "the lottery's id"),
        .optional("clientNonce", .printableASCII(1...64), "the customer's own part of the chance"),
      ],
      result: [
        .string("prize", "the prize"), gifts,
        .object(
          "proof",
          "draw, revision, reveal, nonce, totalWeight, ticket, excluded, index: ticket ="
            + " floor(first 8 bytes of SHA-256(reveal, nonce) × totalWeight / 2^64)"
        ), lots,
      ]
    ),
    MethodDescription(
      "draw.commitment",
      role: .pos,
      "What settles a lottery's next draw, as it may be shown before: SHA-256 of its reveal.",
      parameters: [.required("draw", .text(1...64), "the lottery's id")],
      result: [.string("draw", "its id"), .string("commitment", "hexadecimal")],
      errors: ["E_NOEXIST"]
    ),
    onMember(
      "pass.use",
      "Uses a count card, or checks that a time pass runs.",
      [
        .required("pass", .text(1...64), "the pass's id"),
        .optional("quantity", count, "default 1"),
      ],
      result: [
        .integer("quantity", "uses"), .integer("left", "uses left"),
        .string("through", "last day of a time pass", orNull: true), gifts,
      ]
    ),
    onMember(
      "stamp.add",
      "Adds stamps; a full card turns into its gift.",
      [
        .required("stamp", .text(1...64), "the stamp card's id"),
        .optional("quantity", count, "default 1"),
      ],
      result: [
        .integer("quantity", "stamps"), .integer("left", "stamps on the card"),
        .string("through", "always null", orNull: true), gifts,
      ]
    ),
    onMember(
      "benefit.use",
      "Uses a benefit that is counted.",
      [.required("benefit", .text(1...64), "the benefit's id")],
      result: [
        .string("benefit", "its id"), .integer("left", "how often still", orNull: true),
      ]
    ),
  ]

  private static let legs: [Parameter] = [
    .optional("points", points, "points"),
    .optional("valueMinor", amount, "stored value"),
    .optional("coupons", .list(couponCode, 0...32), "codes"),
  ]

  private static let heldLegs: [ResultField] = [
    .string("holdId", "the hold"), .string("state", "open, captured or voided"),
    .integer("points", "points"), .integer("principalMinor", "stored value, paid in"),
    .integer("bonusMinor", "stored value, given"), .array("coupons", "codes"),
  ]

  private static let holdMethods: [MethodDescription] = [
    onMember(
      "hold.create",
      "Sets points, stored value and coupons aside: all of it or nothing.",
      legs + [.optional("seconds", .integer(1...31_536_000), "default: the programme's"), pin],
      result: heldLegs + [.string("deadline", "when it ends by itself, RFC 3339")]
    ),
    onRow(
      "hold.capture",
      "Spends a part of a hold, or all of it; the last capture frees the rest.",
      [.required("holdId", identifier, "the hold")] + legs
        + [.optional("final", .flag, "whether it is the last; default true")],
      result: heldLegs
    ),
    onRow(
      "hold.void",
      "Frees what a hold set aside.",
      [.required("holdId", identifier, "the hold")],
      result: heldLegs
    ),
  ]

  private static let couponResult: [ResultField] = [
    .string("code", "its code"), .string("template", "its kind"),
    .string("expires", "its last day", orNull: true),
    .string("receiptNo", "the receipt it was used for", orNull: true),
    .string("memberId", "whose it is; left out for a bearer's"),
    .integer("sequence", "place in the journal"),
  ]

  private static let couponMethods: [MethodDescription] = [
    MethodDescription(
      "coupon.issue",
      role: .pos,
      "Issues coupons to a member, or without one to whoever has the code.",
      parameters: memberKey + [
        .required("template", .text(1...64), "the kind's id"),
        .optional("count", .integer(1...1000), "default 1"),
      ] + operationFields(isIDRequired: true),
      alternatives: [.atMostOne(["credential", "memberId", "eventId"])],
      result: [
        .array("coupons", "code, template, expires"), .integer("sequence", "place in the journal"),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "coupon.verify",
      role: .pos,
      "Whether a coupon can be used now.",
      parameters: [
        .required("code", couponCode, "its code"),
        .optional("store", .printableASCII(1...32), "default: the gateway's"),
        .optional("counter", .printableASCII(1...32), "default: the gateway's"),
      ],
      result: [
        .string("code", "its code"), .string("template", "its kind"),
        .string("name", "the kind's name", orNull: true),
        .string("expires", "its last day", orNull: true), .boolean("usable", "whether it can"),
        .string("reason", "why not", orNull: true),
        .string("detail", "what is missing", orNull: true),
        .string("memberId", "whose it is", orNull: true),
      ],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "coupon.use",
      role: .pos,
      "Uses a coupon for a receipt.",
      parameters: memberKey + [
        .required("code", couponCode, "its code"),
        .required("receiptNo", .text(1...64), "the receipt"),
      ] + operationFields(isIDRequired: true),
      alternatives: [.atMostOne(["credential", "memberId", "eventId"])],
      result: couponResult + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "coupon.unuse",
      role: .pos,
      "Gives a used coupon back.",
      parameters: memberKey + [
        .required("code", couponCode, "its code"),
        .required("reason", .text(1...200), "why, for the journal"),
      ] + operationFields(isIDRequired: true),
      alternatives: [.atMostOne(["credential", "memberId", "eventId"])],
      result: couponResult + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
  ]

  private static let paidResult: [ResultField] = [
    .string("level", "the paid level", orNull: true),
    .string("validThrough", "its last day", orNull: true),
    .integer("amountMinor", "what was paid; below zero what was paid back"), gifts,
  ]

  private static let purchase: [Parameter] = [
    .required("level", .text(1...64), "the level's id"),
    .optional("amountMinor", amount, "what was paid; default: the programme's price"),
    .optional("tender", .text(1...32), "how it was paid; default cash"),
    .optional("tenderReference", .text(0...128), "the payment's own number"),
  ]

  private static let membershipMethods: [MethodDescription] = [
    onMember("membership.buy", "Sells a paid level.", purchase, result: paidResult),
    onMember("membership.renew", "Lengthens a paid level by a term.", purchase, result: paidResult),
    onMember(
      "membership.refund",
      "Ends a paid level and pays the days that are left back.",
      [.optional("tender", .text(1...32), "how it is paid back; default cash")],
      result: paidResult
    ),
  ]

  private static let why: [Parameter] = [.required("reason", .text(1...200), "for the journal")]
  private static let status: [ResultField] = [.string("status", "the member's standing")]

  private static let standingMethods: [MethodDescription] = [
    onMember(
      "member.setTier",
      role: .manager,
      "Sets a tier by hand.",
      [.required("tier", .text(1...64), "the tier's id")] + why,
      result: [
        .string("tierBefore", "tier"), .string("tierAfter", "tier"),
        .string("until", "its last day", orNull: true),
      ]
    ),
    MethodDescription(
      "member.merge",
      role: .manager,
      "Makes everything that one member has another's.",
      parameters: [
        .required("from", identifier, "who gives everything"),
        .required("into", identifier, "who gets it"),
        .optional("reason", reasonText, "why, for the journal"),
      ] + operationFields(isIDRequired: true),
      result: [
        .string("from", "who gave"), .integer("points", "points"), .integer("growth", "growth"),
        .integer("principalMinor", "stored value, paid in"),
        .integer("bonusMinor", "stored value, given"), .integer("cards", "cards"),
        .string("tierAfter", "tier"),
      ] + balances + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    onMember("member.suspend", "Suspends a member.", why, result: status),
    onMember("member.resume", "Ends that.", why, result: status),
    onMember("member.freeze", "Freezes a member with all cards.", why, result: status),
    onMember("member.unfreeze", role: .manager, "Ends that.", why, result: status),
  ]
}
