internal import TapgateModel

/// Whether the operator may: decided on the ledger's thread, so that a day's limit is exact however
/// many tills ask at once.
extension LedgerEngine {
  /// Why the operator may not begin this; `nil` where nothing stands against it.
  func denial(of operation: Operation) -> OperatorDenial? {
    let kind = operation.body.kind
    guard kind.needsOperator else { return nil }
    let rules = shared.operators.rules
    guard !rules.book.isEmpty else { return nil }
    let act = OperatorBook.Act(
      method: kind.method,
      store: operation.store,
      counter: operation.counter
    )
    do throws(OperatorDenial) {
      try rules.book.check(
        act,
        by: operation.operatorName,
        proof: operation.operatorProof,
        in: rules.organisation
      )
      return nil
    } catch {
      return error
    }
  }

  /// Why the operator may not do as much, or by such a channel, as the operation came to.
  func denial(
    of draft: Draft,
    _ operation: Operation,
    _ now: Timestamp
  ) throws(SQLiteFailure) -> OperatorDenial? {
    guard draft.row.kind.needsOperator else { return nil }
    let book = shared.operators.rules.book
    guard !book.isEmpty else {
      tally = nil
      return nil
    }
    let today = shared.active.calendar.date(of: now)
    if book.hasDayLimits {
      if tally?.day != today { tally = try journalTally(of: today) }
    } else {
      tally = nil
    }
    do throws(OperatorDenial) {
      try book.check(
        OperatorWeight(of: draft.row),
        of: draft.row.kind.method,
        by: operation.operatorName,
        today: tally ?? OperatorTally(day: today)
      )
      return nil
    } catch {
      return error
    }
  }

  /// What the journal has of a day, the open batch included. Reads backwards until two days before:
  /// a clock that was put right lies in between.
  private func journalTally(of day: BusinessDate) throws(SQLiteFailure) -> OperatorTally {
    var tally = OperatorTally(day: day)
    let calendar = shared.active.calendar
    let oldest = day.adding(days: -2)
    var sequence = nextSequence - 1
    while sequence > 0, let row = try statements.row(sequence: sequence) {
      sequence -= 1
      let date = calendar.date(of: Timestamp(microseconds: row.at))
      if date < oldest { break }
      // The second row of an operation is about the same things as the first.
      guard date == day, !row.isRefused, row.operationKey.first != 2 else { continue }
      let parts = row.origin.split(separator: "\u{1F}", omittingEmptySubsequences: false)
      tally.count(row, by: parts.count > 2 ? String(parts[2]) : nil)
    }
    return tally
  }
}

extension OperatorWeight {
  init(of row: JournalRow) {
    let effects = (try? Effect.unpacked(row.effects)) ?? []  // `verify` tells of damage.
    self.init(of: row.kind, effects, reply: row.reply)
  }
}

extension OperatorTally {
  /// Counts a committed row of `name`.
  mutating func count(_ row: JournalRow, by name: String?) {
    guard let name, !name.isEmpty, row.kind.needsOperator else { return }
    add(OperatorWeight(of: row), of: row.kind.method, by: name)
  }
}
