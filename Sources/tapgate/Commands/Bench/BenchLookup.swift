internal import ArgumentParser
internal import TapgateBench

/// `tapgate bench lookup`: members read by card, beside Redis GET and a bare echo.
struct BenchLookupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup",
    abstract: Words.aboutBenchLookup()
  )

  @OptionGroup var options: BenchOptions

  func run() throws { try options.run(.lookup) }
}
