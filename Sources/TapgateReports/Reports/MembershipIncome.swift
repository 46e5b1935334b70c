internal import TapgateModel

/// What paid levels have earned, day by day (递延收入确认): each day of a term earns its share,
/// floor(paid × days / all days), whenever the ledger enters it.
struct MembershipIncome {
  /// A level that runs, with what its days have earned so far.
  private struct Running {
    var paid: PaidMembership
    var recognisedMinor: Int64
    /// The first day that is not counted yet.
    var next: BusinessDate
    var isInside: Bool
  }

  private let request: ReportRequest
  private var running: [Int64: Running] = [:]
  /// What the member who gives everything in a merge had earned.
  private var moving: Int64 = 0
  private var inside: [BusinessDate: Int128] = [:]
  private var outside: Int128 = 0
  /// What the journal took for paid levels, less what it paid back.
  private var takenMinor: Int128 = 0

  init(_ request: ReportRequest) { self.request = request }

  mutating func take(_ entry: ReportEntry) {
    var paidBack: Int64 = 0
    var changes: [(from: PaidMembership?, to: PaidMembership?)] = []
    for effect in entry.effects {
      switch effect {
      case .post(.deferredIncome, let amount), .post(.earnedIncome, let amount):
        takenMinor += Int128(amount)
      case .tendered(_, let amount, _) where amount < 0: paidBack &-= amount
      case .paid(let from, let to): changes.append((from, to))
      default: break
      }
    }
    guard let member = entry.memberNumber else { return }
    for (from, to) in changes {
      if from != nil { recognise(member, before: entry.businessDate) }
      switch (from, to) {
      case (_, let to?): begin(to, member, entry)
      case (let from?, nil):
        if entry.kind == .merge {
          moving = running[member]?.recognisedMinor ?? 0
        } else {
          end(from, member, entry.businessDate, paidBack: paidBack)
        }
        running[member] = nil
      case (nil, nil): break
      }
    }
  }

  private mutating func begin(_ paid: PaidMembership, _ member: Int64, _ entry: ReportEntry) {
    if var known = running[member] {
      known.paid = paid
      running[member] = known
      return
    }
    running[member] = Running(
      paid: paid,
      recognisedMinor: entry.kind == .merge ? moving : 0,
      next: paid.from > entry.businessDate ? paid.from : entry.businessDate,
      isInside: request.holds(store: entry.store, counter: entry.counter)
    )
  }

  /// A level that ends has earned what was not paid back.
  private mutating func end(
    _ paid: PaidMembership,
    _ member: Int64,
    _ date: BusinessDate,
    paidBack: Int64
  ) {
    guard let known = running[member] else { return }
    add(paid.paidMinor - paidBack - known.recognisedMinor, on: date, isInside: known.isInside)
  }

  /// Counts the days before `date`.
  private mutating func recognise(_ member: Int64, before date: BusinessDate) {
    guard var known = running[member] else { return }
    while known.next < date, known.recognisedMinor < known.paid.paidMinor {
      let tomorrow = known.next.adding(days: 1)
      let earned = max(known.recognisedMinor, known.paid.earnedMinor(before: tomorrow))
      add(earned - known.recognisedMinor, on: known.next, isInside: known.isInside)
      known.recognisedMinor = earned
      known.next = tomorrow
    }
    known.next = max(known.next, date)
    running[member] = known
  }

  private mutating func add(_ amount: Int64, on date: BusinessDate, isInside: Bool) {
    guard amount != 0 else { return }
    if isInside, request.holds(date) {
      inside[date, default: 0] += Int128(amount)
    } else {
      outside += Int128(amount)
    }
  }

  /// By day, or by month where the days are many.
  func table() -> ReportTable {
    var counted = self
    for member in running.keys { counted.recognise(member, before: request.today) }
    let isDaily = counted.inside.count <= 62
    var sums: [BusinessDate: Int128] = [:]
    for (date, amount) in counted.inside {
      let first = isDaily ? date : date.adding(days: 1 - date.parts.dayOfMonth)
      sums[first, default: 0] += amount
    }
    var table = ReportTable(
      id: "income",
      title: Wording("会员费收入确认", "Income of paid levels"),
      columns: [
        ReportColumn("date", .date, isDaily ? Wording("日期", "Day") : Wording("月份", "Month from")),
        ReportColumn("incomeMinor", .money, Wording("确认收入", "Earned"), isSummed: true),
      ]
    )
    for (date, amount) in sums.sorted(by: { $0.key < $1.key }) {
      table.rows.append([.date(date), .money(amount)])
    }
    table.total()
    let left = counted.running.values.reduce(Int128(0)) {
      $0 + Int128($1.paid.paidMinor) - Int128($1.recognisedMinor)
    }
    var parts = [ReportProof.Part(Wording("本表", "this table"), table.sum("incomeMinor"))]
    if counted.outside != 0 {
      let name = Wording("其他日期及范围", "other dates and outside the scope")
      parts.append(ReportProof.Part(name, counted.outside))
    }
    parts.append(ReportProof.Part(Wording("尚未确认", "not earned yet"), left))
    table.proofs = [
      ReportProof(
        claim: Wording("会员费", "paid for levels"),
        kind: .money,
        parts: parts,
        ledger: takenMinor,
        ledgerName: Wording("流水收款", "money in the journal")
      )
    ]
    table.notes = [
      Wording(
        "按天数均摊，当日起计，截至昨日；退款当日结清。",
        "By days, from the first day through yesterday; what is paid back settles its term."
      )
    ]
    table.chart = ReportChart(.column, labels: 0, values: [1])
    return table
  }
}
