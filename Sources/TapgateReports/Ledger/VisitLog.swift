internal import TapgateModel

/// The receipts of members: each row that spent something, without what was taken back of it.
///
/// What was reversed or refunded, whatever the date on which it was, lessens the amount of its
/// receipt; where nothing is left, there was no visit.
struct VisitLog {
  /// One receipt.
  struct Visit {
    var sequence: Int64
    var member: Int64
    var date: BusinessDate
    /// The place in `places`.
    var store: Int32
    var amountMinor: Int128
    var points: Int128

    var counts: Bool { amountMinor > 0 }
  }

  /// The methods whose rows are receipts.
  private static let receiptMethods: Set<String> = ["points.accrue", "checkout.commit"]

  /// In the order of the journal.
  private(set) var visits: [Visit] = []
  private var places: [ReportCounter] = []
  private var numbers: [ReportCounter: Int32] = [:]
  /// What was spent by rows that name no receipt of the log, such as a correction.
  private(set) var unattributedMinor: Int128 = 0

  mutating func take(_ entry: ReportEntry, _ sums: EntrySums) {
    guard !entry.isRefused, let member = entry.memberNumber, sums.hasSpent else { return }
    if let reference = Self.receipt(of: entry), let index = index(of: reference) {
      visits[index].amountMinor += sums.spentMinor
      visits[index].points += sums.points
    } else if sums.spentMinor > 0, Self.receiptMethods.contains(entry.kind.method) {
      visits.append(
        Visit(
          sequence: entry.sequence,
          member: member,
          date: entry.businessDate,
          store: number(of: ReportCounter(store: entry.store, counter: entry.counter)),
          amountMinor: sums.spentMinor,
          points: sums.points
        )
      )
    } else {
      unattributedMinor += sums.spentMinor
    }
  }

  /// The receipt that the entry reverses or refunds.
  private static func receipt(of entry: ReportEntry) -> Int64? {
    if let reference = entry.reference { return reference }
    for case .refunded(let receipt, _) in entry.effects { return receipt }
    return nil
  }

  func store(of visit: Visit) -> String { places[Int(visit.store)].store }

  /// The receipts that count within the request's dates and stores.
  func inside(_ request: ReportRequest) -> [Visit] {
    let wanted = places.map { request.holds(store: $0.store, counter: $0.counter) }
    return visits.filter { $0.counts && wanted[Int($0.store)] && request.holds($0.date) }
  }

  /// The proof that every receipt was looked at: what the table has, and what was spent by the
  /// receipts that it leaves out, against what the members' rows say they spent in all.
  ///
  /// `included` is what the receipts came to of which the table was made.
  func proof(table: Int128, included: Int128, lifetime: Int128) -> ReportProof {
    let all = visits.reduce(unattributedMinor) { $0 + $1.amountMinor }
    var parts = [ReportProof.Part(Wording("本表", "this table"), table)]
    if all != included {
      let name = Wording("其他日期及范围", "other dates and outside the scope")
      parts.append(ReportProof.Part(name, all - included))
    }
    return ReportProof(
      claim: Wording("消费金额", "spending"),
      kind: .money,
      parts: parts,
      ledger: lifetime
    )
  }

  private func index(of sequence: Int64) -> Int? {
    var (low, high) = (0, visits.count)
    while low < high {
      let middle = (low + high) / 2
      if visits[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low < visits.count && visits[low].sequence == sequence ? low : nil
  }

  private mutating func number(of place: ReportCounter) -> Int32 {
    if let known = numbers[place] { return known }
    let number = Int32(clamping: places.count)
    places.append(place)
    numbers[place] = number
    return number
  }
}
