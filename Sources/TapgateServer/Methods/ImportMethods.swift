internal import Logging
internal import TapgateLock
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// The imports that are open, for the work beside the loop.
final class ImportDesk: Sendable {
  private let backOffice: any BackOffice
  private let open = Mutex<[String: Entry]>([:])

  private struct Entry {
    var client: ClientID
    var opened: any MemberImport
  }

  /// Creates a desk.
  init(backOffice: any BackOffice) { self.backOffice = backOffice }

  /// Opens an import under an id.
  func begin(_ id: String, client: ClientID, isDryRun: Bool) async throws {
    let opened = try await backOffice.beginImport(isDryRun: isDryRun)
    open.withLock { $0[id] = Entry(client: client, opened: opened) }
  }

  /// `member.importChunk`: takes rows that were held against the table.
  func add(
    _ parameters: Parameters,
    client: ClientID,
    language: Language
  ) async throws -> JSON {
    let id = try parameters.requiredText("importId")
    guard let entry = open.withLock({ $0[id] }), entry.client == client else {
      throw Failure.result(.noExist, .unknown, field: "importId")
    }
    let rows = (parameters["rows"]?.array ?? []).map(ImportRow.init)
    let problems = try await entry.opened.add(rows)
    return .object(["problems": .array(problems.map { $0.json(in: language) })])
  }

  /// Takes an import out, so that it can end.
  func take(_ id: String) -> (any MemberImport)? {
    open.withLock { $0.removeValue(forKey: id)?.opened }
  }
}

extension Switchboard {
  /// `member.importBegin`.
  func beginImport(_ call: Call) throws(Failure) {
    let id = newID()
    let isDryRun = call.parameters.flag("dryRun") ?? false
    let ticket = postpone(call)
    let (desk, inbox) = (importDesk, inbox)
    importOwners[id] = call.connection.id
    let isTaken = imports.submit {
      do {
        try await desk.begin(id, client: ticket.client, isDryRun: isDryRun)
        let result = JSON.object(["importId": .string(id)]).encoded()
        inbox.post(.answer(ticket, .result(result)))
      } catch {
        inbox.post(.answer(ticket, .importFailed(importID: id, Failure(anyError: error))))
      }
    }
    guard isTaken else {
      importOwners[id] = nil
      _ = redeem(ticket)
      throw .busy(after: 500, .busy, hint: "too much work waits for the import")
    }
  }

  private func ownImport(_ call: Call) throws(Failure) -> String {
    let id = try call.parameters.requiredText("importId")
    guard importOwners[id] == call.connection.id else {
      throw .result(.noExist, .unknown, field: "importId")
    }
    return id
  }

  /// `member.importChunk`: chunks of one import are taken in their order.
  func addToImport(_ call: Call) throws(Failure) {
    let (desk, parameters, client) = (importDesk, call.parameters, call.connection.id)
    let language = call.connection.language
    try inBackOffice(call, lane: imports) {
      try await desk.add(parameters, client: client, language: language)
    }
  }

  /// `member.importCommit`: ends the import, whatever comes of it.
  func commitImport(_ call: Call) throws(Failure) {
    let id = try ownImport(call)
    importOwners[id] = nil
    let (desk, inbox, client) = (importDesk, inbox, call.connection.id)
    try inBackOffice(call, lane: imports) {
      guard let taken = desk.take(id) else {
        throw Failure.result(.noExist, .unknown, field: "importId")
      }
      return try await taken.commit { thousandths in
        inbox.post(.importProgress(client, importID: id, thousandths: thousandths))
      }
    }
  }

  /// `member.importCancel`.
  func cancelImport(_ call: Call) throws(Failure) {
    let id = try ownImport(call)
    importOwners[id] = nil
    let desk = importDesk
    try inBackOffice(call, lane: imports) {
      await desk.take(id)?.cancel()
      return .object([:])
    }
  }

  /// An import whose client is gone.
  func cancelImport(_ id: String) {
    importOwners[id] = nil
    let desk = importDesk
    let isTaken = imports.submit { await desk.take(id)?.cancel() }
    if !isTaken { logger.debug("an import was left open: the gateway closes") }
  }

  /// `member.export`.
  func export(_ call: Call) throws(Failure) {
    let after = call.parameters.integer("after") ?? 0
    let limit = Int(clamping: call.parameters.integer("limit") ?? 500)
    let backOffice = ports.backOffice
    try submit(
      call,
      subject: nil,
      .assets(.exportProfiles(after: after)),
      completing: { outcome in
        guard case .committed(_, isReplay: false, let sequence) = outcome else { return outcome }
        do {
          let page = try await backOffice.export(after: after, limit: limit)
          return .committed(result: page.encoded(), isReplay: false, sequence: sequence)
        } catch {
          return .failed(.busy(retryAfterMilliseconds: 1000, hint: "the members cannot be read"))
        }
      }
    )
  }
}

extension ImportRow {
  /// Reads a row that was held against the table.
  fileprivate init(_ value: JSON) {
    var fields: [String: String] = [:]
    for member in value["fields"]?.object?.members ?? [] {
      fields[member.name] = member.value.string
    }
    self.init(line: Int(clamping: value["line"]?.integer ?? 0), fields: fields)
  }
}

extension ImportProblem {
  /// The problem as `member.importChunk` shows it.
  fileprivate func json(in language: Language) -> JSON {
    .object([
      "line": .integer(Int64(line)), "column": .string(column),
      "problem": .string(finding.text(in: language)),
    ])
  }
}
