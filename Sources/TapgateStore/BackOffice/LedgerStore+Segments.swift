internal import GRDB
public import TapgateCore
internal import TapgateJSON
public import TapgateModel
internal import TapgateReports

extension LedgerStore: CouponBatchDesk {
  public func members(of segment: Segment) async throws -> [UInt32] {
    let (shared, today, directory, flusher) = (shared, today, directory, flusher)
    let classes = segment.classes.isEmpty ? [:] : try await list("abcd") { $0["class"]?.string }
    let scores = segment.needsScores ? try await list("rfm", Self.scores) : [:]
    return try await onReports {
      try LedgerFile.openReader(directory: directory).read { db in
        guard let connection = db.sqliteConnection else { throw OperationFailure.closing }
        flusher.waitUntilPublished()
        let published = try StoreIdentity.publishedBatches(in: db)
        let rows = try Statement(
          "SELECT number, state, profile, batch FROM member ORDER BY number",
          on: connection
        )
        var members: [UInt32] = []
        while try rows.step() {
          let batch = rows.integer(3)
          guard batch == 0 || published.contains(batch),
            let number = UInt32(exactly: rows.integer(0)),
            let state = try? MemberState(packed: rows.bytes(1))  // `verify` tells of damage.
          else { continue }
          let profile = segment.birthdayMonth.map { _ in
            shared.views.profile(rows.optionalBytes(2), memberID: state.id)
          }
          let holds = segment.holds(
            state,
            birthdayMonth: profile?.birthday?.parts.month,
            class: classes[state.id],
            scores: scores[state.id],
            on: today
          )
          if holds { members.append(number) }
        }
        return members
      }
    }
  }

  private static func scores(_ row: [String: JSON]) -> Segment.Scores? {
    guard let recency = row["r"]?.integer, let frequency = row["f"]?.integer,
      let monetary = row["m"]?.integer
    else { return nil }
    return Segment.Scores(recency: recency, frequency: frequency, monetary: monetary)
  }

  /// What a report's list of members says of each.
  private func list<Value: Sendable>(
    _ name: String,
    _ value: @escaping @Sendable ([String: JSON]) -> Value?
  ) async throws -> [String: Value] {
    let rows = Int64(Limits.segmentMemberCountMax)
    let report = try await report(named: name, rows: rows)
    guard let table = report.tables.first(where: { $0.id == "members" }),
      let id = table.columns.firstIndex(where: { $0.id == "memberId" })
    else { return [:] }
    var values: [String: Value] = [:]
    for row in table.rows {
      guard case .text(let member) = row[id] else { continue }
      var cells: [String: JSON] = [:]
      for (column, cell) in zip(table.columns, row) {
        switch cell {
        case .text(let text): cells[column.id] = .string(text)
        case .integer(let number): cells[column.id] = .integer(Int64(clamping: number))
        default: break
        }
      }
      if let found = value(cells) { values[member] = found }
    }
    return values
  }

  // MARK: Issuing

  public func issue(_ operation: Operation) async -> OperationOutcome {
    let header = await submit(operation)
    guard case .committed(let result, let isReplay, _) = header else { return header }
    guard let begun = try? JSONParser.parse(result), let template = begun["template"]?.string,
      let members = begun["members"]?.string.flatMap(CouponBatch.members(of:))
    else { return .failed(.broken(hint: "the batch's row is damaged: run tapgate verify")) }
    let batch = CouponBatch(
      template: template,
      count: begun["count"]?.integer ?? 1,
      members: members
    )
    switch await finish(batch, operation) {
    case .committed(let result, _, let sequence):
      guard var done = (try? JSONParser.parse(result))?.object else { return header }
      done["replay"] = .bool(isReplay)
      return .committed(
        result: JSON.object(done).encoded(),
        isReplay: isReplay,
        sequence: sequence
      )
    case let other: return other
    }
  }

  /// Goes on with every batch that was begun and is not done.
  public func resumeBatches() async {
    let shared = shared
    let open = try? await onReader { db -> [(Operation, CouponBatch)] in
      guard let connection = db.sqliteConnection else { return [] }
      let marks = try Statement(
        "SELECT name FROM meta WHERE name LIKE 'couponBatch:%'",
        on: connection
      )
      let rows = try Statement(JournalRow.select + " WHERE sequence = ?", on: connection)
      let ends = try Statement("SELECT 1 FROM journal WHERE operation = ?", on: connection)
      var open: [(Operation, CouponBatch)] = []
      while try marks.step() {
        let sequence = Int64(marks.text(0).split(separator: ":").last ?? "") ?? 0
        rows.bind(sequence, at: 1)
        defer { rows.reset() }
        guard try rows.step(), let row = JournalRow(rows) else { continue }
        let id = JournalRow.operationID(of: row.operationKey)
        ends.bind(JournalRow.key(of: BatchIDs.end(of: id)), at: 1)
        defer { ends.reset() }
        guard try !ends.step(), let pair = Self.batch(row, id: id, shared) else { continue }
        open.append(pair)
      }
      return open
    }
    for (operation, batch) in open ?? [] { _ = await finish(batch, operation) }
  }

  private static func batch(
    _ row: JournalRow,
    id: String,
    _ shared: LedgerShared
  ) -> (Operation, CouponBatch)? {
    guard let reply = try? JSONParser.parse(row.reply), let template = reply["template"]?.string,
      let members = reply["members"]?.string.flatMap(CouponBatch.members(of:))
    else { return nil }
    let count = reply["count"]?.integer ?? 1
    let batch = CouponBatch(template: template, count: count, members: members)
    let origin = ShiftKey.origin(row)
    let operation = Operation(
      id: id,
      method: row.kind.method,
      content: row.content,
      subject: nil,
      body: .assets(.issueBatch(batch)),
      store: origin.store,
      counter: origin.counter,
      operatorName: origin.operatorName.isEmpty ? nil : origin.operatorName,
      isSimulated: row.isSimulated
    )
    return (operation, batch)
  }

  /// A row for each member who has none yet, then the one that ends the batch.
  private func finish(_ batch: CouponBatch, _ header: Operation) async -> OperationOutcome {
    var done = CouponBatchDone(
      template: batch.template,
      matched: Int64(batch.members.count),
      issued: 0,
      refused: 0
    )
    var next = 0
    while next < batch.members.count {
      let part = batch.members[next..<min(next + 64, batch.members.count)]
      next += part.count
      let outcomes = await withTaskGroup(of: OperationOutcome.self) { group in
        for number in part { group.addTask { await self.issue(batch, to: number, header) } }
        return await group.reduce(into: [OperationOutcome]()) { $0.append($1) }
      }
      for outcome in outcomes {
        switch outcome {
        case .committed: done.issued += 1
        case .refused, .failed(.unknown): done.refused += 1
        case .failed(let failure): return .failed(failure)
        }
      }
    }
    var end = header
    end.id = BatchIDs.end(of: header.id)
    end.content = Array(end.id.utf8)
    end.body = .assets(.endBatch(done))
    end.operatorProof = .right
    return await submit(end)
  }

  /// One member's coupons, under an id that nobody else can use.
  private func issue(
    _ batch: CouponBatch,
    to number: UInt32,
    _ header: Operation
  ) async -> OperationOutcome {
    guard let row = shared.memory.row(number),
      let id = (try? MemberState.identity(packed: row.state))?.id  // `verify` tells of damage.
    else { return .failed(.unknown(field: "memberId")) }
    var operation = header
    operation.id = BatchIDs.part(number, of: header.id)
    operation.content = Array(operation.id.utf8)
    operation.subject = .memberID(id)
    operation.body = .assets(.issueCoupons(template: batch.template, count: batch.count))
    operation.operatorProof = .right
    while true {
      let outcome = await submit(operation)
      guard case .failed(.busy(let milliseconds, _)) = outcome else { return outcome }
      // A full disk or queue: the batch waits, and is asked to end by nobody but the stop.
      do {
        try await Task.sleep(for: .milliseconds(milliseconds))
      } catch { return outcome }
    }
  }

  private func submit(_ operation: Operation) async -> OperationOutcome {
    await withCheckedContinuation { continuation in
      submit(operation) { continuation.resume(returning: $0) }
    }
  }
}

/// Ids of a batch's rows. The character between is in no id that a client can send.
enum BatchIDs {
  static func part(_ number: UInt32, of id: String) -> String { "\(id)\u{1F}\(number)" }
  static func end(of id: String) -> String { "\(id)\u{1F}end" }
}
