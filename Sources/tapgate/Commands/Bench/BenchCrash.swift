internal import ArgumentParser
internal import TapgateBench
internal import TapgateJSON

/// `tapgate bench crash`: the gateway killed under load, and everything it acknowledged compared.
struct BenchCrashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crash",
    abstract: Words.aboutBenchCrash()
  )

  @Option(help: ArgumentHelp(Words.helpCrashRounds()))
  var rounds = 20

  @Option(help: ArgumentHelp(Words.helpCrashMembers()))
  var members = 64

  @Option(help: ArgumentHelp(Words.helpCrashConnections()))
  var connections = 4

  @Option(help: ArgumentHelp(Words.helpCrashLoad()))
  var load = 300

  @Option(help: ArgumentHelp(Words.helpBenchDirectory()))
  var directory = "/var/tmp"

  @Option(help: ArgumentHelp(Words.helpCrashSeed()))
  var seed: UInt64?

  @Option(help: ArgumentHelp(Words.helpCrashGateway()))
  var gateway: String?

  @Flag(help: ArgumentHelp(Words.helpCrashNoPrinter()))
  var withoutPrinter = false

  @Flag(help: ArgumentHelp(Words.helpBenchJSON()))
  var json = false

  func validate() throws {
    for (name, value, range) in [
      ("--rounds", rounds, 1...1_000_000), ("--members", members, 1...100_000),
      ("--connections", connections, 1...64), ("--load", load, 3...600_000),
    ] where !range.contains(value) {
      throw ValidationError(
        Words.outOfRange(name, String(range.lowerBound), String(range.upperBound))
      )
    }
  }

  func run() throws {
    guard let executable = Machine.executablePath else { throw ExitCode(3) }
    var plan = CrashPlan(
      executable: gateway ?? executable,
      printerExecutable: withoutPrinter ? nil : executable,
      seed: seed ?? UInt64.random(in: 0...UInt64.max)
    )
    plan.roundCount = rounds
    plan.memberCount = members
    plan.connectionCount = connections
    plan.loadMillisecondsMax = load
    plan.directory = directory
    Notes.write("seed \(plan.seed)")
    let report: CrashReport
    do {
      report = try CrashDrill(plan: plan) { Notes.write("\($0) …") }.run()
    } catch {
      Notes.write("tapgate bench crash: \(error)")
      throw ExitCode(3)
    }
    print(json ? String(decoding: report.json.encoded(), as: UTF8.self) : report.text)
    guard report.isClean else { throw ExitCode(2) }
  }
}
