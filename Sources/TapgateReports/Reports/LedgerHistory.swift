internal import TapgateModel

/// The ledger's rows for one member or for all, with what each moved (会员消费记录).
///
/// Refused rows moved nothing and stand in the report of refusals. What a row says of a member who
/// has since been merged stays with that member.
struct LedgerHistory: ReportBuilder {
  private let context: ReportContext
  private var table: ReportTable
  private var points = ScopedSum()
  private var spent = ScopedSum()
  private var balance: Int128 = 0
  private var ledgerPoints: Int128 = 0
  private var ledgerSpent: Int128 = 0
  /// Spending that merges brought or took.
  private var mergedSpent: Int128 = 0

  init(_ context: ReportContext) {
    self.context = context
    table = ReportTable(
      id: "entries",
      title: Wording("会员流水", "Ledger history"),
      columns: [
        ReportColumn("sequence", .integer, Wording("流水号", "Row")),
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("at", .instant, Wording("时间", "Time")),
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("operation", .text, Wording("业务", "Operation")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("counter", .text, Wording("收银台", "Counter")),
        ReportColumn("operator", .text, Wording("操作员", "Operator")),
        ReportColumn("receiptNo", .text, Wording("小票号", "Receipt")),
        ReportColumn("spentMinor", .money, Wording("消费", "Spent"), isSummed: true),
        ReportColumn("points", .integer, Wording("积分", "Points"), isSummed: true),
        ReportColumn("growth", .integer, Wording("成长值", "Growth"), isSummed: true),
        ReportColumn("principalMinor", .money, Wording("储值本金", "Principal"), isSummed: true),
        ReportColumn("bonusMinor", .money, Wording("赠送金额", "Bonus"), isSummed: true),
        ReportColumn("tier", .text, Wording("新等级", "New tier")),
      ]
    )
    if context.request.memberID != nil {
      let balance = Wording("积分余额", "Points after")
      table.columns.append(ReportColumn("pointsAfter", .integer, balance))
    }
  }

  /// Of a report on one member, nobody else's rows count, not even for the proof.
  private func concerns(_ id: String?) -> Bool {
    context.request.memberID.map { $0 == id } ?? true
  }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused, entry.memberNumber != nil, concerns(entry.memberID) else { return }
    let sums = EntrySums(entry)
    balance += sums.points
    if entry.kind == .merge { mergedSpent += Self.moved(by: entry) }
    var place = context.request.place(of: entry)
    let isOperator = context.request.operatorName.map { $0 == entry.operatorName } ?? true
    if place == .inside, !isOperator { place = .otherScope }
    points.add(sums.points, at: place)
    spent.add(sums.spentMinor, at: place)
    guard place == .inside else { return }
    table.append(row(entry, sums), limit: Int(clamping: context.parameter("rows")))
  }

  private static func moved(by entry: ReportEntry) -> Int128 {
    entry.effects.reduce(0) { sum, effect in
      switch effect {
      case .spent(_, let amount), .lifetime(let amount): sum + Int128(amount)
      default: sum
      }
    }
  }

  private func row(_ entry: ReportEntry, _ sums: EntrySums) -> [ReportCell] {
    let cells: [ReportCell] = [
      .whole(entry.sequence), .date(entry.businessDate),
      .instant(entry.at, offsetSeconds: entry.offsetSeconds), .optional(entry.memberID),
      .word(entry.kind.wording), .optional(entry.store), .optional(entry.counter),
      .optional(entry.operatorName), .optional(entry.receiptNo),
      sums.hasSpent ? .money(sums.spentMinor) : .none, .integer(sums.points),
      .integer(sums.growth),
      .money(sums.principalMinor), .money(sums.bonusMinor),
      .optional(sums.tier.map(context.tierName)),
    ]
    return context.request.memberID == nil ? cells : cells + [.integer(balance)]
  }

  mutating func take(_ member: ReportMember) {
    guard concerns(member.state.id) else { return }
    ledgerPoints += member.points
    ledgerSpent += Int128(member.state.facts.lifetimeMinor)
  }

  func tables() -> [ReportTable] {
    var table = table
    table.total()
    var spending = spent.parts(table: table.sum("spentMinor"))
    if mergedSpent != 0 {
      spending.append(ReportProof.Part(Wording("合并转入转出", "moved by merges"), mergedSpent))
    }
    table.proofs = [
      ReportProof(
        claim: Wording("未用积分", "points not used"),
        parts: points.parts(table: table.sum("points")),
        ledger: ledgerPoints
      ),
      ReportProof(
        claim: Wording("消费金额", "spending"),
        kind: .money,
        parts: spending,
        ledger: ledgerSpent
      ),
    ]
    table.seal()
    return [table]
  }
}
