internal import TapgateModel

/// When the members' points will expire, month by month.
struct ExpiryForecast {
  /// A month of the calendar, or what stands before and after all months.
  private enum Month: Hashable, Comparable {
    /// Its last day is over; the next row of its member takes it away.
    case over
    case month(year: Int, month: Int)
    case held
    case never

    private var rank: (Int, Int, Int) {
      switch self {
      case .over: (0, 0, 0)
      case .month(let year, let month): (1, year, month)
      case .held: (2, 0, 0)
      case .never: (3, 0, 0)
      }
    }

    static func < (left: Month, right: Month) -> Bool { left.rank < right.rank }

    var cell: ReportCell {
      switch self {
      case .over: .word(Wording("已到期待清", "over, to be taken away"))
      case .month(let year, let month): .text("\(year)-\(month < 10 ? "0" : "")\(month)")
      case .held: .word(Wording("冻结中", "in holds"))
      case .never: .word(Wording("长期有效", "never"))
      }
    }
  }

  private var points: [Month: Int128] = [:]
  private var members: [Month: Int128] = [:]
  /// Points of members of other stores.
  private(set) var outside: Int128 = 0

  /// Points that are listed.
  var inside: Int128 { points.values.reduce(0, +) }

  mutating func take(_ member: ReportMember, isInside: Bool, today: BusinessDate) {
    guard isInside else {
      outside += member.points
      return
    }
    var seen: Set<Month> = []
    for lot in member.state.lots where lot.remaining != 0 {
      let month: Month
      if let end = lot.expiresOn {
        let parts = end.parts
        month = end < today ? .over : .month(year: parts.year, month: parts.month)
      } else {
        month = .never
      }
      points[month, default: 0] += Int128(lot.remaining)
      seen.insert(month)
    }
    if member.state.pointsHeld != 0 {
      points[.held, default: 0] += Int128(member.state.pointsHeld)
      seen.insert(.held)
    }
    for month in seen { members[month, default: 0] += 1 }
  }

  func table(ledger: Int128) -> ReportTable {
    var table = ReportTable(
      id: "expiry",
      title: Wording("积分到期预测", "When points expire"),
      columns: [
        ReportColumn("month", .text, Wording("到期月份", "Month")),
        ReportColumn("members", .integer, Wording("会员数", "Members")),
        ReportColumn("points", .integer, Wording("积分", "Points"), isSummed: true),
      ]
    )
    for (month, sum) in points.sorted(by: { $0.key < $1.key }) {
      table.rows.append([month.cell, .integer(members[month] ?? 0), .integer(sum)])
    }
    table.total()
    var parts = [ReportProof.Part(Wording("本表", "this table"), table.sum("points"))]
    if outside != 0 {
      parts.append(ReportProof.Part(Wording("其他门店会员", "members of other stores"), outside))
    }
    table.proofs = [
      ReportProof(claim: Wording("未用积分", "points not used"), parts: parts, ledger: ledger)
    ]
    table.chart = ReportChart(.column, labels: 0, values: [2])
    return table
  }
}
