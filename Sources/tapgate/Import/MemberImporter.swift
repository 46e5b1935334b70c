internal import TapgateAPI
internal import TapgateCodec
internal import TapgateJSON
internal import TapgateReports

/// What became of an import.
struct ImportReport {
  var path: String
  var isDryRun: Bool
  var rowCount = 0
  /// The first problems, at most `MemberImporter.shownProblemCountMax`.
  var problems: [ImportFault] = []
  /// All problems that were found.
  var problemCount = 0
  /// What the gateway answered to the commit: members, cards, sums.
  var sums: JSON = .null

  /// Whether nothing was imported.
  var isRefused: Bool { problemCount > 0 }

  /// As `--json` tells it.
  var document: JSON {
    .object([
      "state": .string(isRefused ? "refused" : isDryRun ? "checked" : "imported"),
      "rows": .integer(Int64(rowCount)), "problemCount": .integer(Int64(problemCount)),
      "problems": .array(problems.map(\.json)), "sums": sums,
    ])
  }
}

/// Sends a file's rows to the gateway, a few chunks ahead of its answers, and has them taken over
/// if none has a problem. Nothing is imported by halves: the import ends with the connection.
struct MemberImporter {
  /// Chunks that wait for their answers at one time.
  static let inFlightCountMax = 4
  /// Problems after which reading on would help nobody.
  static let problemCountMax = 1000
  /// Problems that are shown.
  static let shownProblemCountMax = 100
  /// How long a chunk may take, in milliseconds.
  static let chunkMilliseconds = 120_000

  private let session: Session
  private var source: ImportSource
  private var bar = ProgressBar(title: Words.importTitle())
  private var report: ImportReport
  private var inFlight: [GatewayClient.Request] = []

  /// Prepares the import of `source`.
  init(session: Session, source: ImportSource, isDryRun: Bool) {
    self.session = session
    self.source = source
    report = ImportReport(path: source.path, isDryRun: isDryRun)
  }

  /// Does it all.
  ///
  /// - Throws: `GatewayError`, `GatewayConnectionError` or `FileError`; nothing is imported then.
  mutating func run() throws -> ImportReport {
    defer { bar.clear() }
    do {
      guard let (sheet, rows) = try header() else { return report }
      let begun = try session.client.call(
        "member.importBegin",
        .object(["dryRun": .bool(report.isDryRun)])
      )
      guard let importID = begun["importId"]?.string else {
        throw GatewayConnectionError.malformed("member.importBegin without importId")
      }
      try send(rows, sheet, importID)
      if report.isRefused {
        _ = try session.client.call(
          "member.importCancel",
          .object(["importId": .string(importID)])
        )
      } else {
        report.sums = try commit(importID)
      }
    } catch let fault as ImportFault {
      note([fault])
    } catch let faults as ImportFaults {
      note(faults.all)
    }
    return report
  }

  /// Reads up to the header and answers it with the rows that came along.
  private mutating func header() throws -> (sheet: ImportSheet, rows: [CSVRecord])? {
    while let records = try source.next() {
      guard let first = records.first else { continue }
      return (try ImportSheet.read(first).get(), Array(records.dropFirst()))
    }
    let problem = Words.importEmpty(ImportSheet.columns.joined(separator: ", "))
    throw ImportFault(line: 1, column: "", problem: problem)
  }

  private mutating func send(
    _ first: [CSVRecord],
    _ sheet: ImportSheet,
    _ importID: String
  ) throws {
    var chunk = ImportChunk(importID: importID)
    var rows: [CSVRecord]? = first
    do {
      while let records = rows, report.problemCount < Self.problemCountMax {
        for row in records {
          report.rowCount += 1
          if let fault = sheet.fault(of: row) {
            note([fault])
            continue
          }
          chunk.append(row, of: sheet)
          guard chunk.isFull else { continue }
          try sendChunk(&chunk, importID)
        }
        bar.show(thousandths: source.thousandths * 9 / 10, count: report.rowCount)
        rows = try source.next()
      }
    } catch let fault as ImportFault {
      // What was read before the file broke off is still checked, so that all is told at once.
      note([fault])
    }
    if chunk.rowCount > 0 { try sendChunk(&chunk, importID) }
    while !inFlight.isEmpty { try settleOldest() }
  }

  private mutating func sendChunk(_ chunk: inout ImportChunk, _ importID: String) throws {
    while inFlight.count >= Self.inFlightCountMax { try settleOldest() }
    let bytes = chunk.finish()
    inFlight.append(
      try session.client.send("member.importChunk", parametersBytes: bytes)
    )
    chunk = ImportChunk(importID: importID)
  }

  private mutating func settleOldest() throws {
    let request = inFlight.removeFirst()
    let limit = Self.chunkMilliseconds
    guard let answer = try session.client.reply(to: request, timeoutMilliseconds: limit) else {
      throw GatewayConnectionError.timedOut(method: request.method)
    }
    note(
      (answer["problems"]?.array ?? []).map { problem in
        ImportFault(
          line: Int(clamping: problem["line"]?.integer ?? 0),
          column: problem["column"]?.string ?? "",
          problem: problem["problem"]?.string ?? ""
        )
      }
    )
  }

  /// Has everything taken over, which may take long, and shows how far it is.
  private mutating func commit(_ importID: String) throws -> JSON {
    let client = session.client
    let request = try client.send(
      "member.importCommit",
      .object(["importId": .string(importID)])
    )
    var thousandths = 900
    while true {
      if let sums = try client.reply(to: request, timeoutMilliseconds: 250) { return sums }
      while let event = try client.nextEvent(timeoutMilliseconds: 0) {
        guard event.kind == "import.progress" else { continue }
        thousandths = 900 + Int(clamping: event.parameters["thousandths"]?.integer ?? 0) / 10
      }
      bar.show(thousandths: thousandths, count: report.rowCount)
    }
  }

  private mutating func note(_ faults: [ImportFault]) {
    report.problemCount += faults.count
    report.problems += faults.prefix(max(0, Self.shownProblemCountMax - report.problems.count))
    report.problems.sort { $0.line < $1.line }
  }
}

extension ImportReport {
  /// As people read it.
  func lines(on console: Console) -> [String] {
    var lines = problems.map { fault in
      DisplayWidth.printable(
        Words.importProblem(path, String(fault.line), fault.column, fault.problem)
      )
    }
    guard isRefused else {
      let words = isDryRun ? Words.importChecked : Words.importDone
      return Details.lines(sums, on: console) + [words(String(rowCount))]
    }
    if problemCount > problems.count {
      lines.append(Words.importMoreProblems(String(problemCount - problems.count)))
    }
    if problemCount >= MemberImporter.problemCountMax {
      lines.append(Words.importGaveUp(String(MemberImporter.problemCountMax)))
    }
    return lines + [Words.importRefused(String(problemCount))]
  }
}
