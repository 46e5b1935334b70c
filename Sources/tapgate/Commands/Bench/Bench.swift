internal import ArgumentParser
internal import TapgateBench

/// `tapgate bench …`: the gateway measured beside other servers that do the same work.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: Words.aboutBench(),
    subcommands: [
      BenchLookupCommand.self, BenchAccrueCommand.self, BenchCheckoutCommand.self,
      BenchQuoteCommand.self, BenchCrashCommand.self,
      BenchEchoServerCommand.self, BenchSlipPrinterCommand.self,
    ]
  )
}
