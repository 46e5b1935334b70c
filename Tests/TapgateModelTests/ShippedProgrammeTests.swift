import TapgateJSON
import TapgateModel
import Testing

@Suite("The shipped programmes")
struct ShippedProgrammeTests {
  private func programme(_ name: String) throws -> Programme {
    try Programme.parse(Array(try #require(ShippedProgrammes.file(name)).utf8))
  }

  @Test("each is read whole and says its name", arguments: ShippedProgrammes.names)
  func read(_ name: String) throws {
    let programme = try programme(name)
    #expect(programme.id == name)
    #expect(programme.redeemMin == 1000)
    #expect(programme.pointsExpiry == Programme.Period(months: 12, days: 0))
    // Cards that hang on others are all that may be missing.
    #expect(programme.unbuilt(.engine).allSatisfy { $0.hasPrefix("card_types") })
    #expect(!programme.uses.contains { $0.feature == .offline })
    #expect(ShippedProgrammes.file("none") == nil)
  }

  @Test(
    "what the documents do not give is marked as an example",
    arguments: ShippedProgrammes.names
  )
  func examples(_ name: String) throws {
    let invented = [
      "assets.stamp", "earn[2]", "earn[3]", "multipliers[1]", "stacking", "redeem.cash",
      "catalogue[0]", "coupons[0]", "topup", "card_types[3]", "holds", "refund",
    ]
    #expect(Set(try programme(name).examples).isSuperset(of: invented))
  }

  @Test("the figures of the requirement documents")
  func figures() throws {
    let retail = try programme("retail")
    #expect(
      retail.levels.map { $0.any.map(\.atLeast) } == [
        [], [50_000, 20_000], [200_000, 100_000], [500_000, 300_000],
      ]
    )
    let step100 = try programme("step100").earn[0]
    #expect(step100.mode == .step && step100.perFen == 10_000 && step100.give == 10)
    let hotel = try programme("hotel")
    #expect(hotel.memberPrices[0].basisPoints == 8000)
    #expect(hotel.memberPrices[0].when.categories == ["room", "dish"])
    #expect(hotel.memberPrices[1].isAgreement)
    let bands: [Int64] = [5_000_000, 50_000_000, 300_000_000, 500_000_000, 1_000_000_000]
    #expect(try programme("b2b").levels.flatMap { $0.any.map(\.atLeast) } == bands)
    #expect(retail.topUp?.channels.count == 6)
    #expect(retail.paidLevels.map(\.term.months) == [1, 3, 12])
    #expect(retail.holds == Programme.HoldRules(seconds: 300, secondsMax: 604_800))
  }

  @Test("the design's sample names a card type and a coupon that it lacks, and an absent hub")
  func sample() throws {
    let missingType = #expect(throws: ProgrammeError.self) {
      try Programme.parse(Array(Self.sample.utf8))
    }
    #expect(missingType?.path == "member_price[0].when.card_type[0]")
    let retail = try ProgrammeFiles.json(ShippedProgrammes.retail)
    let hotel = try #require(retail["card_types"]?.array?.last)
    let typed = try ProgrammeFiles.edited(Self.sample, "card_types[5]", hotel)
    let missingCoupon = #expect(throws: ProgrammeError.self) { try Programme.parse(typed) }
    #expect(missingCoupon?.path == "topup.tiers[1].coupon")
    let whole = try ProgrammeFiles.edited(
      String(decoding: typed, as: UTF8.self),
      "coupons",
      retail["coupons"]
    )
    var sample = try Programme.parse(whole)
    #expect(sample.unbuilt(Set(Programme.Feature.allCases).subtracting([.offline])) == ["offline"])
    var shipped = try programme("retail")
    // The shipped one has names where the sample has none, and marks more as examples.
    for index in shipped.paidLevels.indices { shipped.paidLevels[index].name = "" }
    for index in sample.paidLevels.indices { sample.paidLevels[index].name = "" }
    sample.counted[0].name = shipped.counted[0].name
    (sample.examples, sample.uses) = (shipped.examples, shipped.uses)
    #expect(sample == shipped)
  }

  /// The example of the design's page on the programme file, but for its line breaks.
  private static let sample = """
    { "format": "tapgate.programme/1", "id": "retail", "rev": 1, "valid_from": "2026-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
      "assets": {
        "points":  {"kind":"counted","lots":true, "expiry":{"after":"P1Y","round":"none"},
        "pending":"P0D", "spend_order":"expiry"},
        "sv":      {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata",
        "expiry":null},
        "growth":  {"kind":"counted","lots":false},
        "stamp":   {"kind":"counted","lots":true,"expiry":{"after":"P90D"}} },
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[
          {"id":"normal",  "name":"普通会员"},
          {"id":"silver",  "name":"银卡", "any":[{"fact":"spend_lifetime","ge":50000},
        {"fact":"spend_single","ge":20000}]},
          {"id":"gold",    "name":"金卡", "any":[{"fact":"spend_lifetime","ge":200000},
        {"fact":"spend_window","window":"P1Y","ge":100000}]},
          {"id":"diamond", "name":"钻石", "any":[{"fact":"spend_lifetime","ge":500000},
        {"fact":"spend_window","window":"P1Y","ge":300000}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"],"exclude_categories":["gift_card","topup"]},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
        "on":"net_paid"},
        {"id":"signin","asset":"points","event":"signin","give":1,"limit":{"per":"day","n":1},
        "example":true},
        {"id":"referral","asset":"points","event":"referral_first_receipt","give":100,
        "limit":{"per":"life","n":20},"example":true} ],
      "multipliers": [
        {"id":"member_day","bp":20000,"group":"calendar","when":{"weekday":["wed"]}},
        {"id":"birthday","bp":20000,"group":"calendar","when":{"birthday":{"window":"day"}},
        "example":true},
        {"id":"gold_x","bp":12000,"group":"tier","when":{"tier":["gold"]},"example":true},
        {"id":"diamond_x","bp":15000,"group":"tier","when":{"tier":["diamond"]},"example":true} ],
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":50000,
        "rounding":"floor_once_per_receipt"},
      "redeem": {"min_balance":1000,"cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100,
        "example":true}},
      "catalogue": [{"id":"cup","points":1000,"gives":{"item":"SKU-CUP","qty":1},"example":true}],
      "member_price": [{"id":"hotel","when":{"category":["room","dish"],"card_type":["hotel"]},
        "bp":8000}],
      "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},"example":true,
        "channels":["bank_card","lianhua_card","telecom_card","store_terminal","web_self",
        "corporate_batch"],
        "tiers":[{"fen":20000,"bonus_fen":5000},{"fen":50000,"bonus_fen":5000,"points":100,
        "coupon":"c10"}]},
      "paid_membership": [{"id":"month","term":"P1M"},{"id":"quarter","term":"P3M"},{"id":"year",
        "term":"P1Y"}],
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]},
        {"id":"linked","name":"关联卡","parent":"required","can":["identify","points","sv"]},
        {"id":"group","name":"团体卡","shared_account":true,"can":["identify","points","sv"]},
        {"id":"supplementary","name":"附属卡","parent":"required","can":["identify","sv"],
        "limit":{"per_day_fen":50000},"example":true},
        {"id":"vip","name":"贵宾卡","can":["identify","points","sv","discount"]} ],
      "holds": {"ttl":"PT5M","max_ttl":"P7D"},
      "refund": {"spent_points":"debt","restore":"original_lot","restored_expired_grace":"P30D",
        "sv":"principal_only_forfeit_bonus"},
      "offline": {"accrue":true,"sv":"lease","redeem":"lease","coupon":"lease_or_own",
        "max_age":"PT24H",
        "per_member":{"points":0,"sv_fen":0},"per_counter_sv_fen":0} }
    """
}
