import TapgateJSON
import TapgateModel
import Testing

@Suite("The programme format, section by section")
struct ProgrammeFormatTests {
  private let programme: Programme

  init() throws {
    programme = try Programme.parse(Array(ProgrammeFiles.everything.utf8))
  }

  @Test("points wait, and expire at their month's end")
  func points() throws {
    #expect(programme.pointsPending == Programme.Period(months: 0, days: 7))
    let march = try #require(BusinessDate("2026-03-10"))
    #expect(programme.pointsExpiry?.end(from: march) == BusinessDate("2027-03-31"))
    #expect(programme.valueOrder == .bonusFirst)
    #expect(programme.hasGrowth)
    #expect(programme.cutoverMinutes == 270)
  }

  @Test("tiers: validity, downgrade, grace, gifts")
  func tiers() {
    let rules = programme.tierRules
    #expect(rules.validity == .rolling(Programme.Period(months: 12, days: 0)))
    #expect(rules.downgrade == .oneStep)
    #expect(rules.onRefund == .reassess)
    #expect(rules.graceDays == 30)
    #expect(programme.levels[1].gifts == [.points(50), .coupon(template: "c10", count: 2)])
  }

  @Test("tiers that end on a day of the year")
  func calendar() throws {
    for (text, month, day) in [("12-31", 12, 31), ("02-29", 2, 29)] {
      let bytes = try ProgrammeFiles.edited(
        ProgrammeFiles.everything,
        "tiers.validity",
        .object(["calendar": .string(text)])
      )
      let validity = try Programme.parse(bytes).tierRules.validity
      #expect(validity == .calendar(month: month, dayOfMonth: day))
    }
  }

  @Test("earning: money, quantities, events")
  func earning() {
    #expect(programme.earn.map(\.id) == ["base", "growth", "miles"])
    #expect(programme.earn[0].when.nodes == ["S001", "east"])
    #expect(programme.earn[0].mode == .step)
    #expect(programme.earn[2].quantity == "km")
    #expect(programme.earn[2].perFen == 10)
    var gold = Programme.Occasion()
    gold.tiers = ["gold"]
    let limit = Programme.Limit(per: .day, count: 1)
    let signIn = Programme.EventRule(
      id: "signin",
      event: "signin",
      give: 1,
      limit: limit,
      when: gold
    )
    #expect(programme.events == [signIn])
    #expect(programme.enrolFromMinor == 5000)
  }

  @Test("every condition of an occasion")
  func occasion() {
    var when = Programme.Occasion()
    when.weekdays = [6, 7]
    when.monthDays = [1, 15, 31]
    when.time = Programme.DaySpan(start: 1320, end: 120)
    when.from = BusinessDate("2026-03-01")
    when.through = BusinessDate("2026-05-31")
    when.birthday = .month
    when.tiers = ["gold"]
    when.paidLevels = ["year"]
    when.cardTypes = ["group"]
    when.nodes = ["east"]
    when.counters = ["C02"]
    when.tenders = ["cash"]
    when.categories = ["tea"]
    when.skus = ["T1"]
    when.agreements = ["ACME"]
    #expect(programme.multipliers[0].when == when)
    #expect(programme.coupons[5].when.time == Programme.DaySpan(start: 0, end: 1440))
  }

  @Test("redemption, rewards and draws")
  func rewards() {
    #expect(programme.redeemMin == 100)
    let rate = Programme.PointsAsCash(
      points: 100,
      minor: 100,
      shareMaxBasisPoints: 10_000,
      step: 100
    )
    #expect(programme.pointsAsCash == rate)
    let reward = programme.rewards[0]
    #expect(reward.gives == .counted(asset: "yoga", quantity: 5))
    #expect(reward.limit == Programme.Limit(per: .year, count: 1))
    #expect(reward.when.monthDays == [8])
    #expect(reward.stock == 10)
    let draw = programme.draws[0]
    #expect(draw.prizes.map(\.weight) == [1, 999])
    #expect(draw.prizes[0].gives == [.coupon(template: "c10", count: 1)])
    #expect(draw.prizes[1].gives.isEmpty)
    #expect(programme.benefits[0].limit == Programme.Limit(per: .month, count: 2))
  }

  @Test("members' prices, agreements and promotions")
  func pricing() {
    #expect(programme.memberPrices[0].basisPoints == 8800)
    #expect(!programme.memberPrices[0].isAgreement)
    #expect(programme.memberPrices[1].isAgreement)
    #expect(programme.memberPrices[1].when.agreements == ["ACME"])
    #expect(programme.memberPrices[1].prices == ["T1": 900])
    let savings = programme.promotions.map(\.saving)
    let expected: [Programme.Promotion.Saving] = [
      .amountOff(offMinor: 2000, isRepeated: true), .percent(basisPoints: 9000),
      .freeItem(sku: "KIDS", quantity: 1),
    ]
    #expect(savings == expected)
    #expect(programme.promotions.map(\.group) == ["full", "sale", "kids"])
  }

  @Test("the six kinds of coupons")
  func coupons() throws {
    let kinds: [Programme.CouponTemplate.Kind] = [
      .amountOff(minor: 1000), .percent(basisPoints: 9000, offMaxMinor: 5000),
      .freeItem(sku: "K1", quantity: 1), .freeOrder(maxMinor: 10_000), .service(name: "护理"),
      .delivery,
    ]
    #expect(programme.coupons.map(\.kind) == kinds)
    let end = try #require(BusinessDate("2026-12-31"))
    #expect(programme.coupons[1].validity == .through(end))
    let month = Programme.Period(months: 0, days: 30, rounding: .monthEnd)
    #expect(programme.coupons[2].validity == .after(month))
    #expect(programme.coupons.map(\.isBearer) == [false, true, false, false, false, false])
    #expect(programme.coupons[0].isStackable)
    #expect(programme.coupons[0].thresholdMinor == 3000)
    #expect(programme.coupons[0].stock == 1000)
  }

  @Test("passes and stamps; a card of stamps keeps its own expiry")
  func counted() throws {
    #expect(programme.counted.map(\.id) == ["tea", "cake", "yoga", "gym"])
    #expect(programme.counted.map(\.kind) == [.stamp, .stamp, .count, .time])
    #expect(programme.counted[0].expiry == Programme.Period(months: 0, days: 90))
    #expect(programme.counted[1].expiry == Programme.Period(months: 0, days: 30))
    #expect(programme.counted[0].gift == .item(sku: "T1", quantity: 1))
    #expect(programme.counted[2].uses == 10)
    #expect(programme.counted[2].priceMinor == 50_000)
  }

  @Test("stamps without cards are one card that nothing is given for")
  func bareStamps() throws {
    let programme = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    let stamp = Programme.CountedAsset(
      id: "stamp",
      name: "印花",
      kind: .stamp,
      expiry: Programme.Period(months: 0, days: 90)
    )
    #expect(programme.counted == [stamp])
  }

  @Test("top-up: channels, caps and steps; paid levels; cards; ends")
  func value() throws {
    let rules = try #require(programme.topUp)
    #expect(rules.namedMaxMinor == 500_000)
    #expect(rules.bearerMaxMinor == 100_000)
    #expect(rules.remoteChannels == ["web_self"])
    let gifts: [Programme.Gift] = [
      .points(100), .coupon(template: "c10", count: 1), .item(sku: "CUP", quantity: 2),
      .counted(asset: "tea", quantity: 3),
    ]
    #expect(rules.steps[1].gifts == gifts)
    #expect(rules.steps[1].pointsBasisPoints == 20_000)
    #expect(programme.paidLevels[0].priceMinor == 19_900)
    #expect(programme.cardTypes.map(\.needsParent) == [false, true, false, false])
    #expect(programme.cardTypes.map(\.isShared) == [false, false, true, false])
    #expect(programme.cardTypes.map(\.isNamed) == [true, true, true, false])
    #expect(programme.cardTypes[1].dayMaxMinor == 50_000)
    #expect(programme.cardTypes[1].receiptMaxMinor == 10_000)
    #expect(programme.holds == Programme.HoldRules(seconds: 300, secondsMax: 86_400))
    #expect(programme.refund.spentPoints == .clamp)
    #expect(programme.refund.grace == Programme.Period(months: 0, days: 10))
  }

  @Test("what the file asks of an engine is named once, by its place")
  func uses() {
    let paths = programme.unbuilt([])
    #expect(Set(paths).count == paths.count)
    let features = Set(programme.uses.map(\.feature))
    #expect(features == Set(Programme.Feature.allCases).subtracting([.offline]))
    #expect(paths.contains("multipliers[0].when.birthday"))
    #expect(paths.contains("earn[3].event"))
    #expect(paths.contains("card_types[1].limit"))
    #expect(paths.contains("tiers.levels[1].gifts"))
    #expect(programme.unbuilt(Set(Programme.Feature.allCases)).isEmpty)
  }

  @Test("rounded expiry is what the engine does: a lot ends with its month or its year")
  func roundedLots() throws {
    let date = try #require(BusinessDate("2026-03-10"))
    for (round, end) in [
      ("none", "2027-03-10"), ("month_end", "2027-03-31"),
      ("year_end", "2027-12-31"),
    ] {
      let bytes = try ProgrammeFiles.edited(
        ShippedProgrammes.pointsOnly,
        "assets.points.expiry.round",
        .string(round)
      )
      let programme = try Programme.parse(bytes, for: .engine)
      let decision = try programme.decide(
        Accrual(receiptNo: "1", amountMinor: 10_000, lines: nil),
        for: MemberState(id: "M1", joinedOn: date, tier: "normal"),
        on: date,
        today: date,
        sequence: 1
      )
      #expect(decision.lots.map(\.expiresOn) == [BusinessDate(end)])
    }
  }

  @Test("the canonical form is the same for files that say the same")
  func canonical() throws {
    let json = try ProgrammeFiles.json(ProgrammeFiles.everything)
    var members = try #require(json.object).members
    members.reverse()
    let shuffled = JSON.object(JSONObject(members)).encoded()
    let form = try Programme.canonicalForm(shuffled)
    #expect(form == (try Programme.canonicalForm(Array(ProgrammeFiles.everything.utf8))))
    #expect(form == (try Programme.canonicalForm(form)))
    #expect(String(decoding: form.prefix(24), as: UTF8.self) == #"{"assets":{"growth":{"ki"#)
    #expect(try Programme.parse(form) == Programme.parse(shuffled))
    let other = try ProgrammeFiles.edited(ProgrammeFiles.everything, "rev", .integer(8))
    #expect(form != (try Programme.canonicalForm(other)))
    #expect(throws: ProgrammeError.self) { try Programme.canonicalForm(Array("{".utf8)) }
  }
}
