internal import TapgateModel

/// Recency, frequency and monetary value in quintiles (RFM), of members who came in the period.
///
/// A member's score is 5 less the fifths in which those stand who are better, 5 − ⌊better × 5 ÷
/// all⌋ in integers; equal values have equal scores. A score from `high` on counts as high.
struct RecencyFrequency: ReportBuilder {
  private struct Scored {
    var customer: Customer
    var recencyDays: Int128
    var recency: Int128
    var frequency: Int128
    var monetary: Int128
  }

  private let context: ReportContext
  private var book = CustomerBook()

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) { book.take(entry) }

  mutating func take(_ member: ReportMember) { book.take(member) }

  func tables() -> [ReportTable] {
    let all = book.customers(context.request)
    let scored = scores(all.filter { !$0.visits.isEmpty })
    return [segments(scored, all), distribution(scored), list(scored, all)]
  }

  private func scores(_ customers: [Customer]) -> [Scored] {
    let end = context.request.end
    // What is greater is better: the last visit's day, the receipts, the amount.
    let days = customers.map { Int128($0.lastVisit?.day ?? .min) }
    let recency = Self.quintiles(days)
    let frequency = Self.quintiles(customers.map(\.receipts))
    let monetary = Self.quintiles(customers.map(\.spentMinor))
    var scored: [Scored] = []
    for (index, customer) in customers.enumerated() {
      scored.append(
        Scored(
          customer: customer,
          recencyDays: Int128(end.day) - days[index],
          recency: recency[index],
          frequency: frequency[index],
          monetary: monetary[index]
        )
      )
    }
    return scored
  }

  /// The score of each value, 1 to 5.
  static func quintiles(_ values: [Int128]) -> [Int128] {
    let sorted = values.sorted(by: >)
    var better: [Int128: Int128] = [:]
    for (index, value) in sorted.enumerated() where better[value] == nil {
      better[value] = Int128(index)
    }
    return values.map { 5 - (better[$0] ?? 0) * 5 / Int128(max(1, values.count)) }
  }

  /// The eight groups by what is high: recency 4, frequency 2, monetary 1.
  private static let groups: [(code: Int, name: Wording)] = [
    (7, Wording("重要价值", "champions")), (5, Wording("重要发展", "valuable, to develop")),
    (3, Wording("重要保持", "valuable, to win back")), (1, Wording("重要挽留", "valuable, at risk")),
    (6, Wording("一般价值", "regulars")), (4, Wording("一般发展", "new or occasional")),
    (2, Wording("一般保持", "regulars, to win back")), (0, Wording("一般挽留", "lost or small")),
  ]

  private func group(of scored: Scored) -> Int {
    let high = Int128(context.parameter("high"))
    return (scored.recency >= high ? 4 : 0) + (scored.frequency >= high ? 2 : 0)
      + (scored.monetary >= high ? 1 : 0)
  }

  private func segments(_ scored: [Scored], _ all: [Customer]) -> ReportTable {
    var table = ReportTable(
      id: "segments",
      title: Wording("RFM 分群", "RFM groups"),
      columns: [
        ReportColumn("group", .text, Wording("分群", "Group")),
        ReportColumn("members", .integer, Wording("会员数", "Members"), isSummed: true),
        ReportColumn("share", .basisPoints, Wording("占比", "Share")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("消费", "Spending"), isSummed: true),
        ReportColumn("perMemberMinor", .money, Wording("人均消费", "Per member")),
      ]
    )
    for (code, name) in Self.groups {
      let own = scored.filter { group(of: $0) == code }.map(\.customer)
      let spent = own.reduce(Int128(0)) { $0 + $1.spentMinor }
      let count = Int128(own.count)
      table.rows.append([
        .word(name), .integer(count), .share(count, of: Int128(scored.count)),
        .integer(own.reduce(Int128(0)) { $0 + $1.receipts }), .money(spent),
        .average(spent, over: count),
      ])
    }
    table.total()
    let counted = scored.map(\.customer)
    table.proofs = [
      book.memberProof(table: table.sum("members"), of: counted),
      book.spendingProof(table: table.sum("spentMinor"), of: all),
    ]
    table.chart = ReportChart(.bar, labels: 0, values: [1])
    return table
  }

  private func distribution(_ scored: [Scored]) -> ReportTable {
    var table = ReportTable(
      id: "scores",
      title: Wording("RFM 得分分布", "RFM scores"),
      columns: [
        ReportColumn("score", .integer, Wording("得分", "Score")),
        ReportColumn("recency", .integer, Wording("最近消费 R", "Recency"), isSummed: true),
        ReportColumn("frequency", .integer, Wording("消费频次 F", "Frequency"), isSummed: true),
        ReportColumn("monetary", .integer, Wording("消费金额 M", "Monetary"), isSummed: true),
      ]
    )
    for score in (Int128(1)...5).reversed() {
      table.rows.append([
        .integer(score), .whole(scored.count { $0.recency == score }),
        .whole(scored.count { $0.frequency == score }),
        .whole(scored.count { $0.monetary == score }),
      ])
    }
    table.total()
    table.proofs = [
      book.memberProof(table: table.sum("recency"), of: scored.map(\.customer))
    ]
    table.chart = ReportChart(.column, labels: 0, values: [1, 2, 3])
    return table
  }

  private func list(_ scored: [Scored], _ all: [Customer]) -> ReportTable {
    var table = ReportTable(
      id: "members",
      title: Wording("RFM 明细", "RFM of members"),
      columns: [
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("name", .text, Wording("姓名", "Name")),
        ReportColumn("group", .text, Wording("分群", "Group")),
        ReportColumn("recencyDays", .integer, Wording("距今天数", "Days since")),
        ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("消费", "Spending"), isSummed: true),
        ReportColumn("r", .integer, Wording("R", "R")),
        ReportColumn("f", .integer, Wording("F", "F")),
        ReportColumn("m", .integer, Wording("M", "M")),
      ]
    )
    let names = Dictionary(uniqueKeysWithValues: Self.groups.map { ($0.code, $0.name) })
    let ordered = scored.sorted { left, right in
      let leftSum = left.recency + left.frequency + left.monetary
      let rightSum = right.recency + right.frequency + right.monetary
      return (rightSum, right.customer.spentMinor, left.customer.id)
        < (leftSum, left.customer.spentMinor, right.customer.id)
    }
    for member in ordered {
      table.rows.append([
        .text(member.customer.id), .optional(member.customer.displayName),
        names[group(of: member)].map(ReportCell.word) ?? .none, .integer(member.recencyDays),
        .integer(member.customer.receipts), .money(member.customer.spentMinor),
        .integer(member.recency), .integer(member.frequency), .integer(member.monetary),
      ])
    }
    table.total()
    table.proofs = [book.spendingProof(table: table.sum("spentMinor"), of: all)]
    table.keep(Int(clamping: context.parameter("rows")))
    return table
  }
}
