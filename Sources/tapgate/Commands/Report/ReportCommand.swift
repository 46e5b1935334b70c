internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON
internal import TapgateModel
internal import TapgateReports
internal import TapgateWorkbook

/// What a report is written as.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case table, csv, xlsx, svg }

/// `tapgate report [NAME]`: a report on the whole ledger with its proof; without a name the list of
/// reports.
struct ReportCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: Words.aboutReport(),
    discussion: Words.aboutReportProof()
  )

  @OptionGroup var gateway: GatewayOptions

  @Argument(help: ArgumentHelp(Words.helpReportName()))
  var name: String?

  @Option(help: ArgumentHelp(Words.helpReportFrom(), valueName: "date"))
  var from: String?

  @Option(help: ArgumentHelp(Words.helpReportTo(), valueName: "date"))
  var to: String?

  @Option(help: ArgumentHelp(Words.helpReportScope(), valueName: "store"))
  var scope: [String] = []

  @Option(help: ArgumentHelp(Words.helpReportMember(), valueName: "id"))
  var member: String?

  @Option(name: .customLong("operator"), help: ArgumentHelp(Words.helpReportOperator()))
  var operatorName: String?

  @Option(name: .customLong("set"), help: ArgumentHelp(Words.helpReportSet(), valueName: "key=n"))
  var settings: [String] = []

  @Option(help: ArgumentHelp(Words.helpReportFormat()))
  var format: ReportFormat = .table

  @Option(name: .shortAndLong, help: ArgumentHelp(Words.helpOutput()), completion: .file())
  var output: String?

  /// How long a report may take, in milliseconds: it reads the whole ledger.
  private static let patience = 30 * 60 * 1000

  func validate() throws {
    for (option, date) in [("--from", from), ("--to", to)] {
      if let date, BusinessDate(date) == nil { throw ValidationError(Words.badDate(option)) }
    }
    for setting in settings where Self.number(setting) == nil {
      throw ValidationError(Words.badSetting())
    }
    if format == .xlsx, output == nil { throw ValidationError(Words.workbookNeedsFile()) }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    guard let name else { return try ReportListing(session).show() }
    let request = try session.client.send("report.run", .object(parameters(name)))
    let answer = try session.client.reply(to: request, timeoutMilliseconds: Self.patience)
    guard let answer else {
      throw CommandFailure(.fault, name: "gateway.timedOut", Words.noAnswer("report.run"))
    }
    let report: Report
    do {
      report = try Report(json: answer)
    } catch {
      throw CommandFailure(.fault, name: "gateway.malformed", Words.malformedAnswer(error.path))
    }
    try deliver(report, answer, on: session.console)
    guard report.isProven else {
      session.console.complainError(Words.reportNotProven())
      return .warning
    }
    return .done
  }

  private func parameters(_ name: String) -> JSONObject {
    var parameters = JSONObject([.init(name: "name", value: .string(name))])
    parameters["from"] = from.map(JSON.string)
    parameters["to"] = to.map(JSON.string)
    parameters["scope"] = scope.isEmpty ? nil : .array(scope.map(JSON.string))
    parameters["memberId"] = member.map(JSON.string)
    parameters["operator"] = operatorName.map(JSON.string)
    var numbers = JSONObject()
    for setting in settings {
      guard let (key, number) = Self.number(setting) else { continue }
      numbers[key] = .integer(number)
    }
    parameters["parameters"] = numbers.members.isEmpty ? nil : .object(numbers)
    return parameters
  }

  private static func number(_ setting: String) -> (String, Int64)? {
    let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let number = Int64(parts[1]) else { return nil }
    return (String(parts[0]), number)
  }

  /// Shows the report or writes it to its file.
  private func deliver(_ report: Report, _ document: JSON, on console: Console) throws {
    guard let output else {
      guard !gateway.json else { return console.document(document) }
      switch format {
      case .table: console.show(report)
      case .csv:
        // Only a file needs the mark: Excel wants it, the next program of a pipe does not.
        try write(report.csv(.current, CSVStyle(hasByteOrderMark: false)), to: nil)
      case .svg: try write(picture(of: report), to: nil)
      case .xlsx: break
      }
      return
    }
    switch format {
    case .table: try write(Console.plainText(of: report), to: output)
    case .csv: try write(report.csv(.current), to: output)
    case .xlsx: try writeWorkbook(report, to: output)
    case .svg: try write(picture(of: report), to: output)
    }
    let written = JSON.object([
      "report": .string(report.id), "proven": .bool(report.isProven), "output": .string(output),
    ])
    console.result(written) {
      [Words.reportWritten(output)] + report.tables.flatMap { console.proofs(of: $0) }
    }
  }

  private func picture(of report: Report) throws -> [UInt8] {
    guard let picture = report.svg(.current) else {
      throw CommandFailure(.warning, name: "report.noPicture", Words.reportHasNoPicture(report.id))
    }
    return picture
  }

  /// Writes a file that appears when it is whole, or standard output.
  private func write(_ bytes: [UInt8], to path: String?) throws {
    guard let path else {
      let output = try OutputFile(path: nil)
      try output.write(bytes)
      return try output.close()
    }
    try WholeFile.write(bytes, to: path)
  }

  private func writeWorkbook(_ report: Report, to path: String) throws {
    do {
      try Workbook.write(report, language: .current, to: path)
    } catch {
      let words = Words.cannotOpen(path, Words.systemWords(error.problem))
      throw CommandFailure(.unexamined, name: "file.unwritable", words)
    }
  }
}

/// The list of reports, as people read it.
private struct ReportListing {
  private let session: Session

  init(_ session: Session) { self.session = session }

  func show() throws -> ExitStatus {
    let result = try session.client.call("report.list")
    session.console.result(result) { (result["reports"]?.array ?? []).flatMap(lines) }
    return .done
  }

  private func lines(_ report: JSON) -> [String] {
    let name = report["id"]?.string ?? ""
    let head = Self.text(report["title"])
    let padding = String(repeating: " ", count: max(1, 18 - DisplayWidth.cells(of: name)))
    let purpose = Self.text(report["purpose"])
    var lines = [session.console.heading(name) + padding + head + Words.reportDash() + purpose]
    if report["takesMember"] == .bool(true) { lines.append("    --member, --operator") }
    for parameter in report["parameters"]?.array ?? [] {
      let id = parameter["id"]?.string ?? ""
      let number = parameter["default"]?.integer ?? 0
      lines.append("    --set \(id)=\(number)  " + Self.text(parameter["wording"]))
    }
    return lines
  }

  private static func text(_ wording: JSON?) -> String {
    wording?[Language.current.rawValue]?.string ?? ""
  }
}
