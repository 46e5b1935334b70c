extension Catalogue {
  /// Methods about what becomes of personal data.
  static let erasureMethods: [MethodDescription] = [
    MethodDescription(
      "member.erase",
      role: .manager,
      "Destroys what names a member: profile, phone, PINs. Cards are closed, points and coupons "
        + "written off; the ledger stays under the member's id. Look-ups answer memberErased.",
      parameters: [
        .required("memberId", identifier, "the member"),
        .required("reason", .text(1...200), "why, for the journal"),
        .optional(
          "refundTender",
          .text(1...64),
          "how stored value is paid out; without it there must be none"
        ),
      ] + operationFields(isIDRequired: true),
      result: [
        .string("status", "erased"), .integer("pointsWrittenOff", "points"),
        .integer("refundedMinor", "stored value to be paid out"),
        .integer("forfeitedMinor", "bonus that is lost"), .string("reason", "why"),
        .string("memberId", "the member"), .integer("available", "points now"),
        .object("value", "principalMinor, bonusMinor, heldMinor"),
        .integer("sequence", "place in the journal"),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    )
  ]
}
