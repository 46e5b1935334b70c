import TapgateJSON
import TapgateModel
import Testing

@Suite("The programme file")
struct ProgrammeTests {
  private func changed(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
    let json = try JSONParser.parse(Array(ShippedProgrammes.retail.utf8))
    var object = try #require(json.object)
    change(&object)
    return JSON.object(object).encoded()
  }

  @Test("a gateway without a file runs the shipped retail programme as far as it is built")
  func standard() throws {
    let retail = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    let standard = ShippedProgrammes.standard
    let isWhole = retail.unbuilt(.engine).isEmpty
    #expect(standard == (isWhole ? ShippedProgrammes.retail : ShippedProgrammes.pointsOnly))
    let programme = try Programme.parse(Array(standard.utf8), for: .engine)
    #expect(programme.id == "retail" && programme.levels == retail.levels)
  }

  @Test("the programme of points alone is read, and its examples are named")
  func pointsOnly() throws {
    let bytes = Array(ShippedProgrammes.pointsOnly.utf8)
    let programme = try Programme.parse(bytes, for: .engine)
    #expect(programme.levels.map(\.id) == ["normal", "silver", "gold", "diamond"])
    #expect(programme.examples == ["multipliers[1]", "multipliers[2]"])
    #expect(programme.cutoverMinutes == 240)
    #expect(programme.uses.isEmpty)
  }

  @Test(
    "what the format has and the engine does not do is refused by name",
    arguments: [
      (
        "offline",
        #"{"accrue":true,"sv":"lease","redeem":"lease","coupon":"lease_or_own","#
          + #""max_age":"PT24H","per_member":{"points":0,"sv_fen":0},"per_counter_sv_fen":0}"#
      ),
      (
        "card_types[0].parent",
        #"[{"id":"linked","name":"关联卡","parent":"required","can":["identify"]}]"#
      ),
    ]
  )
  func notBuilt(path: String, value: String) throws {
    var text = try JSONParser.parse(Array(ShippedProgrammes.pointsOnly.utf8)).object
    let key = String(path.prefix { $0 != "[" })
    text?[key] = try JSONParser.parse(Array(value.utf8))
    let bytes = JSON.object(try #require(text)).encoded()
    #expect(try Programme.parse(bytes).unbuilt(.engine).contains(path))
    let error = #expect(throws: ProgrammeError.self) {
      try Programme.parse(bytes, for: .engine)
    }
    #expect(error?.problem.contains("not built") == true)
    #expect(try Programme.parse(bytes).unbuilt(Set(Programme.Feature.allCases)).isEmpty)
  }

  @Test("an unknown key, a wrong type and a missing key are named by their path")
  func paths() throws {
    let unknown = try changed { $0["colour"] = .string("red") }
    let error = #expect(throws: ProgrammeError.self) { try Programme.parse(unknown) }
    #expect(error?.path == "colour")
    #expect(error?.problem.contains("known here: assets, benefits, card_types") == true)
    let wrong = try changed { $0["rev"] = .string("1") }
    #expect(throws: ProgrammeError.self) { try Programme.parse(wrong) }
    let missing = try changed { $0["tiers"] = nil }
    #expect(throws: ProgrammeError(path: "tiers", problem: "is missing")) {
      try Programme.parse(missing)
    }
    #expect(throws: ProgrammeError.self) { try Programme.parse(Array("{".utf8)) }
  }

  @Test("steps: 10 points per full 100 yuan, multiplied after the step")
  func steps() throws {
    let bytes = try changed { object in
      object["earn"] = .array([
        .object([
          "id": .string("base"), "asset": .string("points"), "per_fen": .integer(10_000),
          "give": .integer(10), "mode": .string("step"), "on": .string("net_paid"),
        ])
      ])
    }
    let programme = try Programme.parse(bytes)
    let tuesday = try #require(BusinessDate("2026-03-10"))
    let member = MemberState(id: "M1", joinedOn: tuesday, tier: "normal")
    for (amount, points) in [(9_999, 0), (10_000, 10), (29_999, 20)] as [(Int64, Int64)] {
      let accrual = Accrual(receiptNo: "1", amountMinor: amount, lines: nil)
      let decision = try programme.decide(
        accrual,
        for: member,
        on: tuesday,
        today: tuesday,
        sequence: 1
      )
      #expect(decision.earned == points)
    }
  }

  @Test("excluded tenders and categories earn nothing and do not count for the tier")
  func exclusions() throws {
    let programme = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    let tuesday = try #require(BusinessDate("2026-03-10"))
    let member = MemberState(id: "M1", joinedOn: tuesday, tier: "normal")
    let lines = [
      BasketLine(sku: "tea", category: "drink", quantity: 3, unitPriceMinor: 5_000),
      BasketLine(sku: "card", category: "gift_card", quantity: 1, unitPriceMinor: 90_000),
    ]
    let accrual = Accrual(
      receiptNo: "1",
      amountMinor: nil,
      lines: lines,
      tenders: [Tender(kind: "points", amountMinor: 1_050), Tender(kind: "cash", amountMinor: 1)]
    )
    let decision = try programme.decide(
      accrual,
      for: member,
      on: tuesday,
      today: tuesday,
      sequence: 1
    )
    #expect(decision.totalMinor == 105_000)
    #expect(decision.earned == 139)
    #expect(decision.after.facts.lifetimeMinor == 13_950)
    #expect(decision.tierAfter == "normal")
  }

  @Test("more spending never gives fewer points (I8)")
  func monotone() throws {
    let programme = try Programme.parse(Array(ShippedProgrammes.retail.utf8))
    let wednesday = try #require(BusinessDate("2026-03-11"))
    let member = MemberState(id: "M1", joinedOn: wednesday, tier: "gold")
    var last: Int64 = 0
    for amount in stride(from: Int64(0), through: 3_000, by: 7) {
      let decision = try programme.decide(
        Accrual(receiptNo: "1", amountMinor: amount, lines: nil),
        for: member,
        on: wednesday,
        today: wednesday,
        sequence: 1
      )
      #expect(decision.earned >= last)
      last = decision.earned
    }
  }
}
