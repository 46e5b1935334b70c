extension Catalogue {
  static let basketLine = ParameterType.record([
    .required("sku", .text(1...64), "the article"),
    .required("category", .text(0...64), "its category"),
    .required("quantity", .integer(0...1_000_000), "pieces; 0 only beside amountMinor"),
    .required("unitPriceMinor", amount, "price of one"),
    .optional("amountMinor", amount, "overrides quantity × price, for weighed goods"),
  ])

  static let tender = ParameterType.record([
    .required("kind", .text(1...32), "cash, card, wechat, …"),
    .required("amountMinor", amount, "how much"),
    .optional("reference", .text(0...128), "the payment's own number"),
  ])

  /// Methods about points and operations.
  static let operationMethods: [MethodDescription] = [
    MethodDescription(
      "points.accrue",
      role: .pos,
      "Points for a receipt. Answered when the journal row is on disk.",
      parameters: memberKey + [
        .required("receiptNo", .text(1...64), "unique per store, counter and business date"),
        .optional("amountMinor", amount, "what the receipt comes to"),
        .optional("lines", .list(basketLine, 1...basketLineCountMax), "or its lines"),
        .optional("tenders", .list(tender, 0...32), "how it was paid"),
        .optional("print", .flag, "whether to print a receipt; default true"),
        .optional("currency", .printableASCII(3...3), "ISO 4217; default: the programme's"),
        .optional("quantities", .counts(32), "what rules count instead of money, such as km"),
      ] + operationFields(isIDRequired: true),
      alternatives: [oneMemberKey, .exactlyOne(["amountMinor", "lines"])],
      result: [
        .string("receiptId", "the receipt"), .integer("earned", "points"),
        .integer("available", "points now"), .string("tierBefore", "tier"),
        .string("tierAfter", "tier"), .array("lots", "lotId, points, expires, matures"),
        .integer("growth", "growth value"), .integer("sequence", "place in the journal"),
        .string("printJobId", "the receipt's job", orNull: true),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "operation.status",
      role: .pos,
      "What became of an operation.",
      parameters: [.required("operationId", operationID, "its id")],
      result: [
        .string("state", "committed or refused"),
        .object("result", "what was answered", orNull: true),
        .object("error", "what was answered", orNull: true),
      ],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "operation.reverse",
      role: .pos,
      "Mirrors an operation; refused with dependentOperations where later ones stand on it, whose "
        + "ids are in the hint.",
      parameters: [
        .required("reverses", operationID, "the operation to take back"),
        .required("reason", .text(1...200), "why, for the journal"),
      ] + operationFields(isIDRequired: true),
      result: [
        .string("reverses", "the operation"), .string("reason", "why"),
        .string("operation", "its method"), .integer("points", "added; below zero: taken back"),
        .integer("growth", "added"), .integer("valueMinor", "stored value added"),
        .integer("owedMinor", "stored value that became a debt"),
        .string("tierBefore", "tier", orNull: true), .string("tierAfter", "tier", orNull: true),
        .string("memberId", "whose it was", orNull: true),
        .integer("available", "points", orNull: true),
        .object("value", "principalMinor, bonusMinor, heldMinor", orNull: true),
        .integer("sequence", "place in the journal"),
      ] + receiptOfCommit,
      errors: ["E_EXISTS", "E_FAILURE", "E_NOEXIST"]
    ),
    MethodDescription(
      "operation.feed",
      role: .pos,
      "Committed operations in order, for stock, SMS, ERP.",
      parameters: [
        .required("after", .integer(0...Int64.max), "sequence after which to begin"),
        .optional("limit", .integer(1...1000), "default 100"),
      ],
      result: [.array("operations", "rows in order")]
    ),
  ]

  /// Methods about imports and exports.
  static let importMethods: [MethodDescription] = [
    MethodDescription(
      "member.importBegin",
      role: .manager,
      "Starts an import; one at a time. It ends with the connection.",
      parameters: [.optional("dryRun", .flag, "whether nothing is to be published; default false")],
      result: [.string("importId", "the import")],
      errors: ["E_BUSY"]
    ),
    MethodDescription(
      "member.importChunk",
      role: .manager,
      "Checks rows and keeps them.",
      parameters: [
        .required("importId", identifier, "the import"),
        .required(
          "rows",
          .list(
            .record([
              .required("line", .integer(1...1_000_000_000), "line of the file, from 1"),
              .required("fields", .texts(32), "columns by name"),
            ]),
            1...10_000
          ),
          "rows"
        ),
      ],
      result: [.array("problems", "line, column, problem; at most 100")],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "member.importCommit",
      role: .manager,
      "Publishes everything, or nothing where a row had a problem.",
      parameters: [.required("importId", identifier, "the import")],
      result: [.integer("members", "how many")],
      errors: ["E_NOEXIST", "E_FAILURE"]
    ),
    MethodDescription(
      "member.importCancel",
      role: .manager,
      "Forgets the import.",
      parameters: [.required("importId", identifier, "the import")],
      errors: ["E_NOEXIST"]
    ),
    MethodDescription(
      "member.export",
      role: .manager,
      "All members in the columns of the import; UIDs masked. Each page is noted in the journal.",
      parameters: [
        .optional("after", .integer(0...Int64.max), "row number after which to begin; default 0"),
        .optional("limit", .integer(1...1000), "default 500"),
      ] + operationFields(isIDRequired: false),
      result: [
        .array("rows", "columns by name"), .integer("next", "where to go on", orNull: true),
        .array("columns", "those of the profile's attributes, beside the import's own"),
      ]
    ),
  ]
}
