extension Catalogue {
  private static let pinText = ParameterType.text(1...32)

  /// The customer's PIN, for what spends.
  static let pin = Parameter.optional(
    "pin",
    pinText,
    "the customer's, where one is set; after pinWrong it is entered under another operationId. "
      + "Never kept, and no part of the operation's content"
  )

  /// Methods about PINs.
  static let pinMethods: [MethodDescription] = [
    MethodDescription(
      "card.setPin",
      role: .pos,
      "Sets, changes or takes away the PIN that guards what the card spends. Over one that is set "
        + "it needs that one, or a manager with a reason; a manager's also ends a lock.",
      parameters: cardKey + [
        .optional("pin", pinText, "the new one: digits, as many as the configuration asks for"),
        .optional("currentPin", pinText, "the one that is set"),
        .optional("remove", .flag, "true: the card has none from now on"),
        .optional("reason", reasonText, "why; a manager without currentPin must say"),
      ] + operationFields(isIDRequired: true),
      alternatives: [
        .exactlyOne(["credential", "eventId", "cardId"]), .exactlyOne(["pin", "remove"]),
      ],
      result: [
        .string("cardId", "the card"), .string("pin", "set or none"),
        .string("reason", "why", orNull: true), .string("memberId", "the member"),
        .integer("available", "points now"),
        .object("value", "principalMinor, bonusMinor, heldMinor"),
        .integer("sequence", "place in the journal"),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    )
  ]
}
