internal import GRDB
public import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension LedgerStore: PrintJournal {
  public func unsettledJobs(printer: String) async throws -> [PrintJob] {
    try await onReader { db in
      guard let connection = db.sqliteConnection else { return [] }
      let statement = try Statement(
        Self.jobSelect + " WHERE j.print IS NOT NULL AND coalesce(p.settled, 0) = 0"
          + " ORDER BY j.sequence",
        on: connection
      )
      var jobs: [PrintJob] = []
      while try statement.step() {
        if let job = Self.job(statement), job.printer == printer { jobs.append(job) }
      }
      return jobs
    }
  }

  public func record(_ job: PrintJob) async throws {
    let failure: SQLiteFailure? = await withCheckedContinuation { continuation in
      if !inbox.put(.job(job, { continuation.resume(returning: $0) })) {
        continuation.resume(
          returning: SQLiteFailure(
            call: "record",
            code: 5,
            message: "the ledger is closing or full"
          )
        )
      }
    }
    if let failure { throw failure }
  }

  public func printJob(id: String) async throws -> PrintJob? {
    guard id.hasPrefix("J"), let sequence = Int64(id.dropFirst()) else { return nil }
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { return nil }
      let statement = try Statement(
        Self.jobSelect + " WHERE j.sequence = ? AND j.print IS NOT NULL",
        on: connection
      )
      statement.bind(sequence, at: 1)
      guard try statement.step() else { return nil }
      defer { statement.reset() }
      return Self.job(statement)
    }
  }

  /// The newest jobs of all printers, newest first.
  public func recentJobs(limit: Int) async throws -> [PrintJob] {
    try await onReader { db in
      guard let connection = db.sqliteConnection else { return [] }
      let statement = try Statement(
        Self.jobSelect + " WHERE j.print IS NOT NULL ORDER BY j.sequence DESC LIMIT ?",
        on: connection
      )
      statement.bind(Int64(limit), at: 1)
      var jobs: [PrintJob] = []
      while try statement.step() {
        if let job = Self.job(statement) { jobs.append(job) }
      }
      return jobs
    }
  }

  private static let jobSelect = """
    SELECT j.sequence, j.print, j.simulated, p.state, p.evidence, p.reason
    FROM journal j LEFT JOIN print_job p ON p.sequence = j.sequence
    """

  private static func job(_ statement: Statement) -> PrintJob? {
    guard let column = try? JSONParser.parse(statement.bytes(1)),  // `verify` tells of damage.
      let printer = column["printer"]?.string, let document = column["document"]
    else { return nil }
    return PrintJob(
      id: "J\(statement.integer(0))",
      printer: printer,
      document: document,
      state: PrintState(rawValue: statement.text(3)) ?? .queued,
      evidence: statement.isNull(4) ? nil : statement.text(4),
      reason: statement.isNull(5) ? nil : statement.text(5),
      isSimulated: statement.integer(2) != 0
    )
  }
}
