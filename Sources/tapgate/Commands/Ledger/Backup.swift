internal import ArgumentParser
internal import TapgateJSON
internal import TapgateStore

/// `tapgate backup`: the ledger in one file.
struct BackupCommand: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: Words.aboutBackup()
  )

  @OptionGroup var output: OutputOptions

  @OptionGroup var source: LedgerSource

  @Argument(help: ArgumentHelp(Words.helpBackupFile()), completion: .file())
  var file: String

  @Flag(help: ArgumentHelp(Words.helpWithoutKey()))
  var withoutKey = false

  func perform(_ console: Console) throws -> ExitStatus {
    let bar = SharedProgress(title: Words.titleBackup())
    let folder = source.folder
    do {
      try LedgerBackup.backup(
        directory: folder,
        to: file,
        withKey: !withoutKey,
        progress: { bar.show($0) }
      )
    } catch {
      bar.clear()
      console.complainError(Words.problem(error))
      return .fault
    }
    bar.clear()
    let document = JSON.object([
      "file": .string(file), "withKey": .bool(!withoutKey), "data": .string(folder),
    ])
    console.result(document) {
      let lines = [Words.ledgerPlace(folder), Words.backupDone(file)]
      return withoutKey ? lines : lines + [Words.backupIsSecret()]
    }
    return .done
  }
}

/// `tapgate restore`: a backup into an empty folder.
struct RestoreCommand: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: Words.aboutRestore()
  )

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp(Words.helpBackupFile()), completion: .file())
  var file: String

  @Option(help: ArgumentHelp(Words.helpData(), valueName: "dir"), completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp(Words.helpKeyFile(), valueName: "file"), completion: .file())
  var key: String?

  func perform(_ console: Console) throws -> ExitStatus {
    let folder = OfflineLedger.folder(option: data)
    let bar = SharedProgress(title: Words.titleVerify())
    do {
      let report = try LedgerBackup.restore(
        from: file,
        to: folder,
        keyPath: key,
        progress: { bar.show($0) }
      )
      bar.clear()
      var document = report.json.object ?? JSONObject()
      document.add("data", folder)
      console.result(.object(document)) {
        [
          Words.restoreDone(folder),
          Words.ledgerProven("\(report.rowCount)", "\(report.memberCount)"),
        ]
      }
      return .done
    } catch {
      bar.clear()
      console.complainError(Words.problem(error))
      return .fault
    }
  }
}

/// A progress bar that closures may share.
final class SharedProgress {
  private var bar: ProgressBar

  init(title: String) { bar = ProgressBar(title: title) }

  func show(_ thousandths: Int) { bar.show(thousandths: thousandths, count: thousandths) }

  func clear() { bar.clear() }
}
