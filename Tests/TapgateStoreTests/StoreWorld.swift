import Foundation
import GRDB
import Logging
import TapgateLock
import TapgateCore
import TapgateJSON
import TapgateModel

@testable import TapgateStore

/// A clock that tests set.
final class SetClock: GatewayClock {
  private let time: Mutex<Timestamp>

  init(_ text: String) {
    time = Mutex(Timestamp(rfc3339: text) ?? Timestamp(microseconds: 0))
  }

  func now() -> Timestamp { time.withLock { $0 } }
  func monotonicNanoseconds() -> UInt64 {
    UInt64(time.withLock { $0.microseconds }) * 1000
  }
  func set(_ text: String) {
    time.withLock { $0 = Timestamp(rfc3339: text) ?? $0 }
  }
}

/// A store in a folder of its own, with words for what tests do to it.
final class StoreWorld {
  let directory: String
  let clock: SetClock
  private(set) var store: LedgerStore
  private var programme: String
  private var isProgrammeDefault = false
  private let printer: String?
  private let assurance: AssurancePolicy
  private let flush: (@Sendable (Int32) -> Int32)?
  private let openOperationCountMax: Int?
  private let pins: PINPolicy
  private var count = 0

  /// 2026-03-10 is a Tuesday: no member day.
  init(
    at time: String = "2026-03-10T12:00:00+08:00",
    programme: String = ShippedProgrammes.pointsOnly,
    printer: String? = nil,
    assurance: AssurancePolicy = AssurancePolicy(),
    flush: (@Sendable (Int32) -> Int32)? = nil,
    openOperationCountMax: Int? = nil,
    pins: PINPolicy = PINPolicy()
  ) throws {
    directory = NSTemporaryDirectory() + "tapgate-store-\(UUID().uuidString)"
    clock = SetClock(time)
    self.programme = programme
    self.printer = printer
    self.assurance = assurance
    self.flush = flush
    self.openOperationCountMax = openOperationCountMax
    self.pins = pins
    store = try Self.open(
      directory,
      clock,
      programme,
      false,
      printer,
      assurance,
      flush,
      openOperationCountMax,
      pins
    )
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private static func open(
    _ directory: String,
    _ clock: SetClock,
    _ programme: String,
    _ isDefault: Bool,
    _ printer: String?,
    _ assurance: AssurancePolicy,
    _ flush: (@Sendable (Int32) -> Int32)?,
    _ openOperationCountMax: Int?,
    _ pins: PINPolicy
  ) throws -> LedgerStore {
    var configuration = StoreConfiguration(
      directory: directory,
      programme: Array(programme.utf8),
      isProgrammeDefault: isDefault,
      receiptPrinter: printer,
      assurance: assurance,
      clock: clock,
      logByteCount: 1 << 20
    )
    configuration.pins = pins
    configuration.pinCost = PINHash.Cost(logRounds: 10, blockSize: 8, parallelism: 1)
    if let flush { configuration.flush = flush }
    if let openOperationCountMax { configuration.openOperationCountMax = openOperationCountMax }
    return try LedgerStore.open(
      configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  /// Stops the store and opens it again, with `programme` if it is given; `isDefault` as if nobody
  /// had named a file.
  func restart(programme changed: String? = nil, isDefault: Bool? = nil) async throws {
    await store.stop()
    if let changed { programme = changed }
    if let isDefault { isProgrammeDefault = isDefault }
    store = try Self.open(
      directory,
      clock,
      programme,
      isProgrammeDefault,
      printer,
      assurance,
      flush,
      openOperationCountMax,
      pins
    )
  }

  func verify() throws -> LedgerVerifier.Report { try LedgerVerifier.verify(directory: directory) }

  /// Rows of the journal that are committed, as another process sees them: flushed or not.
  func committedRowCount() throws -> Int {
    try LedgerFile.openReader(directory: directory).read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM journal") ?? 0
    }
  }

  /// Changes the database behind the store's back.
  func execute(sql: String) throws {
    try DatabaseQueue(path: LedgerFile.path(in: directory)).writeWithoutTransaction { db in
      try db.execute(sql: sql)
    }
  }

  func perform(
    _ body: OperationBody,
    on subject: MemberKey? = nil,
    id: String? = nil,
    content: String? = nil,
    businessTime: String? = nil,
    method: String = "test",
    evidence: Evidence = .word,
    pin: PIN? = nil
  ) async -> OperationOutcome {
    let operation = operation(
      body,
      on: subject,
      id: id,
      content: content,
      businessTime: businessTime,
      method: method,
      evidence: evidence,
      pin: pin
    )
    return await withCheckedContinuation { continuation in
      store.submit(operation) { continuation.resume(returning: $0) }
    }
  }

  func operation(
    _ body: OperationBody,
    on subject: MemberKey?,
    id: String? = nil,
    content: String? = nil,
    businessTime: String? = nil,
    method: String = "test",
    evidence: Evidence = .word,
    pin: PIN? = nil
  ) -> TapgateModel.Operation {
    count += 1
    return TapgateModel.Operation(
      id: id ?? "op-\(count)",
      method: method,
      content: Array((content ?? "\(body)\(String(describing: subject))").utf8),
      subject: subject,
      body: body,
      store: "S001",
      counter: "C01",
      businessTime: businessTime.flatMap { Timestamp(rfc3339: $0) },
      evidence: evidence,
      pin: pin
    )
  }

  func accrue(
    _ member: MemberKey,
    _ amount: Int64,
    receipt: String? = nil,
    id: String? = nil,
    businessTime: String? = nil
  ) async -> OperationOutcome {
    let receipt = receipt ?? "R-\(count + 1)"
    return await perform(
      .accrue(Accrual(receiptNo: receipt, amountMinor: amount, lines: nil)),
      on: member,
      id: id,
      businessTime: businessTime
    )
  }

  func enrol(_ name: String = "张三", card: String? = nil, phone: String? = nil) async throws
    -> String
  {
    let credential = try card.map { try Credential(kind: .cardUid, value: $0) }
    let number = try phone.map { try Credential(kind: .phoneNumber, value: $0) }
    let outcome = await perform(
      .enrol(
        profile: ProfileChange(name: name, phone: number),
        credential: credential.map { .credential($0) },
        cardType: nil
      )
    )
    return outcome.result?["member"]?["id"]?.string ?? "none"
  }

  var databasePath: String { LedgerFile.path(in: directory) }

  func view(_ id: String) -> MemberView? { store.member(.memberID(id)) }
}

extension LedgerStore {
  /// Gives the points for 10.00.
  func accrue(_ id: String, receipt: String) async -> OperationOutcome {
    let operation = TapgateModel.Operation(
      id: "op-" + receipt,
      method: "points.accrue",
      content: Array(receipt.utf8),
      subject: .memberID(id),
      body: .accrue(Accrual(receiptNo: receipt, amountMinor: 1000, lines: nil)),
      store: "S001",
      counter: "C01"
    )
    return await withCheckedContinuation { continuation in
      submit(operation) { continuation.resume(returning: $0) }
    }
  }
}

extension OperationOutcome {
  var result: JSON? {
    if case .committed(let bytes, _, _) = self { try? JSONParser.parse(bytes) } else { nil }
  }
  var refusal: RefusalReason? {
    if case .refused(let refusal, _) = self { refusal.reason } else { nil }
  }
  var failure: OperationFailure? {
    if case .failed(let failure) = self { failure } else { nil }
  }
  var isReplay: Bool {
    switch self {
    case .committed(_, let isReplay, _), .refused(_, let isReplay): isReplay
    case .failed: false
    }
  }
}

func uid(_ text: String) throws -> MemberKey {
  .credential(try Credential(kind: .cardUid, value: text))
}
