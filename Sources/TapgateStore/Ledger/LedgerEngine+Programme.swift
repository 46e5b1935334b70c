internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Programmes that come into force by an operation.
extension LedgerEngine {
  /// Days ahead for which a programme can be activated.
  private static let dayCountAhead = 731

  func decideActivation(
    _ bytes: [UInt8],
    from given: BusinessDate?,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    let next: ActiveProgramme
    do {
      next = try ActiveProgramme(bytes: bytes)
    } catch {
      let problem = error as? ProgrammeError
      let field = problem.map { $0.path.isEmpty ? "programme" : "programme.\($0.path)" }
      return .failed(.illegal(field: field ?? "programme", problem: problem?.problem ?? "\(error)"))
    }
    let current = shared.active
    guard next.programme.currency == current.programme.currency else {
      let problem = "must be \(current.programme.currency), the money of this ledger"
      return .failed(.illegal(field: "programme.currency", problem: problem))
    }
    let today = next.calendar.date(of: Timestamp(microseconds: row.at))
    let from = given ?? max(today, next.programme.validFrom)
    guard from >= today, from <= today.adding(days: Self.dayCountAhead) else {
      let problem = "must be \(today), or a day within two years after it"
      return .failed(.illegal(field: "from", problem: problem))
    }
    let known = schedule ?? shared.schedule.all
    let entries = ProgrammeSchedule.entries(known, adding: next, from: from, today: today)
    let replaced = known.last { ($0.from.map { $0 > today } ?? false) && $0.active !== current }
    try shopTable.remember(hash: next.hash, text: next.text)
    try statements.setMeta(ProgrammeSchedule.metaName, ProgrammeSchedule.packed(entries))
    schedule = entries
    var row = row
    row.reply = JSON.object([
      "programme": next.json(from: from),
      "state": .string(from > today ? "scheduled" : "active"),
      "replaces": replaced.map { $0.active.json(from: $0.from) } ?? .null,
      "sequence": .integer(row.sequence), "durable": .string("local"),
    ]).encoded()
    return .row(Draft(row: row, number: nil))
  }
}
