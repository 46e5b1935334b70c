internal import Dispatch
internal import Synchronization

/// One operating-system thread that runs jobs, one after the other.
///
/// libpcsclite blocks the calling thread for as long as it likes. Two such calls on the cooperative
/// pool of a two-core gateway stop every other task, so each reader has a thread of its own. Jobs
/// rather than an actor: a call that never returns must cost one thread, and an actor's callers would
/// wait with it.
final class DeviceThread: Sendable {
  private struct Inbox {
    var jobs: [@Sendable () -> Void] = []
    var isClosed = false
    var hasEnded = false
    var atEnd: [@Sendable () -> Void] = []
  }

  /// At most 15 bytes are kept of it, pthread_setname_np(3).
  let name: String
  private let inbox = Mutex(Inbox())
  private let wake = DispatchSemaphore(value: 0)

  /// Starts a thread. Where the system has none to give, the thread has ended from the start and
  /// takes no job.
  init(name: String) {
    self.name = name
    if !NativeThread.start(name: name, body: { self.loop() }) { finish() }
  }

  /// Whether the thread has run its last job.
  var hasEnded: Bool { inbox.withLock { $0.hasEnded } }

  /// Queues `job`. `false` once the thread was closed: then it never runs.
  func run(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = inbox.withLock { inbox in
      guard !inbox.isClosed, !inbox.hasEnded else { return false }
      inbox.jobs.append(job)
      return true
    }
    if isTaken { wake.signal() }
    return isTaken
  }

  /// Takes no more jobs, and ends after those that were taken.
  func close() {
    inbox.withLock { $0.isClosed = true }
    wake.signal()
  }

  /// Calls `notice` once the thread has ended; at once where it has already.
  func atEnd(_ notice: @escaping @Sendable () -> Void) {
    let isOver = inbox.withLock { inbox in
      if !inbox.hasEnded { inbox.atEnd.append(notice) }
      return inbox.hasEnded
    }
    if isOver { notice() }
  }

  private func loop() {
    while true {
      wake.wait()
      let (jobs, isClosed) = inbox.withLock { inbox in
        defer { inbox.jobs.removeAll(keepingCapacity: true) }
        return (inbox.jobs, inbox.isClosed)
      }
      for job in jobs { job() }
      if isClosed { return finish() }
    }
  }

  private func finish() {
    let notices = inbox.withLock { inbox in
      inbox.isClosed = true
      inbox.hasEnded = true
      defer { inbox.atEnd = [] }
      return inbox.atEnd
    }
    for notice in notices { notice() }
  }
}
