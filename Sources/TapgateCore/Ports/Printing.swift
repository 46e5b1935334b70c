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
