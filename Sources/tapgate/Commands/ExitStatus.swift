internal import ArgumentParser

/// What a command answers to the shell; wrong usage is 64 and comes from the argument parser.
enum ExitStatus: Int32, Sendable {
  /// What was asked for is done.
  case done = 0
  /// Done with warnings, or refused by a rule.
  case warning = 1
  /// Something is broken.
  case fault = 2
  /// Nothing can be said: the gateway or a file could not be reached.
  case unexamined = 3

  /// Ends the command: returns for `done`, throws the code for all else.
  func leave() throws {
    if self != .done { throw ExitCode(rawValue) }
  }
}
