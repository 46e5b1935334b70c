internal import TapgateModel

/// Members who came, by day, store, operator and channel, and duplicates that were merged (入会).
///
/// The channel is what the enrolment's result says, else `counter` for an enrolment at the till and
/// `import` for members who were taken over from another system.
struct Enrolments: ReportBuilder {
  private struct Key: Hashable, Comparable {
    var date: BusinessDate
    var store: String
    var operatorName: String
    var channel: String

    static func < (left: Key, right: Key) -> Bool {
      (left.date, left.store, left.operatorName, left.channel)
        < (right.date, right.store, right.operatorName, right.channel)
    }
  }

  private let context: ReportContext
  private var counts: [Key: Int128] = [:]
  private var others = ScopedSum()
  private var memberCount: Int128 = 0
  private var merges: [[ReportCell]] = []
  private var otherMerges = ScopedSum()
  private var mergedCount: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused else { return }
    let place = context.request.place(of: entry)
    for case .mergedInto(let id) in entry.effects {
      otherMerges.add(1, at: place)
      guard place == .inside else { continue }
      merges.append([
        .date(entry.businessDate), .optional(entry.store), .optional(entry.operatorName),
        .optional(entry.memberID), .text(id),
      ])
    }
    guard case .created? = entry.effects.first else { return }
    others.add(1, at: place)
    guard place == .inside else { return }
    let isImport = entry.kind == .importChunk
    let channel = isImport ? "import" : entry.replyText("channel") ?? "counter"
    let key = Key(
      date: entry.businessDate,
      store: entry.store,
      operatorName: entry.operatorName ?? "",
      channel: channel
    )
    counts[key, default: 0] += 1
  }

  mutating func take(_ member: ReportMember) {
    memberCount += 1
    if member.state.status == .merged { mergedCount += 1 }
  }

  func tables() -> [ReportTable] {
    var days = ReportTable(
      id: "enrolments",
      title: Wording("入会统计", "Enrolments"),
      columns: [
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("channel", .text, Wording("渠道", "Channel")),
        ReportColumn("members", .integer, Wording("人数", "Members"), isSummed: true),
      ]
    )
    for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
      days.rows.append([
        .date(key.date), .optional(key.store), .optional(key.operatorName),
        .word(Self.channel(key.channel)), .integer(count),
      ])
    }
    days.total()
    days.proofs = [proof(days)]
    var tables = [days]
    tables.append(
      group("byStore", Wording("按门店", "By store"), "store", Wording("门店", "Store")) {
        .optional($0.store)
      }
    )
    tables.append(
      group("byOperator", Wording("按操作员", "By operator"), "operator", Wording("操作员", "Operator")) {
        .optional($0.operatorName)
      }
    )
    tables.append(
      group("byChannel", Wording("按渠道", "By channel"), "channel", Wording("渠道", "Channel")) {
        .word(Self.channel($0.channel))
      }
    )
    tables.append(merged())
    return tables
  }

  private func merged() -> ReportTable {
    var table = ReportTable(
      id: "merged",
      title: Wording("合并的重复会员", "Duplicates merged"),
      columns: [
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("from", .text, Wording("被合并会员", "Member")),
        ReportColumn("into", .text, Wording("并入会员", "Merged into")),
      ]
    )
    table.rows = merges
    table.proofs = [
      ReportProof(
        claim: Wording("已合并会员", "merged members"),
        parts: otherMerges.parts(table: Int128(table.rows.count)),
        ledger: mergedCount
      )
    ]
    return table
  }

  private func group(
    _ id: String,
    _ title: Wording,
    _ column: String,
    _ heading: Wording,
    by cell: (Key) -> ReportCell
  ) -> ReportTable {
    var sums: [ReportCell: Int128] = [:]
    for (key, count) in counts { sums[cell(key), default: 0] += count }
    var table = ReportTable(
      id: id,
      title: title,
      columns: [
        ReportColumn(column, .text, heading),
        ReportColumn("members", .integer, Wording("人数", "Members"), isSummed: true),
      ]
    )
    let ordered = sums.sorted {
      ($1.value, CellText.text($0.key, .en)) < ($0.value, CellText.text($1.key, .en))
    }
    table.rows = ordered.map { [$0.key, .integer($0.value)] }
    table.total()
    table.proofs = [proof(table)]
    table.chart = ReportChart(.bar, labels: 0, values: [1])
    return table
  }

  private func proof(_ table: ReportTable) -> ReportProof {
    ReportProof(
      claim: Wording("会员数", "members"),
      parts: others.parts(table: table.sum("members")),
      ledger: memberCount
    )
  }

  private static func channel(_ id: String) -> Wording {
    switch id {
    case "counter": Wording("门店录入", "counter")
    case "import": Wording("批量导入", "import")
    default: Wording(name: id)
    }
  }
}
