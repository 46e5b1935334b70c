internal import TapgateModel

/// The five stages of a membership: introduction, growth, maturity, decline, loss (引入、成长、成熟、
/// 衰退、流失).
///
/// Whoever came within `activeDays` (or joined then) is in introduction, growth or maturity by the
/// number of receipts so far; whoever came within `lostDays` declines, the others are lost. The
/// from-date does not matter: a stage looks at the whole past.
struct Lifecycle: ReportBuilder {
  private enum Stage: Int, CaseIterable {
    case introduction, growth, maturity, decline, loss

    var name: Wording {
      switch self {
      case .introduction: Wording("引入期", "introduction")
      case .growth: Wording("成长期", "growth")
      case .maturity: Wording("成熟期", "maturity")
      case .decline: Wording("衰退期", "decline")
      case .loss: Wording("流失期", "loss")
      }
    }
  }

  private let context: ReportContext
  private var book = CustomerBook()

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) { book.take(entry) }

  mutating func take(_ member: ReportMember) { book.take(member) }

  /// Days since the member came last, or joined.
  private func quietDays(_ customer: Customer) -> Int64 {
    let last = max(customer.lastVisit ?? customer.joinedOn, customer.joinedOn)
    return Int64(context.request.end.day) - Int64(last.day)
  }

  private func stage(of customer: Customer) -> Stage {
    let quiet = quietDays(customer)
    if quiet > context.parameter("lostDays") { return .loss }
    if quiet > context.parameter("activeDays") { return .decline }
    if customer.receipts >= Int128(context.parameter("matureVisits")) { return .maturity }
    return customer.receipts >= Int128(context.parameter("growthVisits")) ? .growth : .introduction
  }

  func tables() -> [ReportTable] {
    let customers = book.customers(context.request.sinceEver)
    return [summary(customers), warnings(customers)]
  }

  private func summary(_ customers: [Customer]) -> ReportTable {
    var table = ReportTable(
      id: "stages",
      title: Wording("会员生命周期", "Stages of membership"),
      columns: [
        ReportColumn("stage", .text, Wording("阶段", "Stage")),
        ReportColumn("members", .integer, Wording("会员数", "Members"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
        ReportColumn("receipts", .integer, Wording("累计小票", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("累计消费", "Spending"), isSummed: true),
      ]
    )
    for stage in Stage.allCases {
      let own = customers.filter { self.stage(of: $0) == stage }
      let count = Int128(own.count)
      table.rows.append([
        .word(stage.name), .integer(count), .share(count, of: Int128(customers.count)),
        .integer(own.reduce(Int128(0)) { $0 + $1.receipts }),
        .money(own.reduce(Int128(0)) { $0 + $1.spentMinor }),
      ])
    }
    table.total()
    table.proofs = [
      book.memberProof(table: table.sum("members"), of: customers),
      book.spendingProof(table: table.sum("spentMinor"), of: customers),
    ]
    table.chart = ReportChart(.bar, labels: 0, values: [1])
    return table
  }

  /// Members who decline, the best buyers first.
  private func warnings(_ customers: [Customer]) -> ReportTable {
    let declining = customers.filter { stage(of: $0) == .decline }
      .sorted { ($1.spentMinor, $0.id) < ($0.spentMinor, $1.id) }
    var table = ReportTable(
      id: "warnings",
      title: Wording("流失预警", "About to be lost"),
      columns: [
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("name", .text, Wording("姓名", "Name")),
        ReportColumn("tier", .text, Wording("等级", "Tier")),
        ReportColumn("lastVisit", .date, Wording("最近到店", "Last visit")),
        ReportColumn("quietDays", .integer, Wording("距今天数", "Days since")),
        ReportColumn("receipts", .integer, Wording("累计小票", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("累计消费", "Spending"), isSummed: true),
      ]
    )
    for customer in declining {
      table.rows.append([
        .text(customer.id), .optional(customer.displayName),
        .text(context.tierName(customer.tier)), .optional(customer.lastVisit),
        .whole(quietDays(customer)), .integer(customer.receipts), .money(customer.spentMinor),
      ])
    }
    table.total()
    table.proofs = [book.memberProof(table: Int128(table.rows.count), of: declining)]
    table.keep(Int(clamping: context.parameter("rows")))
    return table
  }
}
