internal import TapgateLock
internal import TapgateCodec
public import TapgateCore

/// Why `PrintSpooler.resolve` did nothing.
public enum PrintResolveError: Error, Hashable, Sendable {
  /// The job is not in doubt: not sent yet, under way, or settled by better evidence.
  case notInDoubt
  /// The journal refused, with its words; the job stays as it was.
  case unrecorded(String)
  /// The spooler has stopped.
  case stopped
}

/// Sends the jobs of one printer, one after the other, on a thread of its own: a printer that hangs
/// delays nobody else.
///
/// `PrintSpool` decides; this actor does: it owns the connection, the clock and the thread. Every
/// public function may be called on any thread and none waits for the printer.
public actor PrintSpooler {
  enum Message {
    case event(PrintSpool.Event)
    case resolve(PrintJob, isPrinted: Bool, CheckedContinuation<PrintJob, any Error>)
    case stop
  }

  struct Inbox {
    var messages: [Message] = []
    var isClosed = false
    var task: Task<Void, Never>?
  }

  /// What other threads may see.
  struct Snapshot {
    var description: DeviceDescription
    var standing: PrintSpool.PrinterStanding?
    var waitingCount = 0
    var doubtfulCount = 0
  }

  /// What has a time to it.
  enum Deadline: Hashable {
    case spool(PrintSpool.Timer)
    case connect, check, flush, drain, stop
  }

  let configuration: PrinterConfiguration
  let journal: any PrintJournal
  let observer: any PrintObserver
  private let thread: DeviceExecutor
  let poll: WakeablePoll?
  let inbox = Mutex(Inbox())
  let snapshot: Mutex<Snapshot>

  // Used on the printer's thread only.
  var spool: PrintSpool
  var deadlines: [Deadline: ContinuousClock.Instant] = [:]
  var link: PrinterLink?
  var session = PrinterSession()
  var isDraining = false
  var prepared: PreparedJob?
  var outgoing: [UInt8] = []
  var outgoingOffset = 0
  var isSendingJob = false
  var isJobFenced = false
  var acceptedByteCount = 0
  /// Ids whose answers may still come, also over a later connection; oldest first.
  var processFences: [(id: [UInt8], fence: PreparedJob.ProcessFence)] = []
  /// Whether this printer ever answered `GS r`.
  var hasAnswered = false
  var isStopping = false
  var recordFailures: [String: String] = [:]
  var events: [PrintSpool.Event] = []

  /// The printer's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// Creates a spooler that does nothing before `start()`.
  public init(
    configuration: PrinterConfiguration,
    journal: any PrintJournal,
    observer: any PrintObserver
  ) {
    self.configuration = configuration
    self.journal = journal
    self.observer = observer
    thread = DeviceExecutor(name: "print-\(configuration.id.prefix(8))")
    poll = WakeablePoll()
    spool = PrintSpool(timing: configuration.timing)
    snapshot = Mutex(
      Snapshot(
        description: DeviceDescription(
          id: configuration.id,
          deviceClass: .posPrinter,
          name: configuration.profile.title,
          state: .idle,
          power: .unknown,
          verdict: .used,
          identity: "configuration",
          isSimulated: configuration.isSimulated
        )
      )
    )
  }

  deinit { thread.close() }

  /// Takes up what the journal holds unsettled, then waits for jobs. Once.
  public nonisolated func start() {
    inbox.withLock { inbox in
      guard inbox.task == nil, !inbox.isClosed else { return }
      inbox.task = Task { await run() }
    }
  }

  /// Gives the job at hand `stopMilliseconds` to end, then closes the connection. A job that is cut
  /// short is found in doubt by the next start. Returns once the printer is let go of.
  public nonisolated func stop() async {
    post(.stop)
    let task = inbox.withLock { $0.task }
    await task?.value
  }

  /// Queues a job that is in the journal as `queued`. A job that is known already is not taken
  /// twice.
  public nonisolated func enqueue(_ job: PrintJob) { post(.event(.enqueued(job))) }

  /// Settles a job in doubt by the operator's word: `confirmed` with evidence `operator`, or
  /// `failed`.
  ///
  /// - Returns: the job as it is on disk now.
  /// - Throws: `PrintResolveError`.
  public nonisolated func resolve(_ job: PrintJob, printed: Bool) async throws -> PrintJob {
    try await withCheckedThrowingContinuation { continuation in
      if !post(.resolve(job, isPrinted: printed, continuation)) {
        continuation.resume(throwing: PrintResolveError.stopped)
      }
    }
  }

  /// The printer as `device.list` shows it.
  public nonisolated func description() -> DeviceDescription {
    snapshot.withLock { $0.description }
  }

  /// `CH_INTERNAL`: what is known without disturbing the printer.
  public nonisolated func checkHealth() -> HealthReport {
    snapshot.withLock { $0.healthReport }
  }

  @discardableResult
  private nonisolated func post(_ message: Message) -> Bool {
    let isOpen = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.messages.append(message)
      return true
    }
    poll?.wake()
    return isOpen
  }
}

extension PrintSpooler.Snapshot {
  var healthReport: HealthReport {
    var findings: [HealthReport.Finding] = []
    switch standing {
    case nil:
      findings.append(
        .init(code: "printer.untried", isHealthy: true, text: "nothing was printed yet")
      )
    case .reachable(let condition):
      findings.append(
        .init(
          code: "printer.ready",
          isHealthy: condition.problem == nil,
          text: condition.text ?? "the printer answers or takes data"
        )
      )
    case .unreachable(let reason):
      findings.append(
        .init(
          code: "printer.unreachable",
          isHealthy: false,
          text: reason,
          hint: "switch the printer on, and end other programs that print to it"
        )
      )
    }
    findings.append(
      .init(
        code: "printer.queue",
        isHealthy: waitingCount < 10,
        text: "\(waitingCount) jobs wait"
      )
    )
    if doubtfulCount > 0 {
      findings.append(
        .init(
          code: "printer.indeterminate",
          isHealthy: false,
          text: "\(doubtfulCount) jobs may or may not be on paper",
          hint: "look at the paper, then tapgate print resolve"
        )
      )
    }
    let isReachable = if case .unreachable = standing { false } else { true }
    let isWell = findings.allSatisfy(\.isHealthy)
    let outcome = isWell ? "Successful" : isReachable ? "Failed" : "Not Responding"
    return HealthReport(text: "Internal HCheck: \(outcome)", findings: findings)
  }
}
