internal import ArgumentParser
internal import TapgateBench
internal import TapgateJSON

/// What the comparisons have in common.
struct BenchOptions: ParsableArguments {
  @Option(help: ArgumentHelp(Words.helpBenchMembers()))
  var members = 1_000_000

  @Option(help: ArgumentHelp(Words.helpBenchSeconds()))
  var seconds = 1.0

  @Option(help: ArgumentHelp(Words.helpBenchRounds()))
  var rounds = 5

  @Option(help: ArgumentHelp(Words.helpBenchInFlight()))
  var inFlight = "1,8,32,128"

  @Option(help: ArgumentHelp(Words.helpBenchRate()))
  var rate: Int?

  @Option(help: ArgumentHelp(Words.helpBenchOnly()))
  var only: String?

  @Option(help: ArgumentHelp(Words.helpBenchDirectory()))
  var directory = "/var/tmp"

  @Option(help: ArgumentHelp(Words.helpBenchGateway()))
  var gatewaySocket: String?

  @Flag(help: ArgumentHelp(Words.helpBenchJSON()))
  var json = false

  /// Runs the comparison, prints it and ends with the status that it deserves.
  func run(_ workload: Workload) throws {
    let report: BenchReport
    do {
      report = try BenchSuite(plan: try plan(workload)) { line in
        Notes.write("\(line) …")
      }.run()
    } catch let error as BenchError {
      Notes.write("tapgate bench: \(error)")
      throw ExitCode(3)
    }
    print(json ? String(decoding: report.json.encoded(), as: UTF8.self) : report.table)
    guard report.faultCount == 0 else { throw ExitCode(2) }
  }

  /// Refuses a gateway that runs already: its programme and its members would be other ones.
  func refuseRunningGateway() throws {
    guard gatewaySocket == nil else { throw ValidationError(Words.benchOwnGateway()) }
  }

  private func plan(_ workload: Workload) throws -> BenchPlan {
    guard let executable = Machine.executablePath else { throw ExitCode(3) }
    var plan = BenchPlan(workload: workload, executable: executable)
    guard (1...99_999_999).contains(members) else {
      throw ValidationError(Words.outOfRange("--members", "1", "99999999"))
    }
    guard (0.05...3600).contains(seconds) else {
      throw ValidationError(Words.outOfRange("--seconds", "0.05", "3600"))
    }
    guard (1...99).contains(rounds) else {
      throw ValidationError(Words.outOfRange("--rounds", "1", "99"))
    }
    guard (rate ?? 1) > 0 else {
      throw ValidationError(Words.outOfRange("--rate", "1", String(Int.max)))
    }
    plan.memberCount = members
    plan.milliseconds = Int(seconds * 1000)
    plan.roundCount = rounds
    plan.inFlight = try levels()
    plan.openRate = rate
    plan.only = try names(of: workload)
    plan.directory = directory
    plan.gatewaySocket = gatewaySocket
    return plan
  }

  private func levels() throws -> [Int] {
    let levels = inFlight.split(separator: ",").map { Int($0) ?? 0 }
    // Eight connections at most, each with the same number, 256 at most (the gateway's limit).
    guard !levels.isEmpty,
      levels.allSatisfy({ (1...8).contains($0) || $0 % 8 == 0 && (8...2048).contains($0) })
    else {
      throw ValidationError(Words.benchInFlightRange())
    }
    return levels
  }

  private func names(of workload: Workload) throws -> Set<String> {
    let known = BenchPlan.peerNames(of: workload)
    let names = (only ?? "").split(separator: ",").map(String.init)
    for name in names where !known.contains(name) {
      throw ValidationError(Words.benchOnlyKnows(known.joined(separator: ", ")))
    }
    return Set(names)
  }
}
