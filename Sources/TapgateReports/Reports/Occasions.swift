internal import TapgateModel

/// Birthdays and anniversaries of joining within the dates asked for; without dates, in the `days`
/// that begin today (生日及纪念日提醒). Who was born on 29 February has the birthday on 28 February in
/// other years.
struct Occasions: ReportBuilder {
  private struct Found {
    var date: BusinessDate
    var isBirthday: Bool
    var memberID: String
    var displayName: String
    var tier: String
    var years: Int
  }

  /// The longest span that is looked at: a year, in which each day comes once.
  private static let dayCountMax = 366

  private let context: ReportContext
  private var homes = MemberHomes()
  private var found: [Found] = []
  private var withOccasion: Int128 = 0
  private var without: Int128 = 0

  init(_ context: ReportContext) { self.context = context }

  private var first: BusinessDate { context.request.from ?? context.request.today }

  private var last: BusinessDate {
    let end =
      context.request.through
      ?? first.adding(days: Int(clamping: context.parameter("days")) - 1)
    return min(end, first.adding(days: Self.dayCountMax - 1))
  }

  mutating func take(_ entry: ReportEntry) { homes.take(entry) }

  mutating func take(_ member: ReportMember) {
    guard member.isLive, homes.holds(member.number, context.request) else {
      without += 1
      return
    }
    let count = found.count
    if let birthday = member.birthday { add(birthday, isBirthday: true, member) }
    add(member.state.joinedOn, isBirthday: false, member)
    if found.count > count { withOccasion += 1 } else { without += 1 }
  }

  private mutating func add(_ origin: BusinessDate, isBirthday: Bool, _ member: ReportMember) {
    let (year, month, dayOfMonth) = origin.parts
    for now in first.parts.year...max(first.parts.year, last.parts.year) {
      guard let date = Self.date(month, dayOfMonth, in: now), date >= first, date <= last,
        isBirthday ? now >= year : now > year
      else { continue }
      found.append(
        Found(
          date: date,
          isBirthday: isBirthday,
          memberID: member.state.id,
          displayName: member.displayName,
          tier: member.state.tier,
          years: now - year
        )
      )
    }
  }

  private static func date(_ month: Int, _ dayOfMonth: Int, in year: Int) -> BusinessDate? {
    BusinessDate(year: year, month: month, dayOfMonth: dayOfMonth)
      ?? BusinessDate(year: year, month: month, dayOfMonth: min(dayOfMonth, 28))
  }

  func tables() -> [ReportTable] {
    var table = ReportTable(
      id: "occasions",
      title: Wording("生日及入会周年", "Birthdays and anniversaries"),
      columns: [
        ReportColumn("date", .date, Wording("日期", "Date")),
        ReportColumn("occasion", .text, Wording("类型", "Occasion")),
        ReportColumn("memberId", .text, Wording("会员", "Member")),
        ReportColumn("name", .text, Wording("姓名", "Name")),
        ReportColumn("tier", .text, Wording("等级", "Tier")),
        ReportColumn("years", .integer, Wording("入会年数", "Years a member")),
      ]
    )
    let ordered = found.sorted { left, right in
      if left.date != right.date { return left.date < right.date }
      if left.isBirthday != right.isBirthday { return left.isBirthday }
      return left.memberID < right.memberID
    }
    for one in ordered {
      let word =
        one.isBirthday ? Wording("生日", "birthday") : Wording("入会周年", "anniversary")
      // A birthday's number of years is the member's age, which is nobody's business here.
      table.rows.append([
        .date(one.date), .word(word), .text(one.memberID), .optional(one.displayName),
        .text(context.tierName(one.tier)), one.isBirthday ? .none : .whole(one.years),
      ])
    }
    table.proofs = [homes.proof(table: withOccasion, others: without)]
    table.notes = [
      Wording(
        "提醒日期 \(first) 至 \(last)；本表会员数按人计。",
        "Days \(first) to \(last); the proof counts people, not rows."
      )
    ]
    table.keep(Int(clamping: context.parameter("rows")))
    return [table]
  }
}
