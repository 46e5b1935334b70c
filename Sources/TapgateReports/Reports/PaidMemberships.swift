internal import TapgateModel

/// Paid levels sold, renewed and refunded, who has one, and what of the money is not earned yet
/// (付费会员、递延收入).
struct PaidMemberships: ReportBuilder {
  private struct Key: Hashable, Comparable {
    var level: String
    var store: String

    static func < (left: Key, right: Key) -> Bool {
      (left.level, left.store) < (right.level, right.store)
    }
  }

  private struct Sales {
    var sold: Int128 = 0
    var renewed: Int128 = 0
    var refunded: Int128 = 0
    var moneyIn: Int128 = 0
    var moneyOut: Int128 = 0
    var earned: Int128 = 0
  }

  private struct Running {
    var members: Int128 = 0
    var paid: Int128 = 0
    var deferred: Int128 = 0
  }

  private let context: ReportContext
  private var sales: [Key: Sales] = [:]
  private var deferred = ScopedSum()
  private var running: [String: Running] = [:]
  private var ledger: Int128 = 0
  private var income: MembershipIncome

  init(_ context: ReportContext) {
    self.context = context
    income = MembershipIncome(context.request)
  }

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused else { return }
    income.take(entry)
    var (deferredChange, earned): (Int128, Int128) = (0, 0)
    var level: String?
    for effect in entry.effects {
      switch effect {
      case .post(.deferredIncome, let quantity): deferredChange += Int128(quantity)
      case .post(.earnedIncome, let quantity): earned += Int128(quantity)
      case .paid(let from, let to): level = to?.level ?? from?.level ?? level
      default: break
      }
    }
    let place = context.request.place(of: entry)
    deferred.add(deferredChange, at: place)
    guard place == .inside, deferredChange != 0 || earned != 0 || level != nil else { return }
    let key = Key(level: level ?? "", store: entry.store)
    var one = sales[key] ?? Sales()
    switch entry.kind {
    case .membershipBuy: one.sold += 1
    case .membershipRenew: one.renewed += 1
    case .membershipRefund, .reverse: one.refunded += 1
    default: break
    }
    // What is deferred or earned and did not come from the other of the two came as money.
    let money = deferredChange + earned
    if money > 0 { one.moneyIn += money } else { one.moneyOut -= money }
    one.earned += earned
    sales[key] = one
  }

  mutating func take(_ member: ReportMember) {
    guard let paid = member.state.assets.paid else { return }
    let left = Int128(paid.paidMinor) - Int128(paid.earnedMinor)
    ledger += left
    var one = running[paid.level] ?? Running()
    if paid.isActive(on: context.request.today) { one.members += 1 }
    one.paid += Int128(paid.paidMinor)
    one.deferred += left
    running[paid.level] = one
  }

  private func name(_ level: String) -> ReportCell {
    .optional(context.programme.paidLevels.first { $0.id == level }?.name ?? level)
  }

  func tables() -> [ReportTable] { [sold(), active(), income.table()] }

  private func sold() -> ReportTable {
    var table = ReportTable(
      id: "sales",
      title: Wording("付费会员销售", "Paid levels sold"),
      columns: [
        ReportColumn("level", .text, Wording("档位", "Level")),
        ReportColumn("store", .text, Wording("门店", "Store")),
        ReportColumn("sold", .integer, Wording("开通", "Sold"), isSummed: true),
        ReportColumn("renewed", .integer, Wording("续费", "Renewed"), isSummed: true),
        ReportColumn("refunded", .integer, Wording("退款", "Refunded"), isSummed: true),
        ReportColumn("moneyInMinor", .money, Wording("收款", "Money in"), isSummed: true),
        ReportColumn("moneyOutMinor", .money, Wording("退还", "Paid back"), isSummed: true),
        ReportColumn("earnedMinor", .money, Wording("确认收入", "Earned"), isSummed: true),
        ReportColumn("deferredMinor", .money, Wording("递延变动", "Deferred"), isSummed: true),
      ]
    )
    for (key, one) in sales.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        name(key.level), .optional(key.store), .integer(one.sold), .integer(one.renewed),
        .integer(one.refunded), .money(one.moneyIn), .money(one.moneyOut), .money(one.earned),
        .money(one.moneyIn - one.moneyOut - one.earned),
      ])
    }
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("递延收入", "deferred income"),
        kind: .money,
        parts: deferred.parts(table: table.sum("deferredMinor")),
        ledger: ledger
      )
    ]
    return table
  }

  private func active() -> ReportTable {
    var table = ReportTable(
      id: "active",
      title: Wording("有效付费会员", "Members with a paid level"),
      columns: [
        ReportColumn("level", .text, Wording("档位", "Level")),
        ReportColumn("members", .integer, Wording("有效会员", "Active"), isSummed: true),
        ReportColumn("paidMinor", .money, Wording("已付", "Paid"), isSummed: true),
        ReportColumn("deferredMinor", .money, Wording("递延收入", "Not earned yet"), isSummed: true),
      ]
    )
    for (level, one) in running.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        name(level), .integer(one.members), .money(one.paid), .money(one.deferred),
      ])
    }
    table.total()
    let posted = sales.values.reduce(Int128(0)) { $0 + $1.moneyIn - $1.moneyOut - $1.earned }
    table.proofs = [
      ReportProof(
        claim: Wording("递延收入", "deferred income"),
        kind: .money,
        parts: [ReportProof.Part(Wording("本表", "this table"), table.sum("deferredMinor"))],
        ledger: posted + deferred.otherDates + deferred.otherScope,
        ledgerName: Wording("流水累计", "the journal")
      )
    ]
    table.chart = ReportChart(.bar, labels: 0, values: [1])
    return table
  }
}
