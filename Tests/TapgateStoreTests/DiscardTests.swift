import Foundation
import GRDB
import TapgateCore
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Imports that are given up", .timeLimit(.minutes(1)))
struct DiscardTests {
  private static let card = "04AAAAAAAAAA88"
  private static let batch: Int64 = 77

  /// Fails a statement, and ends its transaction: the COMMIT after it fails, as on a full disk.
  private static func breaking(_ statement: String, _ name: String) -> String {
    "CREATE TRIGGER \(name) BEFORE \(statement) BEGIN SELECT RAISE(ROLLBACK, 'broken'); END"
  }

  private static func rows() -> [ImportRow] {
    [
      ImportRow(
        line: 2,
        fields: ["memberId": "V1", "name": "V", "cardKind": "cardUid", "cardValue": card]
      )
    ]
  }

  /// Writes a member of an import that is never published.
  private static func stage(_ store: LedgerStore, _ reference: CardReference) async throws {
    let joined = try #require(BusinessDate("2026-03-10"))
    let effects: [Effect] = [
      .created(id: "V1", joinedOn: joined, tier: "normal"),
      .cardAdded(
        CardState(reference: reference, kind: .cardUid, type: "personal", status: .active)
      ),
    ]
    let member = ImportChunk.Member(
      id: "V1",
      joinedOn: joined,
      tier: "normal",
      profile: nil,
      effects: Effect.packed(effects)
    )
    let chunk = ImportChunk(batch: batch, index: 0, members: [member])
    let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
      _ = store.inbox.put(.stage(chunk, { continuation.resume(returning: $0) }))
    }
    try result.get()
  }

  private static func stagedRowCount(_ world: StoreWorld) throws -> Int {
    try DatabaseQueue(path: world.databasePath).read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM member WHERE batch <> 0") ?? 0
    }
  }

  @Test("a removal whose COMMIT fails leaves memory as the disk is, and can be done again")
  func failedCommit() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    let store = world.store
    let memory = store.shared.memory
    let credential = try Credential(kind: .cardUid, value: Self.card)
    let reference = store.shared.keys.reference(of: credential)
    try await Self.stage(store, reference)
    #expect(memory.number(ofMember: "V1") != nil)
    disk.hold()
    defer { disk.release() }
    async let first = store.accrue(id, receipt: "X1")
    try await disk.waitForFlush()
    // The removal and an accrual are one batch now, and the accrual's row ends its transaction.
    try world.execute(sql: Self.breaking("INSERT ON journal", "broken"))
    async let removal = Self.outcome(of: { try await store.inbox.discard(batch: Self.batch) })
    try await eventually("work") { store.inbox.count >= 1 }
    async let second = store.accrue(id, receipt: "X2")
    try await eventually("work") { store.inbox.count >= 2 }
    disk.release()
    #expect(await removal == "store.write")
    #expect(await first.result != nil)
    #expect(await second.failure != nil)
    #expect(memory.number(ofMember: "V1") != nil)
    #expect(memory.number(of: reference) != nil)
    #expect(try Self.stagedRowCount(world) == 1)
    try world.execute(sql: "DROP TRIGGER broken")
    #expect(await Self.outcome(of: { try await store.inbox.discard(batch: Self.batch) }) == nil)
    #expect(memory.number(ofMember: "V1") == nil)
    #expect(memory.number(of: reference) == nil)
    #expect(try Self.stagedRowCount(world) == 0)
    await store.stop()
    #expect(try world.verify().problems == [])
  }

  private static func outcome(of work: @Sendable () async throws -> Void) async -> String? {
    do {
      try await work()
      return nil
    } catch {
      return (error as? StoreError)?.code ?? "\(error)"
    }
  }

  @Test(
    "an import whose end cannot be written is removed, at the latest before the next one",
    arguments: [false, true]
  )
  func again(isRemovalBroken: Bool) async throws {
    let world = try StoreWorld()
    let store = world.store
    let session = try await store.beginImport(isDryRun: false)
    #expect(try await session.add(Self.rows()).isEmpty)
    try world.execute(sql: Self.breaking("INSERT ON meta", "noEnd"))
    if isRemovalBroken {
      try world.execute(sql: Self.breaking("DELETE ON member", "noRemoval"))
    }
    await #expect(throws: BackOfficeRefusal.self) { try await session.commit { _ in } }
    let memory = store.shared.memory
    #expect((memory.number(ofMember: "V1") != nil) == isRemovalBroken)
    if isRemovalBroken {
      await #expect(throws: BackOfficeRefusal.self) {
        _ = try await store.beginImport(isDryRun: false)
      }
      try world.execute(sql: "DROP TRIGGER noRemoval")
    }
    try world.execute(sql: "DROP TRIGGER noEnd")
    world.clock.set("2026-03-10T12:00:01+08:00")
    let next = try await store.beginImport(isDryRun: false)
    #expect(try await next.add(Self.rows()).isEmpty)
    _ = try await next.commit { _ in }
    #expect(store.member(try uid(Self.card))?.id == "V1")
    #expect(try Self.stagedRowCount(world) == 1)
    await store.stop()
    #expect(try world.verify().problems == [])
  }
}
