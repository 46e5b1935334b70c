internal import TapgateModel

/// What the rules refused, by reason, operation and store (权限及规则拒绝).
struct Refusals: ReportBuilder {
  private struct Key: Hashable {
    var reason: String
    var kind: UInt8
    var store: String
    var operatorName: String
  }

  private let context: ReportContext
  private var journal = JournalCount()
  private var counts: [Key: Int128] = [:]

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    journal.take(entry)
    guard entry.isRefused, context.request.place(of: entry) == .inside else { return }
    let key = Key(
      reason: entry.replyText("reason") ?? "",
      kind: entry.kind.rawValue,
      store: entry.store,
      operatorName: entry.operatorName ?? ""
    )
    counts[key, default: 0] += 1
  }

  mutating func take(_ member: ReportMember) {}

  func tables() -> [ReportTable] {
    var reasons: [String: Int128] = [:]
    for (key, count) in counts { reasons[key.reason, default: 0] += count }
    var summary = ReportTable(
      id: "reasons",
      title: Wording("拒绝原因", "Refusals by reason"),
      columns: [
        ReportColumn("reason", .text, Wording("原因", "Reason")),
        ReportColumn("count", .integer, Wording("次数", "Count"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
      ]
    )
    let all = reasons.values.reduce(0, +)
    for (reason, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      summary.rows.append([.optional(reason), .integer(count), .share(count, of: all)])
    }
    summary.total()
    summary.proofs = [journal.proof(table: summary.sum("count"), newest: context.lastSequence)]
    summary.chart = ReportChart(.bar, labels: 0, values: [1])
    return [summary, details()]
  }

  private func details() -> ReportTable {
    var table = ReportTable(
      id: "refusals",
      title: Wording("拒绝明细", "Refusals by operation and store"),
      columns: [
        ReportColumn("reason", .text, Wording("原因", "Reason")),
        ReportColumn("operation", .text, Wording("业务", "Operation")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("count", .integer, Wording("次数", "Count"), isSummed: true),
      ]
    )
    let ordered = counts.sorted { left, right in
      (left.key.reason, left.key.store, left.key.operatorName, left.key.kind)
        < (right.key.reason, right.key.store, right.key.operatorName, right.key.kind)
    }
    for (key, count) in ordered {
      table.rows.append([
        .optional(key.reason),
        JournalKind(rawValue: key.kind).map { .word($0.wording) } ?? .none,
        .optional(key.store), .optional(key.operatorName), .integer(count),
      ])
    }
    table.total()
    table.proofs = [journal.proof(table: table.sum("count"), newest: context.lastSequence)]
    return table
  }
}
