internal import Dispatch
internal import GRDB
public import TapgateCore
public import TapgateJSON
internal import TapgateModel
internal import TapgateReports

extension LedgerStore: ReportDesk {
  public func reports() -> JSON {
    .object(["reports": .array(ReportCatalogue.all.map { Self.bounded($0).json })])
  }

  /// Reads on a connection of its own, so that a long report holds up no search, and at the lowest
  /// rank: it shares the machine with the counter.
  public func report(
    _ query: ReportQuery,
    isWanted: @escaping @Sendable () -> Bool
  ) async throws -> JSON {
    let request = try Self.request(query, today: today)
    if let id = query.memberID, shared.memory.number(ofMember: id) == nil {
      throw ReportRefusal.unknownMember
    }
    let (shared, flusher, directory) = (shared, flusher, directory)
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        let result = Result {
          guard isWanted() else { throw ReportRefusal.abandoned }
          return try LedgerFile.openReader(directory: directory).read { db in
            flusher.waitUntilPublished()
            // The first read fixes what the transaction sees; all of that was announced before.
            let newest = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0
            flusher.waitUntilPublished()
            var stream = try ReportStream(query, request, shared, newest: newest)
            try stream.feed(db, isWanted: isWanted)
            return try stream.finish()
          }
        }
        continuation.resume(with: result)
      }
    }
  }

  /// The report called `name` with its default parameters and so many rows, as values.
  func report(named name: String, rows: Int64) async throws -> Report {
    var request = ReportRequest(today: today)
    request.parameters[Self.rowsParameter] = rows
    let (shared, flusher, directory) = (shared, flusher, directory)
    let wanted = request
    return try await onReports {
      try LedgerFile.openReader(directory: directory).read { db in
        flusher.waitUntilPublished()
        let newest = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0
        flusher.waitUntilPublished()
        var stream = try ReportStream(ReportQuery(name: name), wanted, shared, newest: newest)
        try stream.feed(db, isWanted: { true })
        return stream.report
      }
    }
  }

  /// Does a long read on a thread of its own, at the lowest rank.
  func onReports<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(with: Result(catching: body))
      }
    }
  }

  /// What is asked, within the bounds of the socket.
  private static func request(
    _ query: ReportQuery,
    today: BusinessDate
  ) throws(ReportRefusal) -> ReportRequest {
    guard let definition = ReportCatalogue.definition(query.name) else { throw .unknownReport }
    var parameters = query.parameters
    for parameter in bounded(definition).parameters where parameter.id == rowsParameter {
      let count = parameters[parameter.id] ?? parameter.defaultValue
      guard parameter.range.contains(count) else {
        let (low, high) = (parameter.range.lowerBound, parameter.range.upperBound)
        throw .illegal(
          field: parameter.id,
          isParameter: true,
          problem: "must be \(low) to \(high)"
        )
      }
      parameters[parameter.id] = count
    }
    var request = ReportRequest(
      from: query.from,
      through: query.through,
      stores: query.stores,
      today: today,
      memberID: query.memberID,
      operatorName: query.operatorName,
      parameters: parameters
    )
    for (store, counters) in query.counters {
      for counter in counters {
        request.counters.insert(ReportCounter(store: store, counter: counter))
      }
    }
    return request
  }

  private static let rowsParameter = "rows"

  /// The report with as many rows as one answer can bring.
  private static func bounded(_ definition: ReportDefinition) -> ReportDefinition {
    var definition = definition
    definition.parameters = definition.parameters.map { parameter in
      guard parameter.id == rowsParameter else { return parameter }
      let countMax = min(parameter.range.upperBound, Int64(Limits.reportRowCountMax))
      return ReportParameter(
        parameter.id,
        parameter.wording,
        defaultValue: min(parameter.defaultValue, Int64(Limits.reportRowCount)),
        range: parameter.range.lowerBound...countMax
      )
    }
    return definition
  }
}

/// Feeds one state of the ledger to a report: every row of the journal, then every member.
private struct ReportStream {
  private var run: ReportRun
  private let shared: LedgerShared
  private var missingStores: Set<String>
  private var count = 0

  init(
    _ query: ReportQuery,
    _ request: ReportRequest,
    _ shared: LedgerShared,
    newest: Int64
  ) throws(ReportRefusal) {
    do {
      run = try ReportRun(
        query.name,
        request,
        programme: shared.active.programme,
        lastSequence: newest
      )
    } catch {
      switch error {
      case .unknown: throw .unknownReport
      case .illegal(let field, let problem):
        let isParameter = query.parameters[field] != nil
        throw .illegal(field: field, isParameter: isParameter, problem: problem)
      }
    }
    self.shared = shared
    missingStores = query.unlistedStores
  }

  mutating func feed(_ db: Database, isWanted: () -> Bool) throws {
    guard let connection = db.sqliteConnection else { return }
    let published = try StoreIdentity.publishedBatches(in: db)
    let rows = try Statement(JournalRow.select + " ORDER BY sequence", on: connection)
    while try rows.step() {
      try pause(isWanted)
      // A row of a kind that this version does not know: the proof says that a row is missing.
      guard let row = JournalRow(rows) else { continue }
      try take(row, published)
    }
    let members = try Statement("SELECT number, state, profile, batch FROM member", on: connection)
    while try members.step() {
      try pause(isWanted)
      let batch = members.integer(3)
      guard batch == 0 || published.contains(batch) else { continue }
      try takeMember(
        members.integer(0),
        state: members.bytes(1),
        profile: members.optionalBytes(2)
      )
    }
  }

  private mutating func pause(_ isWanted: () -> Bool) throws {
    count += 1
    if count % 1024 == 0, !isWanted() { throw ReportRefusal.abandoned }
  }

  private mutating func take(_ row: JournalRow, _ published: Set<Int64>) throws {
    let (calendar, memory) = (shared.active.calendar, shared.memory)
    let entries: [ReportEntry]
    do {
      entries = try ReportEntry.entries(
        of: row,
        offsetSeconds: calendar.offsetSeconds(at: Timestamp(microseconds: row.at)),
        isPublished: row.kind != .importChunk || Self.isPublished(row, published),
        memberID: { memory.reportID(of: $0) }
      )
    } catch {
      throw ReportRefusal.damaged(place: "journal row \(row.sequence)")
    }
    if !missingStores.isEmpty, let store = entries.first?.store { missingStores.remove(store) }
    for entry in entries { run.take(entry) }
  }

  private static func isPublished(_ row: JournalRow, _ published: Set<Int64>) -> Bool {
    // `verify` tells of a damaged reply; what it belongs to is not shown.
    (try? JSONParser.parse(row.reply))?["batch"]?.integer.map(published.contains) ?? false
  }

  private mutating func takeMember(_ number: Int64, state: [UInt8], profile: [UInt8]?) throws {
    let decoded: MemberState
    do {
      decoded = try MemberState(packed: state)
    } catch {
      throw ReportRefusal.damaged(place: "member row \(number)")
    }
    let profile = shared.views.profile(profile, memberID: decoded.id)
    run.take(
      ReportMember(
        number: number,
        state: decoded,
        displayName: MemberProfile.masked(name: profile.name),
        birthday: profile.birthday
      )
    )
  }

  var report: Report { run.report() }

  func finish() throws(ReportRefusal) -> JSON {
    guard missingStores.isEmpty else { throw .unknownStore }
    return run.report().json
  }
}

extension MemberMemory {
  /// The id of the member `number`; `nil` where there is none, or the row is damaged.
  fileprivate func reportID(of number: Int64) -> String? {
    UInt32(exactly: number).flatMap { row($0) }.flatMap {
      try? MemberState.identity(packed: $0.state).id
    }
  }
}
