/// One comparison from start to end: starts the peers, measures them in turns, stops them.
///
/// Used by one thread.
public final class BenchSuite {
  private let plan: BenchPlan
  private let workspace: Workspace
  private let progress: (String) -> Void
  private var peers: [any Peer] = []
  private var nextNumbers: [String: UInt64] = [:]
  /// The most requests that a run of each peer had.
  private var largestRuns: [String: Int] = [:]

  /// Prepares a comparison; `progress` is told what is being done, a line at a time. Throws where
  /// no folder can be made in `plan.directory`.
  public init(plan: BenchPlan, progress: @escaping (String) -> Void) throws(BenchError) {
    Interruption.catchSignals()
    self.plan = plan
    self.progress = progress
    workspace = try Workspace(below: plan.directory)
  }

  /// Runs everything and clears away, also where it throws.
  public func run() throws(BenchError) -> BenchReport {
    defer { stop() }
    var report = BenchReport(plan: plan, fileSystem: Machine.fileSystem(of: workspace.path))
    progress("measuring the disk")
    report.disks.append(try DiskFigure.measure(in: workspace, count: 1000))
    for peer in allPeers() where plan.only.isEmpty || plan.only.contains(peer.name) {
      progress("starting \(peer.name) with \(plan.memberCount) members")
      do {
        peers.append(peer)
        try peer.start()
      } catch  where error.code == .notInstalled {
        peers.removeLast()
        report.absent.append(peer.name)
      }
    }
    report.peers = peers.map { BenchReport.Side(name: $0.name, description: $0.description) }
    for inFlight in plan.inFlight {
      progress("\(inFlight) in flight")
      report.levels.append(try measure(inFlight: inFlight))
    }
    report.disks.append(try DiskFigure.measure(in: workspace, count: 1000))
    return report
  }

  private func stop() {
    for peer in peers { peer.stop() }
    workspace.remove()
  }

  private func allPeers() -> [any Peer] {
    let population = Population(count: plan.memberCount)
    let salt = UInt64.random(in: 0...UInt64.max)
    let identity = RunIdentity(startMilliseconds: Clock.wallMilliseconds, salt: salt)
    let gateway = GatewayPeer(
      workload: plan.workload,
      population: population,
      identity: identity,
      socketPath: plan.gatewaySocket ?? workspace.file("gateway.sock"),
      origin: plan.gatewaySocket == nil
        ? .child(executable: plan.executable, workspace: workspace) : .running
    )
    let redis = RedisPeer(
      workload: plan.workload,
      population: population,
      identity: identity,
      workspace: workspace
    )
    switch plan.workload {
    case .lookup: return [gateway, redis, echo(of: JSONLookups(population: population))]
    case .accrue:
      return [gateway, redis] + postgres([.chained, .loose], population, identity)
    case .checkout: return [gateway] + postgres([.chained, .rows], population, identity)
    case .quote: return [gateway, echo(of: JSONQuotes(desk: gateway.desk))]
    }
  }

  private func echo(of lines: JSONLines) -> EchoPeer {
    EchoPeer(executable: plan.executable, lines: lines, workspace: workspace)
  }

  private func postgres(
    _ shapes: [PostgresShape],
    _ population: Population,
    _ identity: RunIdentity
  ) -> [any Peer] {
    shapes.map {
      PostgresPeer(
        workload: plan.workload,
        shape: $0,
        population: population,
        identity: identity,
        workspace: workspace
      )
    }
  }

  // MARK: One level

  private func measure(inFlight: Int) throws(BenchError) -> BenchReport.Level {
    var cells = peers.map {
      BenchReport.Cell(
        peer: $0.name,
        connectionCount: $0.connectionCount(inFlight: inFlight)
      )
    }
    let duration = Int64(plan.milliseconds) * 1_000_000
    for _ in 0..<plan.roundCount {
      for (index, peer) in peers.enumerated() {
        let before = processorTime(of: peer)
        let outcome = try load(peer, inFlight: inFlight) { generator throws(BenchError) in
          try generator.runClosed(duration: duration)
        }
        let spent = processorTime(of: peer) - before
        cells[index].closed.append(BenchReport.Run(outcome, processorMilliseconds: spent))
      }
    }
    let slowest = cells.map(\.rate).min() ?? 0
    let rate = max(plan.openRate ?? slowest / 2, 1)
    for round in 0..<plan.roundCount {
      for (index, peer) in peers.enumerated() {
        let outcome = try load(peer, inFlight: inFlight) { generator throws(BenchError) in
          try generator.runOpen(rate: Double(rate), duration: duration, seed: UInt64(round))
        }
        cells[index].open.append(BenchReport.Run(outcome, processorMilliseconds: 0))
      }
    }
    return BenchReport.Level(inFlight: inFlight, openRate: rate, cells: cells)
  }

  /// One run over connections of its own, so that nothing of an earlier run is left in them.
  private func load(
    _ peer: any Peer,
    inFlight: Int,
    _ run: (LoadGenerator) throws(BenchError) -> LoadOutcome
  ) throws(BenchError) -> LoadOutcome {
    let connectionCount = max(1, peer.connectionCount(inFlight: inFlight))
    let first = nextNumbers[peer.name] ?? 0
    try peer.prepare(below: Int(first) + requestCountMax(of: peer, inFlight: inFlight))
    let generator = try LoadGenerator(
      path: peer.socketPath,
      wire: peer.wire(),
      connectionCount: connectionCount,
      inFlight: inFlight / connectionCount * connectionCount,
      firstNumber: first
    )
    defer {
      nextNumbers[peer.name] = generator.firstUnusedNumber
      let count = Int(generator.firstUnusedNumber - first)
      largestRuns[peer.name] = max(largestRuns[peer.name] ?? 0, count)
    }
    return try run(generator)
  }

  /// More requests than a run will have: 20,000 a second for each in flight, 45,000 at most, and
  /// once a run was seen eight times as many as it had.
  private func requestCountMax(of peer: any Peer, inFlight: Int) -> Int {
    let bound = plan.milliseconds * min(45, 20 * inFlight)
    let seen = largestRuns[peer.name].map { 8 * $0 }
    return min(bound, seen ?? bound) + 2000
  }

  private func processorTime(of peer: any Peer) -> Int64 {
    peer.processID.map(Machine.processorMilliseconds) ?? 0
  }
}
