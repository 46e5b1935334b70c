internal import TapgateModel

/// Members who have stayed away longer than is usual for them (长时间未消费): the days since the last
/// visit are more than `factor` times the median of the intervals between the days they came.
///
/// Only who came on at least `visits` different days has an interval that means something. The
/// from-date does not matter.
struct Absence: ReportBuilder {
  private struct Absent {
    var customer: Customer
    var days: Int128
    /// Twice the median, which is whole where the median is not.
    var doubledMedian: Int128
  }

  private let context: ReportContext
  private var book = CustomerBook()

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) { book.take(entry) }

  mutating func take(_ member: ReportMember) { book.take(member) }

  /// Twice the median of the intervals between `days`, of which there are at least two.
  static func doubledMedian(_ days: [BusinessDate]) -> Int128 {
    let gaps = zip(days, days.dropFirst()).map { Int128($1.day) - Int128($0.day) }.sorted()
    guard let last = gaps.indices.last else { return 0 }
    return gaps[last / 2] + gaps[(last + 1) / 2]
  }

  func tables() -> [ReportTable] {
    let customers = book.customers(context.request.sinceEver)
    let factor = Int128(context.parameter("factor"))
    var absent: [Absent] = []
    for customer in customers {
      let days = customer.days
      guard let last = days.last, Int64(days.count) >= max(2, context.parameter("visits")) else {
        continue
      }
      let since = Int128(context.request.end.day) - Int128(last.day)
      let doubled = Self.doubledMedian(days)
      // since > factor × median, with factor in basis points and the median doubled.
      guard since * 20_000 > factor * doubled else { continue }
      absent.append(Absent(customer: customer, days: since, doubledMedian: doubled))
    }
    // The longest away in their own intervals come first.
    absent.sort { left, right in
      let (leftShare, rightShare) = (
        left.days * right.doubledMedian, right.days * left.doubledMedian
      )
      return leftShare == rightShare
        ? left.customer.id < right.customer.id : leftShare > rightShare
    }
    return [table(absent)]
  }

  private func table(_ absent: [Absent]) -> ReportTable {
    var table = ReportTable(
      id: "absent",
      title: Wording("久未到店会员", "Members who stay away"),
      columns: [
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("name", .text, Wording("姓名", "Name")),
        ReportColumn("tier", .text, Wording("等级", "Tier")),
        ReportColumn("lastVisit", .date, Wording("最近到店", "Last visit")),
        ReportColumn("days", .integer, Wording("未到店天数", "Days since")),
        ReportColumn("median", .integer, Wording("平时间隔", "Usual interval")),
        ReportColumn("expected", .date, Wording("应到日期", "Expected")),
        ReportColumn("receipts", .integer, Wording("累计小票", "Receipts"), isSummed: true),
        ReportColumn("spentMinor", .money, Wording("累计消费", "Spending"), isSummed: true),
      ]
    )
    for member in absent {
      let median = member.doubledMedian / 2
      table.rows.append([
        .text(member.customer.id), .optional(member.customer.displayName),
        .text(context.tierName(member.customer.tier)), .optional(member.customer.lastVisit),
        .integer(member.days), .integer(median),
        .optional(member.customer.lastVisit?.adding(days: Int(clamping: median))),
        .integer(member.customer.receipts), .money(member.customer.spentMinor),
      ])
    }
    table.total()
    let counted = absent.map(\.customer)
    table.proofs = [
      book.memberProof(table: Int128(table.rows.count), of: counted),
      book.spendingProof(table: table.sum("spentMinor"), of: counted),
    ]
    table.keep(Int(clamping: context.parameter("rows")))
    return table
  }
}
