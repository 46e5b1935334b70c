import Foundation
import Testing

@testable import TapgateModel
@testable import TapgateOracle

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

@Suite("Random operations")
struct RandomLedgerTests {
  /// `TAPGATE_SEEDS` runs more seeds, from `TAPGATE_SEED` on.
  private static func number(_ name: String, _ fallback: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
  }

  @Test("the ledger and plain dictionaries agree on every balance, and no law is broken")
  func agreement() throws {
    let first = Self.number("TAPGATE_SEED", 1)
    var (accepted, refused) = (0, 0)
    for seed in first..<(first + Self.number("TAPGATE_SEEDS", 200)) {
      var run = try RandomRun(seed: seed)
      for _ in 0..<60 where try run.step() {}
      accepted += run.accepted
      refused += run.refused
      guard run.isSound else { return }
    }
    // A test that is refused everything, or nothing, tests nothing.
    #expect(accepted > refused && refused * 20 > accepted)
  }
}

private struct RandomRun {
  private static let names = ["a", "b", "c"]

  private let seed: Int
  private var numbers: SeededNumbers
  private var ledger: TestLedger
  private var events: [NaiveEvent] = []
  /// By the event's place: its member and row.
  private var rows: [Int: (member: String, effects: [Effect])] = [:]
  private var holds: [Int: Int64] = [:]
  private(set) var accepted = 0
  private(set) var refused = 0
  private(set) var isSound = true

  init(seed: Int) throws {
    self.seed = seed
    numbers = SeededNumbers(state: UInt64(truncatingIfNeeded: seed))
    ledger = try TestLedger {
      $0.pointsExpiry = .init(months: 0, days: NaiveLedger.pointDays)
      $0.refund = .init(spentPoints: .debt, grace: .init(months: 0, days: NaiveLedger.graceDays))
      $0.coupons[0].validity = .after(.init(months: 0, days: NaiveLedger.couponDays))
      $0.counted[2].expiry = .init(months: 0, days: NaiveLedger.stampDays)
      $0.topUp?.namedMaxMinor = nil
      $0.topUp?.steps[1].pointsBasisPoints = nil
      $0.events = [.init(id: "in", event: "in", give: 3, limit: .init(per: .day, count: 2))]
      $0.paidLevels = [
        .init(
          id: "month",
          name: "月卡",
          term: .init(months: 0, days: NaiveLedger.paidDays),
          priceMinor: Int64(NaiveLedger.paidPrice)
        )
      ]
      $0.holds = .init(seconds: 300, secondsMax: 604_800)
    }
    for name in Self.names {
      ledger.members[name] = MemberState(id: name, joinedOn: ledger.today, tier: "normal")
    }
  }

  private mutating func pick(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &numbers)
  }

  private mutating func oneOf<Element>(_ list: [Element]) -> Element? {
    list.randomElement(using: &numbers)
  }

  /// - Returns: Whether everything still agrees.
  mutating func step() throws -> Bool {
    guard isSound else { return false }
    let event = next()
    ledger.label = "seed \(seed), event \(events.count) \(event)"
    let place = events.count
    events.append(event)
    // From the beginning, each time: the second opinion keeps nothing.
    var naive = NaiveLedger(Self.names)
    var isAllowed = true
    for event in events { isAllowed = naive.apply(event) }
    let before = ledger
    var isDone = true
    do {
      try perform(event, at: place)
    } catch {
      guard error is LedgerProblem else { throw error }
      isDone = false
      ledger = before
    }
    if isDone { accepted += 1 } else { refused += 1 }
    isSound = isDone == isAllowed
    #expect(isDone == isAllowed, "\(ledger.label): \(isDone ? "done" : "refused")")
    for name in Self.names where !compare(name, naive) { isSound = false }
    #expect(ledger.all.violations.isEmpty, "\(ledger.label)")
    compareMoney(naive)
    if isDone { try tryMirror(place, before) }
    return isSound
  }

  // MARK: What happens

  private mutating func next() -> NaiveEvent {
    let name = oneOf(Self.names) ?? "a"
    let coupons = ledger.state(name).assets.coupons.map { Int($0.serial) }
    switch pick(0...26) {
    case 24: return .buy(name)
    case 25: return pick(0...2) == 0 ? .refundPaid(name) : .buy(name)
    case 0, 1: return .days(pick(1...20))
    case 2: return .seconds(pick(1...400))
    case 3, 4: return .topUp(name, oneOf([500, 1000, 20_000, 49_999, 50_000]) ?? 0)
    case 5, 6: return .spend(name, pick(1...30_000))
    case 7, 8, 9: return .earn(name, pick(1...200))
    case 10, 11: return .redeem(name, pick(1...150))
    case 12, 13:
      return .hold(
        name,
        points: pick(0...1) * pick(0...80),
        value: pick(0...1) * pick(0...9000),
        coupons: pick(0...1) == 1 ? oneOf(coupons).map { [$0] } ?? [] : [],
        seconds: pick(1...604_800)
      )
    case 14, 15: return end(name)
    case 16: return .issue(name, pick(1...3))
    case 17: return .use(name, oneOf(coupons) ?? 1)
    case 18: return .stamp(name, pick(1...14))
    case 19: return .signIn(name)
    case 20: return .takeBack(name, pick(1...120))
    case 21 where pick(0...9) == 0: return .merge(name, into: oneOf(Self.names) ?? "a")
    default: return .reverse(oneOf(rows.keys.sorted()) ?? 0)
    }
  }

  /// Captures or voids a hold, mostly one that there is.
  private mutating func end(_ name: String) -> NaiveEvent {
    let place = oneOf(holds.keys.sorted()) ?? 0
    let owner = Self.names.first { name in
      ledger.state(name).assets.holds.contains { $0.id == holds[place] }
    }
    guard
      let hold = ledger.state(owner ?? name).assets.holds.first(where: { $0.id == holds[place] })
    else { return .void(name, hold: place) }
    if pick(0...3) == 0 { return .void(owner ?? name, hold: place) }
    return .capture(
      owner ?? name,
      hold: place,
      points: pick(0...Int(hold.pointCount)),
      value: pick(0...Int(hold.valueMinor) + pick(0...1)),
      coupons: pick(0...1) == 1 ? hold.coupons.map { Int($0.serial) } : [],
      final: pick(0...1) == 1
    )
  }

  // MARK: The ledger

  private mutating func perform(_ event: NaiveEvent, at place: Int) throws {
    switch event {
    case .days(let count):
      ledger.pass(days: count)
      try sweep()
    case .seconds(let count):
      ledger.now += Int64(count) * 1_000_000
      try sweep()
    case .topUp(let name, let amount):
      try ledger.topUp(Int64(amount), on: name)
      rows[place] = (name, ledger.effects)
    case .spend(let name, let amount):
      try commit(.spend, name, place) {
        try $0.decideSpend(.init(amountMinor: Int64(amount)), for: $1, in: $2)
      }
    case .earn(let name, let points):
      try commit(.accrue, name, place) { programme, state, context in
        var draft = try LedgerDraft(programme, active: state, in: context)
        try draft.givePoints(Int64(points))
        return try draft.finished(points)
      }
    case .redeem(let name, let points):
      try commit(.redeem, name, place) { programme, state, context in
        var draft = try LedgerDraft(programme, active: state, in: context)
        let lots = try draft.takePoints(Int64(points), to: .pointsRedeemed)
        return try draft.finished(lots)
      }
    case .issue(let name, let count):
      try commit(.couponIssue, name, place) {
        try $0.decideCouponIssue("c10", count: Int64(count), for: $1, in: $2)
      }
    case .use(let name, let serial):
      let code = CouponCode(template: "c10", serial: Int64(serial))
      try commit(.couponUse, name, place) { try $0.decideCouponUse(code, for: $1, in: $2) }
    case .stamp(let name, let count):
      try commit(.stampAdd, name, place) {
        try $0.decideStampAdd("stamp", quantity: Int64(count), for: $1, in: $2)
      }
    case .signIn(let name):
      try commit(.event, name, place) { try $0.decideEvent("in", for: $1, in: $2) }
    default: try performOther(event, at: place)
    }
  }

  private mutating func performOther(_ event: NaiveEvent, at place: Int) throws {
    switch event {
    case .takeBack(let name, let points):
      try ledger.run(.refund, on: name) { programme, state, context in
        var draft = try LedgerDraft(programme, active: state, in: context)
        let (taken, short) = try draft.takeBackPoints(Int64(points), lotRow: 0)
        return try draft.finished([taken, short])
      }
    case .hold(let name, let points, let value, let coupons, let seconds):
      let legs = HoldLegs(
        points: Int64(points),
        valueMinor: Int64(value),
        coupons: coupons.map { CouponCode(template: "c10", serial: Int64($0)) }
      )
      holds[place] = try ledger.run(.holdCreate, on: name) {
        try $0.decideHold(legs, seconds: Int64(seconds), for: $1, in: $2)
      }.id
    case .capture(let name, let hold, let points, let value, let coupons, let final):
      let legs = HoldLegs(
        points: Int64(points),
        valueMinor: Int64(value),
        coupons: coupons.map { CouponCode(template: "c10", serial: Int64($0)) }
      )
      let id = holds[hold] ?? 0
      try commit(.holdCapture, name, place) {
        try $0.decideCapture(of: id, legs, isFinal: final, for: $1, in: $2)
      }
    case .void(let name, let hold):
      let id = holds[hold] ?? 0
      try ledger.run(.holdVoid, on: name) { try $0.decideVoid(of: id, for: $1, in: $2) }
    case .buy(let name):
      try commit(.membershipBuy, name, place) {
        try $0.decideMembership("month", tender: "cash", isRenewal: true, for: $1, in: $2)
      }
    case .refundPaid(let name):
      try ledger.run(.membershipRefund, on: name) {
        try $0.decideMembershipRefund(tender: "cash", for: $1, in: $2)
      }
    case .merge(let from, let into):
      var second = ledger.context()
      second.sequence += 1
      let both = try ledger.programme.decideMerge(
        from: ledger.state(from),
        in: ledger.context(),
        into: ledger.state(into),
        in: second
      )
      ledger.commit(.merge, both.from, on: from)
      ledger.commit(.merge, both.into, on: into)
    case .reverse(let other):
      guard let row = rows[other] else { throw LedgerProblem.unknown(field: "reverses") }
      try ledger.reverse(row.effects, on: row.member)
      rows[other] = nil
    default: break
    }
  }

  private mutating func commit<Answer>(
    _ kind: JournalKind,
    _ name: String,
    _ place: Int,
    _ rule: TestLedger.Rule<Answer>
  ) throws {
    try ledger.run(kind, on: name, rule)
    rows[place] = (name, ledger.effects)
  }

  private mutating func sweep() throws {
    for name in Self.names {
      let decided = try ledger.programme.decideSweep(
        for: ledger.state(name),
        in: ledger.context()
      )
      let (state, now) = (ledger.state(name), Timestamp(microseconds: ledger.now))
      let isDue = ledger.programme.isSweepDue(for: state, on: ledger.today, at: now)
      #expect(isDue == (decided != nil), "\(ledger.label): who is due is found")
      if let decided { ledger.commit(.sweep, decided, on: name) }
      let again = try ledger.programme.decideSweep(for: ledger.state(name), in: ledger.context())
      #expect(again == nil, "\(ledger.label) expires twice")
    }
  }

  /// I6: what was just done and its mirror come to nothing.
  private func tryMirror(_ place: Int, _ before: TestLedger) throws {
    guard let row = rows[place], case let holds = before.state(row.member).assets.holds,
      holds == ledger.state(row.member).assets.holds
    else { return }
    let mirror = try ledger.programme.decideMirror(
      of: row.effects,
      for: ledger.state(row.member),
      in: ledger.context()
    )
    let isRestored = LedgerInvariant.isRestored(before.state(row.member), by: mirror.after)
    #expect(isRestored, "\(ledger.label): the mirror leaves something")
    #expect(mirror.shop.counts == before.shop.counts, "\(ledger.label)")
  }

  // MARK: Agreement

  private mutating func compareMoney(_ naive: NaiveLedger) {
    let paid = Self.names.compactMap { ledger.state($0).assets.paid }
    let deferred = paid.reduce(Int64(0)) { $0 + $1.paidMinor - $1.earnedMinor }
    let isEqual =
      ledger.all.sum(of: .deferredIncome) == deferred
      && ledger.all.sum(of: .tenderClearing) == Int64(-naive.cash)
    #expect(isEqual, "\(ledger.label): the money does not agree")
    if !isEqual { isSound = false }
  }

  private func compare(_ name: String, _ naive: NaiveLedger) -> Bool {
    let state = ledger.state(name)
    guard let other = naive.members[name] else { return false }
    let start = TestLedger.start.day
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
    let held = other.holds.values
    let pairs: [(String, [[Int]], [[Int]])] = [
      (
        "available", [[Int(state.pointsAvailable(on: ledger.today))]], [[naive.available(name)]]
      ),
      ("lots", sorted(state.lots.map(shape)), sorted(other.lots.values.map(shape))),
      (
        "stamps", sorted(state.assets.counted.map { shape($0.lot) }),
        sorted(other.stamps.values.map(shape))
      ),
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
      (
        "coupons", [state.assets.coupons.map { Int($0.serial) }], [other.coupons.keys.sorted()]
      ),
      (
        "sign-ins", [[Int(state.count(of: "event:in", per: .day, on: ledger.today))]],
        [[other.signIns[naive.day] ?? 0]]
      ),
    ]
    var agrees = true
    for (what, mine, theirs) in pairs where mine != theirs {
      agrees = false
      Issue.record("\(ledger.label), \(name): \(what) \(mine), by the second opinion \(theirs)")
    }
    return agrees
  }
}
