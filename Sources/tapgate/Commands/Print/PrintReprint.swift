internal import ArgumentParser
internal import TapgateJSON

/// `tapgate print reprint JOB`: the same paper again, marked.
struct PrintReprint: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "reprint",
    abstract: Words.aboutPrintReprint()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpJob(), valueName: "job"))
  var job: String

  func perform(_ session: Session) throws -> ExitStatus {
    let parameters = JSONObject(literals: ["jobId": .string(job)])
    return try session.operate("print.reprint", parameters, operation)
  }
}
