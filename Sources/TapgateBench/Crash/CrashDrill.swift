internal import TapgateJSON

/// What a crash drill does.
public struct CrashPlan: Sendable {
  /// How often the gateway is killed under load.
  public var roundCount = 20
  /// Members; few, so that each is hit often.
  public var memberCount = 64
  /// Connections that send at the same time.
  public var connectionCount = 4
  /// The longest time under load before the kill, in milliseconds.
  public var loadMillisecondsMax = 300
  /// Decides everything that is left to chance.
  public var seed: UInt64
  /// Where the throw-away folder is made.
  public var directory = "/var/tmp"
  /// The gateway's executable: understands `serve` and `verify`.
  public var executable: String
  /// The executable that understands `bench slip-printer`; `nil`: no printer, and no slips.
  public var printerExecutable: String?

  /// Creates a plan with the usual numbers.
  public init(executable: String, printerExecutable: String?, seed: UInt64) {
    self.executable = executable
    self.printerExecutable = printerExecutable
    self.seed = seed
  }
}

/// What a crash drill found.
public struct CrashReport: Sendable {
  public let roundCount: Int
  public let seed: UInt64
  /// Operations that the gateway acknowledged.
  public let acknowledgedCount: Int
  /// Operations that had no answer when the gateway died and were sent again.
  public let resentCount: Int
  /// Operations whose slips came out.
  public let slipCount: Int
  /// Slips that name no receipt of the drill.
  public let strangeSlipCount: Int
  /// A sentence for each acknowledged operation or point that is gone.
  public let lost: [String]
  /// A sentence for each operation, point or slip that is there twice.
  public let doubled: [String]
  /// Refusals, and runs of `verify` that found a fault.
  public let otherFaults: [String]
  /// Where the ledger lies, where it is kept because of a fault.
  public let keptFolder: String?

  /// Whether nothing was found.
  public var isClean: Bool { lost.isEmpty && doubled.isEmpty && otherFaults.isEmpty }

  /// The verdict in one line.
  public var verdict: String {
    "\(roundCount) rounds, \(lost.count) lost, \(doubled.count) doubled"
  }
}

/// Kills the gateway under load again and again, and compares what it acknowledged with what it
/// knows afterwards.
///
/// Used by one thread.
public final class CrashDrill {
  private let plan: CrashPlan
  private let workspace: Workspace
  private let progress: (String) -> Void
  private let population: Population
  private let wire: CrashWire
  private let data: String
  private let socketPath: String
  private var settings = ""
  private var numbers: RandomNumbers
  private var book: CrashBook
  private var gateway: ChildProcess?
  private var printer: ChildProcess?
  private var nextNumber: UInt64 = 1
  /// Acknowledged before this number, and compared since.
  private var compared: Set<UInt64> = []
  private var resentCount = 0
  private var otherFaults: [String] = []

  /// Prepares a drill; `progress` is told what is being done, a line at a time. Throws where no
  /// folder can be made in `plan.directory`.
  public init(plan: CrashPlan, progress: @escaping (String) -> Void) throws(BenchError) {
    Interruption.catchSignals()
    self.plan = plan
    self.progress = progress
    workspace = try Workspace(below: plan.directory)
    population = Population(count: plan.memberCount)
    let identity = RunIdentity(startMilliseconds: Clock.wallMilliseconds, salt: plan.seed)
    wire = CrashWire(population: population, identity: identity)
    numbers = RandomNumbers(seed: plan.seed)
    book = CrashBook(
      memberCount: population.count,
      openingPoints: Population.openingPoints
    )
    data = try workspace.makeFolder("ledger")
    socketPath = workspace.file("gateway.sock")
  }

  /// Runs all rounds and clears away, also where it throws; a ledger with a fault is kept.
  public func run() throws(BenchError) -> CrashReport {
    defer {
      gateway?.stop(by: .kill)
      printer?.stop()
    }
    try startPrinter()
    try startGateway()
    _ = try PopulationImport(population: population).run(path: socketPath)
    do {
      for round in 1...max(plan.roundCount, 1) {
        progress("round \(round)")
        try crash()
        verify("round \(round)")
        try restart()
        try compare()
      }
      gateway?.stop()
      verify("the end")
    } catch  where error.code != .interrupted {
      otherFaults.append("\(error)")
    }
    return finish()
  }

  // MARK: One round

  /// Loads the gateway and kills it at a moment that chance decides.
  private func crash() throws(BenchError) {
    let clients = CrashClients(
      path: socketPath,
      connectionCount: plan.connectionCount,
      window: 8,
      operationCountMax: Int.random(in: 1...4000, using: &numbers),
      wire: wire
    )
    let delay = Int64.random(in: 2...Int64(max(plan.loadMillisecondsMax, 3)), using: &numbers)
    try clients.drive(
      &book,
      killAt: Clock.nanoseconds + delay * 1_000_000,
      next: nextOperation,
      kill: { gateway?.send(.kill) }
    )
    gateway?.wait()
  }

  private func nextOperation() -> CrashOperation {
    defer { nextNumber += 1 }
    return CrashOperation(
      number: nextNumber,
      memberIndex: population.member(ofRequest: nextNumber),
      isPrinted: printer != nil && nextNumber % 16 == 0
    )
  }

  /// Starts the gateway again; one time in four it is killed once more while it starts.
  private func restart() throws(BenchError) {
    if UInt8.random(in: 0..<4, using: &numbers) == 0 {
      let process = try GatewayProcess.spawn(
        executable: plan.executable,
        folder: data,
        socketPath: socketPath,
        log: workspace.file("gateway.log"),
        settings: settings
      )
      Clock.pause(milliseconds: UInt32.random(in: 0...60, using: &numbers))
      process.send(.kill)
      process.wait()
    }
    try startGateway()
  }

  /// Sends again what had no answer and some of what had one; compares every newly acknowledged
  /// operation and every balance.
  private func compare() throws(BenchError) {
    let unanswered = book.pending.values.sorted { $0.number < $1.number }
    resentCount += unanswered.count
    let known = book.acknowledged.keys.sorted().suffix(2000).shuffled(using: &numbers).prefix(50)
    let again = unanswered + known.compactMap(book.operation)
    for (operation, reply) in zip(again, try ask(again.map(accrual))) {
      book.take(reply, to: operation.number)
    }
    let fresh = book.acknowledged.keys.filter { !compared.contains($0) }.sorted()
    let statuses = try ask(
      fresh.map { number in
        JSONScript.Call(
          method: "operation.status",
          params: .object(["operationId": .string(wire.operationID(number))])
        )
      }
    )
    for (number, reply) in zip(fresh, statuses) { book.compareStatus(reply, of: number) }
    compared.formUnion(fresh)
    guard book.pending.isEmpty else {
      throw .protocolFault("\(book.pending.count) operations had no answer twice")
    }
    let lookups = (0..<population.count).map { index in
      JSONScript.Call(
        method: "member.lookup",
        params: .object(["memberId": .string(population.memberID(index))])
      )
    }
    for (index, reply) in try ask(lookups).enumerated() {
      book.compareBalance(reply, ofMember: index)
    }
  }

  private func accrual(_ operation: CrashOperation) -> JSONScript.Call {
    JSONScript.Call(method: "points.accrue", params: wire.params(operation))
  }

  /// Makes calls over one connection and answers their replies in the calls' order.
  private func ask(_ calls: [JSONScript.Call]) throws(BenchError) -> [JSON] {
    var replies = [JSON](repeating: .null, count: calls.count)
    let script = JSONScript(
      call: { calls[$0] },
      receive: { number, reply in
        replies[number] = reply
        return true
      }
    )
    let generator = try LoadGenerator(
      path: socketPath,
      wire: script,
      connectionCount: 1,
      inFlight: 32,
      firstNumber: 0
    )
    _ = try generator.run(count: calls.count)
    return replies
  }

  // MARK: Processes

  private func startGateway() throws(BenchError) {
    gateway = try GatewayProcess.start(
      executable: plan.executable,
      folder: data,
      socketPath: socketPath,
      log: workspace.file("gateway.log"),
      settings: settings
    )
  }

  private func startPrinter() throws(BenchError) {
    guard let executable = plan.printerExecutable else { return }
    let process = try ChildProcess([
      executable, "bench", "slip-printer", "--list", workspace.file("slips"),
    ])
    printer = process
    guard let line = try process.nextLine(deadline: 30), line.hasPrefix("ready ") else {
      throw BenchError(.peer, doing: "start the printer", cause: "it did not say ready")
    }
    settings = """
      [[printer]]
      id = "receipt"
      transport = "tcp"
      address = "127.0.0.1:\(line.dropFirst(6))"
      profile = "generic-80"
      charset = "gb18030"
      """
  }

  /// Lets `tapgate verify` prove the ledger while no gateway has it.
  private func verify(_ when: String) {
    do {
      let arguments = [plan.executable, "verify", "--data", data]
      _ = try ChildProcess.run(arguments, log: workspace.file("verify.log"))
    } catch {
      otherFaults.append("verify after \(when): \(error)")
    }
  }

  private func finish() -> CrashReport {
    let list = Machine.text(of: workspace.file("slips")) ?? ""
    book.countSlips(list)
    let faults = otherFaults + book.refused
    let isClean = faults.isEmpty && book.lost.isEmpty && book.doubled.isEmpty
    workspace.isKept = !isClean
    return CrashReport(
      roundCount: plan.roundCount,
      seed: plan.seed,
      acknowledgedCount: book.acknowledged.count,
      resentCount: resentCount,
      slipCount: book.slips.count,
      strangeSlipCount: list.split(separator: "\n").count { $0 == "?" },
      lost: book.lost,
      doubled: book.doubled,
      otherFaults: faults,
      keptFolder: isClean ? nil : workspace.path
    )
  }
}
