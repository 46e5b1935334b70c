internal import ArgumentParser
internal import TapgateBench

/// `tapgate bench slip-printer`: the printer whose slips a drill counts. Started by the drill.
struct BenchSlipPrinterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slip-printer",
    abstract: "Writes down which receipts came out.",
    shouldDisplay: false
  )

  @Option(help: "The file that gets a line for each slip.")
  var list: String

  func run() throws {
    do { try SlipPrinter.run(list: list) } catch {
      Notes.write("tapgate bench slip-printer: \(error)")
      throw ExitCode(3)
    }
  }
}
