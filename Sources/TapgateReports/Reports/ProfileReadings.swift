internal import TapgateModel

/// Who read members' profiles in clear, or exported them, when and why (敏感资料查看记录).
struct ProfileReadings: ReportBuilder {
  private let context: ReportContext
  private var journal = JournalCount()
  private var table: ReportTable
  private var counts: [String: Int128] = [:]

  init(_ context: ReportContext) {
    self.context = context
    table = ReportTable(
      id: "readings",
      title: Wording("敏感资料查看记录", "Profiles read in clear"),
      columns: [
        ReportColumn("sequence", .integer, Wording("流水号", "Row")),
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("at", .instant, Wording("时间", "Time")),
        ReportColumn("operation", .text, Wording("业务", "Operation")),
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("counter", .text, Wording("收银台", "Counter")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("reason", .text, Wording("原因", "Reason")),
      ]
    )
  }

  mutating func take(_ entry: ReportEntry) {
    journal.take(entry)
    guard entry.kind == .readProfile || entry.kind == .exportProfiles, !entry.isRefused,
      context.request.place(of: entry) == .inside
    else { return }
    counts[entry.operatorName ?? "", default: 0] += 1
    table.append(
      [
        .whole(entry.sequence), .date(entry.businessDate),
        .instant(entry.at, offsetSeconds: entry.offsetSeconds), .word(entry.kind.wording),
        .optional(entry.memberID), .optional(entry.store), .optional(entry.counter),
        .optional(entry.operatorName),
        .optional(entry.replyText("reason")),
      ],
      limit: Int(clamping: context.parameter("rows"))
    )
  }

  mutating func take(_ member: ReportMember) {}

  func tables() -> [ReportTable] {
    var summary = ReportTable(
      id: "byOperator",
      title: Wording("按操作员", "By operator"),
      columns: [
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("count", .integer, Wording("次数", "Count"), isSummed: true),
      ]
    )
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      summary.rows.append([.optional(name.isEmpty ? nil : name), .integer(count)])
    }
    summary.total()
    summary.proofs = [journal.proof(table: summary.sum("count"), newest: context.lastSequence)]
    var table = table
    table.seal()
    return [summary, table]
  }
}
