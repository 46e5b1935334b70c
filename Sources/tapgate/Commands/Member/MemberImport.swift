internal import ArgumentParser

/// `tapgate member import FILE.csv`: members, cards and opening balances, all or nothing.
struct MemberImport: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: Words.aboutMemberImport(),
    discussion: Words.aboutImportColumns(ImportSheet.columns.joined(separator: ", "))
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpImportFile()), completion: .file(extensions: ["csv"]))
  var file: String

  @Flag(help: ArgumentHelp(Words.helpDryRun()))
  var dryRun = false

  @Option(help: ArgumentHelp(Words.helpEncoding(), valueName: "utf-8|gb18030"))
  var encoding = TextEncoding.utf8

  func perform(_ session: Session) throws -> ExitStatus {
    let source = try ImportSource(path: file, encoding: encoding)
    var importer = MemberImporter(session: session, source: source, isDryRun: dryRun)
    let report = try importer.run()
    session.console.result(report.document) { report.lines(on: session.console) }
    return report.isRefused ? .warning : .done
  }
}
