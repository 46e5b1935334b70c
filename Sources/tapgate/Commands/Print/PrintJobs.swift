internal import TapgateAPI
internal import ArgumentParser
internal import TapgateJSON

/// `tapgate print jobs [JOB…]`: where print jobs stand; without a job, the last ones.
struct PrintJobs: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: Words.aboutPrintJobs()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpJob(), valueName: "job"))
  var jobs: [String] = []

  func perform(_ session: Session) throws -> ExitStatus {
    let columns = ["jobId", "printer", "state", "evidence", "reason"]
    guard !jobs.isEmpty else { return try session.showList("print.jobs", columns: columns) }
    let found = try jobs.map { job in
      try session.client.call("print.job", .object(["jobId": .string(job)]))
    }
    session.console.result(.object(["jobs": .array(found)])) {
      session.console.lines(of: Details.table(found, columns: columns))
    }
    return .done
  }
}
