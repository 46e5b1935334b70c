internal import TapgateModel

/// Members with what they have and when they came last (会员名单). Names are masked; merged and erased
/// members are not listed. Dates do not matter: the list is of now.
struct MemberList: ReportBuilder {
  private struct Listed {
    var member: ReportMember
    var home: MemberHomes.Home?
  }

  private let context: ReportContext
  private var homes = MemberHomes()
  private var lastVisit: [Int64: BusinessDate] = [:]
  private var listed: [Listed] = []
  private var others: Int128 = 0
  private var otherPoints: Int128 = 0
  private var otherSpent: Int128 = 0
  /// What the journal's rows come to.
  private var points: Int128 = 0
  private var spent: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    homes.take(entry)
    guard !entry.isRefused, let member = entry.memberNumber else { return }
    let sums = EntrySums(entry)
    points += sums.points
    spent += sums.spentMinor
    guard sums.spentMinor > 0 else { return }
    lastVisit[member] = max(lastVisit[member] ?? entry.businessDate, entry.businessDate)
  }

  mutating func take(_ member: ReportMember) {
    guard member.isLive, homes.holds(member.number, context.request) else {
      others += 1
      otherPoints += member.points
      otherSpent += Int128(member.state.facts.lifetimeMinor)
      return
    }
    listed.append(Listed(member: member, home: homes.homes[member.number]))
  }

  private static let columns = [
    ReportColumn("memberId", .text, Wording("会员", "Member")),
    ReportColumn("name", .text, Wording("姓名", "Name")),
    ReportColumn("status", .text, Wording("状态", "Status")),
    ReportColumn("tier", .text, Wording("等级", "Tier")),
    ReportColumn("joinedOn", .date, Wording("入会日期", "Joined")),
    ReportColumn("store", .text, Wording("归属门店", "Store")),
    ReportColumn("cardTypes", .text, Wording("卡种", "Card types")),
    ReportColumn("points", .integer, Wording("未用积分", "Points"), isSummed: true),
    ReportColumn("pointsDebt", .integer, Wording("欠分", "Points owed"), isSummed: true),
    ReportColumn("growth", .integer, Wording("成长值", "Growth"), isSummed: true),
    ReportColumn("principalMinor", .money, Wording("储值本金", "Principal"), isSummed: true),
    ReportColumn("bonusMinor", .money, Wording("赠送金额", "Bonus"), isSummed: true),
    ReportColumn("valueDebtMinor", .money, Wording("欠款", "Value owed"), isSummed: true),
    ReportColumn("lifetimeMinor", .money, Wording("累计消费", "Spent so far"), isSummed: true),
    ReportColumn("lastVisit", .date, Wording("最近到店", "Last visit")),
  ]

  func tables() -> [ReportTable] {
    var table = ReportTable(
      id: "members",
      title: Wording("会员名单", "Members"),
      columns: Self.columns
    )
    for one in listed.sorted(by: { $0.member.number < $1.member.number }) {
      table.rows.append(row(one))
    }
    table.total()
    table.proofs = [
      homes.proof(table: Int128(table.rows.count), others: others),
      proof(
        Wording("未用积分", "points not used"),
        .integer,
        table.sum("points"),
        otherPoints,
        points
      ),
      proof(
        Wording("消费金额", "spending"),
        .money,
        table.sum("lifetimeMinor"),
        otherSpent,
        spent
      ),
    ]
    table.keep(Int(clamping: context.parameter("rows")))
    return [table]
  }

  private func proof(
    _ claim: Wording,
    _ kind: ReportColumnKind,
    _ own: Int128,
    _ other: Int128,
    _ ledger: Int128
  ) -> ReportProof {
    var parts = [ReportProof.Part(Wording("本表", "this table"), own)]
    if other != 0 { parts.append(ReportProof.Part(Wording("其他会员", "other members"), other)) }
    return ReportProof(
      claim: claim,
      kind: kind,
      parts: parts,
      ledger: ledger,
      ledgerName: Wording("流水累计", "the journal")
    )
  }

  private func row(_ one: Listed) -> [ReportCell] {
    let state = one.member.state
    let assets = state.assets
    let principal = Int128(state.principalMinor) + Int128(assets.principalHeldMinor)
    let types = Set(state.cards.filter { $0.status == .active }.map(\.type)).sorted()
    let names = types.map { type in
      context.programme.cardTypes.first { $0.id == type }?.name ?? type
    }
    return [
      .text(state.id), .optional(one.member.displayName), .word(Self.wording(state.status)),
      .text(context.tierName(state.tier)), .date(state.joinedOn), .optional(one.home?.store),
      .optional(names.joined(separator: "、")), .integer(one.member.points),
      .whole(state.pointsDebt), .whole(state.growth), .money(principal),
      .money(Int128(state.bonusMinor) + Int128(assets.bonusHeldMinor)),
      .money(Int128(assets.valueDebtMinor)), .money(Int128(state.facts.lifetimeMinor)),
      .optional(lastVisit[one.member.number]),
    ]
  }

  private static func wording(_ status: MemberStatus) -> Wording {
    switch status {
    case .active: Wording("正常", "active")
    case .suspended: Wording("取消资格", "suspended")
    case .frozen: Wording("冻结", "frozen")
    case .merged: Wording("已合并", "merged")
    case .erased: Wording("已注销", "erased")
    }
  }
}
