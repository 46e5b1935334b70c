internal import Dispatch
internal import TapgateLock

/// One operating-system thread that runs one actor.
///
/// libpcsclite, libusb and SQLite block the calling thread for as long as they like. Two such calls
/// on the cooperative pool of a two-core gateway stop every other task, so each device actor runs
/// here.
final class DeviceExecutor: SerialExecutor {
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var isClosed = false
  }

  private let inbox = Mutex(Inbox())
  private let wake = DispatchSemaphore(value: 0)

  /// Starts the thread. Where the system has none to give, jobs run on a queue of Dispatch's.
  init(name: String) {
    guard !NativeThread.start(name: name, body: { self.run() }) else { return }
    DispatchQueue(label: name).async { self.run() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    inbox.withLock { $0.jobs.append(job) }
    wake.signal()
  }

  /// Lets the thread end once the jobs already queued have run.
  func close() {
    inbox.withLock { $0.isClosed = true }
    wake.signal()
  }

  private func run() {
    while true {
      wake.wait()
      let (jobs, isClosed) = inbox.withLock { inbox in
        defer { inbox.jobs.removeAll(keepingCapacity: true) }
        return (inbox.jobs, inbox.isClosed)
      }
      // Safety: every job was enqueued on this executor and has not run yet.
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if isClosed { return }
    }
  }
}
