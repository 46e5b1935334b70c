internal import TapgateModel

/// What the journal tells of each member's beginning, by member number.
struct MemberHomes {
  /// A member's beginning.
  struct Home {
    /// The store of the first row that names one: of who was imported, the store of the first
    /// visit.
    var store = ""
    var counter = ""
    /// The row that made the member.
    var createdOn: BusinessDate
    var isImported: Bool
  }

  private(set) var homes: [Int64: Home] = [:]

  mutating func take(_ entry: ReportEntry) {
    guard !entry.isRefused, let number = entry.memberNumber else { return }
    if case .created? = entry.effects.first {
      homes[number] = Home(
        store: entry.store,
        counter: entry.counter,
        createdOn: entry.businessDate,
        isImported: entry.kind == .importChunk
      )
    } else if !entry.store.isEmpty, homes[number]?.store.isEmpty ?? false {
      homes[number]?.store = entry.store
      homes[number]?.counter = entry.counter
    }
  }

  /// Whether the member belongs to one of the request's stores.
  func holds(_ number: Int64, _ request: ReportRequest) -> Bool {
    let home = homes[number]
    return request.holds(store: home?.store ?? "", counter: home?.counter ?? "")
  }

  /// The proof that every member was looked at: so many in the table, so many not, against the
  /// rows of the journal that made a member.
  func proof(table: Int128, others: Int128) -> ReportProof {
    var parts = [ReportProof.Part(Wording("本表", "this table"), table)]
    if others != 0 {
      parts.append(ReportProof.Part(Wording("其他会员", "other members"), others))
    }
    return ReportProof(
      claim: Wording("会员数", "members"),
      parts: parts,
      ledger: Int128(homes.count),
      ledgerName: Wording("流水中的入会", "enrolments in the journal")
    )
  }
}
