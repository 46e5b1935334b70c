internal import ArgumentParser
internal import TapgateAPI
internal import TapgateStore

/// `tapgate verify`: proves the ledger from its journal, also while the gateway runs.
struct VerifyCommand: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: Words.aboutVerify()
  )

  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp(Words.helpData(), valueName: "dir"), completion: .directory)
  var data: String?

  func perform(_ console: Console) throws -> ExitStatus {
    let folder = OfflineLedger.folder(option: data)
    var bar = ProgressBar(title: Words.titleVerify())
    let report: LedgerVerifier.Report
    do {
      report = try LedgerVerifier.verify(directory: folder) { share in
        bar.show(thousandths: share, count: share)
      }
    } catch {
      bar.clear()
      console.complainError("\(error)")
      return .unexamined
    }
    bar.clear()
    console.result(report.json) {
      guard report.isProven else { return [Words.ledgerContradicts()] + report.problems }
      return [Words.ledgerProven("\(report.rowCount)", "\(report.memberCount)")]
        + report.accounts.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
    }
    return report.isProven ? .done : .fault
  }
}

/// Where offline commands find the ledger.
enum OfflineLedger {
  /// The first folder that exists of those that the contract names.
  static func folder(option: String?) -> String {
    let folders = GatewayPaths.current.offlineDataFolders(option: option, configured: nil)
    return folders.first { LedgerVerifier.hasLedger(in: $0) } ?? folders.first ?? "."
  }
}
