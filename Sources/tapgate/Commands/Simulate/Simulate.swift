internal import ArgumentParser

/// `tapgate simulate …`: drives the virtual devices of a gateway that runs with `--simulate`.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: Words.aboutSimulate(),
    subcommands: [
      SimulateTap.self, SimulateRemove.self, SimulateScan.self, SimulateSwipe.self,
      SimulatePrinter.self,
    ]
  )
}
