internal import Dispatch
internal import Foundation
internal import GRDB
internal import TapgateLock
public import TapgateCore
public import TapgateJSON
public import TapgateModel

extension LedgerStore: BackOffice {
  public func search(text: String, limit: Int) async throws -> [MemberView] {
    let views = shared.views
    var found: [MemberView] = []
    for kind in [CredentialKind.phoneNumber, .memberNumber] {
      guard let credential = try? Credential(kind: kind, value: text),  // No such value, no hit.
        let view = views.view(.credential(credential))
      else { continue }
      if !found.contains(where: { $0.id == view.id }) { found.append(view) }
    }
    let (names, newest) = (shared.names, try await newestNumber())
    let numbers = try await onReader { _ in
      names.search(text, limit: limit, newest: newest, views)
    }
    for number in numbers where found.count < limit {
      guard let row = shared.memory.row(number),
        let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
      else { continue }
      if found.contains(where: { $0.id == state.id }) { continue }
      found.append(views.view(of: state, profile: row.profile, card: nil))
    }
    return Array(found.prefix(limit))
  }

  private func newestNumber() async throws -> UInt32 {
    try await onReader { db in
      UInt32(clamping: try Int64.fetchOne(db, sql: "SELECT max(number) FROM member") ?? 0)
    }
  }

  /// Runs a read on the back office's own connection and queue. What it sees is on the disk, and it
  /// sees every commit that was under way when it was asked for.
  func onReader<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let flusher = flusher
    return try await reader.read { db in
      flusher.waitUntilPublished()
      // The first read fixes what the transaction sees; all of that was announced before.
      _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM meta")
      flusher.waitUntilPublished()
      return try body(db)
    }
  }

  public func history(memberID: String, before: Int64?, limit: Int) async throws -> JSON? {
    guard let number = shared.memory.number(ofMember: memberID),
      let row = shared.memory.row(number)
    else { return nil }
    let newest = try MemberState(packed: row.state).lastSequence
    let (calendar, memory) = (shared.active.calendar, shared.memory)
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { return .null }
      let statement = try Statement(JournalRow.select + " WHERE sequence = ?", on: connection)
      var entries: [JSON] = []
      var next = newest
      while next > 0, entries.count < limit {
        statement.bind(next, at: 1)
        guard try statement.step(), let row = JournalRow(statement) else { break }
        statement.reset()
        if row.sequence < before ?? .max {
          entries.append(row.json(calendar, memory, number: number))
        }
        next = row.kind == .importChunk ? 0 : row.previous
      }
      return .object([
        "entries": .array(entries), "next": next > 0 ? .integer(next + 1) : .null,
      ])
    }
  }

  public func feed(after sequence: Int64, limit: Int) async throws -> JSON {
    let (calendar, memory) = (shared.active.calendar, shared.memory)
    // Chunks of an import say nothing by themselves; the row that publishes it does.
    let chunk = JournalKind.importChunk.rawValue
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { return .null }
      let statement = try Statement(
        JournalRow.select + " WHERE sequence > ? AND refused = 0 AND kind <> \(chunk)"
          + " ORDER BY sequence LIMIT ?",
        on: connection
      )
      statement.bind(sequence, at: 1)
      statement.bind(Int64(limit), at: 2)
      var operations: [JSON] = []
      var last = sequence
      while try statement.step() {
        guard let row = JournalRow(statement) else { continue }
        last = row.sequence
        operations.append(row.json(calendar, memory))
      }
      return .object(["operations": .array(operations), "next": .integer(last)])
    }
  }

  public func status(operationID: String) async throws -> OperationOutcome? {
    let key = JournalRow.key(of: operationID)
    return try await onReader { db in
      guard let connection = db.sqliteConnection else { return nil }
      let statement = try Statement(JournalRow.select + " WHERE operation = ?", on: connection)
      statement.bind(key, at: 1)
      guard try statement.step(), let row = JournalRow(statement) else { return nil }
      statement.reset()
      if row.isRefused { return .refused(LedgerEngine.refusal(of: row), isReplay: true) }
      return .committed(
        result: LedgerEngine.answer(row.reply, isReplay: true),
        isReplay: true,
        sequence: row.sequence
      )
    }
  }

  public func beginImport(isDryRun: Bool) async throws -> any MemberImport {
    let isFree = isImporting.withLock { isImporting in
      defer { isImporting = true }
      return !isImporting
    }
    guard isFree else {
      throw BackOfficeRefusal(isRetryable: true, problem: "another import is under way")
    }
    do {
      try await removeLeftImports()
    } catch {
      isImporting.withLock { $0 = false }
      throw BackOfficeRefusal(
        isRetryable: true,
        problem: "what the last import left behind cannot be removed: \(error)"
      )
    }
    return ImportSession(
      shared: shared,
      inbox: inbox,
      isDryRun: isDryRun,
      ended: { [weak self] batch, isLeft in self?.importEnded(batch, isLeft: isLeft) }
    )
  }

  /// Removes the rows of imports that were given up while nothing could be written: they hold ids
  /// and cards that the next import may bring.
  private func removeLeftImports() async throws {
    while let batch = leftImports.withLock(\.last) {
      try await inbox.discard(batch: batch)
      leftImports.withLock { left in left.removeAll { $0 == batch } }
    }
  }

  private func importEnded(_ batch: Int64, isLeft: Bool) {
    if isLeft { leftImports.withLock { $0.append(batch) } }
    isImporting.withLock { $0 = false }
    DispatchQueue.global(qos: .utility).async { [weak self] in self?.warmNames() }
  }

  public func figures() async throws -> JSON {
    let programme = shared.active.programme
    let hash = shared.active.revision.map { String($0, radix: 16).leftPadded }.joined()
    let (directory, date) = (directory, dateFigures)
    let members = Int64(shared.memory.count)
    return try await onReader { db in
      let sequence = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0
      func size(_ suffix: String) -> Int64 {
        let path = LedgerFile.path(in: directory) + suffix
        // A file that is not there has no bytes.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
      }
      return .object([
        "members": .integer(members), "sequence": .integer(sequence),
        "databaseBytes": .integer(size("")), "logBytes": .integer(size("-wal")), "date": date,
        "programme": .object([
          "id": .string(programme.id), "revision": .integer(programme.revision),
          "hash": .string(hash), "currency": .string(programme.currency),
          "examples": .array(programme.examples.map(JSON.string)),
        ]),
      ])
    }
  }
}

extension String {
  fileprivate var leftPadded: String { count < 2 ? "0" + self : self }
}

extension JournalRow {
  /// The row as `member.history` and `operation.feed` show it. Of an import's chunk it is what the
  /// import brought to the member `number`.
  func json(
    _ calendar: BusinessCalendar,
    _ memory: MemberMemory,
    number: UInt32? = nil
  ) -> JSON {
    let origin = self.origin.split(separator: "\u{1F}", omittingEmptySubsequences: false)
    func part(_ index: Int) -> JSON {
      index < origin.count && !origin[index].isEmpty ? .string(String(origin[index])) : .null
    }
    let number = number ?? member.flatMap { UInt32(exactly: $0) }
    let sums = EffectSums(memberEffects(number))
    let result = try? JSONParser.parse(reply)  // `verify` tells of a damaged row.
    return .object([
      "sequence": .integer(sequence),
      "operationId": .string(Self.operationID(of: operationKey)),
      "method": .string(kind.method), "refused": .bool(isRefused),
      "at": .string(calendar.rfc3339(Timestamp(microseconds: at))),
      "businessDate": .string(businessDate.description), "store": part(0), "counter": part(1),
      "operator": part(2),
      "memberId": .optional(number.flatMap { memory.memberID($0) }),
      "receiptNo": .optional(receiptKey.flatMap { Self.receiptNo(of: $0) }),
      "reverses": result?["reverses"] ?? .null, "reason": result?["reason"] ?? .null,
      "points": .integer(sums.points), "growth": .integer(sums.growth),
      "amountMinor": .optional(sums.amountMinor),
      "principalMinor": .optional(sums.principalMinor),
      "bonusMinor": .optional(sums.bonusMinor),
      "tierAfter": result?["tierAfter"] ?? .null, "simulated": .bool(isSimulated),
    ])
  }

  /// The row's effects on the member `number`: an import's chunk has those of many.
  private func memberEffects(_ number: UInt32?) -> [Effect] {
    // `verify` tells of damage.
    guard kind == .importChunk else { return (try? Effect.unpacked(effects)) ?? [] }
    guard let number, let members = try? ImportColumn.unpacked(effects) else { return [] }
    return members.first { $0.number == number }?.effects ?? []
  }
}

/// What effects come to, as far as people are shown it.
private struct EffectSums {
  var points: Int64 = 0
  var growth: Int64 = 0
  /// What was paid; `nil` where nothing was.
  var amountMinor: Int64?
  /// What came to the stored value, or went from it; `nil` where nothing did.
  var principalMinor: Int64?
  var bonusMinor: Int64?

  init(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .post(.pointsAvailable, let quantity): points &+= quantity
      case .post(.growth, let quantity): growth &+= quantity
      case .post(.principal, let minor): principalMinor = (principalMinor ?? 0) &+ minor
      case .post(.bonus, let minor): bonusMinor = (bonusMinor ?? 0) &+ minor
      case .spent(_, let minor): amountMinor = (amountMinor ?? 0) &+ minor
      default: break
      }
    }
  }
}

extension MemberMemory {
  /// The id of the member `number`; `nil` where there is none, or the row is damaged.
  fileprivate func memberID(_ number: UInt32) -> String? {
    row(number).flatMap { try? MemberState.identity(packed: $0.state).id }
  }
}
