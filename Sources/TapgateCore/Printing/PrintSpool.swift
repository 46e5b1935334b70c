/// The queue of one printer: who is next, and what is known of the job at hand.
///
/// The rules it keeps:
/// - A job is recorded as `sending` before its first byte; a failed record sends nothing.
/// - It is sent again by itself only where not one byte of it was accepted.
/// - A timeout is never evidence that nothing was printed: `stalled`, later `indeterminate`.
/// - A late confirmation always wins.
/// - One job at a time, in the order of arrival. Behind a job in doubt the queue waits for that
///   job's fence, or for a fresh connection that was flushed, or for the operator's word.
/// - The evidence of a confirmation is named; without any a job ends as `sent`.
///
/// A value without clock and without I/O: `event(_:)` says what to do, the caller does it in order
/// and reports back.
public struct PrintSpool: Sendable {
  /// What happened.
  public enum Event: Hashable, Sendable {
    /// The journal's unsettled jobs, oldest first; once, before anything is sent.
    case recovered([PrintJob])
    case enqueued(PrintJob)
    case linkOpened
    /// No connection came about.
    case linkFailed(String)
    /// Without having been asked for. `acceptedByteCount`: of the job at hand, 0 where there is
    /// none.
    case linkLost(String, acceptedByteCount: Int)
    /// The connection that was to be released is closed.
    case linkReleased
    /// The flushed printer answered, or no answer can be had.
    case cleaned
    /// The job at hand was laid out, and the printer was asked how it does.
    case checked(PrinterCondition)
    /// The job at hand can never be printed.
    case unprintable(String)
    /// `record` succeeded.
    case recorded(PrintJob)
    /// `record` failed.
    case unrecorded(PrintJob, String)
    /// The transport took bytes of the job at hand.
    case progressed
    /// The transport took the last byte; `isFenced` where an answer is awaited.
    case written(isFenced: Bool)
    /// A fence inside the job was answered.
    case printed(jobID: String, part: Int, of: Int)
    /// The last fence was answered.
    case confirmed(jobID: String, evidence: String)
    /// The operator's word on a job that is in doubt.
    case resolved(PrintJob, isPrinted: Bool)
    case elapsed(Timer)
    /// No new job is to be started.
    case stopping
  }

  /// What may run out.
  public enum Timer: Hashable, Sendable, CaseIterable {
    case retry, clean, stall, doubt, idle
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    case openLink
    /// Flush a fresh connection behind a job in doubt. `isProofNeeded`: an answered fence must show
    /// that the printer is clean, where it can answer one.
    case clean(isProofNeeded: Bool)
    /// Lay the job out and ask the printer how it does.
    case check(PrintJob)
    /// Make durable; answered by `recorded` or `unrecorded`.
    case record(PrintJob)
    case send(PrintJob)
    /// Ask a silent printer what is wrong, for its status only.
    case inquire
    /// Close after everything written was taken.
    case releaseLink
    /// Close now; what was not yet taken is dropped.
    case abortLink
    case start(Timer, milliseconds: Int)
    case stop(Timer)
    /// Tell the observer.
    case notify(PrintJob)
    /// The printer itself: `nil` for reachable and well.
    case describe(PrinterStanding)
  }

  /// How the printer is doing.
  public enum PrinterStanding: Hashable, Sendable {
    case reachable(PrinterCondition)
    case unreachable(String)
  }

  enum Link { case closed, opening, cleaning, open, releasing }

  enum Phase { case checking, beginning, writing, fenced }

  /// Jobs settled lately, so that a job that is handed in twice is printed once.
  static let settledCountMax = 4096
  /// Jobs in doubt whose late confirmation is still listened for.
  static let doubtCountMax = 64

  let timing: PrintTiming
  var link = Link.closed
  var queue: [PrintJob] = []
  var current: PrintJob?
  var phase = Phase.checking
  /// The job in doubt whose fence the queue waits for, on the connection that it went over.
  var doubtful: String?
  var doubts: [PrintJob] = []
  /// Whether the printer may hold part of a job, so that a fresh connection must be flushed.
  var isDirty = false
  var isProofNeeded = true
  var isRecovered = false
  var isStopping = false
  var isBackingOff = false
  var attemptCount = 0
  var unrecorded: [PrintJob] = []
  var settled: Set<String> = []
  var settledOrder: [String] = []

  /// Creates an empty queue.
  public init(timing: PrintTiming) { self.timing = timing }

  /// Jobs not yet begun, the one at hand counted.
  public var waitingCount: Int { queue.count + (current == nil ? 0 : 1) }
  /// The job at hand, if there is one.
  public var currentJob: PrintJob? { current }
  /// Jobs whose fate is not known.
  public var doubtfulJobs: [PrintJob] { doubts }

  /// Takes in what happened and says what to do, in order.
  public mutating func event(_ event: Event) -> [Action] {
    switch event {
    case .recovered(let jobs): recover(jobs)
    case .enqueued(let job): enqueue(job)
    case .linkOpened: linkOpened()
    case .linkFailed(let reason): linkFailed(reason)
    case .linkLost(let reason, let count): linkLost(reason, acceptedByteCount: count)
    case .linkReleased: linkReleased()
    case .cleaned: cleaned()
    case .checked(let condition): checked(condition)
    case .unprintable(let reason): settle(as: .failed, reason: reason)
    case .recorded(let job): recorded(job)
    case .unrecorded(let job, let reason): unrecorded(job, reason: reason)
    case .progressed: progressed()
    case .written(let isFenced): written(isFenced: isFenced)
    case .printed(let id, let part, let count): printed(id, part: part, of: count)
    case .confirmed(let id, let evidence): confirmed(id, evidence: evidence)
    case .resolved(let job, let isPrinted): resolved(job, isPrinted: isPrinted)
    case .elapsed(let timer): elapsed(timer)
    case .stopping: stopping()
    }
  }

  private mutating func stopping() -> [Action] {
    isStopping = true
    return []
  }
}
