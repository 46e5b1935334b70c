internal import TapgateModel

/// What the member days bring against the other days (会员日效果), and how the days of the week
/// compare.
///
/// Member days are those on which a multiplier of the programme counts that asks for days of the
/// week or of the month and for no tier, level or card; or those that the parameters `weekday` and
/// `monthDay` name.
struct MemberDay: ReportBuilder {
  private struct Side {
    var days: Int128 = 0
    var open: Set<BusinessDate> = []
    var members: Set<Int64> = []
    var receipts: Int128 = 0
    var spent: Int128 = 0
    var points: Int128 = 0

    mutating func take(_ visit: VisitLog.Visit) {
      open.insert(visit.date)
      members.insert(visit.member)
      receipts += 1
      spent += visit.amountMinor
      points += visit.points
    }
  }

  private let context: ReportContext
  private var book = CustomerBook()

  init(_ context: ReportContext) { self.context = context }

  mutating func take(_ entry: ReportEntry) { book.take(entry) }

  mutating func take(_ member: ReportMember) { book.take(member) }

  private func isMemberDay(_ date: BusinessDate) -> Bool {
    let (weekday, monthDay) = (context.parameter("weekday"), context.parameter("monthDay"))
    if weekday > 0 || monthDay > 0 {
      return Int64(date.weekday) == weekday || Int64(date.parts.dayOfMonth) == monthDay
    }
    return context.programme.multipliers.contains { multiplier in
      let when = multiplier.when
      guard !when.weekdays.isEmpty || !when.monthDays.isEmpty, when.tiers.isEmpty,
        when.paidLevels.isEmpty, when.cardTypes.isEmpty, when.birthday == nil
      else { return false }
      return (when.weekdays.isEmpty || when.weekdays.contains(date.weekday))
        && (when.monthDays.isEmpty || when.monthDays.contains(date.parts.dayOfMonth))
        && (when.from.map { $0 <= date } ?? true) && (when.through.map { date <= $0 } ?? true)
    }
  }

  func tables() -> [ReportTable] {
    let customers = book.customers(context.request)
    let visits = customers.flatMap(\.visits)
    var sides = (member: Side(), other: Side())
    var week = [Side](repeating: Side(), count: 7)
    let dates = visits.map(\.date)
    if let first = context.request.from ?? dates.min() {
      // A year of days at most for each step; a shop's whole past is some thousand days.
      var date = first
      let last = max(first, context.request.end)
      while date <= last {
        if isMemberDay(date) { sides.member.days += 1 } else { sides.other.days += 1 }
        week[date.weekday - 1].days += 1
        if date == BusinessDate(day: .max) { break }
        date = date.adding(days: 1)
      }
    }
    for visit in visits {
      if isMemberDay(visit.date) { sides.member.take(visit) } else { sides.other.take(visit) }
      week[visit.date.weekday - 1].take(visit)
    }
    return [effect(sides.member, sides.other, customers), weekdays(week, customers)]
  }

  private static func columns(_ id: String, _ heading: Wording) -> [ReportColumn] {
    [
      ReportColumn(id, .text, heading),
      ReportColumn("days", .integer, Wording("天数", "Days"), isSummed: true),
      ReportColumn("openDays", .integer, Wording("有消费天数", "Days with sales"), isSummed: true),
      ReportColumn("members", .integer, Wording("消费会员", "Members")),
      ReportColumn("receipts", .integer, Wording("小票数", "Receipts"), isSummed: true),
      ReportColumn("spentMinor", .money, Wording("消费", "Spending"), isSummed: true),
      ReportColumn("points", .integer, Wording("积分", "Points"), isSummed: true),
      ReportColumn("perDayMinor", .money, Wording("日均消费", "Per day")),
      ReportColumn("averageMinor", .money, Wording("客单价", "Average receipt")),
    ]
  }

  private static func cells(_ name: Wording, _ side: Side) -> [ReportCell] {
    [
      .word(name), .integer(side.days), .whole(side.open.count), .whole(side.members.count),
      .integer(side.receipts), .money(side.spent), .integer(side.points),
      .average(side.spent, over: side.days), .average(side.spent, over: side.receipts),
    ]
  }

  private func effect(_ member: Side, _ other: Side, _ customers: [Customer]) -> ReportTable {
    var columns = Self.columns("kind", Wording("类型", "Days"))
    columns.append(ReportColumn("lift", .basisPoints, Wording("日均提升", "Lift per day")))
    var table = ReportTable(
      id: "effect",
      title: Wording("会员日效果", "Member days and other days"),
      columns: columns
    )
    var lift = ReportCell.none
    if member.days > 0, other.days > 0, other.spent > 0 {
      // Spending per day against spending per day, without rounding either of them.
      let ratio = member.spent * other.days * 10_000 / (other.spent * member.days)
      lift = .basisPoints(ratio - 10_000)
    }
    table.rows = [
      Self.cells(Wording("会员日", "member days"), member) + [lift],
      Self.cells(Wording("其他日", "other days"), other) + [.none],
    ]
    table.total()
    table.proofs = [book.spendingProof(table: table.sum("spentMinor"), of: customers)]
    table.notes = [
      Wording(
        "未设对照组：提升含星期效应，请与按星期表对照。",
        "There is no hold-out group: the lift holds what the day of the week does; see the week."
      )
    ]
    table.chart = ReportChart(.column, labels: 0, values: [7, 8])
    return table
  }

  private func weekdays(_ week: [Side], _ customers: [Customer]) -> ReportTable {
    let names = [
      Wording("星期一", "Monday"), Wording("星期二", "Tuesday"), Wording("星期三", "Wednesday"),
      Wording("星期四", "Thursday"), Wording("星期五", "Friday"), Wording("星期六", "Saturday"),
      Wording("星期日", "Sunday"),
    ]
    var table = ReportTable(
      id: "weekdays",
      title: Wording("按星期", "By day of the week"),
      columns: Self.columns("weekday", Wording("星期", "Day"))
    )
    table.rows = zip(names, week).map { Self.cells($0, $1) }
    table.total()
    table.proofs = [book.spendingProof(table: table.sum("spentMinor"), of: customers)]
    table.chart = ReportChart(.column, labels: 0, values: [7])
    return table
  }
}
