import Foundation
import GRDB
import TapgateCore
import TapgateLock
import TapgateModel
import Testing

@testable import TapgateStore

/// Accruals without a pause: each of several chains asks for the next as soon as the last is done.
private final class Load: Sendable {
  private struct State {
    var isOver = false
    var next = 0
    var running = 0
    /// The sequences of the rows that were acknowledged.
    var sequences: [Int64] = []
    var failures: [String] = []
  }

  private let state = Mutex(State())
  private let changed = NSCondition()
  private let store: LedgerStore
  private let memberCount: Int

  init(_ store: LedgerStore, memberCount: Int) {
    self.store = store
    self.memberCount = memberCount
  }

  var acknowledged: [Int64] { state.withLock { $0.sequences } }
  var failures: [String] { state.withLock { $0.failures } }

  func start(chains: Int) { for _ in 0..<chains { goOn(isFirst: true) } }

  /// Ends every chain and waits for the last answer.
  func stop() -> Bool {
    state.withLock { $0.isOver = true }
    return wait { $0.running == 0 }
  }

  /// Waits until so many more accruals were acknowledged than now.
  func waitForMore(_ count: Int) -> Bool {
    let target = acknowledged.count + count
    return wait { $0.sequences.count >= target }
  }

  private func wait(until isDone: (State) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: 60)
    changed.lock()
    defer { changed.unlock() }
    while !isDone(state.withLock { $0 }) {
      guard changed.wait(until: deadline) else { return false }
    }
    return true
  }

  private func goOn(isFirst: Bool) {
    let number = state.withLock { state -> Int? in
      guard !state.isOver else {
        if !isFirst { state.running -= 1 }
        return nil
      }
      if isFirst { state.running += 1 }
      state.next += 1
      return state.next
    }
    guard let number else { return tell() }
    let accrual = Accrual(receiptNo: "L\(number)", amountMinor: 2800, lines: nil)
    let operation = TapgateModel.Operation(
      id: "load-\(number)",
      method: "points.accrue",
      content: Array("\(number)".utf8),
      subject: .memberID("V\(number % memberCount)"),
      body: .accrue(accrual),
      store: "S001",
      counter: "C01"
    )
    store.submit(operation) { [self] outcome in
      state.withLock { state in
        switch outcome {
        case .committed(_, _, let sequence): state.sequences.append(sequence)
        default: state.failures.append("\(outcome)")
        }
      }
      tell()
      goOn(isFirst: false)
    }
  }

  private func tell() {
    changed.lock()
    changed.broadcast()
    changed.unlock()
  }
}

@Suite("Backup under load")
struct BackupLoadTests {
  private static let memberCount = 3000

  @Test("the copy is the ledger of one moment, and accruals go on while it is made")
  func underLoad() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: false)
    let rows = (0..<Self.memberCount).map { number in
      ImportRow(
        line: number + 2,
        fields: ["memberId": "V\(number)", "name": "王小\(number)", "points": "100"]
      )
    }
    _ = try await session.add(rows)
    _ = try await session.commit { _ in }
    let load = Load(world.store, memberCount: Self.memberCount)
    load.start(chains: 64)
    #expect(load.waitForMore(500))
    let before = load.acknowledged.count
    let file = world.directory + "/backup"
    var shares: [Int] = []
    var commitsWentOn = true
    try LedgerBackup.backup(directory: world.directory, to: file, withKey: true) { share in
      shares.append(share)
      commitsWentOn = load.waitForMore(200) && commitsWentOn
    }
    let during = load.acknowledged.count
    #expect(commitsWentOn)
    #expect(shares.count > 2 && shares == shares.sorted() && shares.last == 1000, "\(shares)")
    #expect(load.waitForMore(1))
    #expect(load.stop())
    #expect(load.failures == [])
    let target = world.directory + "/restored"
    let report = try LedgerBackup.restore(from: file, to: target)
    #expect(report.isProven)
    #expect(report.memberCount == Self.memberCount)
    let imported = Int64(load.acknowledged.min() ?? 0) - 1
    let copied = report.rowCount - imported
    #expect(copied >= before, "what was acknowledged before is in the copy")
    #expect(copied <= during - 200 * (shares.count - 1), "what came later is not")
    #expect(try world.verify().problems == [])
  }

  @Test("what restore puts in place is the file that was flushed, and nothing is left beside it")
  func settled() async throws {
    let world = try StoreWorld()
    _ = try await world.enrol()
    let file = world.directory + "/backup"
    try LedgerBackup.backup(directory: world.directory, to: file, withKey: true)
    let target = world.directory + "/restored"
    _ = try LedgerBackup.restore(from: file, to: target)
    let found = try FileManager.default.contentsOfDirectory(atPath: target).sorted()
    #expect(found == ["gateway.lock", "identity.key", "tapgate.sqlite"])
    #expect(throws: StoreError.self) {
      try DurableFile.settle(target + "/nothing", as: target + "/something")
    }
    #expect(throws: StoreError.self) { try DurableFile.flushFolder(of: target + "/none/x") }
  }

  @Test("the log is flushed before the first page is copied: another process saw it unflushed")
  func flushedFirst() async throws {
    let disk = HeldDisk()
    let world = try StoreWorld(flush: disk.flush)
    let id = try await world.enrol()
    disk.hold()
    defer { disk.release() }
    let accrual = Task { [store = world.store] in await store.accrue(id, receipt: "B1") }
    try await disk.waitForFlush()
    var steps: [String] = []
    let file = world.directory + "/backup"
    try LedgerBackup.backup(
      directory: world.directory,
      to: file,
      withKey: true,
      flush: { steps.append("flush " + ($0 as NSString).lastPathComponent) },
      progress: { steps.append("copied \($0)") }
    )
    #expect(steps.first == "flush tapgate.sqlite-wal")
    #expect(steps.dropFirst().allSatisfy { $0.hasPrefix("copied ") } && steps.count > 1, "\(steps)")
    let report = try LedgerBackup.restore(from: file, to: world.directory + "/restored")
    #expect(report.rowCount == 2, "the row that no flush of the gateway's had taken yet")
    disk.release()
    _ = await accrual.value
  }

  @Test(
    "what is no backup is refused in one sentence that names the file, and nothing is left",
    arguments: ["absent", "text", "folder", "database", "live", "cut"]
  )
  func noBackup(kind: String) async throws {
    let world = try StoreWorld()
    _ = try await world.enrol()
    let file = world.directory + "/file"
    switch kind {
    case "absent": break
    case "text": try "memberId,name\n1,2\n".write(toFile: file, atomically: true, encoding: .utf8)
    case "folder":
      try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
    case "database":
      try await DatabaseQueue(path: file).writeWithoutTransaction { db in
        try db.execute(sql: "CREATE TABLE other (x)")
      }
    case "live": try FileManager.default.copyItem(atPath: world.databasePath, toPath: file)
    default:
      let whole = world.directory + "/whole"
      try LedgerBackup.backup(directory: world.directory, to: whole, withKey: true)
      let bytes = try #require(FileManager.default.contents(atPath: whole))
      try bytes.prefix(bytes.count / 2 & ~4095).write(to: URL(fileURLWithPath: file))
    }
    let codes = ["absent": "restore.absent", "cut": "restore.damaged"]
    let target = world.directory + "/new"
    let kept = world.directory + "/kept"
    try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
    for folder in [target, kept] {
      let error = try #require(throws: StoreError.self) {
        _ = try LedgerBackup.restore(from: file, to: folder)
      }
      #expect(error.code == codes[kind] ?? "restore.not_a_backup", "\(error)")
      #expect(error.problem.contains(file))
      #expect(error.names.first == file)
      for word in ["SELECT", "SQLite error", ".restoring", "no such table"] {
        #expect(!error.problem.contains(word), "\(error)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: target))
    #expect(try FileManager.default.contentsOfDirectory(atPath: kept) == [])
  }
}
