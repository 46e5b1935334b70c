internal import CLedgerLog
internal import TapgateModel

/// The statements of the commit path, prepared once on the writing connection.
final class JournalStatements {
  private let beginBatch: Statement
  private let commitBatch: Statement
  private let insertRow: Statement
  private let byOperation: Statement
  private let bySequence: Statement
  private let receiptUsed: Statement
  private let referenceUsed: Statement
  private let insertMember: Statement
  private let updateMember: Statement
  private let updateState: Statement
  private let setJob: Statement
  private let job: Statement
  private let deleteMembers: Statement
  private let setMeta: Statement

  init(on connection: OpaquePointer) throws(SQLiteFailure) {
    beginBatch = try Statement("BEGIN IMMEDIATE", on: connection)
    commitBatch = try Statement("COMMIT", on: connection)
    insertRow = try Statement(
      "INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      on: connection
    )
    byOperation = try Statement(JournalRow.select + " WHERE operation = ?", on: connection)
    bySequence = try Statement(JournalRow.select + " WHERE sequence = ?", on: connection)
    receiptUsed = try Statement("SELECT 1 FROM journal WHERE receipt = ?", on: connection)
    referenceUsed = try Statement("SELECT 1 FROM journal WHERE reference = ?", on: connection)
    insertMember = try Statement("INSERT INTO member VALUES (?,?,?,?)", on: connection)
    updateMember = try Statement(
      "UPDATE member SET state = ?, profile = ? WHERE number = ?",
      on: connection
    )
    updateState = try Statement("UPDATE member SET state = ? WHERE number = ?", on: connection)
    setJob = try Statement(
      """
      INSERT INTO print_job VALUES (?,?,?,?,?) ON CONFLICT (sequence) DO UPDATE SET
      state = excluded.state, settled = excluded.settled, evidence = excluded.evidence,
      reason = excluded.reason
      """,
      on: connection
    )
    deleteMembers = try Statement(
      "DELETE FROM member WHERE number BETWEEN ? AND ? AND batch = ?",
      on: connection
    )
    setMeta = try Statement(
      "INSERT INTO meta VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      on: connection
    )
    job = try Statement("SELECT state FROM print_job WHERE sequence = ?", on: connection)
  }

  func begin() throws(SQLiteFailure) { try beginBatch.run() }

  /// COMMIT. On disk only when the log was flushed after it returned (`FlushThread`).
  func commit() throws(SQLiteFailure) {
    tapgate_log_defer()
    defer { tapgate_log_settle() }
    try commitBatch.run()
  }

  /// Inserts `row`, whose image is `image`, with its link in the chain.
  func insert(
    _ row: JournalRow,
    _ image: JournalImage,
    hash: [UInt8]
  ) throws(SQLiteFailure) {
    insertRow.bind(row.sequence, at: 1)
    insertRow.bind(Int64(row.kind.rawValue), at: 3)
    insertRow.bind(row.isRefused ? 1 : 0, at: 4)
    insertRow.bind(row.member, at: 5)
    insertRow.bind(row.previous, at: 6)
    insertRow.bind(Int64(row.businessDate.day), at: 7)
    insertRow.bind(row.at, at: 8)
    insertRow.bind(row.reference, at: 11)
    insertRow.bind(row.isSimulated ? 1 : 0, at: 17)
    insertRow.bind(hash, at: 18)
    try insertRow.run(with: image.bytes) { columns in
      columns.bind(image.operation, at: 2)
      columns.bind(text: image.origin, at: 9)
      columns.bind(image.receipt, at: 10)
      columns.bind(image.programme, at: 12)
      columns.bind(image.content, at: 13)
      columns.bind(image.effects, at: 14)
      columns.bind(image.reply, at: 15)
      columns.bind(image.print, at: 16)
    }
  }

  func row(operationKey: [UInt8]) throws(SQLiteFailure) -> JournalRow? {
    byOperation.bind(operationKey, at: 1)
    return try Self.first(byOperation)
  }

  func row(sequence: Int64) throws(SQLiteFailure) -> JournalRow? {
    bySequence.bind(sequence, at: 1)
    return try Self.first(bySequence)
  }

  private static func first(_ statement: Statement) throws(SQLiteFailure) -> JournalRow? {
    guard try statement.step() else { return nil }
    defer { statement.reset() }
    return JournalRow(statement)
  }

  func isUsed(receiptKey: [UInt8]) throws(SQLiteFailure) -> Bool {
    receiptUsed.bind(receiptKey, at: 1)
    defer { receiptUsed.reset() }
    return try receiptUsed.step()
  }

  func isReversed(sequence: Int64) throws(SQLiteFailure) -> Bool {
    referenceUsed.bind(sequence, at: 1)
    defer { referenceUsed.reset() }
    return try referenceUsed.step()
  }

  func insertMember(
    _ number: Int64,
    state: [UInt8],
    profile: [UInt8]?,
    batch: Int64
  ) throws(SQLiteFailure) {
    insertMember.bind(number, at: 1)
    insertMember.bind(state, at: 2)
    insertMember.bind(profile, at: 3)
    insertMember.bind(batch, at: 4)
    try insertMember.run()
  }

  func updateMember(_ number: Int64, state: [UInt8], profile: [UInt8]?) throws(SQLiteFailure) {
    updateMember.bind(state, at: 1)
    updateMember.bind(profile, at: 2)
    updateMember.bind(number, at: 3)
    try updateMember.run()
  }

  func updateMember(_ number: Int64, state: [UInt8]) throws(SQLiteFailure) {
    updateState.bind(number, at: 2)
    try updateState.run(with: state) { $0.bind(0..<state.count, at: 1) }
  }

  func setJob(
    sequence: Int64,
    state: String,
    isSettled: Bool,
    evidence: String?,
    reason: String?
  ) throws(SQLiteFailure) {
    setJob.bind(sequence, at: 1)
    setJob.bind(text: state, at: 2)
    setJob.bind(isSettled ? 1 : 0, at: 3)
    setJob.bind(optionalText: evidence, at: 4)
    setJob.bind(optionalText: reason, at: 5)
    try setJob.run()
  }

  func deleteMembers(
    _ numbers: ClosedRange<UInt32>,
    batch: Int64
  ) throws(SQLiteFailure) {
    deleteMembers.bind(Int64(numbers.lowerBound), at: 1)
    deleteMembers.bind(Int64(numbers.upperBound), at: 2)
    deleteMembers.bind(batch, at: 3)
    try deleteMembers.run()
  }

  func setMeta(_ name: String, _ value: [UInt8]) throws(SQLiteFailure) {
    setMeta.bind(text: name, at: 1)
    setMeta.bind(value, at: 2)
    try setMeta.run()
  }

  /// The recorded state of a job; `nil` while it is only queued.
  func jobState(sequence: Int64) throws(SQLiteFailure) -> String? {
    job.bind(sequence, at: 1)
    guard try job.step() else { return nil }
    defer { job.reset() }
    return job.text(0)
  }
}

extension Statement {
  func bind(optionalText value: String?, at index: Int32) {
    if let value { bind(text: value, at: index) } else { bind(Int64?.none, at: index) }
  }
}

extension JournalRow {
  /// Every column but the hash, which stands last.
  static let select = """
    SELECT sequence, operation, kind, refused, member, previous, date, at, origin, receipt,
    reference, programme, content, effects, reply, print, simulated, hash FROM journal
    """

  /// Reads the row that `statement`, made of `select`, stands on; `nil` for a kind of a newer
  /// version.
  init?(_ statement: Statement) {
    guard let kind = JournalKind(rawValue: UInt8(truncatingIfNeeded: statement.integer(2))) else {
      return nil
    }
    self.init(
      sequence: statement.integer(0),
      operationKey: statement.bytes(1),
      kind: kind,
      businessDate: BusinessDate(day: Int32(truncatingIfNeeded: statement.integer(6))),
      at: statement.integer(7),
      origin: statement.text(8),
      programme: statement.bytes(11),
      content: statement.bytes(12)
    )
    isRefused = statement.integer(3) != 0
    member = statement.isNull(4) ? nil : statement.integer(4)
    previous = statement.integer(5)
    receiptKey = statement.optionalBytes(9)
    reference = statement.isNull(10) ? nil : statement.integer(10)
    effects = statement.bytes(13)
    reply = statement.bytes(14)
    print = statement.optionalBytes(15)
    isSimulated = statement.integer(16) != 0
  }
}
