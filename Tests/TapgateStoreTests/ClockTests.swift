import Foundation
import Logging
import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// F8: clocks that are set, that start wrong, and that sleep.
@Suite("Clocks that jump")
struct ClockTests {
  /// A machine whose wall clock can be set while time goes on.
  private final class Machine: GatewayClock {
    private let state: Mutex<(wall: Int64, elapsed: UInt64)>

    init(_ text: String) {
      state = Mutex((Timestamp(rfc3339: text)?.microseconds ?? 0, 7_000_000_000))
    }

    func now() -> Timestamp { state.withLock { Timestamp(microseconds: $0.wall) } }
    func monotonicNanoseconds() -> UInt64 { state.withLock(\.elapsed) }

    /// Lets time pass.
    func pass(seconds: Int64) {
      state.withLock { state in
        state.wall += seconds * 1_000_000
        state.elapsed += UInt64(seconds) * 1_000_000_000
      }
    }

    /// Sets the wall clock.
    func set(_ text: String) {
      state.withLock { $0.wall = Timestamp(rfc3339: text)?.microseconds ?? 0 }
    }
  }

  private func utc(_ timestamp: Timestamp) -> String { timestamp.rfc3339(offsetSeconds: 0) }

  private func newest(_ text: String) -> Int64? { Timestamp(rfc3339: text)?.microseconds }

  @Test(
    "steps of a running clock: up to 12 hours are followed, more are not",
    arguments: [
      ("2026-03-10T11:00:00Z", true), ("2026-03-10T13:00:00Z", true),
      ("2026-03-10T00:00:00Z", true), ("2026-03-11T00:00:00Z", true),
      ("2026-03-11T00:00:01Z", false), ("2026-03-09T23:59:59Z", false),
      ("2036-03-10T12:00:00Z", false), ("1970-01-01T00:00:00Z", false),
    ]
  )
  func steps(_ text: String, _ isFollowed: Bool) {
    let machine = Machine("2026-03-10T12:00:00Z")
    let clock = TrustedClock(machine, newest: nil)
    machine.set(text)
    #expect(clock.isWaiting == !isFollowed)
    machine.pass(seconds: 60)
    let went = isFollowed ? text.prefix(17) : "2026-03-10T12:01:"
    #expect(isFollowed || utc(clock.now()).hasPrefix(went))
    #expect(isFollowed == (clock.now() == machine.now()))
    clock.confirm()
    #expect(!clock.isWaiting && clock.now() == machine.now())
  }

  @Test("a clock that comes back is believed again by itself; one that sleeps has not jumped")
  func back() {
    let machine = Machine("2026-03-10T12:00:00Z")
    let clock = TrustedClock(machine, newest: nil)
    machine.set("2031-01-01T00:00:00Z")
    #expect(clock.isWaiting)
    machine.pass(seconds: 3600)
    machine.set("2026-03-10T13:00:05Z")
    #expect(!clock.isWaiting && utc(clock.now()).hasPrefix("2026-03-10T13:00:05"))
    machine.pass(seconds: 14 * 3600)
    #expect(!clock.isWaiting)
  }

  @Test(
    "a start is believed up to 31 days after the newest row, and not before it",
    arguments: [
      ("2026-03-10T12:00:00Z", true), ("2026-03-13T09:00:00Z", true),
      ("2026-04-10T12:00:00Z", true), ("2026-04-10T12:00:01Z", false),
      ("2036-03-10T12:00:00Z", false), ("2026-03-10T01:00:00Z", true),
      ("2000-01-01T00:00:00Z", false),
    ]
  )
  func starts(_ text: String, _ isBelieved: Bool) {
    let clock = TrustedClock(Machine(text), newest: newest("2026-03-10T12:00:00Z"))
    #expect(clock.isWaiting == !isBelieved)
    #expect(isBelieved || utc(clock.now()).hasPrefix("2026-03-10T12:00:00"))
  }

  @Test("a machine that begins in 2000 is believed once its clock was set by the network")
  func network() {
    let machine = Machine("2000-01-01T00:00:00Z")
    let clock = TrustedClock(machine, newest: newest("2026-03-10T12:00:00Z"))
    #expect(clock.isWaiting)
    machine.pass(seconds: 30)
    machine.set("2026-03-13T09:00:00Z")
    #expect(!clock.isWaiting && clock.now() == machine.now())
    // From now on it is a running clock like any other.
    machine.set("2026-03-15T09:00:00Z")
    #expect(clock.isWaiting)
  }

  @Test("the time of holds goes on whatever the wall clock does")
  func holds() {
    let machine = Machine("2026-03-10T12:00:00Z")
    let clock = TrustedClock(machine, newest: nil)
    machine.set("2026-03-10T13:00:00Z")
    machine.pass(seconds: 10)
    #expect(utc(clock.holdTime()).hasPrefix("2026-03-10T12:00:10"))
    machine.set("2026-03-10T11:00:00Z")
    #expect(utc(clock.holdTime()).hasPrefix("2026-03-10T12:00:10"))
    clock.alignHoldTime()
    #expect(utc(clock.holdTime()).hasPrefix("2026-03-10T11:00:00"))
  }

  // MARK: The store

  private func open(_ machine: Machine, _ directory: String) throws -> LedgerStore {
    try LedgerStore.open(
      StoreConfiguration(
        directory: directory,
        programme: Array(AssetProgramme.text.utf8),
        clock: machine,
        logByteCount: 1 << 20
      ),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  private func perform(
    _ store: LedgerStore,
    _ id: String,
    on subject: MemberKey?,
    _ body: OperationBody
  ) async -> OperationOutcome {
    let operation = TapgateModel.Operation(
      id: id,
      method: "test",
      content: Array(id.utf8),
      subject: subject,
      body: body,
      store: "S001",
      counter: "C01"
    )
    return await withCheckedContinuation { continuation in
      store.submit(operation) { continuation.resume(returning: $0) }
    }
  }

  @Test("ten years ahead nothing expires before somebody says that it is so; then all does, once")
  func decade() async throws {
    let directory = NSTemporaryDirectory() + "tapgate-clock-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let machine = Machine("2026-03-10T12:00:00+08:00")
    var store = try open(machine, directory)
    let enrol = OperationBody.enrol(profile: ProfileChange(), credential: nil, cardType: nil)
    #expect(await perform(store, "enrol", on: nil, enrol).result != nil)
    let member = MemberKey.memberID("M1")
    _ = await perform(store, "a1", on: member, .accrue(receipt("1")))
    let hold = LedgerRequest.hold(HoldLegs(points: 1000), seconds: 300)
    #expect(await perform(store, "h1", on: member, .assets(hold)).result != nil)

    machine.set("2036-03-10T12:00:00+08:00")
    #expect(store.isDateInDoubt)
    #expect(await store.sweep().rowCount == 0)
    _ = await perform(store, "a2", on: member, .accrue(receipt("2")))
    #expect(store.member(member)?.pointsAvailable == 3000)
    #expect(store.today.description == "2026-03-10")
    machine.pass(seconds: 300)
    #expect(await store.sweep().rowCount == 1)
    #expect(store.member(member)?.pointsAvailable == 4000)

    await store.stop()
    store = try open(machine, directory)
    #expect(store.isDateInDoubt)
    #expect(await store.sweep().rowCount == 0)
    let wrong = try #require(BusinessDate("2036-03-11"))
    #expect(await store.confirm(wrong)?.description == "2036-03-10")
    #expect(store.member(member)?.pointsAvailable == 4000)
    #expect(await store.confirm(try #require(BusinessDate("2036-03-10"))) == nil)
    #expect(store.today.description == "2036-03-10")
    #expect(await store.sweep().rowCount == 1)
    #expect(await store.sweep().rowCount == 0)
    #expect(store.member(member)?.pointsAvailable == 0)
    await store.stop()
    let report = try LedgerVerifier.verify(directory: directory)
    #expect(report.problems == [] && report.accounts["pointsExpired"] == 4000)
  }

  private func receipt(_ number: String) -> Accrual {
    Accrual(receiptNo: number, amountMinor: 200_000, lines: nil)
  }

  @Test("a day back changes no date, an hour back across the cut-over does; rows keep their order")
  func earlier() async throws {
    let directory = NSTemporaryDirectory() + "tapgate-clock-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let machine = Machine("2026-03-10T04:30:00+08:00")
    let store = try open(machine, directory)
    let enrol = OperationBody.enrol(profile: ProfileChange(), credential: nil, cardType: nil)
    _ = await perform(store, "enrol", on: nil, enrol)
    machine.set("2026-03-09T03:30:00+08:00")
    #expect(store.today.description == "2026-03-10" && store.isDateInDoubt)
    machine.set("2026-03-10T03:30:00+08:00")
    #expect(store.today.description == "2026-03-09" && !store.isDateInDoubt)
    let done = await perform(store, "a1", on: .memberID("M1"), .accrue(receipt("1")))
    #expect(done.result?["sequence"] == 2)
    #expect(await store.sweep().date.description == "2026-03-09")
    await store.stop()
    #expect(try LedgerVerifier.verify(directory: directory).problems == [])
  }
}
