internal import TapgateModel

/// The figures by which a programme is led (KPI): registrations, activity, conversion, repeat rate,
/// retention, lifetime value; and how they went month by month.
///
/// Retention compares with the period of the same length just before and needs both dates.
struct KeyFigures: ReportBuilder {
  private struct Month: Hashable, Comparable {
    var year: Int
    var month: Int

    init(_ date: BusinessDate) {
      let parts = date.parts
      (year, month) = (parts.year, parts.month)
    }

    static func < (left: Month, right: Month) -> Bool {
      (left.year, left.month) < (right.year, right.month)
    }

    var cell: ReportCell { .text("\(year)-\(month < 10 ? "0" : "")\(month)") }
  }

  private let context: ReportContext
  private var book = CustomerBook()
  private var registered: [Int64: BusinessDate] = [:]
  private var imported: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) {
    book.take(entry)
    guard !entry.isRefused, let member = entry.memberNumber,
      case .created? = entry.effects.first, context.request.place(of: entry) == .inside
    else { return }
    if entry.kind == .importChunk {
      imported += 1
    } else {
      registered[member] = entry.businessDate
    }
  }

  mutating func take(_ member: ReportMember) { book.take(member) }

  /// The request for the period of the same length just before; `nil` without both dates.
  private var before: ReportRequest? {
    guard let from = context.request.from, let through = context.request.through,
      through >= from
    else { return nil }
    var request = context.request
    request.through = from.adding(days: -1)
    request.from = from.adding(days: Int(from.day) - Int(through.day) - 1)
    return request
  }

  func tables() -> [ReportTable] {
    let customers = book.customers(context.request)
    return [figures(customers), months(customers)]
  }

  private func figures(_ customers: [Customer]) -> ReportTable {
    var table = ReportTable(
      id: "figures",
      title: Wording("会员运营指标", "Key figures"),
      columns: [
        ReportColumn("figure", .text, Wording("指标", "Figure")),
        ReportColumn("count", .integer, Wording("数量", "Count")),
        ReportColumn("amountMinor", .money, Wording("金额", "Amount")),
        ReportColumn("rate", .basisPoints, Wording("比率", "Rate")),
      ]
    )
    let buyers = customers.filter { !$0.visits.isEmpty }
    let spent = buyers.reduce(Int128(0)) { $0 + $1.spentMinor }
    addPeople(to: &table, customers, buyers)
    addValue(to: &table, buyers, spent)
    table.proofs = [
      book.memberProof(table: Int128(customers.count), of: customers),
      book.spendingProof(table: spent, of: customers),
    ]
    table.notes = [
      Wording(
        "留存：上一等长期间到店、本期仍到店的会员占比。LTV：有消费会员的历史累计消费均值。",
        "Retention: of those who came in the period before, who came again. Lifetime value: the "
          + "average of what members who ever bought have spent so far."
      )
    ]
    return table
  }

  private func addPeople(
    to table: inout ReportTable,
    _ customers: [Customer],
    _ buyers: [Customer]
  ) {
    func row(_ zh: String, _ en: String, _ count: Int128, _ rate: ReportCell = .none) {
      table.rows.append([.word(Wording(zh, en)), .integer(count), .none, rate])
    }
    let members = Int128(customers.count)
    let active = Int128(buyers.count)
    let converted = Int128(buyers.count { registered[$0.number] != nil })
    let repeated = Int128(buyers.count { $0.receipts >= 2 })
    let new = Int128(registered.count)
    row("会员总数", "members", members)
    row("新增会员（注册量）", "registrations", new)
    row("导入会员", "imported members", imported)
    row("活跃会员（活跃率）", "active members, of all", active, .share(active, of: members))
    row("新会员首购（转化率）", "new members who bought", converted, .share(converted, of: new))
    row("复购会员（复购率）", "members who bought again", repeated, .share(repeated, of: active))
    guard let before else { return }
    let now = Set(buyers.map(\.number))
    let past = book.customers(before).filter { !$0.visits.isEmpty }
    let retained = Int128(past.count { now.contains($0.number) })
    row("上期活跃会员", "active in the period before", Int128(past.count))
    row("留存会员（留存率）", "retained", retained, .share(retained, of: Int128(past.count)))
  }

  private func addValue(to table: inout ReportTable, _ buyers: [Customer], _ spent: Int128) {
    func row(_ zh: String, _ en: String, count: Int128? = nil, _ amount: ReportCell) {
      let cell = count.map(ReportCell.integer) ?? .none
      table.rows.append([.word(Wording(zh, en)), cell, amount, .none])
    }
    let receipts = buyers.reduce(Int128(0)) { $0 + $1.receipts }
    row("小票数及消费", "receipts and spending", count: receipts, .money(spent))
    row("客单价", "average receipt", .average(spent, over: receipts))
    row("活跃会员人均消费", "spending per active member", .average(spent, over: Int128(buyers.count)))
    let ever = book.customers(context.request.sinceEver).filter { !$0.visits.isEmpty }
    let lifetime = ever.reduce(Int128(0)) { $0 + $1.spentMinor }
    let count = Int128(ever.count)
    row("会员终身价值 LTV", "lifetime value", count: count, .average(lifetime, over: count))
  }

  private func months(_ customers: [Customer]) -> ReportTable {
    var table = ReportTable(
      id: "months",
      title: Wording("按月趋势", "Month by month"),
      columns: [
        ReportColumn("month", .text, Wording("月份", "Month")),
        ReportColumn("registrations", .integer, Wording("新增会员", "Registrations"), isSummed: true),
        ReportColumn("active", .integer, Wording("活跃会员", "Active")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("消费", "Spending"), isSummed: true),
      ]
    )
    var new: [Month: Int128] = [:]
    for date in registered.values { new[Month(date), default: 0] += 1 }
    var active: [Month: Set<Int64>] = [:]
    var receipts: [Month: Int128] = [:]
    var spent: [Month: Int128] = [:]
    for customer in customers {
      for visit in customer.visits {
        let month = Month(visit.date)
        active[month, default: []].insert(customer.number)
        receipts[month, default: 0] += 1
        spent[month, default: 0] += visit.amountMinor
      }
    }
    for month in Set(new.keys).union(active.keys).sorted() {
      table.rows.append([
        month.cell, .integer(new[month] ?? 0), .whole(active[month]?.count ?? 0),
        .integer(receipts[month] ?? 0), .money(spent[month] ?? 0),
      ])
    }
    table.total()
    table.proofs = [book.spendingProof(table: table.sum("spentMinor"), of: customers)]
    table.chart = ReportChart(.line, labels: 0, values: [1, 2, 3])
    return table
  }
}
