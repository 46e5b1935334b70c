internal import TapgateModel

/// Members and spending by tier, and who moved from which tier to which (等级分布与升降).
///
/// Spending counts for the tier that the member had before the receipt. Members belong to the store
/// of the first row that names one.
struct Tiers: ReportBuilder {
  private struct Move: Hashable {
    var from: String
    var to: String
  }

  private struct Spending {
    var amount: Int128 = 0
    var receipts: Int128 = 0
  }

  private let context: ReportContext
  private var homes = MemberHomes()
  /// The tier of each member as the journal tells it.
  private var tiers: [Int64: String] = [:]
  /// The same at the start of the first date.
  private var opening: [Int64: String] = [:]
  private var moves: [Int64: [Move]] = [:]
  private var spending: [String: Spending] = [:]
  private var buyers: [String: Set<Int64>] = [:]
  private var otherSpending = ScopedSum()
  private var members: [String: Int128] = [:]
  private var points: [String: Int128] = [:]
  private var lifetime: Int128 = 0
  private var insideCount: Int128 = 0
  private var outsideCount: Int128 = 0
  private var matrix: [Move: Int128] = [:]
  /// Members of the scope at the period's start and end by the journal, and who joined within.
  private var agreeing: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    homes.take(entry)
    guard !entry.isRefused, let member = entry.memberNumber else { return }
    let sums = EntrySums(entry)
    let isDated = context.request.holds(entry.businessDate)
    if let created = sums.created { tiers[member] = created.tier }
    let before = tiers[member] ?? ""
    if sums.hasSpent {
      let place = context.request.place(of: entry)
      otherSpending.add(sums.spentMinor, at: place)
      if place == .inside {
        spending[before, default: Spending()].amount += sums.spentMinor
        if sums.spentMinor > 0 {
          spending[before, default: Spending()].receipts += 1
          buyers[before, default: []].insert(member)
        }
      }
    }
    if let tier = sums.tier {
      if isDated, tier != before, sums.created == nil {
        moves[member, default: []].append(Move(from: before, to: tier))
      }
      tiers[member] = tier
    }
  }

  mutating func take(_ member: ReportMember) {
    lifetime += Int128(member.state.facts.lifetimeMinor)
    guard member.isLive, homes.holds(member.number, context.request) else {
      outsideCount += 1
      return
    }
    insideCount += 1
    if tiers[member.number] == member.state.tier { agreeing += 1 }
    members[member.state.tier, default: 0] += 1
    points[member.state.tier, default: 0] += member.points
    for move in moves[member.number] ?? [] { matrix[move, default: 0] += 1 }
  }

  /// Tiers in the ladder's order, then those that the ladder does not have (any more).
  private var order: [String] {
    let ladder = context.programme.levels.map(\.id)
    let known = Set(members.keys).union(spending.keys).union(matrix.keys.map(\.from))
      .union(matrix.keys.map(\.to))
    return ladder + known.subtracting(ladder).sorted()
  }

  func tables() -> [ReportTable] { [distribution(), migration()] }

  private func distribution() -> ReportTable {
    var table = ReportTable(
      id: "tiers",
      title: Wording("等级分布", "Tiers"),
      columns: [
        ReportColumn("tier", .text, Wording("等级", "Tier")),
        ReportColumn("members", .integer, Wording("会员数", "Members"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
        ReportColumn("points", .integer, Wording("未用积分", "Points"), isSummed: true),
        ReportColumn("buyers", .integer, Wording("消费会员", "Buyers")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("期内消费", "Spending"), isSummed: true),
        ReportColumn("perBuyerMinor", .money, Wording("人均消费", "Per buyer")),
        ReportColumn("ratio", .basisPoints, Wording("相对最低等级", "Of the lowest tier")),
      ]
    )
    let lowest = order.first.map(perBuyer) ?? 0
    for tier in order {
      let spent = spending[tier] ?? Spending()
      let buyerCount = Int128(buyers[tier]?.count ?? 0)
      table.rows.append([
        .text(context.tierName(tier)), .integer(members[tier] ?? 0),
        .share(members[tier] ?? 0, of: insideCount), .integer(points[tier] ?? 0),
        .integer(buyerCount), .integer(spent.receipts), .money(spent.amount),
        .average(spent.amount, over: buyerCount), .share(perBuyer(tier), of: lowest),
      ])
    }
    table.total()
    table.proofs = [
      homes.proof(table: table.sum("members"), others: outsideCount),
      ReportProof(
        claim: Wording("消费金额", "spending"),
        kind: .money,
        parts: otherSpending.parts(table: table.sum("spentMinor")),
        ledger: lifetime
      ),
    ]
    table.notes = [
      Wording(
        "消费计入交易前的等级；会员按首次门店归属。",
        "Spending counts for the tier before the receipt; members belong to their first store."
      )
    ]
    table.chart = ReportChart(.column, labels: 0, values: [1])
    return table
  }

  private func perBuyer(_ tier: String) -> Int128 {
    let count = Int128(buyers[tier]?.count ?? 0)
    guard count > 0 else { return 0 }
    return (spending[tier]?.amount ?? 0).flooringDivision(by: count)
  }

  private func migration() -> ReportTable {
    let order = order
    var columns = [ReportColumn("from", .text, Wording("原等级 ＼ 新等级", "From \\ to"))]
    for tier in order {
      let name = Wording(name: context.tierName(tier))
      columns.append(ReportColumn("to_" + tier, .integer, name, isSummed: true))
    }
    columns.append(ReportColumn("moves", .integer, Wording("合计", "Total"), isSummed: true))
    var table = ReportTable(
      id: "migration",
      title: Wording("等级变动矩阵", "Tier migration"),
      columns: columns
    )
    for from in order {
      let counts = order.map { matrix[Move(from: from, to: $0)] ?? 0 }
      var row: [ReportCell] = [.text(context.tierName(from))]
      row += counts.map { count in count == 0 ? .none : .integer(count) }
      row.append(.integer(counts.reduce(0, +)))
      table.rows.append(row)
    }
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("按流水推算的当前等级相符的会员", "members whose tier the journal explains"),
        parts: [ReportProof.Part(Wording("相符", "agreeing"), agreeing)],
        ledger: insideCount
      )
    ]
    return table
  }
}
