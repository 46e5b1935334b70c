extension Catalogue {
  /// Methods about reports.
  static let reportMethods: [MethodDescription] = [
    MethodDescription(
      "report.list",
      role: .manager,
      "Every report that report.run makes.",
      result: [
        .array("reports", "id, title, purpose (zh, en), takesMember, parameters with their bounds")
      ]
    ),
    MethodDescription(
      "report.run",
      role: .manager,
      "Makes a report from one state of the whole ledger, with the lines that prove its sums.",
      parameters: [
        .required("name", .printableASCII(1...64), "the report's id in report.list"),
        .optional("from", .printableASCII(10...10), "first business date, YYYY-MM-DD"),
        .optional("to", .printableASCII(10...10), "last business date, YYYY-MM-DD"),
        .optional(
          "scope",
          .list(.text(1...64), 1...256),
          "stores, or nodes of the organisation above or below them; default: all"
        ),
        .optional("memberId", identifier, "only this member, where the report takes one"),
        .optional("operator", .text(1...64), "only this operator, where the report takes one"),
        .optional("parameters", .integers(32), "numbers by the names that report.list shows"),
      ],
      result: [
        .string("report", "its id"), .object("title", "zh, en"),
        .object("scope", "dates and stores in words: zh, en"),
        .boolean("proven", "whether every proof of every table holds"),
        .array("tables", "id, title, columns, rows, totals, proofs, notes, chart, omittedRowCount"),
      ],
      errors: ["E_NOEXIST", "E_FAILURE"]
    ),
  ]
}
