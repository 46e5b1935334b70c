extension Catalogue {
  static let profile: [Parameter] = [
    .optional("name", .text(0...128), "the member's name"),
    .optional("phone", .text(0...32), "E.164 or the national form"),
    .optional("birthday", .text(0...10), "YYYY-MM-DD"),
    .optional("gender", .text(0...16), "as the programme spells it"),
    .optional("note", .text(0...500), "for the shop"),
  ]

  static let attributes: [Parameter] = [
    .optional("attributes", .texts(32), "values by the id of an [[attribute]]; empty: none")
  ]

  /// The parameters of `method` that `null` clears; everywhere else it counts as left out.
  public static func clearableFields(of method: String) -> [String] {
    method == "member.update" ? profile.map(\.name) : []
  }

  /// Methods about members.
  static let memberMethods: [MethodDescription] = [
    MethodDescription(
      "member.lookup",
      role: .pos,
      "Whom a credential names and what they have.",
      parameters: memberKey,
      alternatives: [oneMemberKey],
      result: memberResult,
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "member.search",
      role: .pos,
      "Members whose name, its first letters (pinyin), phone's end or id fit a text; masked.",
      parameters: [
        .required("text", .text(1...64), "what to look for"),
        .optional("limit", .integer(1...20), "default 20"),
      ],
      result: [.array("candidates", "each as member.lookup answers")]
    ),
    MethodDescription(
      "member.enrol",
      role: .pos,
      "Makes a member, with a card where one is given.",
      parameters: profile + attributes + [
        .optional("credential", credential, "the card or code to give"),
        .optional("eventId", identifier, "of the card that was tapped"),
        .optional("cardType", .text(1...32), "default: the programme's"),
      ] + operationFields(isIDRequired: false),
      alternatives: [.atMostOne(["credential", "eventId"])],
      result: memberResult + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE"]
    ),
    MethodDescription(
      "member.update",
      role: .pos,
      "Changes a member's fields. One left out stays; null, or an empty text, clears it.",
      parameters: [.required("memberId", identifier, "the member")] + profile
        + attributes + operationFields(isIDRequired: false),
      result: memberResult + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "member.profile",
      role: .pos,
      "A member's profile, masked; with `raw` in clear, which takes a manager and is noted.",
      parameters: [
        .required("memberId", identifier, "the member"),
        .optional("raw", .flag, "in clear; default false"),
        .optional("reason", reasonText, "why it is read in clear; required with `raw`"),
      ] + operationFields(isIDRequired: false),
      result: [
        .string("memberId", "the member"), .boolean("raw", "whether it is in clear"),
        .object("profile", "name, phone, birthday, gender, note, attributes"),
      ],
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "member.qrKey",
      role: .manager,
      "Gives a member a rotating code for a telephone: a card that can be lost and frozen.",
      parameters: [
        .required("memberId", identifier, "the member"),
        .optional("cardType", .text(1...32), "default: the programme's"),
      ] + operationFields(isIDRequired: false),
      result: memberResult + receiptOfCommit + [
        .object("qr", "kid, memberRef, secret (base 32), stepSeconds, algorithm, format")
      ],
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "member.qr",
      role: .manager,
      "The rotating code that a member's telephone shows now.",
      parameters: [
        .required("memberId", identifier, "the member"),
        .optional("cardId", identifier, "which of several codes; default: the newest"),
      ],
      result: [
        .string("token", "what the code holds; used up by its first scan"),
        .string("cardId", "the code's card"), .integer("step", "its time step"),
        .integer("stepSeconds", "how long a step is"), .string("until", "RFC 3339"),
      ],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "member.history",
      role: .pos,
      "A member's journal, the newest first.",
      parameters: [
        .required("memberId", identifier, "the member"),
        .optional("before", .integer(1...Int64.max), "sequence below which to begin"),
        .optional("limit", .integer(1...200), "default 50"),
      ],
      result: [.array("entries", "journal rows")],
      errors: ["E_NOEXIST"]
    ),
  ]

  static let cardKey: [Parameter] = [
    .optional("credential", credential, "the card's credential"),
    .optional("eventId", identifier, "of the card that was tapped"),
    .optional("cardId", identifier, "the card's id"),
  ]

  private static func card(
    _ name: String,
    role: Role,
    _ summary: String,
    takesMember: Bool = false
  ) -> MethodDescription {
    var parameters = cardKey
    if takesMember {
      parameters.append(.required("memberId", identifier, "who gets it"))
      parameters.append(.optional("cardType", .text(1...32), "default: the programme's"))
      let parent =
        "the member who pays for a supplementary or linked card; default: memberId's own "
      parameters.append(.optional("parent", identifier, parent + "account, by its main card"))
    }
    if name == "card.close" {
      let summary = "how the account's stored value is paid out with it; then the answer holds "
      let tender = summary + "refundedMinor, forfeitedMinor and the balances"
      parameters.append(.optional("refundTender", .text(1...64), tender))
    }
    parameters.append(.optional("reason", reasonText, "why, for the journal"))
    return MethodDescription(
      name,
      role: role,
      summary,
      parameters: parameters + operationFields(isIDRequired: false),
      alternatives: [.exactlyOne(["credential", "eventId", "cardId"])],
      result: memberResult + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    )
  }

  /// Methods about cards.
  static let cardMethods: [MethodDescription] = [
    card("card.issue", role: .pos, "Gives a new card to a member.", takesMember: true),
    card("card.bind", role: .pos, "Binds a card or code to a member.", takesMember: true),
    card("card.unbind", role: .pos, "Takes a card or code from its member."),
    card("card.reportLost", role: .pos, "Refuses the card from now on."),
    card("card.cancelLost", role: .manager, "Takes a report of loss back."),
    card("card.freeze", role: .pos, "Refuses the card for a while."),
    card("card.unfreeze", role: .manager, "Ends that."),
    card("card.close", role: .manager, "Ends the card for good."),
    MethodDescription(
      "card.replace",
      role: .pos,
      "Puts a new card in an old one's place.",
      parameters: [
        .required("cardId", identifier, "the old card"),
        .optional("newCredential", credential, "the new one's credential"),
        .optional("eventId", identifier, "of the new card that was tapped"),
        .optional("reason", reasonText, "why, for the journal"),
      ] + operationFields(isIDRequired: false),
      alternatives: [.exactlyOne(["newCredential", "eventId"])],
      result: memberResult + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
  ]
}
