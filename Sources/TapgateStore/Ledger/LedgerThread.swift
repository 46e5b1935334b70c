internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Logging
internal import TapgateCore
internal import TapgateModel

/// The ledger's own thread: takes what waits, writes it in one transaction, commits, and hands it
/// to the thread that flushes, publishes and answers.
///
/// A batch closes when nothing more waits, or when the disk is free and the batch has its share:
/// what arrives while the last batch is being flushed joins the next. There is no artificial wait,
/// so an idle gateway commits at once and a busy one shares the flush.
final class LedgerThread {
  private let engine: LedgerEngine
  private let database: DatabaseQueue
  private let connection: OpaquePointer
  private let inbox: LedgerInbox
  private let freshness: FreshnessTable
  private let log: LogKeeper
  private let logger: Logger
  private let flusher: FlushThread
  private var stopped: (@Sendable () -> Void)?
  /// Operations after which a batch closes where the disk is free. Fewer make more flushes than
  /// they spare waiting; with more the disk idles while they are decided (measured: 4, 12 and 24).
  private static let fullCount = 12
  /// Monotonic nanoseconds before which no other failed commit is logged.
  private var nextFailureNote: UInt64 = 0
  /// What was taken from the inbox and is in no batch yet.
  private var waiting: [LedgerWork] = []

  init(
    engine: LedgerEngine,
    database: DatabaseQueue,
    connection: OpaquePointer,
    inbox: LedgerInbox,
    freshness: FreshnessTable,
    log: LogKeeper,
    logger: Logger,
    flusher: FlushThread
  ) {
    self.engine = engine
    self.database = database
    self.connection = connection
    self.inbox = inbox
    self.freshness = freshness
    self.log = log
    self.logger = logger
    self.flusher = flusher
  }

  /// Runs until it is told to stop. Never throws: a failed commit is answered to those who wait for
  /// it.
  func run() {
    while stopped == nil {
      if waiting.isEmpty { waiting = inbox.take(countMax: Limits.batchCountMax) }
      database.inDatabase { _ in
        commit()
        log.finishCheckpoint(on: connection)
      }
    }
    flusher.stop()
    stopped?()
  }

  private func commit() {
    var answers: [@Sendable () -> Void] = []
    var batch: [LedgerWork] = []
    engine.settle(through: flusher.published)
    engine.beginBatch()
    do {
      try engine.statements.begin()
      while let work = next(after: batch.count) {
        batch.append(work)
        if let answer = try perform(work) { answers.append(answer) }
      }
      flusher.announce(engine.batchNumber)
      try engine.statements.commit()
    } catch {
      flusher.withdraw(to: engine.batchNumber - 1)
      fail(batch, error)
      return
    }
    var committed = engine.takeBatch()
    committed.answers = answers
    committed.workCount = batch.count
    let isStructural = committed.isStructural
    let isAlone = waiting.isEmpty && inbox.count == 0
    flusher.submit(committed, isAlone: isAlone)
    if isStructural { flusher.waitUntilPublished() }
  }

  /// The work that comes next in a batch of `count`; `nil` where the batch closes.
  private func next(after count: Int) -> LedgerWork? {
    guard stopped == nil, count < Limits.batchCountMax else { return nil }
    if count >= Self.fullCount, !flusher.isBusy { return nil }
    if waiting.isEmpty { waiting = inbox.takeReady(countMax: Limits.batchCountMax) }
    guard !waiting.isEmpty else { return nil }
    return waiting.removeFirst()
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
      flusher.waitUntilPublished()
      let result = try engine.stage(chunk)
      return { completion(result) }
    case .publish(let summary, let completion):
      let result = try engine.publish(summary)
      return { completion(result) }
    case .discard(let batch, let completion):
      flusher.waitUntilPublished()
      let isDone = try engine.discard(batch: batch)
      return { completion(.success(isDone)) }
    case .programme(let schedule):
      try engine.note(schedule)
      return nil
    case .sweep(let part, let completion):
      let step = try engine.sweep(part)
      return { completion(step) }
    case .token(let token):
      let isFresh = try freshness.accept(token.freshness, of: token.reference)
      return { token.completion(isFresh ? .fresh : .replayed) }
    case .stop(let completion):
      stopped = completion
      return nil
    }
  }

  /// Logs a failed commit, at most once in ten seconds: a full disk fails every batch.
  private func noteFailure(_ failure: SQLiteFailure) {
    let now = engine.shared.clock.monotonicNanoseconds()
    guard now >= nextFailureNote else { return }
    nextFailureNote = now + 10_000_000_000
    logger.error("commit failed", metadata: ["error": "\(failure)"])
  }

  /// Undoes the batch and tells everyone in it why. Nothing of it was visible.
  private func fail(_ work: [LedgerWork], _ failure: SQLiteFailure) {
    // The transaction may be gone already; then ROLLBACK says so and nothing is lost by that.
    try? execute("ROLLBACK", on: connection)
    engine.forgetBatch()
    noteFailure(failure)
    if failure.isFlushFailure {
      // A failed flush may have dropped pages that SQLite believes written. Only a start from what
      // the disk holds can be trusted.
      logger.critical(
        "the disk failed to flush; the gateway ends so that nothing wrong is answered"
      )
      exit(74)  // EX_IOERR, sysexits.h
    }
    // Answers keep the order of the operations: those of the batches before come first.
    flusher.waitUntilPublished()
    let isFull = failure.isDiskFull
    let hint = isFull ? "the disk is full" : failure.description
    inbox.finish(work.count)
    for item in work {
      switch item {
      case .operation(_, let completion):
        completion(.failed(.busy(retryAfterMilliseconds: isFull ? 1000 : 200, hint: hint)))
      case .job(_, let completion): completion(failure)
      case .stage(_, let completion):
        completion(.failure(StoreError(code: "store.write", problem: hint)))
      case .publish(_, let completion):
        completion(.failure(StoreError(code: "store.write", problem: hint)))
      case .discard(_, let completion):
        completion(.failure(StoreError(code: "store.write", problem: hint)))
      case .programme: break  // The next start finds the change again.
      case .sweep(_, let completion): completion(nil)
      case .token(let token): token.completion(.undecided(hint: hint))
      case .stop(let completion): stopped = completion
      }
    }
  }
}
