internal import ArgumentParser
internal import TapgateJSON

/// `tapgate print resolve JOB printed|notPrinted`: a person's word for a job nobody can know about.
struct PrintResolve: GatewayCommand {
  /// What lies on the counter.
  enum Outcome: String, ExpressibleByArgument, CaseIterable {
    case printed, notPrinted
  }

  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: Words.aboutPrintResolve()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpJob(), valueName: "job"))
  var job: String

  @Argument(help: ArgumentHelp(Words.helpOutcome()))
  var outcome: Outcome

  func perform(_ session: Session) throws -> ExitStatus {
    try session.show(
      "print.resolve",
      JSONObject(literals: ["jobId": .string(job), "outcome": .string(outcome.rawValue)])
    )
  }
}
