internal import ArgumentParser
internal import TapgateJSON
internal import TapgateModel

/// `tapgate programme check FILE`: whether a file is a programme, without the gateway.
struct ProgrammeCheck: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: Words.aboutProgrammeCheck()
  )

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp(Words.helpProgrammeFile()), completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: ArgumentHelp(Words.helpCheckConfig(), valueName: "file"))
  var config: String?

  func perform(_ console: Console) throws -> ExitStatus {
    let bytes = try InputFile.contents(path: file, limit: ProgrammeFile.byteCountMax)
    let programme: ProgrammeFile
    do throws(ProgrammeFile.Refusal) {
      programme = try ProgrammeFile(bytes)
    } catch {
      let problem = error.problem
      console.result(Self.document(file, isValid: false, problems: [problem])) {
        [Words.programmeInvalid(file, problem)]
      }
      return .fault
    }
    let examples = programme.examples
    let company = try config.map { try organisation($0) }
    let anomalies = programme.anomalies(in: .current, company: company)
    let document = Self.document(file, isValid: true, examples: examples, anomalies: anomalies)
    console.result(document) {
      let name = "\(programme.id) rev \(programme.revision)"
      return [Words.programmeValid(name)] + examples.map { Words.programmeExample($0) }
        + anomalies.map { Words.programmeAnomaly($0.path, $0.sentence) }
    }
    return examples.isEmpty && anomalies.isEmpty ? .done : .warning
  }

  /// The company that a configuration writes down.
  private func organisation(_ path: String) throws -> Organisation {
    do {
      return try GatewayConfiguration.read(path: path).organisation
    } catch let problems as ConfigurationProblems {
      throw ValidationError(problems.errors.map(\.description).joined(separator: "\n"))
    }
  }

  private static func document(
    _ file: String,
    isValid: Bool,
    problems: [String] = [],
    examples: [String] = [],
    anomalies: [ProgrammeFile.Anomaly] = []
  ) -> JSON {
    .object([
      "file": .string(file), "valid": .bool(isValid),
      "problems": .array(problems.map(JSON.string)),
      "examples": .array(examples.map(JSON.string)),
      "anomalies": .array(
        anomalies.map {
          .object([
            "kind": .string($0.kind), "path": .string($0.path), "problem": .string($0.sentence),
          ])
        }
      ),
    ])
  }
}
