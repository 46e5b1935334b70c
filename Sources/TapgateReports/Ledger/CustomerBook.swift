internal import TapgateModel

/// A member with the receipts that a report counts.
struct Customer {
  var number: Int64
  var id: String
  var displayName: String
  var tier: String
  var joinedOn: BusinessDate
  /// Receipts that count, oldest first.
  var visits: [VisitLog.Visit] = []
  var spentMinor: Int128 = 0
  var points: Int128 = 0

  var receipts: Int128 { Int128(visits.count) }
  var firstVisit: BusinessDate? { visits.first?.date }
  var lastVisit: BusinessDate? { visits.last?.date }

  /// The days on which the member came, oldest first, each once.
  var days: [BusinessDate] {
    var days: [BusinessDate] = []
    for visit in visits where visit.date != days.last { days.append(visit.date) }
    return days
  }
}

/// Members and their receipts, for the reports that look at people: classes, stages, lists.
struct CustomerBook {
  private struct Facts {
    var id: String
    var displayName: String
    var tier: String
    var joinedOn: BusinessDate
    var isLive: Bool
  }

  private(set) var log = VisitLog()
  private(set) var homes = MemberHomes()
  private var members: [Int64: Facts] = [:]
  private var numbers: [String: Int64] = [:]
  /// Into whom a member was merged.
  private var mergedInto: [Int64: String] = [:]
  /// What the members' rows say was spent in all.
  private(set) var lifetime: Int128 = 0
  /// What they say of points.
  private(set) var points: Int128 = 0

  mutating func take(_ entry: ReportEntry) {
    homes.take(entry)
    log.take(entry, EntrySums(entry))
    guard entry.kind == .merge, let member = entry.memberNumber else { return }
    for case .mergedInto(let id) in entry.effects { mergedInto[member] = id }
  }

  mutating func take(_ member: ReportMember) {
    lifetime += Int128(member.state.facts.lifetimeMinor)
    points += member.points
    numbers[member.state.id] = member.number
    members[member.number] = Facts(
      id: member.state.id,
      displayName: member.displayName,
      tier: member.state.tier,
      joinedOn: member.state.joinedOn,
      isLive: member.isLive
    )
  }

  /// Members who take part and belong to the request's stores, or came there within its dates, with
  /// the receipts within its dates and stores; in the order of their rows' numbers.
  func customers(_ request: ReportRequest) -> [Customer] {
    var visits: [Int64: [VisitLog.Visit]] = [:]
    for visit in log.inside(request) { visits[heir(of: visit.member), default: []].append(visit) }
    var customers: [Customer] = []
    for (number, facts) in members.sorted(by: { $0.key < $1.key }) where facts.isLive {
      let own = visits[number] ?? []
      guard !own.isEmpty || homes.holds(number, request) else { continue }
      var customer = Customer(
        number: number,
        id: facts.id,
        displayName: facts.displayName,
        tier: facts.tier,
        joinedOn: facts.joinedOn
      )
      // Receipts of other days may be entered later: by date, then in the journal's order.
      customer.visits = own.sorted { ($0.date, $0.sequence) < ($1.date, $1.sequence) }
      for visit in own {
        customer.spentMinor += visit.amountMinor
        customer.points += visit.points
      }
      customers.append(customer)
    }
    return customers
  }

  /// Whose a member's receipts are by now.
  private func heir(of member: Int64) -> Int64 {
    var heir = member
    // A merge never ends where it began; the bound is for a damaged ledger.
    for _ in 0..<64 {
      guard let next = mergedInto[heir].flatMap({ numbers[$0] }) else { break }
      heir = next
    }
    return heir
  }

  /// The proof that every member was looked at.
  func memberProof(table: Int128, of customers: [Customer]) -> ReportProof {
    homes.proof(table: table, others: Int128(members.count) - Int128(customers.count))
  }

  /// The proof that every receipt was looked at.
  func spendingProof(table: Int128, of customers: [Customer]) -> ReportProof {
    let included = customers.reduce(Int128(0)) { $0 + $1.spentMinor }
    return log.proof(table: table, included: included, lifetime: lifetime)
  }
}

extension ReportRequest {
  /// The same stores, from the first receipt on.
  var sinceEver: ReportRequest {
    var request = self
    request.from = nil
    return request
  }
}
