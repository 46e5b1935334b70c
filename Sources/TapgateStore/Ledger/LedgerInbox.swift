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
  case discard(batch: Int64, @Sendable (Bool) -> Void)
  case token(LedgerToken)
  case stop(@Sendable () -> Void)
}

/// The queue in front of the ledger's thread: bounded, first come first served.
final class LedgerInbox: Sendable {
  private struct State {
    var work: [LedgerWork] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)

  /// Puts `work` at the end; `false` where the queue is full or closed.
  func put(_ work: LedgerWork) -> Bool {
    let (isTaken, isFirst) = state.withLock { state in
      guard !state.isClosed, state.work.count < Limits.ledgerQueueCountMax else {
        return (false, false)
      }
      state.work.append(work)
      return (true, state.work.count == 1)
    }
    if isFirst { wake.signal() }
    return isTaken
  }

  /// How many wait.
  var count: Int { state.withLock { $0.work.count } }

  /// Whether `put` refuses for good.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Refuses everything that comes from now on, and puts `last` behind what is there.
  func close(_ last: LedgerWork) {
    let isFirst = state.withLock { state in
      state.isClosed = true
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
