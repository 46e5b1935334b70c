internal import ArgumentParser

/// `tapgate print …`.
struct PrintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: Words.aboutPrint(),
    subcommands: [
      PrintTest.self, PrintCalibration.self, PrintJobs.self, PrintReprint.self,
      PrintResolve.self,
    ]
  )
}
