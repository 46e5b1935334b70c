internal import ArgumentParser

/// `tapgate programme …`.
struct ProgrammeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "programme",
    abstract: Words.aboutProgramme(),
    subcommands: [ProgrammeCheck.self, ProgrammeActivate.self, ProgrammeShow.self]
  )
}
