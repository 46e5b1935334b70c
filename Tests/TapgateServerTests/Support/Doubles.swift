import TapgateLock
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

/// Members by key.
final class FakeDirectory: MemberDirectory {
  private let members = Mutex<[MemberKey: MemberView]>([:])

  func member(_ key: MemberKey) -> MemberView? { members.withLock { $0[key] } }

  /// Makes a member findable by id and by a credential.
  func add(
    _ id: String,
    _ kind: CredentialKind,
    _ value: String,
    assurance: Assurance? = nil
  ) throws {
    let credential = try Credential(kind: kind, value: value)
    let view = MemberView.example(id, assurance: assurance)
    members.withLock {
      $0[.memberID(id)] = view
      $0[.credential(credential)] = view
    }
  }
}

extension MemberView {
  static func example(_ id: String, assurance: Assurance? = nil) -> MemberView {
    MemberView(
      id: id,
      displayName: "王**",
      status: .active,
      tier: Tier(id: "gold", name: "金卡", nextTier: nil, toNextMinor: nil, until: nil),
      card: Card(id: "card-\(id)", type: "plain", status: .active, assurance: assurance),
      pointsAvailable: 120,
      asOf: "2026-01-01T12:00:00.000+08:00"
    )
  }
}

/// A ledger driven by hand: operations wait until the test decides them, unless it decides at once.
final class FakeLedger: Ledger {
  typealias Completion = @Sendable (OperationOutcome) -> Void

  private struct State {
    var waiting: [(Operation, Completion)] = []
    var decide: (@Sendable (Operation) -> OperationOutcome)?
    var observer: (@Sendable (CommittedOperation) -> Void)?
    var submitted: [Operation] = []
  }

  private let state = Mutex(State())
  private let arrivals: AsyncStream<Operation>
  private let continuation: AsyncStream<Operation>.Continuation

  init() { (arrivals, continuation) = AsyncStream.makeStream() }

  func submit(_ operation: Operation, completion: @escaping Completion) {
    let decide = state.withLock { state in
      state.submitted.append(operation)
      if state.decide == nil { state.waiting.append((operation, completion)) }
      return state.decide
    }
    continuation.yield(operation)
    if let decide { completion(decide(operation)) }
  }

  func observeCommits(_ observer: @escaping @Sendable (CommittedOperation) -> Void) {
    state.withLock { $0.observer = observer }
  }

  /// Every operation so far.
  var submitted: [Operation] { state.withLock { $0.submitted } }

  /// Waits for the next operation.
  func nextOperation() async -> Operation? {
    var iterator = arrivals.makeAsyncIterator()
    return await iterator.next()
  }

  /// From now on operations are decided as they come.
  func decideAtOnce(_ decide: @escaping @Sendable (Operation) -> OperationOutcome) {
    state.withLock { $0.decide = decide }
  }

  /// Decides everything that waits, in order.
  func decide(_ decide: (Operation) -> OperationOutcome) {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    for (operation, completion) in waiting { completion(decide(operation)) }
  }

  /// Tells of a commit.
  func tell(_ operation: CommittedOperation) { state.withLock { $0.observer }?(operation) }
}

extension OperationOutcome {
  /// A commit whose result names its operation.
  static func example(_ operation: Operation) -> OperationOutcome {
    let result = JSON.object([
      "earned": .integer(28), "durable": .string("local"), "replay": .bool(false),
      "of": .string(operation.id),
    ])
    return .committed(result: result.encoded(), isReplay: false, sequence: 1)
  }
}

/// A back office whose answers the test sets; asked for more than that, it records an issue.
final class FakeBackOffice: BackOffice {
  struct Answers: Sendable {
    var found: [MemberView]?
    var history: JSON?
    var feed: JSON?
    var status: OperationOutcome?
    var job: PrintJob?
    var export: JSON?
    var figures: JSON? = .object(["members": .integer(1)])
    var failure: OperationFailure?
  }

  let answers = Mutex(Answers())
  let imports = Mutex<[FakeImport]>([])

  private func answer<Value: Sendable>(_ path: any KeyPath<Answers, Value?> & Sendable) throws
    -> Value?
  {
    try answers.withLock { answers in
      if let failure = answers.failure { throw failure }
      return answers[keyPath: path]
    }
  }

  func search(text: String, limit: Int) async throws -> [MemberView] {
    try answer(\.found) ?? []
  }

  func drawCommitment(_ draw: String) async throws -> String? { nil }

  func coupon(_ code: CouponCode, store: String, counter: String) async throws -> JSON? { nil }

  func history(memberID: String, before: Int64?, limit: Int) async throws -> JSON? {
    try answer(\.history)
  }

  func feed(after sequence: Int64, limit: Int) async throws -> JSON {
    try #require(try answer(\.feed))
  }

  func status(operationID: String) async throws -> OperationOutcome? { try answer(\.status) }

  func printJob(id: String) async throws -> PrintJob? { try answer(\.job) }

  func recentJobs(limit: Int) async throws -> [PrintJob] { try answer(\.job).map { [$0] } ?? [] }

  func beginImport(isDryRun: Bool) async throws -> any MemberImport {
    if let failure = answers.withLock({ $0.failure }) { throw failure }
    let made = FakeImport(isDryRun: isDryRun)
    imports.withLock { $0.append(made) }
    return made
  }

  func export(after: Int64, limit: Int) async throws -> JSON {
    try #require(try answer(\.export))
  }

  func figures() async throws -> JSON { try #require(try answer(\.figures)) }
}

/// An import that keeps what it was given.
final class FakeImport: MemberImport {
  let isDryRun: Bool
  let rows = Mutex<[ImportRow]>([])
  private let end: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  init(isDryRun: Bool) {
    self.isDryRun = isDryRun
    (end, continuation) = AsyncStream.makeStream()
  }

  func add(_ rows: [ImportRow]) async throws -> [ImportProblem] {
    self.rows.withLock { $0 += rows }
    return rows.filter { $0.fields["memberId"] == nil }.map {
      ImportProblem(line: $0.line, column: "memberId", finding: .missing)
    }
  }

  func commit(progress: @escaping @Sendable (Int) -> Void) async throws -> JSON {
    progress(500)
    continuation.yield("committed")
    return .object(["members": .integer(Int64(rows.withLock { $0.count }))])
  }

  func cancel() async { continuation.yield("cancelled") }

  /// How it ended.
  func ended() async -> String? {
    var iterator = end.makeAsyncIterator()
    return await iterator.next()
  }
}

/// One printer without paper or spooler.
final class FakeDesk: PrintDesk {
  let jobs = Mutex<[PrintJob]>([])

  func printers() -> [DeviceDescription] {
    [
      DeviceDescription(
        id: "receipt",
        deviceClass: .posPrinter,
        name: "Fake",
        state: .idle,
        power: .online,
        verdict: .used,
        identity: "configuration"
      )
    ]
  }

  func check(_ document: JSON, printer: String) throws(DocumentRefusal) {
    guard document["blocks"]?.array?.isEmpty == false else {
      throw DocumentRefusal(field: "blocks", problem: "is empty")
    }
  }

  func enqueue(_ job: PrintJob) { jobs.withLock { $0.append(job) } }

  func job(id: String) -> PrintJob? { jobs.withLock { $0.first { $0.id == id } } }

  func resolve(jobID: String, isPrinted: Bool) async throws(PrintResolveFailure) -> PrintJob {
    guard var job = job(id: jobID) else { throw .unknown }
    guard job.state == .indeterminate else { throw .notOpen(job.state) }
    job.state = isPrinted ? .confirmed : .failed
    job.evidence = isPrinted ? "operator" : nil
    return job
  }

  func checkHealth(printer: String) async -> HealthReport? {
    printer == "receipt" ? HealthReport(text: "Internal HCheck: Successful", findings: []) : nil
  }

  func statistics(printer: String) -> [String: Int64]? {
    printer == "receipt" ? ["ReceiptLinePrintedCount": 3] : nil
  }
}

/// Virtual devices that only say what they were asked.
final class FakeSimulator: InputSimulator {
  let asked = Mutex<[SimulatedInput]>([])
  let replayed = Mutex<[InputReport]>([])

  func replay(_ report: InputReport) { replayed.withLock { $0.append(report) } }

  func perform(_ input: SimulatedInput) throws(SimulationFailure) -> String {
    asked.withLock { $0.append(input) }
    switch input {
    case .tap(deviceID: "nowhere", _): throw .unknownDevice
    case .tap(_, uid: "zz"): throw .illegal(field: "uid", problem: "not hexadecimal")
    case .remove: throw .occupied("there is no card")
    default: return "virtual:reader"
    }
  }
}
