import TapgateJSON
import TapgateModel
import Testing

/// Edits of the shipped retail programme that make it odd in one way.
struct OddProgramme: Sendable, CustomTestStringConvertible {
  let kind: ProgrammeAudit.Kind
  let path: String
  let edits: [(path: String, json: String)]

  init(_ kind: ProgrammeAudit.Kind, at path: String, _ edits: (String, String)...) {
    self.kind = kind
    self.path = path
    self.edits = edits.map { (path: $0.0, json: $0.1) }
  }

  var testDescription: String { "\(kind.rawValue): \(path)" }

  func programme() throws -> Programme {
    var json = try ProgrammeFiles.json(ShippedProgrammes.retail)
    for edit in edits {
      json = ProgrammeFiles.edited(json, edit.path, try ProgrammeFiles.json(edit.json))
    }
    return try Programme(json)
  }
}

@Suite("The audit of a programme")
struct ProgrammeAuditTests {
  private static let odd: [OddProgramme] = [
    // Whoever spent 2,000 has spent 1,500 as well.
    OddProgramme(
      .tierUnreachable,
      at: "tiers.levels[gold]",
      ("tiers.levels[2].any", #"[{"fact":"spend_lifetime","ge":500000}]"#)
    ),
    // A single receipt of 3,000 is 3,000 within the year.
    OddProgramme(
      .tierUnreachable,
      at: "tiers.levels[gold]",
      ("tiers.levels[2].any", #"[{"fact":"spend_single","ge":300000}]"#)
    ),
    OddProgramme(
      .tierUnreachable,
      at: "tiers.levels[silver]",
      ("tiers.levels[1].any", #"[{"fact":"growth","ge":10}]"#),
      ("earn[1].asset", #""points""#)
    ),
    OddProgramme(
      .higherTierEarnsLess,
      at: "tiers.levels[diamond]",
      ("multipliers[3].bp", "11000")
    ),
    OddProgramme(.multiplierAboveCap, at: "multipliers[member_day]", ("stacking.cap_bp", "15000")),
    OddProgramme(.capNeverReached, at: "stacking.cap_bp", ("stacking.example", "false")),
    // The programme begins in 2026.
    OddProgramme(
      .ruleNeverFires,
      at: "multipliers[member_day]",
      ("multipliers[0].when", #"{"weekday":["wed"],"through":"2025-12-31"}"#)
    ),
    // 1 March 2026 is a Sunday.
    OddProgramme(
      .ruleNeverFires,
      at: "multipliers[member_day]",
      ("multipliers[0].when", #"{"weekday":["wed"],"from":"2026-03-01","through":"2026-03-03"}"#)
    ),
    OddProgramme(.ruleNeverFires, at: "multipliers[member_day]", ("multipliers[0].bp", "10000")),
    OddProgramme(
      .ruleNeverFires,
      at: "earn[base]",
      ("earn[0].when", #"{"category":["topup"]}"#)
    ),
    OddProgramme(
      .ruleNeverFires,
      at: "earn[signin]",
      ("earn[2].when", #"{"month_day":[31],"from":"2026-04-01","through":"2026-04-30"}"#)
    ),
    OddProgramme(
      .ruleNeverFires,
      at: "benefits[lounge]",
      ("tiers.levels[2].any", #"[{"fact":"spend_lifetime","ge":500000}]"#),
      ("benefits", #"[{"id":"lounge","name":"休息室","when":{"tier":["gold"]}}]"#)
    ),
    OddProgramme(
      .ruleAlwaysBeaten,
      at: "multipliers[birthday]",
      ("multipliers[0].when", #"{"from":"2026-01-01"}"#)
    ),
    OddProgramme(
      .ruleAlwaysBeaten,
      at: "multipliers[tea]",
      (
        "multipliers[4]",
        #"{"id":"tea","bp":11000,"group":"goods","when":{"category":["tea"],"weekday":["mon"]}}"#
      ),
      (
        "multipliers[5]",
        #"{"id":"drinks","bp":12000,"group":"goods","when":{"category":["tea","coffee"]}}"#
      )
    ),
    OddProgramme(
      .ruleAlwaysBeaten,
      at: "member_price[dish]",
      (
        "member_price[1]",
        #"{"id":"dish","bp":8800,"when":{"category":["dish"],"card_type":["hotel"]}}"#
      )
    ),
    OddProgramme(
      .ruleAlwaysBeaten,
      at: "promotions[b]",
      (
        "promotions",
        #"""
        [{"id":"a","name":"满100减20","threshold_fen":10000,"off_fen":2000,"group":"g"},
         {"id":"b","name":"周三满200减15","threshold_fen":20000,"off_fen":1500,"group":"g",
          "when":{"weekday":["wed"]}}]
        """#
      )
    ),
    OddProgramme(
      .couponNeverApplies,
      at: "coupons[c10]",
      ("coupons[0].valid", #"{"through":"2026-06-30"}"#),
      ("coupons[0].when", #"{"from":"2026-07-01"}"#)
    ),
    OddProgramme(
      .couponNeverApplies,
      at: "coupons[free]",
      (
        "coupons[1]",
        #"""
        {"id":"free","name":"免单券","kind":"free_order","max_fen":5000,"threshold_fen":10000,
         "valid":{"after":"P7D"}}
        """#
      )
    ),
    OddProgramme(
      .couponNeverApplies,
      at: "coupons[ship]",
      ("categories", #"["room","dish","gift_card","topup"]"#),
      ("coupons[1]", #"{"id":"ship","name":"配送券","kind":"delivery","valid":{"after":"P7D"}}"#)
    ),
    OddProgramme(.couponAboveThreshold, at: "coupons[c10]", ("coupons[0].threshold_fen", "999")),
    OddProgramme(.topUpGivesLess, at: "topup.tiers[1]", ("topup.tiers[1].bonus_fen", "2000")),
    OddProgramme(
      .topUpGivesLess,
      at: "topup.tiers[1]",
      ("topup.tiers[1]", #"{"fen":50000,"bonus_fen":4999}"#)
    ),
    OddProgramme(.topUpStepUnreachable, at: "topup.tiers[1]", ("topup.tiers[1].fen", "500000")),
    OddProgramme(.topUpStepUnreachable, at: "topup.tiers[0]", ("topup.min_fen", "50000")),
    OddProgramme(
      .topUpStepUnreachable,
      at: "topup.min_fen",
      ("topup.min_fen", "500001"),
      ("topup.tiers", "[]")
    ),
    // One point a yuan, twice and a half on a diamond's member day, and a point is 40 fen.
    OddProgramme(.pointsWorthReceipt, at: "earn[base]", ("redeem.cash.fen", "4000")),
    OddProgramme(.redeemMinimumBelowStep, at: "redeem.min_balance", ("redeem.min_balance", "50")),
    OddProgramme(
      .prizeNeverDrawn,
      at: "draws[wheel].prizes[car]",
      (
        "draws",
        #"""
        [{"id":"wheel","name":"转盘","points":100,"prizes":[
          {"id":"car","name":"汽车","weight":0,"gives":[{"item":"CAR"}]},
          {"id":"blank","name":"谢谢","weight":1}]}]
        """#
      )
    ),
    // A coupon of 10 yuan in one draw of nine, for 1 yuan's worth of points.
    OddProgramme(
      .drawAbovePrice,
      at: "draws[wheel]",
      (
        "draws",
        #"""
        [{"id":"wheel","name":"转盘","points":100,"prizes":[
          {"id":"c10","name":"10元券","weight":1,"gives":[{"coupon":"c10"}]},
          {"id":"blank","name":"谢谢","weight":8}]}]
        """#
      )
    ),
    OddProgramme(
      .expiryBeforeMaturity,
      at: "assets.points.expiry",
      ("assets.points.pending", #""P13M""#)
    ),
  ]

  @Test("each odd programme is found out, and by that only", arguments: odd)
  func found(_ odd: OddProgramme) throws {
    let findings = ProgrammeAudit(try odd.programme(), receiptCount: 400).findings()
    let anomalies = findings.anomalies.filter { $0.kind != .example }
    #expect(anomalies.contains { $0.kind == odd.kind && $0.path == odd.path }, "\(anomalies)")
    // A tier that nobody has takes the rules that ask for it along.
    let follows: Set<ProgrammeAudit.Kind> = [.tierUnreachable, .ruleNeverFires]
    let allowed = follows.contains(odd.kind) ? follows : [odd.kind]
    #expect(anomalies.allSatisfy { allowed.contains($0.kind) }, "\(anomalies)")
    #expect(anomalies.allSatisfy { !$0.english.isEmpty && !$0.chinese.isEmpty })
  }

  @Test(
    "the shipped programmes have their examples and nothing odd",
    arguments: [
      "retail", "step100", "hotel", "b2b",
    ]
  )
  func shipped(_ name: String) throws {
    let text = try #require(ShippedProgrammes.file(name))
    let programme = try Programme.parse(Array(text.utf8))
    let findings = ProgrammeAudit(programme).findings()
    #expect(findings.anomalies.filter { $0.kind != .example } == [])
    #expect(findings.anomalies.map(\.path) == programme.examples)
    #expect(findings.receiptCount == 10_000)
    #expect(findings.pointsEarned > 0)
    #expect(findings.memberCounts.values.reduce(0, +) == 256)
    // Members of all sizes, so that every tier but the lowest of companies has some.
    #expect(findings.memberCounts.count >= 4)
  }

  @Test("a decision that gives fewer points for more is found")
  func falling() throws {
    let programme = try Programme.parse(Array(ShippedProgrammes.step100.utf8))
    let audit = ProgrammeAudit(programme, receiptCount: 400) {
      (accrual, state, date, sequence) throws(AccrualProblem) in
      var decision = try programme.decide(
        accrual,
        for: state,
        on: date,
        today: date,
        sequence: sequence
      )
      // A bonus for receipts below 100 yuan.
      if decision.totalMinor < 10_000 { decision.earned += 50 }
      return decision
    }
    let kinds = Set(audit.findings().anomalies.map(\.kind)).subtracting([.example])
    #expect(kinds == [.pointsFall])
  }

  @Test("a decision that refuses ordinary receipts is found, once")
  func refused() throws {
    let programme = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    let audit = ProgrammeAudit(programme, receiptCount: 500) {
      (accrual, state, date, sequence) throws(AccrualProblem) in
      throw AccrualProblem.refused(Refusal(.currencyMismatch))
    }
    let findings = audit.findings()
    #expect(findings.anomalies.count { $0.kind == .receiptRefused } == 1)
    #expect(findings.receiptCount == 0)
  }

  @Test("the same seed finds the same, another one has other receipts")
  func seeds() throws {
    let programme = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    let first = ProgrammeAudit(programme, seed: 7, receiptCount: 300).findings()
    #expect(first == ProgrammeAudit(programme, seed: 7, receiptCount: 300).findings())
    #expect(
      first.totalMinor
        != ProgrammeAudit(programme, seed: 8, receiptCount: 300).findings().totalMinor
    )
    #expect(first.firedCounts["member_day", default: 0] > 0)
  }

  @Test("rules that look beaten at their first moment only are not")
  func unbeaten() throws {
    let odd = OddProgramme(
      .ruleAlwaysBeaten,
      at: "",
      ("multipliers[0].when", #"{"birthday":{"window":"month"}}"#),
      ("multipliers[0].bp", "15000"),
      ("multipliers[2].when", #"{"tier":["gold","diamond"]}"#),
      (
        "multipliers[4]",
        #"{"id":"lunch","bp":15000,"group":"hour","when":{"time":{"from":"11:00","to":"14:00"}}}"#
      ),
      (
        "multipliers[5]",
        #"{"id":"noon","bp":20000,"group":"hour","when":{"time":{"from":"11:00","to":"12:00"}}}"#
      )
    )
    let findings = ProgrammeAudit(try odd.programme(), receiptCount: 500).findings()
    #expect(findings.anomalies.filter { $0.kind != .example } == [])
  }

  @Test("whatever a file says, its audit ends")
  func extremes() throws {
    let whole = try ProgrammeFiles.json(ProgrammeFiles.everything)
    let edits: [(String, JSON)] = [
      ("valid_from", .string("0001-01-01")), ("valid_from", .string("9999-12-31")),
      ("assets.points.expiry.after", .string("P1200M")), ("earn[0].per_fen", .integer(1)),
      ("earn[0].give", .integer(1_000_000)), ("multipliers[0].bp", .integer(1_000_000)),
      ("tiers.levels[1].any[0].ge", .integer(1_000_000_000_000)),
      ("topup.tiers[1].fen", .integer(1_000_000_000_000)),
      ("topup.tiers[1].bonus_fen", .integer(1_000_000_000_000)),
      ("coupons[0].off_fen", .integer(1_000_000_000_000)),
      ("draws[0].prizes[0].weight", .integer(1_000_000_000)),
      ("redeem.cash.fen", .integer(1_000_000)), ("assets.points.pending", .string("P100Y")),
    ]
    for (path, value) in edits {
      let programme = try Programme(ProgrammeFiles.edited(whole, path, value))
      let findings = ProgrammeAudit(programme, receiptCount: 50).findings()
      #expect(findings.receiptCount > 0, "\(path)")
    }
  }

  @Test("a plain programme has nothing odd")
  func plain() throws {
    var json = try ProgrammeFiles.json(ShippedProgrammes.pointsOnly)
    json = ProgrammeFiles.edited(json, "multipliers", .array([]))
    #expect(ProgrammeAudit(try Programme(json), receiptCount: 400).findings().anomalies == [])
  }
}
