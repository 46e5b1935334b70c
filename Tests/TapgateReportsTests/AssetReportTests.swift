import TapgateModel
import Testing

@testable import TapgateReports

@Suite("Reports of stored value, coupons and paid levels")
struct AssetReportTests {
  // MARK: Stored value

  /// M1 pays 200.00 in at S1 (bonus 50.00) and 50.00 at S2, spends 100.00 and 150.00 at S2, the
  /// latter is reversed, and is paid out at S1. M2 pays 100.00 in over a channel that answers
  /// later, has 70.00 more on the way, and 40.00 in a hold.
  static func valueLedger() throws -> SmallLedger {
    var ledger = try SmallLedger()
    ledger.programme.topUp = Programme.TopUpRules(
      minMinor: 100,
      channels: ["bank_card", "cash", "web_self"],
      remoteChannels: ["web_self"],
      steps: [Programme.TopUpRules.Step(fromMinor: 20_000, bonusMinor: 5000)]
    )
    ledger.programme.valueOrder = .proRata
    ledger.enrol(1, "2026-01-05")
    ledger.enrol(2, "2026-01-06", store: "S2")
    func topUp(_ member: Int64, _ date: String, _ fen: Int64, _ channel: String, _ store: String)
      throws -> Int64
    {
      try ledger.decide(.topUp, date, member: member, store: store) {
        let request = TopUpRequest(amountMinor: fen, channel: channel, reference: date)
        return try $0.decideTopUp(request, for: $1, in: $2)
      }.topUpID
    }
    func spend(_ date: String, _ fen: Int64) throws {
      try ledger.decide(.spend, date, member: 1, store: "S2") {
        try $0.decideSpend(SpendRequest(amountMinor: fen), for: $1, in: $2)
      }
    }
    _ = try topUp(1, "2026-02-01", 20_000, "bank_card", "S1")
    try spend("2026-02-02", 10_000)
    _ = try topUp(1, "2026-02-03", 5000, "cash", "S2")
    try spend("2026-02-04", 15_000)
    let spent = try #require(ledger.entries.last)
    let open = try topUp(2, "2026-02-05", 10_000, "web_self", "S2")
    try ledger.decide(.confirmTopUp, "2026-02-06", member: 2, store: "S2") {
      try $0.decideTopUpConfirmation(open, channelReference: "W1", for: $1, in: $2)
    }
    _ = try topUp(2, "2026-02-07", 7000, "web_self", "S2")
    try ledger.decide(.holdCreate, "2026-02-08", member: 2, store: "S2") {
      try $0.decideHold(HoldLegs(valueMinor: 4000), for: $1, in: $2)
    }
    try ledger.decide(
      .reverse,
      "2026-02-10",
      member: 1,
      store: "S2",
      reference: spent.sequence
    ) { try $0.decideMirror(of: spent.effects, for: $1, in: $2) }
    try ledger.decide(.closeCard, "2026-02-20", member: 1) {
      try $0.decideCardClose(SmallLedger.card(1).reference, refundBy: "cash", for: $1, in: $2)
    }
    return ledger
  }

  @Test("stored value by store, channel and liability")
  func storedValue() throws {
    let report = try Self.valueLedger().report("storedValue")
    #expect(report.isProven)
    let stores = report.table("stores")
    #expect(stores.cell("S1", "moneyInMinor") == .money(20_000))
    #expect(stores.cell("S1", "moneyOutMinor") == .money(17_000))
    #expect(stores.cell("S1", "bonusMinor") == .money(5000))
    #expect(stores.cell("S1", "forfeitedMinor") == .money(3000))
    #expect(stores.cell("S1", "netMinor") == .money(5000))
    #expect(stores.cell("S2", "topUps") == .integer(2))
    #expect(stores.cell("S2", "moneyInMinor") == .money(15_000))
    #expect(stores.cell("S2", "principalUsedMinor") == .money(8000))
    #expect(stores.cell("S2", "bonusUsedMinor") == .money(2000))
    #expect(stores.cell("S2", "netMinor") == .money(5000))
    let channels = report.table("channels")
    #expect(channels.cell("bank card", "moneyInMinor") == .money(20_000))
    #expect(channels.cell("bank card", "bonusMinor") == .money(5000))
    #expect(channels.cell("cash", "moneyInMinor") == .money(5000))
    #expect(channels.cell("cash", "moneyOutMinor") == .money(17_000))
    #expect(channels.cell("web", "moneyInMinor") == .money(10_000))
    let liability = report.table("liability")
    #expect(liability.cell("principal", "amountMinor") == .money(10_000))
    #expect(liability.cell("bonus", "amountMinor") == .money(0))
    #expect(liability.cell("top-ups not confirmed yet", "amountMinor") == .money(7000))
  }

  @Test("what was paid in first is used first, and comes back to where it was paid in")
  func settlement() throws {
    let ledger = try Self.valueLedger()
    let table = try ledger.report("storedValue").table("settlement")
    #expect(table.cell("S1", "at_S2") == .money(8000))
    #expect(table.cell("S1", "elsewhereMinor") == .money(8000))
    #expect(table.cell("S1", "paidBackMinor") == .money(12_000))
    #expect(table.cell("S1", "leftMinor") == .money(0))
    #expect(table.cell("S2", "at_S2") == .none)
    #expect(table.cell("S2", "paidBackMinor") == .money(5000))
    #expect(table.cell("S2", "leftMinor") == .money(10_000))
    let early = try ledger.report("storedValue", through: "2026-02-09").table("settlement")
    #expect(early.cell("S1", "at_S2") == .money(20_000))
    #expect(early.cell("S2", "at_S2") == .money(750))
    #expect(early.isProven)
  }

  @Test("an entry of stored value that is missing breaks the proof by its amount")
  func droppedTopUp() throws {
    var ledger = try Self.valueLedger()
    ledger.entries.removeAll { $0.kind == .confirmTopUp }
    let stores = try ledger.report("storedValue").table("stores")
    #expect(stores.proofs[0].reported == 0)
    #expect(stores.proofs[0].ledger == 10_000)
  }

  // MARK: Coupons

  static func couponLedger() throws -> SmallLedger {
    var ledger = try SmallLedger()
    let month = Programme.CouponTemplate.Validity.after(try ledger.aMonth())
    ledger.programme.coupons = [
      Programme.CouponTemplate(
        id: "c10",
        name: "十元券",
        kind: .amountOff(minor: 1000),
        validity: month
      ),
      Programme.CouponTemplate(
        id: "b5",
        name: "传单券",
        kind: .amountOff(minor: 500),
        validity: month,
        isBearer: true
      ),
    ]
    ledger.enrol(1, "2026-01-05")
    func issue(_ date: String, _ count: Int64) throws -> [CouponState] {
      try ledger.decide(.couponIssue, date, member: 1) {
        try $0.decideCouponIssue("c10", count: count, for: $1, in: $2)
      }
    }
    func use(_ coupon: CouponState, _ date: String) throws {
      try ledger.decide(.couponUse, date, member: 1, store: "S2") {
        try $0.decideCouponUse(coupon.code, for: $1, in: $2)
      }
    }
    func hold(_ coupon: CouponState, _ date: String, until end: String) throws {
      let hold = try ledger.decide(.holdCreate, date, member: 1) {
        try $0.decideHold(HoldLegs(coupons: [coupon.code]), for: $1, in: $2)
      }
      try ledger.decide(.holdVoid, end, member: 1) {
        try $0.decideVoid(of: hold.id, for: $1, in: $2)
      }
    }
    let first = try issue("2026-02-01", 3)
    try use(first[0], "2026-02-10")
    let row = try #require(ledger.entries.last)
    try ledger.decide(.couponUnuse, "2026-02-11", member: 1, reference: row.sequence) {
      try $0.decideCouponUnuse(first[0].serial, of: row.effects, for: $1, in: $2)
    }
    try use(first[0], "2026-02-12")
    try hold(first[1], "2026-02-13", until: "2026-02-14")
    try ledger.decide(.couponVoid, "2026-02-15", member: 1) {
      try $0.decideCouponVoid(first[1].code, for: $1, in: $2)
    }
    try ledger.decide(.sweep, "2026-03-05", member: 1) {
      try #require(try $0.decideSweep(for: $1, in: $2))
    }
    let second = try issue("2026-03-06", 2)
    // The second batch's first coupon is over when its hold ends.
    let held = try ledger.decide(.holdCreate, "2026-03-07", member: 1) {
      try $0.decideHold(HoldLegs(coupons: [second[0].code]), for: $1, in: $2)
    }
    try ledger.decide(.holdVoid, "2026-05-01", member: 1) {
      try $0.decideVoid(of: held.id, for: $1, in: $2)
    }
    _ = try issue("2026-05-02", 1)
    let bearers = try ledger.decideShop(.couponIssue, "2026-05-03") {
      try $0.decideBearerCoupons("b5", count: 2, nonces: [7, 8], in: $1)
    }
    _ = try ledger.decideShop(.couponUse, "2026-05-04", store: "S2") {
      try $0.decideBearerUse(bearers[0], in: $1)
    }
    return ledger
  }

  @Test("coupons by template and store")
  func coupons() throws {
    let report = try Self.couponLedger().report("coupons")
    #expect(report.isProven)
    let table = report.table("templates")
    #expect(table.cell("十元券", "issued") == .integer(6))
    #expect(table.cell("十元券", "used") == .integer(2))
    #expect(table.cell("十元券", "givenBack") == .integer(1))
    #expect(table.cell("十元券", "useRate") == .basisPoints(1666))
    #expect(table.cell("十元券", "void") == .integer(1))
    // One by the sweep in March; by May the second batch, of which one lay in a hold.
    #expect(table.cell("十元券", "expired") == .integer(3))
    #expect(table.cell("十元券", "withMembers") == .integer(1))
    #expect(table.cell("传单券", "issued") == .integer(2))
    #expect(table.cell("传单券", "used") == .integer(1))
    #expect(table.cell("传单券", "withBearers") == .integer(1))
    let stores = report.table("stores")
    #expect(stores.rows.contains { $0[1] == .text("S2") && $0[3] == .integer(2) })
    let february = try Self.couponLedger().report("coupons", through: "2026-02-28")
    #expect(february.isProven)
    #expect(february.table("templates").cell("十元券", "issued") == .integer(3))
  }

  @Test("a coupon's row that is missing breaks the proof")
  func droppedCoupon() throws {
    var ledger = try Self.couponLedger()
    ledger.entries.removeAll { $0.kind == .couponIssue }
    let table = try ledger.report("coupons").table("templates")
    #expect(!table.proofs[1].isEqual)
  }

  // MARK: Paid levels

  static func paidLedger() throws -> SmallLedger {
    var ledger = try SmallLedger()
    ledger.programme.paidLevels = [
      Programme.PaidLevel(
        id: "month",
        name: "月卡",
        term: try ledger.aMonth(),
        priceMinor: 3000
      )
    ]
    ledger.enrol(1, "2026-01-05")
    ledger.enrol(2, "2026-01-06")
    func buy(_ member: Int64, _ date: String) throws {
      try ledger.decide(.membershipBuy, date, member: member) {
        try $0.decideMembership("month", tender: "cash", isRenewal: false, for: $1, in: $2)
      }
    }
    try buy(1, "2026-02-01")
    try buy(2, "2026-02-10")
    try ledger.decide(.income, "2026-02-15", member: 1) {
      try #require(try $0.decideIncome(for: $1, in: $2))
    }
    try ledger.decide(.membershipRefund, "2026-02-16", member: 2) {
      try $0.decideMembershipRefund(tender: "cash", for: $1, in: $2)
    }
    return ledger
  }

  @Test("paid levels sold, running, and deferred income")
  func paid() throws {
    let ledger = try Self.paidLedger()
    let report = try ledger.report("paidMembership", today: "2026-02-20")
    #expect(report.isProven)
    let sales = report.table("sales")
    // M1: 14 of 28 days are earned, 15.00. M2: 7 of 28 days, 7.50, and 22.50 paid back.
    #expect(sales.cell("月卡", "sold") == .integer(2))
    #expect(sales.cell("月卡", "refunded") == .integer(1))
    #expect(sales.cell("月卡", "moneyInMinor") == .money(6000))
    #expect(sales.cell("月卡", "moneyOutMinor") == .money(2250))
    #expect(sales.cell("月卡", "earnedMinor") == .money(2250))
    #expect(sales.cell("月卡", "deferredMinor") == .money(1500))
    let active = report.table("active")
    #expect(active.cell("月卡", "members") == .integer(1))
    #expect(active.cell("月卡", "deferredMinor") == .money(1500))
    // M1's days through 19 February, M2's 7 days: 19 of 28 and 7.50.
    let income = report.table("income")
    #expect(income.sum("incomeMinor") == 2035 + 750)
    #expect(income.rows.count == 19)
    // Money for paid levels is no stored value.
    let value = try ledger.report("storedValue")
    #expect(value.table("stores").rows.isEmpty)
    #expect(value.isProven)
    let late = try ledger.report("paidMembership", from: "2026-02-12", today: "2026-03-20")
    #expect(late.isProven)
    #expect(late.table("active").cell("月卡", "members") == .integer(0))
  }

  // MARK: Passes and stamps

  static func passLedger() throws -> SmallLedger {
    var ledger = try SmallLedger()
    let month = try ledger.aMonth()
    ledger.programme.counted = [
      Programme.CountedAsset(id: "stamp", name: "印花", kind: .stamp, expiry: month)
    ]
    ledger.enrol(1, "2026-01-05")
    ledger.enrol(2, "2026-01-05")
    func stamps(_ member: Int64, _ date: String, _ count: Int64, store: String = "S1") throws {
      try ledger.decide(.stampAdd, date, member: member, store: store) {
        try $0.decideStampAdd("stamp", quantity: count, for: $1, in: $2)
      }
    }
    try stamps(1, "2026-02-01", 5)
    try stamps(1, "2026-02-20", 3, store: "S2")
    let row = try #require(ledger.entries.last)
    try ledger.decide(.reverse, "2026-02-20", member: 1, store: "S2", reference: row.sequence) {
      try $0.decideMirror(of: row.effects, for: $1, in: $2)
    }
    try stamps(1, "2026-02-21", 4, store: "S2")
    // The five of the first are over.
    try ledger.decide(.sweep, "2026-03-10", member: 1) {
      try #require(try $0.decideSweep(for: $1, in: $2))
    }
    try ledger.merge(1, into: 2, "2026-03-11")
    return ledger
  }

  @Test("stamps issued, expired and held")
  func passes() throws {
    let report = try Self.passLedger().report("passes")
    #expect(report.isProven)
    let table = report.table("movements")
    #expect(table.rows.map { $0[2] } == [.integer(5), .integer(4)])
    #expect(table.rows.map { $0[4] } == [.integer(5), .integer(0)])
    #expect(table.sum("moved") == 0)
    #expect(report.table("holdings").cell("印花", "quantity") == .integer(4))
    #expect(report.table("holdings").cell("印花", "members") == .integer(1))
  }

  // MARK: Members

  @Test("the list of members with what they have")
  func members() throws {
    let report = try Self.valueLedger().report("members")
    #expect(report.isProven)
    let table = report.table("members")
    #expect(table.cell("M2", "principalMinor") == .money(10_000))
    #expect(table.cell("M2", "store") == .text("S2"))
    #expect(table.cell("M1", "cardTypes") == .none)
    let sample = try SmallLedger.sample().report("members", stores: ["S1"]).table("members")
    #expect(sample.rows.map { $0[0] } == [.text("M1"), .text("M3")])
    #expect(sample.cell("M3", "points") == .integer(420))
    #expect(sample.cell("M1", "lastVisit") == .date(SmallLedger.day("2026-02-24")))
    #expect(sample.isProven)
  }

  // MARK: Merges

  @Test("after a merge receipts are the heir's, nothing is spent twice, and all is proven")
  func merge() throws {
    var ledger = try SmallLedger.sample()
    try ledger.merge(3, into: 1, "2026-05-01")
    for definition in ReportCatalogue.all {
      #expect(try ledger.report(definition.id).isProven, "\(definition.id)")
      let may = try ledger.report(definition.id, from: "2026-05-01", stores: ["S1"])
      #expect(may.isProven, "\(definition.id)")
    }
    for member in ["M1", "M3"] {
      #expect(try ledger.report("memberHistory", memberID: member).isProven)
    }
    let list = try ledger.report("abcd").table("members")
    #expect(list.rows.map { $0[1] } == [.text("M2"), .text("M1"), .text("M4")])
    #expect(list.rows[1][6] == .money(20_000))
    let merged = try ledger.report("enrolments").table("merged")
    #expect(merged.rows.map { $0.suffix(2) } == [[.text("M3"), .text("M1")]])
    let accruals = try ledger.report("accruals").table("days")
    #expect(accruals.sum("spentMinor") == 58_000)
    #expect(accruals.sum("receipts") == 7)
  }

  @Test("every report is proven over every ledger")
  func proven() throws {
    let ledgers = [
      try Self.valueLedger(), try Self.couponLedger(), try Self.paidLedger(),
      try Self.passLedger(),
    ]
    for ledger in ledgers {
      for definition in ReportCatalogue.all {
        #expect(try ledger.report(definition.id).isProven, "\(definition.id)")
        let part = try ledger.report(definition.id, from: "2026-02-03", stores: ["S2"])
        #expect(part.isProven, "\(definition.id)")
      }
    }
  }
}
