internal import ArgumentParser
internal import TapgateBench
internal import TapgateJSON

/// What `bench lookup` and `bench accrue` have in common.
struct BenchOptions: ParsableArguments {
  @Option(help: "Members in every peer.")
  var members = 1_000_000

  @Option(help: "Length of each run in seconds.")
  var seconds = 1.0

  @Option(help: "How often each run is repeated; the medians are shown.")
  var rounds = 5

  @Option(help: "Requests in flight, one level after the other.")
  var inFlight = "1,8,32,128"

  @Option(
    help: "Arrivals a second of the open loop. Without it: half of what the slowest peer can do."
  )
  var rate: Int?

  @Option(help: "The peers that take part, by name with commas between.")
  var only: String?

  @Option(help: "Where the throw-away folder is made: on the disk to be measured.")
  var directory = "/var/tmp"

  @Option(help: "A running gateway that holds the members already.")
  var gatewaySocket: String?

  @Flag(help: "One JSON document instead of the table.")
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

  private func plan(_ workload: Workload) throws -> BenchPlan {
    guard let executable = Machine.executablePath else { throw ExitCode(3) }
    var plan = BenchPlan(workload: workload, executable: executable)
    guard (1...99_999_999).contains(members) else {
      throw ValidationError("--members takes 1 to 99,999,999.")
    }
    guard (0.05...3600).contains(seconds) else {
      throw ValidationError("--seconds takes 0.05 to 3600.")
    }
    guard (1...99).contains(rounds) else { throw ValidationError("--rounds takes 1 to 99.") }
    guard (rate ?? 1) > 0 else { throw ValidationError("--rate takes a number above 0.") }
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
      throw ValidationError("--in-flight takes numbers up to 8 and multiples of 8 up to 2048.")
    }
    return levels
  }

  private func names(of workload: Workload) throws -> Set<String> {
    let known = BenchPlan.peerNames(of: workload)
    let names = (only ?? "").split(separator: ",").map(String.init)
    for name in names where !known.contains(name) {
      throw ValidationError("--only knows \(known.joined(separator: ", ")).")
    }
    return Set(names)
  }
}
