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
    row.reply = Self.reply(
      next.json(from: from),
      state: from > today ? "scheduled" : "active",
      replaces: replaced.map { $0.active.json(from: $0.from) } ?? .null,
      sequence: row.sequence
    )
    return .row(Draft(row: row, number: nil))
  }

  /// Writes that the file with which the gateway was started has brought another programme.
  func note(_ schedule: ProgrammeSchedule) throws(SQLiteFailure) {
    guard let file = schedule.file else { return }
    try statements.setMeta(ProgrammeSchedule.metaName, ProgrammeSchedule.packed(schedule.all))
    try statements.setMeta(ProgrammeSchedule.fileName, file.hash)
    let entry = schedule.all.last { $0.active === file }
    let name = "programme:\(file.hexHash.prefix(16))#\(nextSequence)"
    var row = ownRow(.programme, name: name)
    row.reply = Self.reply(
      file.json(from: entry?.from),
      state: "active",
      replaces: .null,
      sequence: row.sequence
    )
    try insert(Draft(row: row, number: nil), id: name)
  }

  private static func reply(
    _ programme: JSON,
    state: String,
    replaces: JSON,
    sequence: Int64
  ) -> [UInt8] {
    JSON.object([
      "programme": programme, "state": .string(state), "replaces": replaces,
      "sequence": .integer(sequence), "durable": .string("local"),
    ]).encoded()
  }
}
