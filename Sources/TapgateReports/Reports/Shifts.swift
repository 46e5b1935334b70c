internal import TapgateModel

/// Shifts that were closed, with what was done in them (交班记录): counted again from the journal and
/// held against what each close's own row says.
struct Shifts: ReportBuilder {
  private struct Place: Hashable, Comparable {
    var store: String
    var counter: String

    static func < (left: Place, right: Place) -> Bool {
      (left.store, left.counter) < (right.store, right.counter)
    }
  }

  private struct Closed {
    var entry: ReportEntry
    var shiftOperator: String?
    var totals: ShiftTotals
    /// What the row itself says.
    var statedMinor: Int128
    var statedCount: Int128
  }

  private let context: ReportContext
  private var journal = JournalCount()
  /// What is not closed yet, by counter and operator.
  private var open: [Place: [String: ShiftTotals]] = [:]
  private var closed: [Closed] = []
  private var elsewhere: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    journal.take(entry)
    guard !entry.isRefused, !entry.store.isEmpty else { return }
    let place = Place(store: entry.store, counter: entry.counter)
    guard entry.kind == .shiftClose else {
      var totals = open[place]?[entry.operatorName ?? ""] ?? ShiftTotals()
      totals.take(
        entry.kind,
        sequence: entry.sequence,
        effects: entry.effects,
        reply: entry.reply,
        isOwn: true
      )
      open[place, default: [:]][entry.operatorName ?? ""] = totals
      return
    }
    let name = entry.replyText("shiftOperator")
    let totals = take(from: place, name)
    let one = Closed(
      entry: entry,
      shiftOperator: name,
      totals: totals,
      statedMinor: Int128(entry.replyNumber("receiptsMinor") ?? 0),
      statedCount: Int128(entry.replyNumber("operations") ?? 0)
    )
    if context.request.place(of: entry) == .inside {
      closed.append(one)
    } else {
      elsewhere += Int128(totals.operationCount)
    }
  }

  /// Takes out what an operator did at a counter, or everybody there.
  private mutating func take(from place: Place, _ name: String?) -> ShiftTotals {
    if let name { return open[place]?.removeValue(forKey: name) ?? ShiftTotals() }
    var sum = ShiftTotals()
    for totals in (open.removeValue(forKey: place) ?? [:]).values { sum.add(totals) }
    return sum
  }

  mutating func take(_ member: ReportMember) {}

  func tables() -> [ReportTable] { [list(), tenders(), unclosed()] }

  private func list() -> ReportTable {
    var table = ReportTable(
      id: "shifts",
      title: Wording("交班记录", "Shifts closed"),
      columns: [
        ReportColumn("sequence", .integer, Wording("流水号", "Row")),
        ReportColumn("at", .instant, Wording("时间", "Time")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("counter", .text, Wording("收银台", "Counter")),
        ReportColumn("operator", .text, Wording("班次", "Shift of")),
        ReportColumn("operations", .integer, Wording("业务", "Operations"), isSummed: true),
        ReportColumn("receipts", .integer, Wording("小票", "Receipts"), isSummed: true),
        ReportColumn("receiptsMinor", .money, Wording("小票金额", "Amount"), isSummed: true),
        ReportColumn("refundedMinor", .money, Wording("退货", "Refunded"), isSummed: true),
        ReportColumn("topUpMinor", .money, Wording("充值", "Topped up"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("储值消费", "Value spent"), isSummed: true),
        ReportColumn("pointsIssued", .integer, Wording("发放积分", "Points issued"), isSummed: true),
        ReportColumn("pointsSpent", .integer, Wording("使用积分", "Points spent"), isSummed: true),
        ReportColumn("cards", .integer, Wording("发卡", "Cards"), isSummed: true),
      ]
    )
    for one in closed {
      let totals = one.totals
      table.append(
        [
          .whole(one.entry.sequence),
          .instant(one.entry.at, offsetSeconds: one.entry.offsetSeconds),
          .optional(one.entry.store), .optional(one.entry.counter),
          one.shiftOperator.map { .text($0) } ?? .word(Wording("全台", "everybody")),
          .whole(totals.operationCount), .whole(totals.receiptCount),
          .money(Int128(totals.receiptsMinor)), .money(Int128(totals.refundedMinor)),
          .money(Int128(totals.topUpMinor)),
          .money(Int128(totals.principalSpentMinor) + Int128(totals.bonusSpentMinor)),
          .whole(totals.pointsIssued), .whole(totals.pointsSpent), .whole(totals.cardsIssued),
        ],
        limit: Int(clamping: context.parameter("rows"))
      )
    }
    table.total()
    table.proofs = [
      stated(table, "operations", .integer) { $0.statedCount },
      stated(table, "receiptsMinor", .money) { $0.statedMinor },
      journal.proof(table: table.sum("operations"), newest: context.lastSequence),
    ]
    return table
  }

  private func stated(
    _ table: ReportTable,
    _ column: String,
    _ kind: ReportColumnKind,
    _ value: (Closed) -> Int128
  ) -> ReportProof {
    ReportProof(
      claim: kind == .money
        ? Wording("小票金额", "receipts' amount") : Wording("业务笔数", "operations"),
      kind: kind,
      parts: [ReportProof.Part(Wording("流水重算", "counted again"), table.sum(column))],
      ledger: closed.reduce(0) { $0 + value($1) },
      ledgerName: Wording("交班单", "the closes' rows")
    )
  }

  /// Money by kind of tender, over all listed shifts.
  private func tenders() -> ReportTable {
    var sums: [String: (moneyIn: Int128, moneyOut: Int128)] = [:]
    for one in closed {
      for (kind, sum) in one.totals.tenders {
        var known = sums[kind] ?? (0, 0)
        known.moneyIn += Int128(sum.inMinor)
        known.moneyOut += Int128(sum.outMinor)
        sums[kind] = known
      }
    }
    var table = ReportTable(
      id: "tenders",
      title: Wording("交班收付款", "Money by tender"),
      columns: [
        ReportColumn("tender", .text, Wording("支付方式", "Tender")),
        ReportColumn("inMinor", .money, Wording("收款", "In"), isSummed: true),
        ReportColumn("outMinor", .money, Wording("付款", "Out"), isSummed: true),
        ReportColumn("netMinor", .money, Wording("净额", "Net"), isSummed: true),
      ]
    )
    for (kind, sum) in sums.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        .text(kind), .money(sum.moneyIn), .money(sum.moneyOut), .money(sum.moneyIn - sum.moneyOut),
      ])
    }
    table.total()
    table.proofs = [journal.proof(newest: context.lastSequence)]
    return table
  }

  /// What was done since the last close, by counter.
  private func unclosed() -> ReportTable {
    var table = ReportTable(
      id: "open",
      title: Wording("未交班", "Not closed yet"),
      columns: [
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("counter", .text, Wording("收银台", "Counter")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("operations", .integer, Wording("业务", "Operations"), isSummed: true),
        ReportColumn("receiptsMinor", .money, Wording("小票金额", "Amount"), isSummed: true),
      ]
    )
    var others: Int128 = 0
    for (place, operators) in open.sorted(by: { $0.key < $1.key }) {
      for (name, totals) in operators.sorted(by: { $0.key < $1.key }) where !totals.isEmpty {
        guard context.request.holds(store: place.store, counter: place.counter) else {
          others += Int128(totals.operationCount)
          continue
        }
        table.rows.append([
          .optional(place.store), .optional(place.counter), .optional(name),
          .whole(totals.operationCount), .money(Int128(totals.receiptsMinor)),
        ])
      }
    }
    table.total()
    let listed = closed.reduce(Int128(0)) { $0 + Int128($1.totals.operationCount) }
    let counted = listed + elsewhere + table.sum("operations") + others
    table.proofs = [journal.proof(table: counted, newest: context.lastSequence)]
    return table
  }
}
