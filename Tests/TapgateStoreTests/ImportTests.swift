import Foundation
import Logging
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateStore

@Suite("Import, backup, restore")
struct ImportTests {
  private func rows(_ count: Int, from first: Int = 0) -> [ImportRow] {
    (first..<first + count).map { index in
      let hex = String(index, radix: 16)
      return ImportRow(
        line: index + 2,
        fields: [
          "memberId": "V\(index)", "name": "王小\(index)", "cardKind": "cardUid",
          "cardValue": "04" + String(repeating: "0", count: 12 - hex.count) + hex,
          "points": "\(index)", "tier": index % 2 == 0 ? "gold" : "normal",
        ]
      )
    }
  }

  @Test("everything appears at once, survives a restart and balances against migration")
  func publish() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: false)
    #expect(try await session.add(rows(1000)).isEmpty)
    #expect(world.view("V7") == nil)
    let report = try await session.commit { _ in }
    #expect(report["members"] == .integer(1000))
    #expect(report["points"] == .integer(499_500))
    #expect(world.view("V8")?.pointsAvailable == 8)
    #expect(world.view("V8")?.tier.id == "gold")
    #expect(await world.accrue(.memberID("V8"), 10_000).result?["earned"] == .integer(120))
    try await world.restart()
    #expect(world.view("V999")?.pointsAvailable == 999)
    #expect(world.view("V8")?.pointsAvailable == 128)
    let proof = try world.verify()
    #expect(proof.problems == [])
    #expect(proof.accounts["pointsMigrated"] == -499_500)
  }

  @Test("the history of an imported member begins with what the import brought")
  func openingEntry() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: false)
    var sheet = rows(300)
    sheet[7].fields["growth"] = "40"
    sheet[7].fields["valuePrincipalMinor"] = "12000"
    sheet[7].fields["valueBonusMinor"] = "500"
    #expect(try await session.add(sheet).isEmpty)
    _ = try await session.commit { _ in }
    _ = await world.accrue(.memberID("V7"), 1000)
    let history = try await world.store.history(memberID: "V7", before: nil, limit: 10)
    let entries = try #require(history?["entries"]?.array)
    #expect(entries.compactMap { $0["method"]?.string } == ["points.accrue", "member.importChunk"])
    let opening = try #require(entries.last)
    #expect(opening["points"] == .integer(7))
    #expect(opening["growth"] == .integer(40))
    #expect(opening["principalMinor"] == .integer(12_000))
    #expect(opening["bonusMinor"] == .integer(500))
    #expect(opening["memberId"] == .string("V7"))
    #expect(entries.first?["principalMinor"] == .null)
    #expect(history?["next"] == .null)
    // Of a member of the second chunk it is that member's.
    let last = try await world.store.history(memberID: "V299", before: nil, limit: 10)
    #expect(last?["entries"]?.array?.first?["points"] == .integer(299))
  }

  @Test("one bad row is named by line and column, and nothing is imported")
  func badRow() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: false)
    var bad = rows(10)
    bad[4].fields["points"] = "12,5"
    bad[6].fields["cardValue"] = bad[5].fields["cardValue"]
    let problems = try await session.add(bad)
    #expect(problems.map(\.line) == [6, 8])
    #expect(problems.map(\.column) == ["points", "cardValue"])
    await #expect(throws: BackOfficeRefusal.self) { try await session.commit { _ in } }
    #expect(world.view("V1") == nil)
    #expect(try world.verify().memberCount == 0)
  }

  @Test("a dry run reports and changes nothing; a second import may begin then")
  func dryRun() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: true)
    await #expect(throws: BackOfficeRefusal.self) {
      _ = try await world.store.beginImport(isDryRun: true)
    }
    _ = try await session.add(rows(5))
    #expect(try await session.commit { _ in }["members"] == .integer(5))
    #expect(world.view("V1") == nil)
    _ = try await world.store.beginImport(isDryRun: false)
  }

  /// The rows that an export answers, as an import takes them.
  private func exported(_ store: LedgerStore) async throws -> [ImportRow] {
    let rows = try await store.export(after: 0, limit: 1000)["rows"]?.array ?? []
    return rows.enumerated().map { index, row in
      let fields = row.object?.members.map { ($0.name, $0.value.string ?? "") } ?? []
      return ImportRow(line: index + 2, fields: Dictionary(uniqueKeysWithValues: fields))
    }
  }

  @Test("what was exported can be imported: no expired points, no ended cards, each number its own")
  func exportAndImport() async throws {
    let world = try StoreWorld(at: "2024-02-29T12:00:00+08:00")
    let id = try await world.enrol(phone: "13800138000")
    for number in ["8800000001", "8800000002", "8800000003"] {
      let credential = try Credential(kind: .memberNumber, value: number)
      _ = await world.perform(
        .bindCard(.credential(credential), cardType: nil, isIssue: true),
        on: .memberID(id)
      )
    }
    func number(_ text: String) throws -> MemberKey {
      .credential(try Credential(kind: .memberNumber, value: text))
    }
    _ = await world.perform(.changeCard(.unbind, reason: nil), on: try number("8800000001"))
    _ = await world.perform(.changeCard(.close, reason: nil), on: try number("8800000002"))
    _ = await world.accrue(.memberID(id), 10_000)
    world.clock.set("2025-03-01T04:00:00+08:00")
    _ = await world.accrue(.memberID(id), 5000)
    world.clock.set("2026-02-01T04:00:00+08:00")
    let lapsed = try await world.enrol("李四")
    _ = await world.accrue(.memberID(lapsed), 700, businessTime: "2025-01-01T12:00:00+08:00")
    #expect(world.view(lapsed)?.pointsAvailable == 0)
    let rows = try await exported(world.store)
    #expect(rows.map { $0.fields["cardValue"] } == ["8800000003", nil])
    #expect(rows.map { $0.fields["points"] } == ["50", nil])
    let other = try StoreWorld(at: "2026-02-01T04:00:00+08:00")
    let session = try await other.store.beginImport(isDryRun: false)
    #expect(try await session.add(rows).map(\.finding) == [])
    _ = try await session.commit { _ in }
    let view = try #require(other.store.member(try number("8800000003")))
    #expect(view.id == id)
    #expect(view.pointsAvailable == 50)
    #expect(view.nextExpiryDate?.description == "2026-03-01")
    #expect(other.view(lapsed)?.pointsAvailable == 0)
    #expect(try other.verify().problems == [])
  }

  @Test("an export's masked card is refused by line, column and reason, whatever its kind")
  func maskedCards() async throws {
    let world = try StoreWorld()
    let id = try await world.enrol(card: "04A1B2C3D4E580")
    let number = try Credential(kind: .memberNumber, value: "8800000001")
    _ = await world.perform(
      .bindCard(.credential(number), cardType: nil, isIssue: true),
      on: .memberID(id)
    )
    _ = await world.perform(.changeCard(.reportLost, reason: nil), on: .credential(number))
    let other = try StoreWorld()
    let session = try await other.store.beginImport(isDryRun: false)
    let problems = try await session.add(try await exported(world.store))
    #expect(problems.map(\.line) == [2, 3])
    #expect(problems.allSatisfy { $0.column == "cardValue" })
    #expect(problems.allSatisfy { $0.finding == .masked })
    await #expect(throws: BackOfficeRefusal.self) { try await session.commit { _ in } }
  }

  @Test("a backup restores whole, with its key; another key is refused")
  func backup() async throws {
    let world = try StoreWorld()
    let session = try await world.store.beginImport(isDryRun: false)
    _ = try await session.add(rows(100))
    _ = try await session.commit { _ in }
    let file = world.directory + "/../backup-\(UUID().uuidString)"
    let bare = file + "-bare"
    let target = file + "-restored"
    defer {
      for path in [file, bare, target] { try? FileManager.default.removeItem(atPath: path) }
    }
    try LedgerBackup.backup(directory: world.directory, to: file, withKey: true)
    try LedgerBackup.backup(directory: world.directory, to: bare, withKey: false)
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let keyless = #expect(throws: StoreError.self) {
      _ = try LedgerBackup.restore(from: bare, to: target)
    }
    #expect(keyless?.code == "restore.no_key")
    #expect(keyless?.hint?.contains("--key FILE") == true)
    // An old ledger's log beside the new file would be taken for its own.
    let crowded = try StoreWorld()
    await crowded.store.stop()
    try FileManager.default.removeItem(atPath: LedgerFile.path(in: crowded.directory))
    try Data("x".utf8).write(to: URL(fileURLWithPath: crowded.directory + "/notes.txt"))
    let stray = #expect(throws: StoreError.self) {
      _ = try LedgerBackup.restore(from: file, to: crowded.directory)
    }
    #expect(stray?.code == "restore.stray")
    let stranger = try StoreWorld()
    #expect(throws: KeyProblem.foreign) {
      _ = try LedgerBackup.restore(
        from: bare,
        to: target,
        keyPath: KeyFile.path(in: stranger.directory)
      )
    }
    let report = try LedgerBackup.restore(from: file, to: target)
    #expect(report.isProven)
    #expect(report.memberCount == 100)
    let clock = SetClock("2026-03-11T12:00:00+08:00")
    let restored = try LedgerStore.open(
      StoreConfiguration(
        directory: target,
        programme: Array(ShippedProgrammes.pointsOnly.utf8),
        clock: clock
      ),
      logger: .init(label: "test")
    )
    #expect(restored.member(try uid("04000000000063"))?.pointsAvailable == 99)
    await restored.stop()
  }
}
