internal import TapgateModel

/// Where principal was paid in and where it was consumed (跨店结算).
///
/// Of each member's principal, what was paid in first is consumed first; what comes back goes back
/// to where it came from, last out first in. Bonus is the programme's own and is not settled.
struct StoreSettlement {
  /// Principal of one origin.
  private struct Slice {
    var origin: String
    var amount: Int128
  }

  private struct Use {
    var origin: String
    var amount: Int128
  }

  private struct Pair: Hashable {
    var origin: String
    var consumer: String
  }

  private let request: ReportRequest
  /// What each member has left, oldest first.
  private var left: [Int64: [Slice]] = [:]
  /// What each member consumed, newest last.
  private var used: [Int64: [Use]] = [:]
  /// Between the two rows of a merge.
  private var moving: [Slice] = []
  private var consumed: [Pair: Int128] = [:]
  private var paidBack: [String: Int128] = [:]

  init(_ request: ReportRequest) { self.request = request }

  mutating func take(_ entry: ReportEntry, _ sums: [Account: Int128]) {
    guard let member = entry.memberNumber else { return }
    let change = (sums[.principal] ?? 0) + (sums[.principalHeld] ?? 0)
    guard change != 0 else { return }
    let isInside = request.place(of: entry) == .inside
    let isConsumed = (sums[.valueConsumed] ?? 0) != 0
    let isMoved = (sums[.valueMoved] ?? 0) != 0
    if change > 0 {
      if isConsumed {
        giveBack(change, member, entry.store, isInside)
      } else if isMoved {
        left[member, default: []] += moving
        moving = []
      } else {
        left[member, default: []].append(Slice(origin: entry.store, amount: change))
      }
      return
    }
    for slice in takeOut(-change, member) {
      if isMoved {
        moving.append(slice)
      } else if isConsumed {
        used[member, default: []].append(Use(origin: slice.origin, amount: slice.amount))
        if isInside {
          consumed[Pair(origin: slice.origin, consumer: entry.store), default: 0] += slice.amount
        }
      } else if isInside {
        paidBack[slice.origin, default: 0] += slice.amount
      }
    }
  }

  private mutating func takeOut(_ amount: Int128, _ member: Int64) -> [Slice] {
    var slices = left[member] ?? []
    var taken: [Slice] = []
    var rest = amount
    while rest > 0, let first = slices.first {
      let part = min(rest, first.amount)
      taken.append(Slice(origin: first.origin, amount: part))
      rest -= part
      if part == first.amount { slices.removeFirst() } else { slices[0].amount -= part }
    }
    left[member] = slices
    return taken
  }

  private mutating func giveBack(
    _ amount: Int128,
    _ member: Int64,
    _ consumer: String,
    _ isInside: Bool
  ) {
    var rest = amount
    while rest > 0, let last = used[member]?.last {
      let part = min(rest, last.amount)
      rest -= part
      left[member, default: []].insert(Slice(origin: last.origin, amount: part), at: 0)
      if isInside { consumed[Pair(origin: last.origin, consumer: consumer), default: 0] -= part }
      if part == last.amount {
        used[member]?.removeLast()
      } else if let index = used[member]?.indices.last {
        used[member]?[index].amount -= part
      }
    }
    // Given back without ever having been consumed here: of nobody's origin but this store's.
    if rest > 0 { left[member, default: []].append(Slice(origin: consumer, amount: rest)) }
  }

  /// The matrix; `principal` is what the members' rows hold.
  func table(principal: Int128) -> ReportTable {
    var remaining: [String: Int128] = [:]
    for slices in left.values {
      for slice in slices { remaining[slice.origin, default: 0] += slice.amount }
    }
    let consumers = Set(consumed.keys.map(\.consumer)).sorted()
    var columns = [ReportColumn("origin", .text, Wording("充值门店 ＼ 消费门店", "Paid in at \\ used at"))]
    for store in consumers {
      let name = store.isEmpty ? Wording("无门店", "no store") : Wording(name: store)
      columns.append(ReportColumn("at_" + store, .money, name, isSummed: true))
    }
    columns.append(
      ReportColumn("elsewhereMinor", .money, Wording("他店消费", "Used elsewhere"), isSummed: true)
    )
    columns.append(
      ReportColumn("paidBackMinor", .money, Wording("退款", "Paid back"), isSummed: true)
    )
    columns.append(ReportColumn("leftMinor", .money, Wording("当前余额", "Left now"), isSummed: true))
    var table = ReportTable(
      id: "settlement",
      title: Wording("跨店结算", "Settlement between stores"),
      columns: columns
    )
    let origins = Set(consumed.keys.map(\.origin)).union(paidBack.keys).union(remaining.keys)
    for origin in origins.sorted() {
      let cells = consumers.map { consumed[Pair(origin: origin, consumer: $0)] ?? 0 }
      let own = consumed[Pair(origin: origin, consumer: origin)] ?? 0
      var row: [ReportCell] = [
        origin.isEmpty ? .word(Wording("无门店", "no store")) : .text(origin)
      ]
      row += cells.map { amount in amount == 0 ? .none : .money(amount) }
      row.append(.money(cells.reduce(0, +) - own))
      row.append(.money(paidBack[origin] ?? 0))
      row.append(.money(remaining[origin] ?? 0))
      table.rows.append(row)
    }
    table.total()
    table.proofs = [
      ReportProof(
        claim: Wording("本金余额", "principal left"),
        kind: .money,
        parts: [ReportProof.Part(Wording("本表", "this table"), table.sum("leftMinor"))],
        ledger: principal
      )
    ]
    table.notes = [
      Wording(
        "本金先充先用；退回按后用先退归还原充值门店；赠送金额不参与结算。",
        "What was paid in first is used first; what comes back goes to where it came from. Bonus "
          + "is not settled."
      )
    ]
    return table
  }
}
