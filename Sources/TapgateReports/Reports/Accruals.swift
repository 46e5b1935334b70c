internal import TapgateModel

/// Receipts, spending and points by business date and store, as the ledger moved: what was taken
/// back counts on the day on which it was taken back.
struct Accruals: ReportBuilder {
  private struct Key: Hashable, Comparable {
    var date: BusinessDate
    var store: String

    static func < (left: Key, right: Key) -> Bool {
      (left.date, left.store) < (right.date, right.store)
    }
  }

  private struct Day {
    var receipts: Int128 = 0
    var returns: Int128 = 0
    var spent: Int128 = 0
    var earned: Int128 = 0
    var takenBack: Int128 = 0
    var growth: Int128 = 0
    var members: Set<Int64> = []
  }

  private let context: ReportContext
  private var days: [Key: Day] = [:]
  private var spent = ScopedSum()
  private var points = ScopedSum()
  private var ledgerSpent: Int128 = 0
  /// What the entries say of points that were made, by all rows.
  private var ledgerPoints: Int128 = 0
  private var otherPoints: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused, let member = entry.memberNumber else { return }
    let sums = EntrySums(entry)
    let place = context.request.place(of: entry)
    var issued: Int128 = 0
    for case .post(.pointsIssued, let quantity) in entry.effects { issued -= Int128(quantity) }
    otherPoints += sums.points - issued
    spent.add(sums.spentMinor, at: place)
    points.add(issued, at: place)
    guard place == .inside, sums.hasSpent || issued != 0 else { return }
    let key = Key(date: entry.businessDate, store: entry.store)
    var day = days[key] ?? Day()
    if sums.spentMinor > 0 {
      day.receipts += 1
      day.members.insert(member)
    } else if sums.spentMinor < 0 {
      day.returns += 1
    }
    day.spent += sums.spentMinor
    if issued > 0 { day.earned += issued } else { day.takenBack -= issued }
    day.growth += sums.growth
    days[key] = day
  }

  mutating func take(_ member: ReportMember) {
    ledgerSpent += Int128(member.state.facts.lifetimeMinor)
    ledgerPoints += member.points
  }

  func tables() -> [ReportTable] {
    var table = ReportTable(
      id: "days",
      title: Wording("每日积分与消费", "Accruals by day and store"),
      columns: [
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("members", .integer, Wording("到店会员", "Members")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("returns", .integer, Wording("退回笔数", "Taken back"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("净消费", "Net spending"), isSummed: true),
        ReportColumn("averageMinor", .money, Wording("客单价", "Average receipt")),
        ReportColumn("earned", .integer, Wording("发放积分", "Points earned"), isSummed: true),
        ReportColumn("takenBack", .integer, Wording("收回积分", "Points taken back"), isSummed: true),
        ReportColumn("growth", .integer, Wording("成长值", "Growth"), isSummed: true),
      ]
    )
    for (key, day) in days.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        .date(key.date), .optional(key.store), .whole(day.members.count),
        .integer(day.receipts), .integer(day.returns), .money(day.spent),
        .average(day.spent, over: day.receipts), .integer(day.earned),
        .integer(day.takenBack), .integer(day.growth),
      ])
    }
    table.total()
    let issued = table.sum("earned") - table.sum("takenBack")
    var pointParts = points.parts(table: issued)
    pointParts.append(
      ReportProof.Part(Wording("兑换、过期及其他", "redeemed, expired and other"), otherPoints)
    )
    table.proofs = [
      ReportProof(
        claim: Wording("消费金额", "spending"),
        kind: .money,
        parts: spent.parts(table: table.sum("spentMinor")),
        ledger: ledgerSpent
      ),
      ReportProof(
        claim: Wording("未用积分", "points not used"),
        parts: pointParts,
        ledger: ledgerPoints
      ),
    ]
    table.chart = ReportChart(.column, labels: 0, values: [5])
    return [table]
  }
}
