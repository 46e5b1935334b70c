import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateReports

@Suite("Journal rows as entries")
struct EntryTests {
  private static func row(_ kind: JournalKind) -> JournalRow {
    var row = JournalRow(
      sequence: 7,
      operationKey: JournalRow.key(of: "op"),
      kind: kind,
      businessDate: BusinessDate(day: 20_000),
      at: 1_000_000,
      origin: "S1\u{1F}C2\u{1F}lin",
      programme: [],
      content: []
    )
    row.member = 3
    return row
  }

  @Test("origin, receipt and effects are taken apart")
  func plain() throws {
    var row = Self.row(.accrue)
    let effects: [Effect] = [.spent(date: BusinessDate(day: 20_000), amountMinor: 100)]
    row.effects = Effect.packed(effects)
    row.receiptKey = JournalRow.receiptKey(
      date: row.businessDate,
      store: "S1",
      counter: "C2",
      receiptNo: "0001"
    )
    let entries = try ReportEntry.entries(of: row, offsetSeconds: 3600) { "M\($0)" }
    let entry = try #require(entries.first)
    #expect(entries.count == 1)
    #expect(entry.store == "S1" && entry.counter == "C2" && entry.operatorName == "lin")
    #expect(entry.memberID == "M3")
    #expect(entry.receiptNo == "0001")
    #expect(entry.effects == effects)
    #expect(entry.offsetSeconds == 3600)
  }

  @Test("an import's chunk is an entry a member, or one without members while it is not published")
  func chunk() throws {
    var row = Self.row(.importChunk)
    row.member = nil
    row.origin = "\u{1F}\u{1F}"
    let created = Effect.created(id: "M9", joinedOn: BusinessDate(day: 1), tier: "normal")
    row.effects = ImportColumn.packed([
      (number: 9, effects: Effect.packed([created])), (number: 10, effects: []),
    ])
    let entries = try ReportEntry.entries(of: row, offsetSeconds: 0) { "M\($0)" }
    #expect(entries.map(\.memberNumber) == [9, 10])
    #expect(entries[0].effects == [created])
    #expect(entries.allSatisfy { $0.store.isEmpty && $0.operatorName == nil })
    let hidden = try ReportEntry.entries(of: row, offsetSeconds: 0, isPublished: false) { _ in nil }
    #expect(hidden.count == 1 && hidden[0].effects.isEmpty && hidden[0].memberNumber == nil)
  }

  @Test("a refused row has no effects, a damaged one is an error")
  func damage() throws {
    var row = Self.row(.accrue)
    row.effects = [0xFF]
    #expect(throws: PackedError.self) {
      try ReportEntry.entries(of: row, offsetSeconds: 0) { _ in nil }
    }
    row.isRefused = true
    let entries = try ReportEntry.entries(of: row, offsetSeconds: 0) { _ in nil }
    #expect(entries.count == 1 && entries[0].effects.isEmpty)
  }
}
