internal import TapgateModel

/// Members by what they spent: A, B, C and D (ABCD 分类, the 80/20 rule).
///
/// Members are ranked by spending in the period, then by the number of receipts, then by id. Class
/// A takes the first of them, as many as its share of all members rounded up, B and C the next; D
/// the rest, and whoever spent nothing.
struct SpendingClasses: ReportBuilder {
  private let context: ReportContext
  private var book = CustomerBook()

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) { book.take(entry) }

  mutating func take(_ member: ReportMember) { book.take(member) }

  private static let names = ["A", "B", "C", "D"]

  /// The class of the member at `rank`, counted from 0, among `count`: 0 for A.
  private func classOf(_ rank: Int, of count: Int, spent: Int128) -> Int {
    guard spent > 0 else { return 3 }
    var share: Int64 = 0
    for (index, parameter) in ["aShare", "bShare", "cShare"].enumerated() {
      share += context.parameter(parameter)
      if Int128(rank) * 10_000 < Int128(share) * Int128(count) { return index }
    }
    return 3
  }

  func tables() -> [ReportTable] {
    let customers = book.customers(context.request).sorted {
      ($1.spentMinor, $1.receipts, $0.id) < ($0.spentMinor, $0.receipts, $1.id)
    }
    let classes = customers.enumerated().map { rank, customer in
      classOf(rank, of: customers.count, spent: customer.spentMinor)
    }
    return [summary(customers, classes), list(customers, classes)]
  }

  private func summary(_ customers: [Customer], _ classes: [Int]) -> ReportTable {
    var table = ReportTable(
      id: "classes",
      title: Wording("ABCD 分类", "Classes by spending"),
      columns: [
        ReportColumn("class", .text, Wording("类别", "Class")),
        ReportColumn("members", .integer, Wording("会员数", "Members"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("人数占比", "Of members")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("消费", "Spending"), isSummed: true),
        ReportColumn("spentShare", .basisPoints, Wording("消费占比", "Of spending")),
        ReportColumn("perMemberMinor", .money, Wording("人均消费", "Per member")),
      ]
    )
    let all = customers.reduce(Int128(0)) { $0 + $1.spentMinor }
    for (index, name) in Self.names.enumerated() {
      let own = zip(customers, classes).filter { $0.1 == index }.map(\.0)
      let spent = own.reduce(Int128(0)) { $0 + $1.spentMinor }
      let count = Int128(own.count)
      table.rows.append([
        .text(name), .integer(count), .share(count, of: Int128(customers.count)),
        .integer(own.reduce(Int128(0)) { $0 + $1.receipts }), .money(spent),
        .share(spent, of: all), .average(spent, over: count),
      ])
    }
    table.total()
    table.proofs = [
      book.memberProof(table: table.sum("members"), of: customers),
      book.spendingProof(table: table.sum("spentMinor"), of: customers),
    ]
    table.chart = ReportChart(.column, labels: 0, values: [2, 5])
    return table
  }

  private func list(_ customers: [Customer], _ classes: [Int]) -> ReportTable {
    var table = ReportTable(
      id: "members",
      title: Wording("会员分类明细", "Members by class"),
      columns: [
        ReportColumn("rank", .integer, Wording("名次", "Rank")),
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("name", .text, Wording("姓名", "Name")),
        ReportColumn("class", .text, Wording("类别", "Class")),
        ReportColumn("tier", .text, Wording("等级", "Tier")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("消费", "Spending"), isSummed: true),
        ReportColumn("lastVisit", .date, Wording("最近到店", "Last visit")),
      ]
    )
    for (rank, customer) in customers.enumerated() {
      table.rows.append([
        .whole(rank + 1), .text(customer.id), .optional(customer.displayName),
        .text(Self.names[classes[rank]]), .text(context.tierName(customer.tier)),
        .integer(customer.receipts), .money(customer.spentMinor), .optional(customer.lastVisit),
      ])
    }
    table.total()
    table.proofs = [book.spendingProof(table: table.sum("spentMinor"), of: customers)]
    table.keep(Int(clamping: context.parameter("rows")))
    return table
  }
}
