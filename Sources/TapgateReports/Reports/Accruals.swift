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

    mutating func add(_ other: Day) {
      receipts += other.receipts
      returns += other.returns
      spent += other.spent
      earned += other.earned
      takenBack += other.takenBack
      growth += other.growth
      members.formUnion(other.members)
    }
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
    var dates: [BusinessDate: Day] = [:]
    var stores: [String: Day] = [:]
    for (key, day) in days {
      dates[key.date, default: Day()].add(day)
      stores[key.store, default: Day()].add(day)
    }
    var byDay = table(
      "days",
      Wording("每日积分与消费", "Accruals by day and store"),
      [
        ReportColumn("businessDate", .date, Wording("营业日", "Date")),
        ReportColumn("store", .text, Wording("门店", "Store")),
      ],
      days.sorted { $0.key < $1.key }.map { ([.date($0.date), .optional($0.store)], $1) }
    )
    byDay.chart = nil
    var byDate = table(
      "dates",
      Wording("按日合计", "Accruals by day"),
      [ReportColumn("businessDate", .date, Wording("营业日", "Date"))],
      dates.sorted { $0.key < $1.key }.map { ([.date($0)], $1) }
    )
    byDate.chart = ReportChart(.line, labels: 0, values: [4])
    var byStore = table(
      "stores",
      Wording("按门店合计", "Accruals by store"),
      [ReportColumn("store", .text, Wording("门店", "Store"))],
      stores.sorted { $0.key < $1.key }.map { ([.optional($0)], $1) }
    )
    byStore.chart = ReportChart(.bar, labels: 0, values: [4])
    return [byDay, byDate, byStore]
  }

  private func table(
    _ id: String,
    _ title: Wording,
    _ keys: [ReportColumn],
    _ rows: [([ReportCell], Day)]
  ) -> ReportTable {
    var table = ReportTable(
      id: id,
      title: title,
      columns: keys + [
        ReportColumn("members", .integer, Wording("到店会员", "Members")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("returns", .integer, Wording("退回笔数", "Taken back"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("净消费", "Net spending"), isSummed: true),
        ReportColumn("averageMinor", .money, Wording("客单价", "Average receipt")),
        ReportColumn("earned", .integer, Wording("发放积分", "Points earned"), isSummed: true),
        ReportColumn(
          "takenBack",
          .integer,
          Wording("收回积分", "Points taken back"),
          isSummed: true
        ),
        ReportColumn("growth", .integer, Wording("成长值", "Growth"), isSummed: true),
      ]
    )
    for (keys, day) in rows {
      table.rows.append(
        keys + [
          .whole(day.members.count), .integer(day.receipts), .integer(day.returns),
          .money(day.spent), .average(day.spent, over: day.receipts), .integer(day.earned),
          .integer(day.takenBack), .integer(day.growth),
        ]
      )
    }
    table.total()
    table.proofs = proofs(table)
    return table
  }

  private func proofs(_ table: ReportTable) -> [ReportProof] {
    var parts = points.parts(table: table.sum("earned") - table.sum("takenBack"))
    parts.append(
      ReportProof.Part(Wording("兑换、过期及其他", "redeemed, expired and other"), otherPoints)
    )
    return [
      ReportProof(
        claim: Wording("消费金额", "spending"),
        kind: .money,
        parts: spent.parts(table: table.sum("spentMinor")),
        ledger: ledgerSpent
      ),
      ReportProof(
        claim: Wording("未用积分", "points not used"),
        parts: parts,
        ledger: ledgerPoints
      ),
    ]
  }
}
