internal import ArgumentParser
internal import TapgateJSON

/// `tapgate bundle FILE`: what a supporter needs, without anybody's card, number or name; also with
/// the gateway down.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: Words.aboutBundle()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpBundleFile()), completion: .file())
  var file: String

  @Option(help: ArgumentHelp(Words.helpData(), valueName: "dir"), completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp(Words.helpConfig(), valueName: "file"), completion: .file())
  var config: String?

  func run() throws {
    let console = Console(isJSON: gateway.json)
    try console.attempt {
      let subject = Doctor.Subject(dataFolder: data, configurationFile: config)
      let bundle = SupportBundle.gather(subject, socket: gateway.socket)
      let target = try OutputFile(path: file)
      try target.write(bundle.archive.data)
      try target.close()
      let names = bundle.files.map(\.name)
      let document = JSON.object([
        "file": .string(file), "files": .array(names.map(JSON.string)),
      ])
      console.result(document) { [Words.bundled(file, names.joined(separator: ", "))] }
      return .done
    }
  }
}
