internal import TapgateModel

/// Members by the points that they earned in the period, less what was taken back (积分排行榜). Equal
/// sums have equal ranks.
struct Leaderboard: ReportBuilder {
  private let context: ReportContext
  private var earned: [Int64: Int128] = [:]
  private var others = ScopedSum()
  /// Points that came or went otherwise than by being issued.
  private var otherPoints: Int128 = 0
  private var members: [Int64: ReportMember] = [:]
  private var ledger: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused, let member = entry.memberNumber else { return }
    var issued: Int128 = 0
    for case .post(.pointsIssued, let quantity) in entry.effects { issued -= Int128(quantity) }
    otherPoints += EntrySums(entry).points - issued
    guard issued != 0 else { return }
    let place = context.request.place(of: entry)
    others.add(issued, at: place)
    if place == .inside { earned[member, default: 0] += issued }
  }

  mutating func take(_ member: ReportMember) {
    ledger += member.points
    if earned[member.number] != nil { members[member.number] = member }
  }

  func tables() -> [ReportTable] {
    var table = ReportTable(
      id: "members",
      title: Wording("积分排行榜", "Points earned, by member"),
      columns: [
        ReportColumn("rank", .integer, Wording("名次", "Rank")),
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("name", .text, Wording("姓名", "Name")),
        ReportColumn("tier", .text, Wording("等级", "Tier")),
        ReportColumn("earned", .integer, Wording("获得积分", "Earned"), isSummed: true),
        ReportColumn("points", .integer, Wording("当前积分", "Points now"), isSummed: true),
      ]
    )
    let ordered = earned.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var (rank, before) = (0, Int128.max)
    for (index, (number, sum)) in ordered.enumerated() {
      if sum != before { (rank, before) = (index + 1, sum) }
      let member = members[number]
      table.rows.append([
        .whole(rank), .optional(member?.state.id), .optional(member?.displayName),
        .optional((member?.state.tier).map(context.tierName)), .integer(sum),
        .integer(member?.points ?? 0),
      ])
    }
    table.total()
    var parts = others.parts(table: table.sum("earned"))
    parts.append(
      ReportProof.Part(Wording("兑换、过期及其他", "redeemed, expired and other"), otherPoints)
    )
    table.proofs = [
      ReportProof(claim: Wording("未用积分", "points not used"), parts: parts, ledger: ledger)
    ]
    table.keep(Int(clamping: context.parameter("rows")))
    return [table]
  }
}
