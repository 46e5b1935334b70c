import Foundation
import GRDB
import Logging
import TapgateCore
import TapgateLock
import TapgateModel

@testable import TapgateStore

/// A clock that the simulator sets: seconds after the start.
final class SimulatedClock: GatewayClock {
  private let seconds = Mutex<Int64>(0)
  /// 2026-03-10, noon in Shanghai, in microseconds.
  private static let start: Int64 = 1_773_115_200_000_000

  func set(_ value: Int) { seconds.withLock { $0 = Int64(value) } }
  func now() -> Timestamp {
    Timestamp(microseconds: Self.start + seconds.withLock { $0 } * 1_000_000)
  }
  func monotonicNanoseconds() -> UInt64 { UInt64(now().microseconds) &* 1000 }
}

/// A store on a simulated disk: opened, asked, crashed, opened again.
final class SimulatedShop {
  private(set) var disk: SimulatedDisk
  private(set) var store: LedgerStore
  let clock: SimulatedClock

  init(directory: String, clock: SimulatedClock) throws {
    self.clock = clock
    disk = SimulatedDisk(directory: directory)
    store = try Self.open(disk, clock)
  }

  private static func open(
    _ disk: SimulatedDisk,
    _ clock: SimulatedClock
  ) throws -> LedgerStore {
    var configuration = StoreConfiguration(
      directory: disk.directory,
      programme: Array(SimulatorProgramme.text.utf8),
      receiptPrinter: "receipt",
      clock: clock,
      logByteCount: 1 << 18
    )
    configuration.flush = disk.flush
    let store = try LedgerStore.open(
      configuration,
      logger: Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
    )
    // Years may lie between two starts here; somebody says that the clock is right.
    store.shared.clock.confirm()
    return store
  }

  /// Asks for operations in their order, all at once, and returns their answers: of all, or where
  /// the disk stops after `flushes` flushes those that were there then.
  func perform(
    _ operations: [TapgateModel.Operation],
    stoppingAfter flushes: Int? = nil
  ) async -> [Int: OperationOutcome] {
    let answers = Answers(count: operations.count)
    if let flushes { disk.stop(after: flushes) { answers.end() } }
    for (index, operation) in operations.enumerated() {
      store.submit(operation) { answers.take($0, of: index) }
    }
    return await answers.all()
  }

  /// Whether a row was written for the operation `id`.
  func isInJournal(_ id: String) throws -> Bool {
    try store.reader.read { db in
      let key = Data(JournalRow.key(of: id))
      let sql = "SELECT EXISTS (SELECT 1 FROM journal WHERE operation = ?)"
      return try Bool.fetchOne(db, sql: sql, arguments: [key]) ?? false
    }
  }

  /// Loses the process, or the power, and starts again from what is on the disk.
  func crash(
    _ crash: SimulatedDisk.Crash,
    using numbers: inout some RandomNumberGenerator
  ) async throws {
    let directory = try disk.copy(after: crash, using: &numbers)
    disk.release()
    await store.stop()
    try FileManager.default.removeItem(atPath: disk.directory)
    disk = SimulatedDisk(directory: directory)
    store = try Self.open(disk, clock)
  }

  /// Stops and starts as a shop does overnight.
  func restart() async throws {
    await store.stop()
    disk = SimulatedDisk(directory: disk.directory)
    store = try Self.open(disk, clock)
  }

  func end() async {
    disk.release()
    await store.stop()
    // What is left of it lies in the folder for temporary files.
    try? FileManager.default.removeItem(atPath: disk.directory)
  }
}

/// The answers of one lot of operations, until all are there or nobody waits for more.
private final class Answers: Sendable {
  private struct State {
    var outcomes: [Int: OperationOutcome] = [:]
    var isOver = false
    var waiter: CheckedContinuation<[Int: OperationOutcome], Never>?
  }

  private let count: Int
  private let state = Mutex(State())

  init(count: Int) { self.count = count }

  func take(_ outcome: OperationOutcome, of index: Int) {
    finish { state in
      guard !state.isOver else { return }
      state.outcomes[index] = outcome
      state.isOver = state.outcomes.count == count
    }
  }

  /// The disk has stopped: what is answered later does not count.
  func end() { finish { $0.isOver = true } }

  func all() async -> [Int: OperationOutcome] {
    await withCheckedContinuation { continuation in
      finish { state in
        state.waiter = continuation
        state.isOver = state.isOver || count == 0
      }
    }
  }

  private func finish(_ change: (inout State) -> Void) {
    let (waiter, outcomes) = state.withLock { state in
      change(&state)
      let waiter = state.isOver ? state.waiter : nil
      if waiter != nil { state.waiter = nil }
      return (waiter, state.outcomes)
    }
    waiter?.resume(returning: outcomes)
  }
}

/// The rules that the second opinion knows (`NaiveLedger`).
enum SimulatorProgramme {
  static let text = """
    { "format": "tapgate.programme/1", "id": "simulator", "rev": 1, "valid_from": "2020-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
      "assets": {
        "points": {"kind":"counted","lots":true,"expiry":{"after":"P30D"},"spend_order":"expiry"},
        "sv":     {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata"},
        "growth": {"kind":"counted","lots":false},
        "stamp":  {"kind":"counted","lots":true,"expiry":{"after":"P15D"}} },
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[ {"id":"normal","name":"普通会员"},
          {"id":"silver","name":"银卡","any":[{"fact":"spend_lifetime","ge":50000},
            {"fact":"spend_single","ge":15000}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"]},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"},
        {"id":"in","asset":"points","event":"in","give":3,"limit":{"per":"day","n":2}} ],
      "redeem": {"cash":{"points":1,"fen":1,"step":1}},
      "catalogue": [{"id":"wash3","points":50,"gives":{"pass":"wash","uses":3}}],
      "coupons": [
        {"id":"c10","name":"十元券","kind":"amount_off","off_fen":1000,"valid":{"after":"P20D"}} ],
      "topup": {"min_fen":1000,"channels":["cash"],
        "tiers":[{"fen":20000,"bonus_fen":5000},
                 {"fen":50000,"bonus_fen":10000,"points":100,"coupon":"c10"}]},
      "passes": [{"id":"wash","name":"洗车","kind":"count","uses":3,"expiry":{"after":"P12D"}}],
      "stamps": [{"id":"tea","name":"印花","full":10,"gift":{"item":"TEA","qty":1}}],
      "paid_membership": [{"id":"month","name":"月卡","term":"P30D","price_fen":3001}],
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]} ],
      "holds": {"ttl":"PT5M","max_ttl":"P7D"},
      "refund": {"spent_points":"debt","restore":"original_lot","restored_expired_grace":"P25D",
        "sv":"principal_only_forfeit_bonus"} }
    """
}
