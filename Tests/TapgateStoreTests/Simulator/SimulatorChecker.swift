import GRDB
import TapgateCore
import TapgateModel

@testable import TapgateOracle
@testable import TapgateStore

/// Follows the journal row by row and holds each against the laws of the ledger.
struct SimulatorChecker {
  let programme: Programme
  /// By the member's row number.
  private(set) var states: [UInt32: MemberState] = [:]
  private var totals: [UInt32: LedgerTotals] = [:]
  private(set) var all = LedgerTotals()
  private var sequence: Int64 = 0
  /// The codes of all coupons that were ever seen, by their number.
  private(set) var codes: [Int64: CouponCode] = [:]

  init() throws { programme = try Programme.parse(Array(SimulatorProgramme.text.utf8)) }

  /// Takes the rows that came since; returns what they break.
  mutating func take(_ store: LedgerStore) throws -> [String] {
    let rows = try store.reader.read { [sequence] db in
      guard let connection = db.sqliteConnection else { return [JournalRow]() }
      let statement = try Statement(
        JournalRow.select + " WHERE sequence > \(sequence) ORDER BY sequence",
        on: connection
      )
      var rows: [JournalRow] = []
      while try statement.step() { rows += JournalRow(statement).map { [$0] } ?? [] }
      return rows
    }
    var broken: [String] = []
    for row in rows {
      if row.sequence != sequence + 1 { broken.append("row \(sequence + 1) is missing") }
      sequence = row.sequence
      broken += try take(row, store)
    }
    broken += all.violations.map(\.description)
    for (number, state) in states where store.shared.memory.row(number)?.state != state.packed() {
      broken.append("memory has another state of member row \(number) than the journal")
    }
    return broken
  }

  private mutating func take(_ row: JournalRow, _ store: LedgerStore) throws -> [String] {
    let effects = try Effect.unpacked(row.effects)
    guard let number = row.member.flatMap({ UInt32(exactly: $0) }) else { return [] }
    if case .created(let id, let joinedOn, let tier)? = effects.first {
      states[number] = MemberState(id: id, joinedOn: joinedOn, tier: tier)
    }
    guard let before = states[number] else { return ["row \(row.sequence) has no member"] }
    var after = before
    if !row.isRefused, !after.apply(effects, sequence: row.sequence) {
      return ["the effects of row \(row.sequence) do not fit"]
    }
    states[number] = after
    let checked = CheckedRow(
      kind: row.kind,
      effects: effects,
      before: before,
      after: after,
      sequence: row.sequence,
      today: store.shared.active.calendar.date(of: Timestamp(microseconds: row.at)),
      isRefused: row.isRefused
    )
    totals[number, default: LedgerTotals()].take(effects)
    all.take(effects)
    for coupon in after.assets.coupons { codes[coupon.serial] = coupon.code }
    let unequal = totals[number]?.violations(against: after) ?? []
    return (checked.violations(programme) + unequal).map { "row \(row.sequence): \($0)" }
  }

  /// The member called `id` with everything entered that the calendar has ended.
  func current(_ id: String, _ store: LedgerStore) throws -> MemberState? {
    guard let state = states.values.first(where: { $0.id == id }) else { return nil }
    let now = store.shared.clock.now()
    let context = LedgerContext(
      date: store.shared.active.calendar.date(of: now),
      sequence: sequence + 1,
      now: now
    )
    return try programme.decideSweep(for: state, in: context)?.after ?? state
  }
}

extension SimulatorRun {
  /// The laws, and that the second opinion agrees on everything that a member has.
  mutating func check() throws {
    let broken = try checker.take(shop.store)
    guard broken.isEmpty else { throw fault(broken.prefix(3).joined(separator: "; ")) }
    for name in Self.names { try compare(name) }
    let paid = try Self.names.compactMap {
      try checker.current(ids[$0] ?? "", shop.store)?.assets.paid
    }
    let deferred = paid.reduce(Int64(0)) { $0 + $1.paidMinor - $1.earnedMinor }
    let swept = checker.all.sum(of: .deferredIncome) >= deferred
    guard swept else { throw fault("deferred income is less than what members have paid for") }
  }

  func verifyFile() throws {
    let report = try LedgerVerifier.verify(directory: shop.disk.directory)
    guard report.isProven else {
      throw fault("verify: \(report.problems.prefix(3).joined(separator: "; "))")
    }
  }

  private func compare(_ name: String) throws {
    guard let state = try checker.current(ids[name] ?? "", shop.store),
      let other = naive.members[name]
    else { throw fault("\(name) is gone") }
    let today = shop.store.today
    let start = today.day - Int32(naive.day)
    func shape(_ lot: PointLot) -> [Int] {
      [
        Int((lot.expiresOn?.day ?? 0) - start), Int(lot.earnedOn.day - start), Int(lot.remaining),
        Int(lot.original),
      ]
    }
    func shape(_ lot: NaiveLedger.Lot) -> [Int] {
      [lot.expires, lot.earned, lot.left, lot.original]
    }
    func sorted(_ shapes: [[Int]]) -> [[Int]] {
      shapes.sorted { $0.lexicographicallyPrecedes($1) }
    }
    func counted(_ asset: String) -> [[Int]] {
      sorted(state.assets.counted.filter { $0.asset == asset }.map { shape($0.lot) })
    }
    let held = other.holds.values
    let pairs: [(String, [[Int]], [[Int]])] = [
      ("available", [[Int(state.pointsAvailable(on: today))]], [[naive.available(name)]]),
      ("lots", sorted(state.lots.map(shape)), sorted(other.lots.values.map(shape))),
      ("stamps", counted("tea"), sorted(other.stamps.values.map(shape))),
      ("passes", counted("wash"), sorted(other.passes.values.map(shape))),
      ("debt", [[Int(state.pointsDebt)]], [[other.debt]]),
      (
        "held",
        [
          [
            Int(state.pointsHeld), Int(state.assets.principalHeldMinor),
            Int(state.assets.bonusHeldMinor),
          ]
        ],
        [
          [
            held.reduce(0) { $0 + $1.points.reduce(0) { $0 + $1.left } },
            held.reduce(0) { $0 + $1.principal }, held.reduce(0) { $0 + $1.bonus },
          ]
        ]
      ),
      (
        "value", [[Int(state.principalMinor), Int(state.bonusMinor)]],
        [[other.principal, other.bonus]]
      ),
      (
        "paid level",
        [
          state.assets.paid.map {
            [Int($0.from.day - start), Int($0.through.day - start), Int($0.paidMinor)]
          } ?? []
        ],
        [other.paid.map { [$0.from, $0.through, $0.price] } ?? []]
      ),
      ("coupons", [state.assets.coupons.map { Int($0.serial) }], [other.coupons.keys.sorted()]),
      (
        "sign-ins", [[Int(state.count(of: "event:in", per: .day, on: today))]],
        [[other.signIns[naive.day] ?? 0]]
      ),
    ]
    for (what, mine, theirs) in pairs where mine != theirs {
      throw fault("\(name): \(what) \(mine), by the second opinion \(theirs)")
    }
  }
}
