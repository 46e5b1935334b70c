internal import ArgumentParser
internal import TapgateBench

/// `tapgate bench accrue`: points credited durably, beside Redis and PostgreSQL that do the same.
struct BenchAccrueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accrue",
    abstract: Words.aboutBenchAccrue()
  )

  @OptionGroup var options: BenchOptions

  func run() throws { try options.run(.accrue) }
}
