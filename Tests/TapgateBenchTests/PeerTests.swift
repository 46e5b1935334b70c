import TapgateJSON
import Testing

@testable import TapgateBench

@Suite("Peers", .serialized)
struct PeerTests {
  private static let hasRedis = isInstalled("redis-server --version")
  private static let hasPostgres = isInstalled(
    "postgres --version || ls /usr/lib/postgresql/*/bin/postgres"
  )

  private let population = Population(count: 100)
  private let identity = RunIdentity(startMilliseconds: 1_800_000_000_000, salt: 5)

  private static func isInstalled(_ command: String) -> Bool {
    (try? ChildProcess.run(["sh", "-c", command])) != nil
  }

  /// Sends requests 0 to 299, twice: all must be new the first time and none the second.
  private func expectOneEffect(of peer: any Peer) throws {
    defer { peer.stop() }
    try peer.start()
    try peer.prepare(below: 300)
    for (completed, failed) in [(300, 0), (0, 300)] {
      let load = try LoadGenerator(
        path: peer.socketPath,
        wire: peer.wire(),
        connectionCount: 4,
        inFlight: 16,
        firstNumber: 0
      )
      let outcome = try load.run(count: 300)
      #expect(outcome.completedCount == completed)
      #expect(outcome.failedCount == failed, "\(outcome.firstFailure ?? "")")
    }
  }

  @Test("Redis credits an operation once", .enabled(if: hasRedis))
  func redisAccruals() throws {
    let workspace = try Workspace(below: "/tmp")
    let peer = RedisPeer(
      workload: .accrue,
      population: population,
      identity: identity,
      workspace: workspace
    )
    try expectOneEffect(of: peer)
    #expect(peer.description.hasPrefix("Redis "))
  }

  @Test("Redis answers every look-up with its member", .enabled(if: hasRedis))
  func redisLookups() throws {
    let workspace = try Workspace(below: "/tmp")
    let peer = RedisPeer(
      workload: .lookup,
      population: population,
      identity: identity,
      workspace: workspace
    )
    defer { peer.stop() }
    try peer.start()
    let load = try LoadGenerator(
      path: peer.socketPath,
      wire: peer.wire(),
      connectionCount: 1,
      inFlight: 8,
      firstNumber: 0
    )
    #expect(try load.run(count: 500).completedCount == 500)
  }

  @Test(
    "PostgreSQL does an operation once",
    .enabled(if: hasPostgres),
    arguments: [
      (Workload.accrue, PostgresShape.chained), (.accrue, .loose), (.checkout, .chained),
      (.checkout, .rows),
    ]
  )
  func postgres(workload: Workload, shape: PostgresShape) throws {
    let workspace = try Workspace(below: "/tmp")
    let peer = PostgresPeer(
      workload: workload,
      shape: shape,
      population: population,
      identity: identity,
      workspace: workspace
    )
    try expectOneEffect(of: peer)
    #expect(peer.description.hasPrefix("PostgreSQL "))
  }

  @Test("a program that is not installed is told apart from one that fails")
  func notInstalled() throws {
    let error = #expect(throws: BenchError.self) {
      try ChildProcess.run(["tapgate-no-such-program"])
    }
    #expect(error?.code == .notInstalled)
    let failure = #expect(throws: BenchError.self) { try ChildProcess.run(["false"]) }
    #expect(failure?.code == .peer)
  }

  @Test("a workspace leaves nothing behind")
  func workspace() throws {
    let workspace = try Workspace(below: "/tmp")
    let folder = try workspace.makeFolder("a")
    try Workspace.write("text", to: "\(folder)/b")
    #expect(Machine.text(of: "\(folder)/b") == "text")
    workspace.remove()
    #expect(Machine.text(of: "\(folder)/b") == nil)
    #expect((try? ChildProcess.run(["test", "-e", workspace.path])) == nil)
  }

  @Test("the disk figure holds as many durations as were asked for")
  func disk() throws {
    let workspace = try Workspace(below: "/tmp")
    let figure = try DiskFigure.measure(in: workspace, count: 5)
    #expect(figure.append.count == 5 && figure.overwrite.count == 5)
    #expect(figure.append.maximum > 0)
  }
}

@Suite("The bench's report")
struct BenchReportTests {
  private func cell(_ peer: String, rates: [Int]) -> BenchReport.Cell {
    var cell = BenchReport.Cell(peer: peer, connectionCount: 8)
    for rate in rates {
      var outcome = LoadOutcome()
      outcome.completedCount = rate
      outcome.elapsed = 1_000_000_000
      outcome.durations.record(12_340)
      outcome.failedCount = rate == 7 ? 2 : 0
      outcome.firstFailure = rate == 7 ? "no such member" : nil
      cell.closed.append(BenchReport.Run(outcome, processorMilliseconds: 0))
      cell.open.append(BenchReport.Run(outcome, processorMilliseconds: 0))
    }
    return cell
  }

  private var report: BenchReport {
    var plan = BenchPlan(workload: .lookup, executable: "tapgate")
    plan.memberCount = 1_000_000
    var report = BenchReport(plan: plan, fileSystem: "ext4")
    report.absent = ["redis"]
    report.levels = [
      BenchReport.Level(
        inFlight: 8,
        openRate: 25_000,
        cells: [
          cell("tapgate", rates: [90_000, 120_000, 100_000]), cell("echo", rates: [7, 7, 7]),
        ]
      )
    ]
    return report
  }

  @Test("the table shows the median, the ratio, who is missing and what went wrong")
  func table() {
    let table = report.table
    let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let own = rows.first { $0.count > 1 && $0[1] == "tapgate" && $0[0] == "8" }
    #expect(own?[2] == "100,000")
    #expect(own?[3] == "1.00")
    #expect(own?[4] == "12.3")
    let echo = rows.first { $0.count > 1 && $0[1] == "echo" && $0[0] == "8" }
    #expect(echo?[3] == "14285.71")
    #expect(echo?.last == "12")
    #expect(table.contains("redis: not installed"))
    #expect(table.contains("first wrong answer of echo: no such member"))
  }

  @Test("the document holds every round as whole numbers")
  func json() {
    let cells = report.json["levels"]?.array?.first?["peers"]?.array
    #expect(cells?.count == 2)
    #expect(cells?.first?["opsPerSecond"] == .integer(100_000))
    #expect(cells?.first?["closed"]?.array?.count == 3)
    #expect(cells?.last?["failed"] == .integer(12))
    #expect(report.json["notInstalled"] == .array([.string("redis")]))
    #expect(report.faultCount == 12)
  }
}
