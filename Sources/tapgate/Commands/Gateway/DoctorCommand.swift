internal import ArgumentParser
internal import TapgateAPI

/// `tapgate doctor`: what is wrong with the installation, also with the gateway down.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: Words.aboutDoctor()
  )

  @OptionGroup var gateway: GatewayOptions

  @Option(help: ArgumentHelp(Words.helpData(), valueName: "dir"), completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp(Words.helpConfig(), valueName: "file"), completion: .file())
  var config: String?

  func run() throws {
    let console = Console(isJSON: gateway.json)
    let doctor = Doctor(
      subject: Doctor.Subject(dataFolder: data, configurationFile: config),
      probe: .system(socket: gateway.socket),
      paths: .current
    )
    let diagnosis = doctor.examine()
    console.result(diagnosis.document) { diagnosis.lines(on: console) }
    try diagnosis.status.leave()
  }
}
