import CLedgerLog
import Dispatch
import Foundation
import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// What happened, in its order.
private final class Steps: Sendable {
  private let all = Mutex<[String]>([])

  var taken: [String] { all.withLock { $0 } }

  func add(_ step: String) { all.withLock { $0.append(step) } }
}

@Suite("Flush", .serialized)
struct FlushTests {
  @Test(
    "a batch is flushed, then shown, told, answered, and then those go on who waited to read it",
    .timeLimit(.minutes(1))
  )
  func order() async throws {
    let steps = Steps()
    let disk = HeldDisk { steps.add("flushed") }
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    let store = world.store
    let points: @Sendable () -> Int64 = { store.member(.memberID(id))?.pointsAvailable ?? -1 }
    let enrolled = steps.taken.count
    store.observeCommits { _ in steps.add("told, \(points()) shown") }
    disk.hold()
    defer { disk.release() }
    store.submit(Self.accrual(of: id, number: 1)) { outcome in
      let earned = outcome.result?["earned"]?.integer ?? -1
      steps.add("answered \(earned), \(points()) shown")
    }
    try await disk.waitForFlush()
    // It is committed, for SQLite's other connections too, and the disk has not said so yet. Three
    // threads wait for it by themselves, and one read of the back office, before the disk goes on.
    let readers = (0..<3).map { _ in
      Task.detached {
        await withCheckedContinuation { continuation in
          DispatchQueue.global().async {
            store.flusher.waitUntilPublished()
            steps.add("read, \(points()) shown")
            continuation.resume()
          }
        }
      }
    }
    let feed = Task {
      let found = try await store.feed(after: 1, limit: 10)["operations"]?.array?.count ?? -1
      steps.add("fed \(found)")
    }
    try await eventually("readers") { store.flusher.waiterCount >= 4 }
    let status = Task { try await store.status(operationID: "flush-1") }
    #expect(steps.taken.count == enrolled, "\(steps.taken)")
    #expect(points() == 0)
    disk.release()
    for reader in readers { await reader.value }
    try await feed.value
    #expect(try await status.value?.result?["earned"]?.integer == 10)
    let taken = steps.taken.dropFirst(enrolled)
    #expect(Array(taken.prefix(3)) == ["flushed", "told, 10 shown", "answered 10, 10 shown"])
    #expect(taken.dropFirst(3).sorted() == ["fed 1"] + Array(repeating: "read, 10 shown", count: 3))
  }

  @Test(
    "what comes while the disk is busy is committed on top of it, and shares the next flush",
    .timeLimit(.minutes(1))
  )
  func pipeline() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    let store = world.store
    let balances = Mutex<[Int64]>([])
    let submit: @Sendable (Int) -> Void = { number in
      store.submit(Self.accrual(of: id, number: number)) { outcome in
        balances.withLock { $0.append(outcome.result?["available"]?.integer ?? -1) }
      }
    }
    let before = disk.flushCount
    disk.hold()
    defer { disk.release() }
    // The first is alone: the ledger's own thread flushes it, and the others gather behind it.
    submit(1)
    try await disk.waitForFlush()
    for number in 2...40 { submit(number) }
    #expect(store.inbox.count == 39)
    disk.releaseOne()
    // The next batch closes where it has its share, and the disk is held with it. The rest is
    // decided and committed all the same: another connection sees every row.
    try await eventually("rows") { try world.committedRowCount() >= 41 }
    #expect(disk.flushCount == before + 1)
    #expect(balances.withLock { $0 } == [10])
    #expect(store.member(.memberID(id))?.pointsAvailable == 10)
    disk.release()
    try await eventually("answers") { balances.withLock { $0.count } >= 40 }
    // Each was decided on the balance that the one before it left, and answered in its order.
    #expect(balances.withLock { $0 } == (1...40).map { Int64($0) * 10 })
    #expect(disk.flushCount <= before + 3)
    await store.stop()
    #expect(try world.verify().isProven)
  }

  @Test(
    "while the disk stalls, what waits is bounded: more is answered E_BUSY, and nothing is lost",
    .timeLimit(.minutes(1))
  )
  func bound() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush, openOperationCountMax: 50)
    let id = try await world.enrol()
    let store = world.store
    let answered = Mutex(0)
    let submit: @Sendable (Int) -> Void = { number in
      store.submit(Self.accrual(of: id, number: number)) { outcome in
        if outcome.result != nil { answered.withLock { $0 += 1 } }
      }
    }
    disk.hold()
    defer { disk.release() }
    submit(1)
    try await disk.waitForFlush()
    for number in 2...30 { submit(number) }
    disk.releaseOne()
    // Now they are committed and wait for the disk, and the queue itself is empty.
    try await eventually("rows") { try world.committedRowCount() >= 31 }
    #expect(store.inbox.count == 0)
    for number in 31...51 { submit(number) }
    let retryAfter = Mutex(0)
    store.submit(Self.accrual(of: id, number: 52)) { outcome in
      guard case .busy(let milliseconds, _) = outcome.failure else { return }
      retryAfter.withLock { $0 = milliseconds }
    }
    #expect(retryAfter.withLock { $0 } > 0, "it was answered at once")
    #expect(answered.withLock { $0 } == 1)
    disk.release()
    try await eventually("answers") { answered.withLock { $0 } >= 51 }
    #expect(
      await world.accrue(.memberID(id), 1000, receipt: "F52").result?["available"]?.integer == 520
    )
    await store.stop()
    #expect(try world.verify().isProven)
  }

  @Test("SQLite asks for a flush in each COMMIT, and each is left to the flushing thread")
  func deferral() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    var before: (deferred: UInt64, done: UInt64) = (0, 0)
    tapgate_log_counts(&before.deferred, &before.done)
    let flushes = disk.flushCount
    for number in 1...20 { _ = await world.accrue(.memberID(id), 1000, receipt: "D\(number)") }
    var after: (deferred: UInt64, done: UInt64) = (0, 0)
    tapgate_log_counts(&after.deferred, &after.done)
    // Other tests of the process may commit meanwhile; these twenty did for certain.
    #expect(after.deferred - before.deferred + after.done - before.done >= 20)
    #expect(disk.flushCount - flushes == 20)
  }

  @Test(
    "a card that an import brings is taken for what follows in its batch",
    .timeLimit(.minutes(1))
  )
  func stagedCard() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    let store = world.store
    let session = try await store.beginImport(isDryRun: false)
    let row = ImportRow(
      line: 2,
      fields: [
        "memberId": "V1", "name": "V", "cardKind": "cardUid", "cardValue": "04AAAAAAAAAA77",
      ]
    )
    #expect(try await session.add([row]).isEmpty)
    disk.hold()
    defer { disk.release() }
    store.submit(Self.accrual(of: id, number: 1)) { _ in }
    try await disk.waitForFlush()
    let importing = Task { try await session.commit { _ in } }
    try await eventually("work") { store.inbox.count >= 1 }
    let card = try uid("04AAAAAAAAAA77")
    let enrolment = TapgateModel.Operation(
      id: "flush-enrol",
      method: "member.enrol",
      content: [],
      subject: nil,
      body: .enrol(profile: ProfileChange(name: "B"), credential: card, cardType: nil),
      store: "S001",
      counter: "C01"
    )
    let enrolling = Task {
      await withCheckedContinuation { continuation in
        store.submit(enrolment) { continuation.resume(returning: $0) }
      }
    }
    try await eventually("work") { store.inbox.count >= 2 }
    disk.release()
    #expect(await enrolling.value.refusal == .credentialTaken)
    _ = try await importing.value
    #expect(store.member(card)?.id == "V1")
    #expect(try world.verify().isProven)
  }

  private static func accrual(of id: String, number: Int) -> TapgateModel.Operation {
    TapgateModel.Operation(
      id: "flush-\(number)",
      method: "points.accrue",
      content: Array("flush-\(number)".utf8),
      subject: .memberID(id),
      body: .accrue(Accrual(receiptNo: "F\(number)", amountMinor: 1000, lines: nil)),
      store: "S001",
      counter: "C01"
    )
  }
}
