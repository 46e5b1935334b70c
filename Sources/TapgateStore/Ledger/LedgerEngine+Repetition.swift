internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// What the ledger says to an id that was used before.
extension LedgerEngine {
  /// What the journal says to an id that was used before; `nil` where it was not.
  func answerFromJournal(key: [UInt8], content: [UInt8]?) throws(SQLiteFailure) -> OperationOutcome?
  {
    guard let row = try statements.row(operationKey: key) else { return nil }
    if let content, row.content != content { return .failed(.exists) }
    if row.isRefused { return .refused(Self.refusal(of: row), isReplay: true) }
    var reply = row.reply
    if row.kind == .print, let state = try statements.jobState(sequence: row.sequence) {
      reply = Self.printReply(sequence: row.sequence, state: state)
    }
    return .committed(
      result: Self.answer(reply, isReplay: true),
      isReplay: true,
      sequence: row.sequence
    )
  }

  func answerToConflict(
    _ operation: Operation,
    _ blank: JournalRow,
    _ draft: Draft
  ) throws(SQLiteFailure) -> OperationOutcome {
    let known = try answerFromJournal(key: blank.operationKey, content: blank.content)
    if let known { return known }
    if let receipt = draft.row.receiptKey, try statements.isUsed(receiptKey: receipt) {
      return try write(Refusal(.receiptUsed), blank)
    }
    return try write(Refusal(.alreadyReversed), blank)
  }

  static func refusal(of row: JournalRow) -> Refusal {
    let stored = try? JSONParser.parse(row.reply)  // A damaged row is `verify`'s to tell of.
    let reason = stored?["reason"]?.string.flatMap { RefusalReason(rawValue: $0) }
    return Refusal(reason ?? .notSupportedByProgramme, detail: stored?["detail"]?.string)
  }

  /// A stored result with `replay` put in as its last member.
  static func answer(_ reply: [UInt8], isReplay: Bool) -> [UInt8] {
    var answer: [UInt8] = []
    answer.reserveCapacity(reply.count + 16)
    answer.append(contentsOf: reply)
    _ = answer.popLast()
    if answer.count > 1 { answer.append(UInt8(ascii: ",")) }
    answer.append(contentsOf: isReplay ? "\"replay\":true}".utf8 : "\"replay\":false}".utf8)
    return answer
  }

  static func printReply(sequence: Int64, state: String) -> [UInt8] {
    JSON.object([
      "jobId": .string("J\(sequence)"), "state": .string(state), "sequence": .integer(sequence),
      "durable": .string("local"),
    ]).encoded()
  }
}
