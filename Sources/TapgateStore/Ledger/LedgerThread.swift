internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Logging
internal import TapgateCore
internal import TapgateModel

/// The ledger's own thread: takes what waits, writes it in one transaction, commits, publishes,
/// answers.
///
/// A batch closes when nothing more waits: what arrives while it is being written joins it. There
/// is no artificial wait, so an idle gateway commits at once and a busy one shares the flush.
final class LedgerThread {
  private let engine: LedgerEngine
  private let database: DatabaseQueue
  private let connection: OpaquePointer
  private let inbox: LedgerInbox
  private let freshness: FreshnessTable
  private let log: LogKeeper
  private let logger: Logger
  private let notify: @Sendable ([CommittedOperation]) -> Void
  private var stopped: (@Sendable () -> Void)?

  init(
    engine: LedgerEngine,
    database: DatabaseQueue,
    connection: OpaquePointer,
    inbox: LedgerInbox,
    freshness: FreshnessTable,
    log: LogKeeper,
    logger: Logger,
    notify: @escaping @Sendable ([CommittedOperation]) -> Void
  ) {
    self.engine = engine
    self.database = database
    self.connection = connection
    self.inbox = inbox
    self.freshness = freshness
    self.log = log
    self.logger = logger
    self.notify = notify
  }

  /// Runs until it is told to stop. Never throws: a failed commit is answered to those who wait for
  /// it.
  func run() {
    while stopped == nil {
      let work = inbox.take(countMax: Limits.batchCountMax)
      database.inDatabase { _ in
        commit(work)
        log.finishCheckpoint(on: connection)
      }
    }
    stopped?()
  }

  private func commit(_ first: [LedgerWork]) {
    var answers: [@Sendable () -> Void] = []
    var batch = first
    var doneCount = 0
    engine.beginBatch()
    do {
      try engine.statements.begin()
      while doneCount < batch.count {
        if let answer = try perform(batch[doneCount]) { answers.append(answer) }
        doneCount += 1
        if doneCount == batch.count, doneCount < Limits.batchCountMax, stopped == nil {
          batch += inbox.takeReady(countMax: Limits.batchCountMax - doneCount)
        }
      }
      try engine.statements.commit()
    } catch {
      fail(batch, error)
      return
    }
    let notices = engine.publishBatch()
    if !notices.isEmpty { notify(notices) }
    for answer in answers { answer() }
  }

  /// Does one piece of work inside the transaction; the answer is given after the commit.
  private func perform(_ work: LedgerWork) throws(SQLiteFailure) -> (@Sendable () -> Void)? {
    switch work {
    case .operation(let operation, let completion):
      let outcome = try engine.perform(operation)
      return { completion(outcome) }
    case .job(let job, let completion):
      try engine.record(job)
      return { completion(nil) }
    case .stage(let chunk, let completion):
      let result = try engine.stage(chunk)
      return { completion(result) }
    case .publish(let summary, let completion):
      let result = try engine.publish(summary)
      return { completion(result) }
    case .discard(let batch, let completion):
      let isDone = try engine.discard(batch: batch)
      return { completion(isDone) }
    case .token(let token):
      let isFresh = try freshness.accept(token.freshness, of: token.reference)
      return { token.completion(isFresh ? .fresh : .replayed) }
    case .stop(let completion):
      stopped = completion
      return nil
    }
  }

  /// Undoes the batch and tells everyone in it why. Nothing of it was visible.
  private func fail(_ work: [LedgerWork], _ failure: SQLiteFailure) {
    // The transaction may be gone already; then ROLLBACK says so and nothing is lost by that.
    try? execute("ROLLBACK", on: connection)
    engine.forgetBatch()
    logger.error("commit failed", metadata: ["error": "\(failure)"])
    if failure.isFlushFailure {
      // A failed flush may have dropped pages that SQLite believes written. Only a start from what
      // the disk holds can be trusted.
      logger.critical(
        "the disk failed to flush; the gateway ends so that nothing wrong is answered"
      )
      exit(74)  // EX_IOERR, sysexits.h
    }
    let isFull = failure.isDiskFull
    let hint = isFull ? "the disk is full" : failure.description
    for item in work {
      switch item {
      case .operation(_, let completion):
        completion(.failed(.busy(retryAfterMilliseconds: isFull ? 1000 : 200, hint: hint)))
      case .job(_, let completion): completion(failure)
      case .stage(_, let completion):
        completion(.failure(StoreError(code: "store.write", problem: hint)))
      case .publish(_, let completion):
        completion(.failure(StoreError(code: "store.write", problem: hint)))
      case .discard(_, let completion): completion(true)
      case .token(let token): token.completion(.undecided(hint: hint))
      case .stop(let completion): stopped = completion
      }
    }
  }
}
