internal import ArgumentParser
internal import TapgateBench
internal import TapgateJSON

/// `tapgate bench crash`: the gateway killed under load, and everything it acknowledged compared.
struct BenchCrashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crash",
    abstract: "Kills a gateway under load again and again: nothing acknowledged may be lost.",
    shouldDisplay: false
  )

  @Option(help: "How often the gateway is killed.")
  var rounds = 20

  @Option(help: "Members; few, so that each is hit often.")
  var members = 64

  @Option(help: "Connections that send at the same time.")
  var connections = 4

  @Option(help: "The longest time under load before the kill, in milliseconds.")
  var load = 300

  @Option(help: "Where the throw-away folder is made.")
  var directory = "/var/tmp"

  @Option(help: "Decides what is left to chance; shown, so that a drill can be repeated.")
  var seed: UInt64?

  @Option(help: "The gateway's executable; this one, where none is named.")
  var gateway: String?

  @Flag(help: "Without a printer: no slips are counted.")
  var withoutPrinter = false

  @Flag(help: "One JSON document instead of the sentences.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(rounds), (1...100_000).contains(members),
      (1...64).contains(connections), (3...600_000).contains(load)
    else { throw ValidationError("A number is out of its range.") }
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
