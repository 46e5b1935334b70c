import Foundation
import TapgateModel
import Testing

@testable import TapgateReports

/// Random operations on a few members, then every report over random dates and stores. The
/// decisions are the model's own, so the proofs stand against states that know nothing of reports.
@Suite("Reports of random ledgers")
struct RandomLedgerTests {
  /// SplitMix64.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let stores = ["S1", "S2", "S3"]

  private static func programme(of ledger: SmallLedger) throws -> Programme {
    let month = try ledger.aMonth()
    var programme = ledger.programme
    programme.topUp = Programme.TopUpRules(
      minMinor: 100,
      channels: ["cash", "web_self"],
      remoteChannels: ["web_self"],
      steps: [
        Programme.TopUpRules.Step(
          fromMinor: 20_000,
          bonusMinor: 5000,
          gifts: [.coupon(template: "c10", count: 1), .points(50)]
        )
      ]
    )
    programme.valueOrder = .proRata
    programme.coupons = [
      Programme.CouponTemplate(
        id: "c10",
        name: "十元券",
        kind: .amountOff(minor: 1000),
        validity: .after(month)
      )
    ]
    programme.paidLevels = [
      Programme.PaidLevel(id: "month", name: "月卡", term: month, priceMinor: 3000)
    ]
    programme.counted = [
      Programme.CountedAsset(id: "stamp", name: "印花", kind: .stamp, expiry: month)
    ]
    programme.pointsAsCash = Programme.PointsAsCash(
      points: 100,
      minor: 100,
      shareMaxBasisPoints: 5000,
      step: 1
    )
    programme.redeemMin = 0
    return programme
  }

  /// One random operation. What a rule refuses, or what does not apply, is left out.
  private static func step(_ ledger: inout SmallLedger, _ date: String, _ dice: inout Dice) throws {
    let member = Int64.random(in: 1...4, using: &dice)
    let store = Self.stores[Int.random(in: 0..<3, using: &dice)]
    let amount = Int64.random(in: 1...30_000, using: &dice)
    func decide<Answer>(
      _ kind: JournalKind,
      reference: Int64? = nil,
      _ decision: (Programme, MemberState, LedgerContext) throws -> Decided<Answer>?
    ) throws {
      try ledger.decide(kind, date, member: member, store: store, reference: reference) {
        guard let decided = try decision($0, $1, $2) else {
          throw LedgerProblem.unknown(field: "nothing")
        }
        return decided
      }
    }
    switch Int.random(in: 0..<16, using: &dice) {
    case 0...2: if ledger.isLive(member) { ledger.buy(member, date, amount, store: store) }
    case 3:
      let channel = Bool.random(using: &dice) ? "cash" : "web_self"
      let request = TopUpRequest(amountMinor: amount, channel: channel, reference: "\(amount)")
      try decide(.topUp) { try $0.decideTopUp(request, for: $1, in: $2) }
    case 4:
      try decide(.confirmTopUp) { rules, state, context -> Decided<ToppedUp>? in
        guard let open = state.assets.topUps.first else { return nil }
        return try rules.decideTopUpConfirmation(
          open.id,
          channelReference: "W",
          for: state,
          in: context
        )
      }
    case 5:
      try decide(.spend) {
        let request = SpendRequest(amountMinor: min(amount, $1.valueAvailableMinor))
        return try $0.decideSpend(request, for: $1, in: $2)
      }
    case 6:
      try decide(.holdCreate) {
        let legs = HoldLegs(
          points: min(20, $1.pointsAvailable(on: $2.today)),
          valueMinor: min(500, $1.valueAvailableMinor),
          coupons: $1.assets.coupons.prefix(1).map(\.code)
        )
        return try $0.decideHold(legs, for: $1, in: $2)
      }
    case 7:
      try decide(.holdVoid) { rules, state, context -> Decided<Hold>? in
        guard let hold = state.assets.holds.first else { return nil }
        return try rules.decideVoid(of: hold.id, for: state, in: context)
      }
    case 8:
      try decide(.holdCapture) { rules, state, context -> Decided<Captured>? in
        guard let hold = state.assets.holds.first else { return nil }
        let legs = HoldLegs(points: hold.pointCount / 2, valueMinor: hold.valueMinor / 2)
        return try rules.decideCapture(of: hold.id, legs, isFinal: true, for: state, in: context)
      }
    case 9: try decide(.couponIssue) { try $0.decideCouponIssue("c10", count: 2, for: $1, in: $2) }
    case 10:
      try decide(.couponUse) { rules, state, context -> Decided<CouponState>? in
        guard let coupon = state.assets.coupons.first else { return nil }
        return try rules.decideCouponUse(coupon.code, for: state, in: context)
      }
    case 11: try decide(.stampAdd) { try $0.decideStampAdd("stamp", quantity: 3, for: $1, in: $2) }
    case 12:
      try decide(.membershipBuy) {
        try $0.decideMembership("month", tender: "cash", isRenewal: false, for: $1, in: $2)
      }
    case 13: try decide(.sweep) { try $0.decideSweep(for: $1, in: $2) }
    case 14: try decide(.redeem) { try $0.decideRedeemCash(30, for: $1, in: $2) }
    default: try reverse(&ledger, date, store, &dice)
    }
  }

  /// Reverses a random row that has a mirror and none yet.
  private static func reverse(
    _ ledger: inout SmallLedger,
    _ date: String,
    _ store: String,
    _ dice: inout Dice
  ) throws {
    let reversed = Set(ledger.entries.compactMap(\.reference))
    let rows = ledger.entries.filter { $0.kind.hasMirror && !reversed.contains($0.sequence) }
    guard let row = rows.randomElement(using: &dice), let member = row.memberNumber else { return }
    var facts = MirrorFacts()
    facts.mayOwe = Bool.random(using: &dice)
    try ledger.decide(
      .reverse,
      date,
      member: member,
      store: store,
      reference: row.sequence
    ) { try $0.decideMirror(of: row.effects, facts, for: $1, in: $2) }
  }

  private static var seeds: [UInt64] {
    let count = ProcessInfo.processInfo.environment["TAPGATE_REPORT_SEEDS"].flatMap { UInt64($0) }
    return Array(1...(count ?? 12))
  }

  @Test("every report of a random ledger is proven", arguments: seeds)
  func proven(_ seed: UInt64) throws {
    var dice = Dice(state: seed)
    var ledger = try SmallLedger()
    ledger.programme = try Self.programme(of: ledger)
    ledger.takeOver(1, "2026-01-01", points: 300)
    for member in [2, 3, 4] as [Int64] { ledger.enrol(member, "2026-01-01", store: "S2") }
    let start = SmallLedger.day("2026-01-02")
    for step in 0..<160 {
      let date = start.adding(days: step / 2).description
      do { try Self.step(&ledger, date, &dice) } catch is LedgerProblem { continue }
    }
    try? ledger.merge(3, into: 2, "2026-04-20")  // Refused where a hold or a top-up is open.
    let from = start.adding(days: Int.random(in: 0..<40, using: &dice)).description
    let through = start.adding(days: Int.random(in: 40..<90, using: &dice)).description
    let store = try #require(Self.stores.randomElement(using: &dice))
    for definition in ReportCatalogue.all {
      let all = try ledger.report(definition.id)
      #expect(all.isProven, "seed \(seed) \(definition.id)")
      let part = try ledger.report(
        definition.id,
        from: from,
        through: through,
        stores: [store]
      )
      #expect(part.isProven, "seed \(seed) \(definition.id) \(from) \(through) \(store)")
      // What lies in the stores, each alone, is what lies in all of them.
      guard ["accruals", "points", "storedValue"].contains(definition.id) else { continue }
      var sum: Int128 = 0
      for one in Self.stores + [""] {
        sum += try Self.net(ledger.report(definition.id, stores: [one]))
      }
      #expect(sum == Self.net(all), "seed \(seed) \(definition.id)")
    }
  }

  private static func net(_ report: Report) -> Int128 {
    switch report.id {
    case "accruals": report.table("days").sum("spentMinor")
    case "points": report.table("byStore").sum("net")
    default: report.table("stores").sum("netMinor")
    }
  }
}
