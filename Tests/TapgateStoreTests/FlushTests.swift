import CLedgerLog
import CLinux
import Foundation
import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// A disk that tests stop and start.
private final class HeldDisk: Sendable {
  private struct State {
    var isHeld = false
    var flushCount = 0
    var arrived: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let gate = DispatchSemaphore(value: 0)

  var flushCount: Int { state.withLock { $0.flushCount } }

  func hold() { state.withLock { $0.isHeld = true } }

  func release() {
    state.withLock { $0.isHeld = false }
    gate.signal()
  }

  /// Returns once somebody waits for the disk.
  func waitForFlush() async {
    await withCheckedContinuation { continuation in
      state.withLock { $0.arrived.append(continuation) }
    }
  }

  @Sendable func flush(_ descriptor: Int32) -> Int32 {
    let (mustWait, arrived) = state.withLock { state in
      defer { state.arrived = [] }
      return (state.isHeld, state.isHeld ? state.arrived : [])
    }
    for waiter in arrived { waiter.resume() }
    if mustWait { gate.wait() }
    let code = tapgate_fdatasync(descriptor)
    state.withLock { $0.flushCount += 1 }
    return code
  }
}

@Suite("Flush", .serialized)
struct FlushTests {
  @Test("nothing is answered, shown or read before its flush returned", .timeLimit(.minutes(1)))
  func order() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    let (store, clock) = (world.store, world.clock)
    disk.hold()
    let isAnswered = Mutex(false)
    async let waiting: Void = disk.waitForFlush()
    async let answer = withCheckedContinuation { continuation in
      store.submit(Self.accrual(of: id, number: 1)) { outcome in
        isAnswered.withLock { $0 = true }
        continuation.resume(returning: outcome)
      }
    }
    await waiting
    // It is committed, for SQLite's other connections too, and the disk has not said so yet.
    #expect(!isAnswered.withLock { $0 })
    #expect(store.member(.memberID(id))?.pointsAvailable == 0)
    async let feed = store.feed(after: 1, limit: 10)
    async let status = store.status(operationID: "flush-1")
    #expect(!isAnswered.withLock { $0 })
    disk.release()
    #expect(await answer.result?["earned"]?.integer == 10)
    #expect(store.member(.memberID(id))?.pointsAvailable == 10)
    #expect(try await feed["operations"]?.array?.count == 1)
    #expect(try await status?.result?["earned"]?.integer == 10)
    _ = clock
  }

  @Test("what comes while the disk is busy is decided on top of it and shares one flush")
  func pipeline() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    let store = world.store
    disk.hold()
    async let waiting: Void = disk.waitForFlush()
    async let first = withCheckedContinuation { continuation in
      store.submit(Self.accrual(of: id, number: 1)) { continuation.resume(returning: $0) }
    }
    await waiting
    let before = disk.flushCount
    async let others = withTaskGroup(of: Int64?.self) { group in
      for number in 2...40 {
        group.addTask {
          await withCheckedContinuation { continuation in
            store.submit(Self.accrual(of: id, number: number)) {
              continuation.resume(returning: $0.result?["available"]?.integer)
            }
          }
        }
      }
      var seen: Set<Int64> = []
      for await available in group { if let available { seen.insert(available) } }
      return seen
    }
    disk.release()
    #expect(await first.result?["available"]?.integer == 10)
    // Each was decided on the balance that the one before it left.
    #expect(await others == Set((2...40).map { Int64($0) * 10 }))
    #expect(disk.flushCount - before < 40)
    #expect(store.member(.memberID(id))?.pointsAvailable == 400)
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
    async let waiting: Void = disk.waitForFlush()
    store.submit(Self.accrual(of: id, number: 1)) { _ in }
    await waiting
    let importing = Task { try await session.commit { _ in } }
    while store.inbox.count < 1 { await Task.yield() }
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
    while store.inbox.count < 2 { await Task.yield() }
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
