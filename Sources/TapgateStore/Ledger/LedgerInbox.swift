internal import Dispatch
internal import TapgateLock
internal import TapgateCore
internal import TapgateModel

/// What waits for the ledger's thread.
enum LedgerWork: Sendable {
  case operation(PreparedOperation, @Sendable (OperationOutcome) -> Void)
  case job(PrintJob, @Sendable (SQLiteFailure?) -> Void)
  case stage(ImportChunk, @Sendable (Result<Void, StoreError>) -> Void)
  case publish(ImportSummary, @Sendable (Result<Int64, StoreError>) -> Void)
  /// Removes a part of an import that was given up; the answer is whether all of it is gone.
  case discard(batch: Int64, @Sendable (Result<Bool, StoreError>) -> Void)
  /// The programme file was changed since the last start.
  case programme(ProgrammeSchedule)
  case sweep(SweepPart, @Sendable (SweepStep?) -> Void)
  case token(LedgerToken)
  case stop(@Sendable () -> Void)

  /// Whether clients can send as much of it as they like. The gateway's own work is one piece a
  /// printer and one an import at a time, and what it records must not be lost in a crowd.
  fileprivate var isBounded: Bool {
    switch self {
    case .operation, .token: true
    case .job, .stage, .publish, .discard, .programme, .sweep, .stop: false
    }
  }
}

/// The queue in front of the ledger's thread: bounded, first come first served.
///
/// What was taken from it counts until `finish` says that it was answered, so that the bound holds
/// for what was committed and waits for its flush, too.
final class LedgerInbox: Sendable {
  private struct State {
    var work: [LedgerWork] = []
    /// Pieces that were put here and are not finished.
    var openCount = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let countMax: Int

  /// Creates a queue for `countMax` pieces of clients' work that are not finished.
  init(countMax: Int) { self.countMax = countMax }

  /// Puts `work` at the end; `false` where too much is unfinished, or the queue is closed.
  func put(_ work: LedgerWork) -> Bool {
    let (isTaken, isFirst) = state.withLock { state in
      guard !state.isClosed, !work.isBounded || state.openCount < countMax else {
        return (false, false)
      }
      state.openCount += 1
      state.work.append(work)
      return (true, state.work.count == 1)
    }
    if isFirst { wake.signal() }
    return isTaken
  }

  /// Says that `count` pieces are done with, and about to be answered.
  func finish(_ count: Int) { state.withLock { $0.openCount -= count } }

  /// How many wait for the ledger's thread.
  var count: Int { state.withLock { $0.work.count } }

  /// Whether `put` refuses for good.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Refuses everything that comes from now on, and puts `last` behind what is there.
  func close(_ last: LedgerWork) {
    let isFirst = state.withLock { state in
      state.isClosed = true
      state.openCount += 1
      state.work.append(last)
      return state.work.count == 1
    }
    if isFirst { wake.signal() }
  }

  /// Waits for work and takes at most `countMax` of it.
  func take(countMax: Int) -> [LedgerWork] {
    while true {
      let work = takeReady(countMax: countMax)
      if !work.isEmpty { return work }
      wake.wait()
    }
  }

  /// Takes at most `countMax` of what is there, without waiting.
  func takeReady(countMax: Int) -> [LedgerWork] {
    let (work, isMore) = state.withLock { state in
      if state.work.count <= countMax {
        let all = state.work
        state.work = []
        return (all, false)
      }
      let some = Array(state.work.prefix(countMax))
      state.work.removeFirst(countMax)
      return (some, true)
    }
    if isMore { wake.signal() }
    return work
  }
}
