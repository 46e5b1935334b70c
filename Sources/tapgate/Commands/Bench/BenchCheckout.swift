internal import ArgumentParser
internal import TapgateBench

/// `tapgate bench checkout`: whole receipts, durably, beside PostgreSQL that writes the same rows.
struct BenchCheckoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkout",
    abstract: Words.aboutBenchCheckout()
  )

  @OptionGroup var options: BenchOptions

  func validate() throws { try options.refuseRunningGateway() }

  func run() throws { try options.run(.checkout) }
}

/// `tapgate bench quote`: what such receipts would come to, beside a bare echo.
struct BenchQuoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote",
    abstract: Words.aboutBenchQuote()
  )

  @OptionGroup var options: BenchOptions

  func validate() throws { try options.refuseRunningGateway() }

  func run() throws { try options.run(.quote) }
}
