internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Printing a document again, marked as what it is.
extension Switchboard {
  /// Methods of reprints.
  static let reprintHandlers: [(String, Handler)] = [
    ("print.reprint", { board, call throws(Failure) in try board.reprint(call) })
  ]

  /// `print.reprint`: the frozen document of a job, with a mark above it, as a job of its own.
  func reprint(_ call: Call) throws(Failure) {
    let id = try call.parameters.requiredText("jobId")
    guard let desk = ports.printing else {
      throw .result(.noHardware, .noPrinter, hint: "add a [[printer]] to the configuration")
    }
    let wanted = call.parameters.text("printer")
    if let wanted, !desk.printers().contains(where: { $0.id == wanted }) {
      throw .result(.noExist, .unknown, field: "printer")
    }
    let operation = try operation(call, subject: nil, .print(document: [], printer: ""))
    let mark = Self.reprintMark(of: id, configuration.language)
    let ticket = postpone(call)
    let (inbox, ledger, backOffice) = (inbox, ports.ledger, ports.backOffice)
    let isTaken = reads.submit {
      do {
        guard let job = try await backOffice.printJob(id: id) else {
          throw Failure.result(.noExist, .unknown, field: "jobId")
        }
        var operation = operation
        operation.body = .print(
          document: Self.marked(job.document, mark).encoded(isSorted: true),
          printer: wanted ?? job.printer
        )
        ledger.submit(operation) { inbox.post(.outcome(ticket, $0)) }
      } catch {
        inbox.post(.answer(ticket, .failure(Failure(anyError: error))))
      }
    }
    guard isTaken else {
      _ = redeem(ticket)
      throw .busy(after: 500, .busy, hint: "too many reads wait for the disk")
    }
  }

  private static func reprintMark(of job: String, _ language: Language) -> JSON {
    let words = language == .zh ? "** 重印 \(job) **" : "** REPRINT \(job) **"
    return .object([
      "type": .string("text"), "text": .string(words), "align": .string("center"),
      "bold": .bool(true),
    ])
  }

  /// The document with the mark as its first block.
  private static func marked(_ document: JSON, _ mark: JSON) -> JSON {
    guard case .object(var object) = document, let blocks = object["blocks"]?.array else {
      return document
    }
    object["blocks"] = .array([mark] + blocks)
    return .object(object)
  }
}
