internal import ArgumentParser

/// `tapgate operator …`.
struct OperatorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operator",
    abstract: Words.aboutOperator(),
    subcommands: [OperatorList.self, OperatorSetPin.self]
  )
}
