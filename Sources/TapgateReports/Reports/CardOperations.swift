internal import TapgateModel

/// The journal of cards: issued, bound, reported lost, frozen, replaced, closed, each with who did
/// it and why (卡业务流水). Cards are shown by the first digits of their keyed reference only.
struct CardOperations: ReportBuilder {
  private let context: ReportContext
  private var journal = JournalCount()
  private var table: ReportTable
  private var counts: [UInt8: Int128] = [:]
  private var change = ScopedSum()
  private var cardCount: Int128 = 0

  init(_ context: ReportContext) {
    self.context = context
    table = ReportTable(
      id: "cards",
      title: Wording("卡业务流水", "Card operations"),
      columns: [
        ReportColumn("sequence", .integer, Wording("流水号", "Row")),
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("at", .instant, Wording("时间", "Time")),
        ReportColumn("operation", .text, Wording("业务", "Operation")),
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("card", .text, Wording("卡", "Card")),
        ReportColumn("cardType", .text, Wording("卡种", "Card type")),
        ReportColumn("status", .text, Wording("状态", "Status")),
        ReportColumn("change", .integer, Wording("卡数变动", "Cards"), isSummed: true),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("counter", .text, Wording("收银台", "Counter")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("reason", .text, Wording("原因", "Reason")),
      ]
    )
  }

  mutating func take(_ entry: ReportEntry) {
    journal.take(entry)
    guard !entry.isRefused else { return }
    let place = context.request.place(of: entry)
    var reason: String?
    var isFirst = true
    for effect in entry.effects {
      guard let card = Self.change(effect) else { continue }
      change.add(card.change, at: place)
      guard place == .inside else { continue }
      if isFirst {
        reason = entry.replyText("reason")
        counts[entry.kind.rawValue, default: 0] += 1
        isFirst = false
      }
      table.append(row(entry, card, reason), limit: Int(clamping: context.parameter("rows")))
    }
  }

  private struct CardChange {
    var reference: CardReference
    var type: String?
    var status: Wording
    var change: Int128
  }

  private static func change(_ effect: Effect) -> CardChange? {
    switch effect {
    case .cardAdded(let card):
      CardChange(
        reference: card.reference,
        type: card.type,
        status: wording(card.status),
        change: 1
      )
    case .cardStatus(let reference, let status):
      CardChange(reference: reference, type: nil, status: wording(status), change: 0)
    case .frozenCardLost(let reference):
      CardChange(reference: reference, type: nil, status: wording(.lost), change: 0)
    case .cardRemoved(let reference):
      CardChange(
        reference: reference,
        type: nil,
        status: Wording("解绑", "unbound"),
        change: -1
      )
    default: nil
    }
  }

  private static func wording(_ status: CardStatus) -> Wording {
    switch status {
    case .active: Wording("正常", "active")
    case .lost: Wording("挂失", "lost")
    case .frozen: Wording("冻结", "frozen")
    case .replaced: Wording("已补卡", "replaced")
    case .closed: Wording("已退卡", "closed")
    }
  }

  private func row(
    _ entry: ReportEntry,
    _ card: CardChange,
    _ reason: String?
  ) -> [ReportCell] {
    [
      .whole(entry.sequence), .date(entry.businessDate),
      .instant(entry.at, offsetSeconds: entry.offsetSeconds), .word(entry.kind.wording),
      .optional(entry.memberID), .text(String(card.reference.cardID.prefix(9)) + "…"),
      .optional(card.type), .word(card.status), .integer(card.change), .optional(entry.store),
      .optional(entry.counter), .optional(entry.operatorName), .optional(reason),
    ]
  }

  mutating func take(_ member: ReportMember) { cardCount += Int128(member.state.cards.count) }

  func tables() -> [ReportTable] {
    var table = table
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("卡数", "cards"),
        parts: change.parts(table: table.sum("change")),
        ledger: cardCount
      )
    ]
    table.seal()
    return [table, summary()]
  }

  private func summary() -> ReportTable {
    var table = ReportTable(
      id: "byOperation",
      title: Wording("卡业务笔数", "Card operations by kind"),
      columns: [
        ReportColumn("operation", .text, Wording("业务", "Operation")),
        ReportColumn("count", .integer, Wording("笔数", "Count"), isSummed: true),
      ]
    )
    for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        JournalKind(rawValue: kind).map { .word($0.wording) } ?? .none, .integer(count),
      ])
    }
    table.total()
    table.proofs = [journal.proof(table: table.sum("count"), newest: context.lastSequence)]
    table.chart = ReportChart(.bar, labels: 0, values: [1])
    return table
  }
}
