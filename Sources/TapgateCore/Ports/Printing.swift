public import TapgateJSON

/// Where a print job stands; the wire's names.
public enum PrintState: String, Sendable, CaseIterable {
  case queued, sending, sent, confirmed, stalled, indeterminate, failed, cancelled, expired

  /// Whether the spooler has nothing left to do for the job by itself.
  public var isSettled: Bool {
    switch self {
    case .queued, .sending, .stalled: false
    case .sent, .confirmed, .indeterminate, .failed, .cancelled, .expired: true
    }
  }
}

/// One job, as the journal holds it.
public struct PrintJob: Hashable, Sendable {
  /// `J` and the sequence of the journal row that is the job's home.
  public var id: String
  /// The printer's id in the configuration.
  public var printer: String
  /// The frozen document: `{"v":1,"blocks":[…]}`.
  public var document: JSON
  public var state: PrintState
  /// What confirmed it: `processId`, `gsR`, `operator`, …; `nil` until something did.
  public var evidence: String?
  /// Why it is where it is, in a sentence; `nil` where the state says all.
  public var reason: String?
  public var isSimulated: Bool

  /// Creates a job.
  public init(
    id: String,
    printer: String,
    document: JSON,
    state: PrintState = .queued,
    evidence: String? = nil,
    reason: String? = nil,
    isSimulated: Bool = false
  ) {
    self.id = id
    self.printer = printer
    self.document = document
    self.state = state
    self.evidence = evidence
    self.reason = reason
    self.isSimulated = isSimulated
  }
}

/// The durable side of the spooler. The store implements it.
public protocol PrintJournal: Sendable {
  /// Jobs of `printer` that are not settled, oldest first.
  func unsettledJobs(printer: String) async throws -> [PrintJob]

  /// Job `id`, settled or not; `nil` where there is none.
  func printJob(id: String) async throws -> PrintJob?

  /// Records where `job` stands now. On disk when it returns; throws where the disk refused.
  func record(_ job: PrintJob) async throws
}

/// Told when a job moves on, so that clients can be told (`print.job` events).
public protocol PrintObserver: Sendable {
  /// A job reached a new state. Any thread; never blocks.
  func printJobChanged(_ job: PrintJob)
  /// A printer's own state changed. Any thread; never blocks.
  func printerChanged(_ printer: DeviceDescription)
}

/// Why a document cannot be printed as it stands: found before anything is written down.
public struct DocumentRefusal: Error, Hashable, Sendable {
  /// Where, as a path from the document: `blocks[3].text`.
  public var field: String
  /// What is wrong there, in a sentence that does not repeat the text.
  public var problem: String

  /// Creates a refusal.
  public init(field: String, problem: String) {
    self.field = field
    self.problem = problem
  }
}

/// Why a print job cannot be resolved by hand.
public enum PrintResolveFailure: Error, Hashable, Sendable {
  /// No printer of this desk has such a job.
  case unknown
  /// The job stands where nobody's word is needed.
  case notOpen(PrintState)
  /// The journal refused; the sentence is for a technician.
  case notRecorded(String)
}

/// All printers of the gateway, as the API sees them.
///
/// Calls without `async` return at once, on any thread, and never touch a printer or the disk.
public protocol PrintDesk: Sendable {
  /// Every configured printer, in the order of the configuration.
  func printers() -> [DeviceDescription]

  /// Looks whether `document` can be printed on `printer`: shape, bounds and character set.
  ///
  /// - Throws: `DocumentRefusal`, which names the place.
  func check(_ document: JSON, printer: String) throws(DocumentRefusal)

  /// Takes a job that is on disk. Jobs of one printer are printed in the order of the calls.
  func enqueue(_ job: PrintJob)

  /// The job as it stands now, where a spooler still has it in memory.
  func job(id: String) -> PrintJob?

  /// A person's word for what became of a job: `confirmed` with evidence `operator`, or `failed`.
  ///
  /// - Returns: the job as it now is on disk.
  func resolve(jobID: String, isPrinted: Bool) async throws(PrintResolveFailure) -> PrintJob

  /// What is known of one printer without disturbing it (`CH_INTERNAL`); `nil` where there is none.
  func checkHealth(printer: String) async -> HealthReport?

  /// UnifiedPOS statistics of one printer, by name; `nil` where there is none.
  func statistics(printer: String) -> [String: Int64]?
}
