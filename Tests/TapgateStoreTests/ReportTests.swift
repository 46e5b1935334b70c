import Foundation
import GRDB
import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateReports
import Testing

@testable import TapgateStore

@Suite("Reports on the ledger's file")
struct ReportTests {
  /// Two members who came in at the counter, twenty who were imported with points and stored value,
  /// receipts, one taken back, one refused, and a page that was printed.
  private static func world() async throws -> (world: StoreWorld, members: [String]) {
    let world = try StoreWorld()
    let first = try await world.enrol("张三", card: "04AABBCCDDEE01", phone: "13800000001")
    let second = try await world.enrol("李四", card: "04AABBCCDDEE02")
    let session = try await world.store.beginImport(isDryRun: false)
    let rows = (0..<20).map { index in
      ImportRow(
        line: index + 2,
        fields: [
          "memberId": "V\(index)", "name": "王五", "birthday": "1990-03-15", "points": "\(index)",
          "valuePrincipalMinor": "10000", "valueBonusMinor": "500",
        ]
      )
    }
    #expect(try await session.add(rows).isEmpty)
    _ = try await session.commit { _ in }
    for (receipt, amount) in [("A1", 2800), ("A2", 10_000), ("A3", 500)] as [(String, Int64)] {
      let outcome = await world.accrue(.memberID(first), amount, receipt: receipt, id: receipt)
      #expect(outcome.result != nil)
    }
    #expect(await world.accrue(.memberID("V7"), 1000, receipt: "A4").result != nil)
    #expect(await world.accrue(.memberID(second), 999, receipt: "A1").refusal == .receiptUsed)
    let reversal = await world.perform(.reverse(operationID: "A3", reason: "mistake"))
    #expect(reversal.result != nil)
    let page = await world.perform(.print(document: Array("{}".utf8), printer: "receipt"))
    #expect(page.result != nil)
    return (world, [first, second])
  }

  private static func report(_ world: StoreWorld, _ query: ReportQuery) async throws -> Report {
    try Report(json: try await world.store.report(query) { true })
  }

  private static func report(_ world: StoreWorld, _ name: String) async throws -> Report {
    try await report(world, ReportQuery(name: name))
  }

  @Test("every report runs on a ledger with imports, refusals and prints, and is proven")
  func proven() async throws {
    let (world, _) = try await Self.world()
    for definition in ReportCatalogue.all {
      let report = try await Self.report(world, definition.id)
      #expect(report.isProven, "\(definition.id)")
      #expect(!report.tables.isEmpty)
      #expect(report.tables.allSatisfy { !$0.proofs.isEmpty }, "\(definition.id)")
    }
    await world.store.stop()
  }

  @Test("the numbers are the ledger's: receipts, members, stored value")
  func numbers() async throws {
    let (world, members) = try await Self.world()
    let list = try #require(try await Self.report(world, "members").tables.first)
    #expect(list.rows.count == 22)
    let cells = Set(list.rows.flatMap { $0 })
    #expect(cells.contains(.text(MemberProfile.masked(name: "张三"))))
    #expect(!cells.contains(.text("张三")))
    var query = ReportQuery(name: "memberHistory")
    query.memberID = members[0]
    let history = try #require(try await Self.report(world, query).tables.first)
    let spent = try #require(history.columns.firstIndex { $0.id == "spentMinor" })
    let amounts = history.rows.map { $0[spent] }.filter { $0 != .none }
    #expect(amounts == [.money(2800), .money(10_000), .money(500), .money(-500)])
    #expect(history.totals?[spent] == .money(12_800))
    let value = try await Self.report(world, "storedValue")
    let numbers = value.tables.flatMap { ($0.totals ?? []) }
    #expect(numbers.contains(.money(200_000)))
    await world.store.stop()
  }

  @Test("a report over dates and stores leaves out the rest and is proven all the same")
  func scoped() async throws {
    let (world, _) = try await Self.world()
    var query = ReportQuery(name: "accruals")
    query.from = BusinessDate("2026-03-11")
    let later = try await Self.report(world, query)
    #expect(later.isProven)
    #expect(later.tables.allSatisfy { $0.rows.isEmpty })
    query = ReportQuery(name: "accruals", stores: ["S001"], unlistedStores: ["S001"])
    let own = try await Self.report(world, query)
    #expect(own.isProven)
    #expect(own.tables.contains { !$0.rows.isEmpty })
    await world.store.stop()
  }

  @Test("of an import that was not published no member counts, and the proofs hold")
  func unpublished() async throws {
    let (world, _) = try await Self.world()
    try world.execute(sql: "DELETE FROM meta WHERE name LIKE 'batch:%'")
    for name in ["memberHistory", "refusals", "cardOperations"] {
      let report = try await Self.report(world, name)
      let rows = try #require(report.tables.first?.proofs.last)
      #expect(rows.isEqual, "\(name)")
    }
    let list = try #require(try await Self.report(world, "members").tables.first)
    #expect(list.rows.count == 2)
    await world.store.stop()
  }

  @Test("points that nobody earned show in every report that sums points")
  func tamperedMember() async throws {
    let (world, members) = try await Self.world()
    let number = try #require(world.store.shared.memory.number(ofMember: members[0]))
    let row = try #require(world.store.shared.memory.row(number))
    var state = try MemberState(packed: row.state)
    try #require(!state.lots.isEmpty)
    state.lots[0].remaining += 1000
    let bytes = state.packed().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    try world.execute(sql: "UPDATE member SET state = X'\(bytes)' WHERE number = \(number)")
    for name in ["members", "points", "memberHistory"] {
      #expect(try await !Self.report(world, name).isProven, "\(name)")
    }
    await world.store.stop()
  }

  @Test("a row that is missing from the journal shows in every report")
  func missingRow() async throws {
    let (world, _) = try await Self.world()
    try world.execute(sql: "DELETE FROM journal WHERE operation = X'004132'")
    for definition in ReportCatalogue.all {
      #expect(try await !Self.report(world, definition.id).isProven, "\(definition.id)")
    }
    await world.store.stop()
  }

  @Test("rows that cannot be read are named, and no report is made of the others")
  func damaged() async throws {
    let (world, _) = try await Self.world()
    try world.execute(sql: "UPDATE journal SET effects = X'FFFF' WHERE operation = X'004132'")
    let reached = await #expect(throws: ReportRefusal.self) {
      try await Self.report(world, "accruals")
    }
    guard case .damaged(let place)? = reached else { return #expect(reached == nil) }
    #expect(place.hasPrefix("journal row "))
    await world.store.stop()
  }

  @Test("what is asked wrongly is refused before anything is read")
  func refusals() async throws {
    let (world, _) = try await Self.world()
    var none = ReportQuery(name: "accruals")
    none.memberID = "nobody"
    var before = ReportQuery(name: "accruals", from: BusinessDate("2026-03-02"))
    before.through = BusinessDate("2026-03-01")
    let cases: [(ReportQuery, ReportRefusal)] = [
      (ReportQuery(name: "none"), .unknownReport),
      (none, .unknownMember),
      (before, .illegal(field: "to", isParameter: false, problem: "is before from")),
      (
        ReportQuery(name: "accruals", parameters: ["rows": 1]),
        .illegal(field: "rows", isParameter: true, problem: "is no parameter of this report")
      ),
      (
        ReportQuery(name: "members", parameters: ["rows": 20_001]),
        .illegal(field: "rows", isParameter: true, problem: "must be 1 to 20000")
      ),
      (ReportQuery(name: "accruals", stores: ["S9"], unlistedStores: ["S9"]), .unknownStore),
    ]
    for (query, refusal) in cases {
      await #expect(throws: refusal) { try await world.store.report(query) { true } }
    }
    await #expect(throws: ReportRefusal.abandoned) {
      try await world.store.report(ReportQuery(name: "points")) { false }
    }
    await world.store.stop()
  }

  @Test("the list bounds what one answer can bring, and names every report")
  func list() async throws {
    let world = try StoreWorld()
    let reports = world.store.reports()["reports"]?.array ?? []
    #expect(reports.compactMap { $0["id"]?.string } == ReportCatalogue.all.map(\.id))
    let rows = reports.flatMap { $0["parameters"]?.array ?? [] }.filter {
      $0["id"] == .string("rows")
    }
    #expect(!rows.isEmpty)
    for parameter in rows {
      #expect(parameter["max"] == .integer(20_000))
      #expect((parameter["default"]?.integer ?? 0) <= 10_000)
    }
    await world.store.stop()
  }

  @Test("a long list is cut to the rows that were asked for, and its totals count all")
  func cut() async throws {
    let (world, _) = try await Self.world()
    let query = ReportQuery(name: "members", parameters: ["rows": 3])
    let list = try #require(try await Self.report(world, query).tables.first)
    #expect(list.rows.count == 3)
    #expect(list.omittedRowCount == 19)
    #expect(list.isProven)
    await world.store.stop()
  }
}
