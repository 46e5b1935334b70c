internal import ArgumentParser
internal import TapgateJSON

/// `tapgate programme activate FILE`: puts a programme in force, now or from a day on.
struct ProgrammeActivate: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: Words.aboutProgrammeActivate()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpProgrammeFile()), completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: ArgumentHelp(Words.helpProgrammeFrom(), valueName: "date"))
  var from: String?

  func perform(_ session: Session) throws -> ExitStatus {
    let bytes = try InputFile.contents(path: file, limit: ProgrammeFile.byteCountMax)
    do throws(ProgrammeFile.Refusal) {
      _ = try ProgrammeFile(bytes)
    } catch {
      throw CommandFailure(
        .fault,
        name: "programme.invalid",
        Words.programmeInvalid(file, error.problem)
      )
    }
    var parameters = JSONObject(literals: ["programme": try JSONParser.parse(bytes)])
    parameters.add("from", from)
    return try session.operate("programme.activate", parameters, operation)
  }
}
