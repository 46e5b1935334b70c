internal import Dispatch
internal import Foundation
internal import Glibc
internal import Logging
internal import TapgateCore
internal import TapgateLock

/// Flushes what was committed and then makes it visible, on a thread of its own.
///
/// The ledger's thread commits the next batch while the disk is busy with the last one. SQLite asks
/// for the flush in each COMMIT (`synchronous = FULL`); `CLedgerLog` leaves it to this thread,
/// which calls fdatasync(2) on the log once for everything that was committed before the call. Only
/// then is a batch published, its observers told and its operations answered, in the order of the
/// batches. After a power cut the log holds every commit that was flushed, and perhaps some after
/// it, never one with a gap before it: SQLite chains its frames by their checksums.
final class FlushThread: Sendable {
  private struct State {
    var waiting: [CommittedBatch] = []
    /// The newest batch whose COMMIT was begun.
    var announced: UInt64 = 0
    /// The newest batch that everybody may see.
    var published: UInt64 = 0
    var isBusy = false
    var isStopping = false
    var waiters: [(batch: UInt64, wake: DispatchSemaphore)] = []
  }

  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let descriptor: Int32
  private let shared: LedgerShared
  private let logger: Logger
  private let notify: @Sendable ([CommittedOperation]) -> Void
  private let finished: @Sendable (Int) -> Void
  private let flush: @Sendable (Int32) -> Int32

  /// Opens the log of the ledger in `directory`, which must be there, and starts the thread.
  ///
  /// `finished` is told how many pieces of work a batch had, before they are answered.
  init(
    directory: String,
    flush: @escaping @Sendable (Int32) -> Int32,
    shared: LedgerShared,
    logger: Logger,
    notify: @escaping @Sendable ([CommittedOperation]) -> Void,
    finished: @escaping @Sendable (Int) -> Void
  ) throws {
    descriptor = open(LedgerFile.path(in: directory) + "-wal", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError(
        code: "store.log",
        problem: "the log cannot be opened: \(String(cString: strerror(errno)))"
      )
    }
    self.flush = flush
    self.shared = shared
    self.logger = logger
    self.notify = notify
    self.finished = finished
    let thread = Thread { [self] in
      Thread.current.name = "ledger.flush"  // Setting it before start() has no effect on Linux.
      run()
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  deinit { close(descriptor) }

  // MARK: For the ledger's thread

  /// Says that the COMMIT of `batch` begins: from now on others may read its rows.
  func announce(_ batch: UInt64) { state.withLock { $0.announced = batch } }

  /// Says that nothing after `batch` was committed: the COMMIT that was announced last failed.
  func withdraw(to batch: UInt64) {
    let released = state.withLock { state in
      state.announced = batch
      // Who waited for it waits for what was committed before it.
      for index in state.waiters.indices where state.waiters[index].batch > batch {
        state.waiters[index].batch = batch
      }
      let published = state.published
      return Self.takeWaiters(of: &state, where: { $0 <= published })
    }
    for wake in released { wake.signal() }
  }

  /// Takes a committed batch. Where `isAlone`, nobody else is at work and nothing waits, it is
  /// flushed and published before this returns, which spares a lone operation two wake-ups.
  func submit(_ batch: CommittedBatch, isAlone: Bool) {
    let (isMine, isFirst) = state.withLock { state in
      if isAlone, !state.isBusy, state.waiting.isEmpty {
        state.isBusy = true
        return (true, false)
      }
      state.waiting.append(batch)
      return (false, state.waiting.count == 1)
    }
    if isMine { return finish([batch]) }
    if isFirst { wake.signal() }
  }

  /// Whether the disk is at work for batches before.
  var isBusy: Bool { state.withLock { $0.isBusy || !$0.waiting.isEmpty } }

  /// Batches that are committed and that no flush has begun for.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Who waits in `waitUntilPublished`.
  var waiterCount: Int { state.withLock { $0.waiters.count } }

  /// The newest batch that everybody may see.
  var published: UInt64 { state.withLock { $0.published } }

  /// Waits until every batch that was announced before the call is published, or was withdrawn.
  func waitUntilPublished() {
    let done = DispatchSemaphore(value: 0)
    let mustWait = state.withLock { state in
      guard state.announced > state.published else { return false }
      state.waiters.append((state.announced, done))
      return true
    }
    if mustWait { done.wait() }
  }

  /// Publishes what waits and ends the thread.
  func stop() {
    state.withLock { $0.isStopping = true }
    wake.signal()
    ended.wait()
  }

  // MARK: The thread

  private func run() {
    while true {
      let (batches, isStopping) = state.withLock { state in
        // Where the ledger's thread is at it, it hands on what came meanwhile.
        guard !state.isBusy else { return ([CommittedBatch](), false) }
        let batches = state.waiting
        state.waiting = []
        state.isBusy = !batches.isEmpty
        return (batches, state.isStopping)
      }
      if !batches.isEmpty {
        finish(batches)
      } else if isStopping {
        break
      } else {
        wake.wait()
      }
    }
    ended.signal()
  }

  private func finish(_ batches: [CommittedBatch]) {
    if flush(descriptor) != 0 {
      // A failed flush may have dropped pages that SQLite believes written. Only a start from what
      // the disk holds can be trusted.
      logger.critical(
        "the disk failed to flush; the gateway ends so that nothing wrong is answered",
        metadata: ["error": "\(String(cString: strerror(errno)))"]
      )
      exit(74)  // EX_IOERR, sysexits.h
    }
    for batch in batches {
      batch.publish(to: shared)
      finished(batch.workCount)
      if !batch.notices.isEmpty { notify(batch.notices) }
      for answer in batch.answers { answer() }
    }
    let (released, isMore) = state.withLock { state in
      state.isBusy = false
      state.published = batches.last?.number ?? state.published
      let published = state.published
      return (Self.takeWaiters(of: &state, where: { $0 <= published }), !state.waiting.isEmpty)
    }
    for wake in released { wake.signal() }
    if isMore { wake.signal() }
  }

  private static func takeWaiters(
    of state: inout State,
    where isReady: (UInt64) -> Bool
  ) -> [DispatchSemaphore] {
    guard !state.waiters.isEmpty else { return [] }
    let released = state.waiters.filter { isReady($0.batch) }.map(\.wake)
    state.waiters.removeAll { isReady($0.batch) }
    return released
  }
}
