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
  private let ended: @Sendable () -> Void
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
    ended: @escaping @Sendable () -> Void
  ) {
    self.shared = shared
    self.inbox = inbox
    self.isDryRun = isDryRun
    self.ended = ended
    let now = shared.clock.now()
    batch = now.microseconds
    operationID = "import:\(now.microseconds)"
    reader = ImportRowReader(
      programme: shared.active.programme,
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
        problems.append(row.problem("memberId", "exists already"))
      }
      for credential in [read.credential, read.phone] {
        guard let credential else { continue }
        let reference = shared.keys.reference(of: credential)
        let column = credential.kind == .phoneNumber ? "phone" : "cardValue"
        if shared.memory.number(of: reference) != nil {
          problems.append(row.problem(column, "is another member's already"))
        } else if !references.insert(reference).inserted {
          let isOwn = places[read.id].map { drafts[$0].holds(reference) } ?? false
          if !(isOwn && column == "phone") {
            problems.append(row.problem(column, "stands twice in the file"))
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
    defer { ended() }
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
      await discard()
      throw BackOfficeRefusal(
        isRetryable: error.code == "import.busy" || error.code == "store.write",
        problem: "\(error.problem); nothing was imported"
      )
    } catch {
      await discard()
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
    ended()
  }

  private func discard() async {
    var isDone = false
    while !isDone {
      isDone = await withCheckedContinuation { continuation in
        let batch = batch
        if !inbox.put(.discard(batch: batch, { continuation.resume(returning: $0) })) {
          continuation.resume(returning: true)  // The next start removes what is left.
        }
      }
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

extension ImportRow {
  func problem(_ column: String, _ problem: String) -> ImportProblem {
    ImportProblem(line: line, column: column, problem: problem)
  }
}
