internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON
internal import TapgateStore

/// `tapgate verify`: proves the ledger from its journal, also while the gateway runs.
struct VerifyCommand: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: Words.aboutVerify()
  )

  @OptionGroup var output: OutputOptions
  @OptionGroup var source: LedgerSource

  func perform(_ console: Console) throws -> ExitStatus {
    let folder = source.folder
    var bar = ProgressBar(title: Words.titleVerify())
    let report: LedgerVerifier.Report
    do {
      report = try LedgerVerifier.verify(directory: folder) { share in
        bar.show(thousandths: share, count: share)
      }
    } catch {
      bar.clear()
      console.complainError(Words.problem(error))
      return .unexamined
    }
    bar.clear()
    var document = report.json.object ?? JSONObject()
    document.add("data", folder)
    console.result(.object(document)) {
      let place = Words.ledgerPlace(folder)
      guard report.isProven else { return [place, Words.ledgerContradicts()] + report.problems }
      return [place, Words.ledgerProven("\(report.rowCount)", "\(report.memberCount)")]
        + report.accounts.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
    }
    return report.isProven ? .done : .fault
  }
}

/// Which ledger an offline command reads.
struct LedgerSource: ParsableArguments {
  @Option(help: ArgumentHelp(Words.helpData(), valueName: "dir"), completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp(Words.helpSocket(), valueName: "path"))
  var socket: String?

  /// The folder that was named, else that of the gateway that runs, else the first of the
  /// contract's that holds a ledger.
  var folder: String { OfflineLedger.folder(option: data, running: data == nil ? running : nil) }

  /// Where the gateway that answers has its data; `nil` where none answers.
  private var running: String? {
    let paths = GatewayPaths.current.clientSockets(option: socket)
    // Without a gateway that answers, the ledger is where it would be without one.
    guard let client = try? GatewayClient(paths: paths),
      (try? client.hello(name: "tapgate", version: Tapgate.version)) != nil
    else { return nil }
    return try? client.call("daemon.status", timeoutMilliseconds: 5000)["data"]?.string
  }
}

/// Where offline commands find the ledger.
enum OfflineLedger {
  /// The first folder that exists of those that the contract names.
  static func folder(option: String?, running: String? = nil) -> String {
    let folders = GatewayPaths.current.offlineDataFolders(
      option: option,
      configured: nil,
      running: running
    )
    return folders.first { LedgerVerifier.hasLedger(in: $0) } ?? folders.first ?? "."
  }
}
