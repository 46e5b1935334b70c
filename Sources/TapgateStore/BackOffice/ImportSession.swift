internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// An import under way: every row is checked first, then staged in chunks between the tills' own
/// operations, then published by one row.
///
/// Rows of one member add up: each names a card, and each may bring balances. What they say of the
/// person must agree.
actor ImportSession: MemberImport {
  /// Members staged at one time: some milliseconds of the ledger's thread.
  private static let chunkCount = 250
  /// Problems told at one time.
  private static let problemCountMax = 100

  private let shared: LedgerShared
  private let inbox: LedgerInbox
  private let batch: Int64
  private let operationID: String
  private let isDryRun: Bool
  /// Told that it is over, and whether rows of it could not be removed.
  private let ended: @Sendable (_ isLeft: Bool) -> Void
  private let reader: ImportRowReader
  private var drafts: [ImportDraft] = []
  private var places: [String: Int] = [:]
  private var references: Set<CardReference> = []
  private var problemCount = 0
  private var isOver = false

  init(
    shared: LedgerShared,
    inbox: LedgerInbox,
    isDryRun: Bool,
    ended: @escaping @Sendable (_ batch: Int64, _ isLeft: Bool) -> Void
  ) {
    self.shared = shared
    self.inbox = inbox
    self.isDryRun = isDryRun
    let now = shared.clock.now()
    let batch = now.microseconds
    self.batch = batch
    self.ended = { ended(batch, $0) }
    operationID = "import:\(now.microseconds)"
    reader = ImportRowReader(
      programme: shared.active.programme,
      attributes: Set(shared.attributes.map(\.column)),
      today: shared.active.calendar.date(of: now)
    )
  }

  func add(_ rows: [ImportRow]) async throws -> [ImportProblem] {
    guard !isOver else {
      throw BackOfficeRefusal(isRetryable: false, problem: "the import is over")
    }
    var problems: [ImportProblem] = []
    for row in rows {
      let found = take(row)
      problemCount += found.count
      if problems.count < Self.problemCountMax { problems += found }
    }
    return problems
  }

  private func take(_ row: ImportRow) -> [ImportProblem] {
    switch reader.read(row) {
    case .failure(let problems): return problems.problems
    case .success(var read):
      var problems: [ImportProblem] = []
      if shared.memory.number(ofMember: read.id) != nil {
        problems.append(row.problem("memberId", .memberExists))
      }
      for credential in [read.credential, read.phone] {
        guard let credential else { continue }
        let reference = shared.keys.reference(of: credential)
        let column = credential.kind == .phoneNumber ? "phone" : "cardValue"
        if shared.memory.number(of: reference) != nil {
          problems.append(row.problem(column, .credentialTaken))
        } else if !references.insert(reference).inserted {
          let isOwn = places[read.id].map { drafts[$0].holds(reference) } ?? false
          if !(isOwn && column == "phone") {
            problems.append(row.problem(column, .credentialTwice))
          }
        } else {
          read.references.append((credential, reference))
        }
      }
      if let place = places[read.id] {
        problems += drafts[place].merge(read, row)
      } else {
        places[read.id] = drafts.count
        drafts.append(ImportDraft(read))
      }
      return problems
    }
  }

  func commit(progress: @escaping @Sendable (Int) -> Void) async throws -> JSON {
    guard !isOver else {
      throw BackOfficeRefusal(isRetryable: false, problem: "the import is over")
    }
    isOver = true
    var isLeft = false
    defer { ended(isLeft) }
    guard problemCount == 0 else {
      throw BackOfficeRefusal(
        isRetryable: false,
        problem: "\(problemCount) problems; nothing was imported"
      )
    }
    var summary = ImportSummary(
      batch: batch,
      operationID: operationID,
      members: drafts.count,
      cards: references.count,
      points: 0,
      growth: 0,
      principalMinor: 0,
      bonusMinor: 0
    )
    for draft in drafts { draft.addSums(to: &summary) }
    if isDryRun { return Self.report(summary, sequence: nil) }
    do {
      try await stageAll(progress: progress)
      let sequence = try await publish(summary)
      return Self.report(summary, sequence: sequence)
    } catch let error as StoreError {
      isLeft = await !isDiscarded()
      throw BackOfficeRefusal(
        isRetryable: error.code == "import.busy" || error.code == "store.write",
        problem: "\(error.problem); nothing was imported"
      )
    } catch {
      isLeft = await !isDiscarded()
      throw error
    }
  }

  private func stageAll(progress: @escaping @Sendable (Int) -> Void) async throws {
    var start = 0
    var index = 0
    while start < drafts.count {
      let end = min(start + Self.chunkCount, drafts.count)
      var members: [ImportChunk.Member] = []
      for draft in drafts[start..<end] { members.append(try draft.member(shared)) }
      try await stage(ImportChunk(batch: batch, index: index, members: members))
      start = end
      index += 1
      progress(start * 1000 / drafts.count)
    }
  }

  private func stage(_ chunk: ImportChunk) async throws {
    let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
      if !inbox.put(.stage(chunk, { continuation.resume(returning: $0) })) {
        continuation.resume(returning: .failure(Self.busy))
      }
    }
    try result.get()
  }

  private func publish(_ summary: ImportSummary) async throws -> Int64 {
    let result: Result<Int64, StoreError> = await withCheckedContinuation { continuation in
      if !inbox.put(.publish(summary, { continuation.resume(returning: $0) })) {
        continuation.resume(returning: .failure(Self.busy))
      }
    }
    return try result.get()
  }

  private static let busy = StoreError(
    code: "import.busy",
    problem: "the ledger takes no more work now"
  )

  func cancel() async {
    guard !isOver else { return }
    isOver = true
    drafts = []
    places = [:]
    references = []
    ended(false)
  }

  /// Removes what was staged. Where that cannot be written, the store tries again before the next
  /// import, and at its next start.
  private func isDiscarded() async -> Bool {
    do {
      try await inbox.discard(batch: batch)
      return true
    } catch {
      return false
    }
  }

  private static func report(_ summary: ImportSummary, sequence: Int64?) -> JSON {
    .object([
      "members": .integer(Int64(summary.members)), "cards": .integer(Int64(summary.cards)),
      "points": .integer(summary.points), "growth": .integer(summary.growth),
      "principalMinor": .integer(summary.principalMinor),
      "bonusMinor": .integer(summary.bonusMinor), "dryRun": .bool(sequence == nil),
      "sequence": .optional(sequence),
    ])
  }
}

extension LedgerInbox {
  /// Has everything removed of an import that was given up.
  ///
  /// - Throws: a `StoreError` where that could not be written, or the gateway closes.
  func discard(batch: Int64) async throws {
    var isDone = false
    while !isDone {
      let result: Result<Bool, StoreError> = await withCheckedContinuation { continuation in
        if !put(.discard(batch: batch, { continuation.resume(returning: $0) })) {
          let error = StoreError(code: "store.closed", problem: "the ledger is closing")
          continuation.resume(returning: .failure(error))
        }
      }
      isDone = try result.get()
    }
  }
}

extension ImportRow {
  func problem(_ column: String, _ finding: ImportFinding) -> ImportProblem {
    ImportProblem(line: line, column: column, finding: finding)
  }
}
