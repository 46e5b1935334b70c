extension Catalogue {
  private static let programmeResult = "id, revision, hash, from (YYYY-MM-DD), currency, examples"

  /// Methods about programmes, the date and invitations.
  static let stewardshipMethods: [MethodDescription] = [
    MethodDescription(
      "programme.show",
      role: .observe,
      "The programme in force, and the one that waits for its day.",
      result: [
        .object("active", programmeResult), .object("pending", programmeResult, orNull: true),
        .array("earlier", "those that still rule receipts entered late"),
      ]
    ),
    MethodDescription(
      "programme.activate",
      role: .manager,
      "Puts a programme in force from a day's cut-over on; takes the place of one that waits.",
      parameters: [
        .required("programme", .document, "the programme file (programme.md §3.2.4)"),
        .optional(
          "from",
          .text(10...10),
          "first business date, YYYY-MM-DD; default: valid_from of the file, else at once"
        ),
      ] + operationFields(isIDRequired: true),
      result: [
        .object("programme", programmeResult), .string("state", "active or scheduled"),
        .object("replaces", "what waited before", orNull: true),
        .integer("sequence", "place in the journal"),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_ILLEGAL"]
    ),
    MethodDescription(
      "daemon.confirmDate",
      role: .manager,
      "Says that the machine's clock is right although it was set by more than 12 hours, or the "
        + "last entry is older than 31 days. Until then time goes on from where it was.",
      parameters: [.required("date", .text(10...10), "today's business date, YYYY-MM-DD")],
      result: [.string("today", "the business date from now on")],
      errors: ["E_ILLEGAL"]
    ),
    MethodDescription(
      "member.inviteCode",
      role: .pos,
      "The code by which a member invites others, to be printed as a QR code.",
      parameters: [.required("memberId", identifier, "who invites")],
      result: [.string("memberId", "who invites"), .string("code", "TGR. and 16 characters")],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "member.invite",
      role: .pos,
      "Notes who invited a new member; both are rewarded with the member's first receipt.",
      parameters: memberKey + [.required("code", .text(1...64), "the referrer's code")]
        + operationFields(isIDRequired: true),
      alternatives: [oneMemberKey],
      result: [
        .string("inviter", "whose code it is"), .string("memberId", "who was invited"),
        .integer("available", "points"),
        .object("value", "principalMinor, bonusMinor, heldMinor"),
        .integer("sequence", "place in the journal"),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
  ]
}
