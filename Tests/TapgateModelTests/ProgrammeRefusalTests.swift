import TapgateJSON
import TapgateModel
import Testing

/// An edit of the file that uses everything, where it is refused and what the refusal says.
struct ProgrammeEdit: Sendable, CustomTestStringConvertible {
  let path: String
  let value: JSON?
  let refusedAt: String
  let saying: String

  init(_ path: String, _ value: JSON?, at refusedAt: String? = nil, _ saying: String) {
    self.path = path
    self.value = value
    self.refusedAt = refusedAt ?? path
    self.saying = saying
  }

  var testDescription: String { "\(path) → \(saying)" }
}

@Suite("What a programme file is refused for")
struct ProgrammeRefusalTests {
  private static let values: [ProgrammeEdit] = [
    ProgrammeEdit("format", .string("tapgate.programme/2"), "tapgate.programme/1"),
    ProgrammeEdit("id", .string("a b"), "without blanks"),
    ProgrammeEdit("rev", .integer(0), "from 1 to 1000000"),
    ProgrammeEdit("valid_from", .string("2026-02-29"), "YYYY-MM-DD"),
    ProgrammeEdit("day_cutover", .string("24:00"), "HH:MM"),
    ProgrammeEdit("currency", .string("yuan"), "ISO 4217"),
    ProgrammeEdit("money_unit", .string("yuan"), "must be one of: fen"),
    ProgrammeEdit("assets.points.lots", .bool(false), "must be true"),
    ProgrammeEdit("assets.points.pending", .string("PT5M"), "such as P1Y"),
    ProgrammeEdit("assets.points.expiry.after", .string("P0D"), "such as P1Y"),
    ProgrammeEdit("assets.points.expiry.round", .string("week"), "none, month_end, year_end"),
    ProgrammeEdit("assets.sv.parts", .array([.string("bonus")]), "principal"),
    ProgrammeEdit("assets.sv.spend_order", .string("lifo"), "pro_rata, principal_first"),
    ProgrammeEdit("assets.sv.expiry", .string("P1Y"), "money does not expire"),
    ProgrammeEdit("tiers.validity", .string("rolling"), "\"forever\""),
    ProgrammeEdit("tiers.validity.calendar", .string("12-31"), at: "tiers.validity", "exactly one"),
    ProgrammeEdit("tiers.grace", .string("P1M"), "number of days"),
    ProgrammeEdit("tiers.downgrade", .string("two_steps"), "none, one_step, reassess"),
    ProgrammeEdit("tiers.levels", .array([]), "1 to 64"),
    ProgrammeEdit(
      "tiers.levels[0].any",
      .array([
        .object([
          "fact": .string("growth"),
          "ge": .integer(1),
        ])
      ]),
      "must be left out"
    ),
    ProgrammeEdit("tiers.levels[1].any", nil, "is missing"),
    ProgrammeEdit("tiers.levels[1].any[0].fact", .string("visits"), "spend_lifetime"),
    ProgrammeEdit("tiers.levels[1].any[0].ge", .integer(-1), "from 1 to"),
    ProgrammeEdit("earn[0].mode", .string("float"), "proportional, step"),
    ProgrammeEdit("earn[0].per_fen", .number("1.5"), "must be an integer"),
    ProgrammeEdit("earn[0].limit", .object([:]), "only rules with an event"),
    ProgrammeEdit("earn[2].on", .string("net_paid"), "counts a quantity"),
    ProgrammeEdit("earn[3].asset", .string("growth"), "must be one of: points"),
    ProgrammeEdit("earn[3].limit.per", .string("week"), "day, month, year, life"),
    ProgrammeEdit("multipliers[0].bp", .integer(9_999), "from 10000"),
    ProgrammeEdit("multipliers[0].when", nil, "belongs into the earning rule"),
    ProgrammeEdit("stacking.cap_bp", .integer(1), "from 10000"),
    ProgrammeEdit("redeem.cash.points", .integer(300), at: "redeem.cash.step", "whole fen"),
    ProgrammeEdit("catalogue[0].gives", .object(["points": .integer(1)]), "must not be points"),
    ProgrammeEdit(
      "catalogue[0].gives.coupon",
      .string("c10"),
      at: "catalogue[0].gives",
      "exactly one of: points, coupon, item, stamp, pass"
    ),
    ProgrammeEdit("draws[0].prizes[0].weight", .integer(-1), "from 0"),
    ProgrammeEdit("member_price[0].bp", .integer(10_000), "from 1 to 9999"),
    ProgrammeEdit("member_price[0].prices", .array([]), at: "member_price[0]", "exactly one"),
    ProgrammeEdit(
      "member_price[1].when.agreement",
      .array([.string("B")]),
      at: "member_price[1].agreements",
      "must be left out"
    ),
    ProgrammeEdit(
      "promotions[0].off_fen",
      .integer(10_001),
      at: "promotions[0].threshold_fen",
      "at least off_fen"
    ),
    ProgrammeEdit("promotions[1].repeat", .bool(true), "belongs to off_fen"),
    ProgrammeEdit("coupons[3].id", .string("c-10"), "letters and digits"),
    ProgrammeEdit("coupons[0].kind", .string("gift"), "amount_off, percent"),
    ProgrammeEdit("coupons[0].valid", nil, "is missing"),
    ProgrammeEdit("passes[0].uses", nil, "is missing"),
    ProgrammeEdit("passes[1].uses", .integer(3), "any number of uses"),
    ProgrammeEdit("passes[1].expiry", nil, "ends on a day"),
    ProgrammeEdit("topup.channels", .array([]), "must hold at least one"),
    ProgrammeEdit("topup.remote_channels", .array([.string("moon")]), "channels does not have"),
    ProgrammeEdit(
      "topup.tiers[0].bonus_fen",
      .integer(0),
      at: "topup.tiers[0].fen",
      "brings nothing"
    ),
    ProgrammeEdit("topup.tiers[1].fen", .integer(20_000), "above that of the step before, 20000"),
    ProgrammeEdit("paid_membership[0].term", .string("year"), "such as P1Y"),
    ProgrammeEdit("card_types[1].parent", .string("maybe"), "required, none"),
    ProgrammeEdit("card_types[1].limit", .object([:]), "per_day_fen"),
    ProgrammeEdit(
      "card_types[2].parent",
      .string("required"),
      at: "card_types[2].shared_account",
      "must be left out"
    ),
    ProgrammeEdit("card_types[0].can[1]", .string("fly"), "identify, points, sv, discount"),
    ProgrammeEdit("holds.ttl", .string("PT25H"), "from PT1S to PT86400S"),
    ProgrammeEdit("refund.spent_points", .string("forget"), "debt, clamp, refuse"),
    ProgrammeEdit("refund.restore", .string("new_lot"), "original_lot"),
    ProgrammeEdit("enrol_on_spend_fen", .integer(0), "from 1 to"),
  ]

  private static let references: [ProgrammeEdit] = [
    ProgrammeEdit(
      "multipliers[0].when.tier",
      .array([.string("silver")]),
      at: "multipliers[0].when.tier[0]",
      "allowed: gold, normal"
    ),
    ProgrammeEdit(
      "multipliers[0].when.paid_level",
      .array([.string("month")]),
      at: "multipliers[0].when.paid_level[0]",
      "allowed: year"
    ),
    ProgrammeEdit(
      "multipliers[0].when.card_type",
      .array([.string("vip")]),
      at: "multipliers[0].when.card_type[0]",
      "allowed: gift, group, personal, sub"
    ),
    ProgrammeEdit(
      "multipliers[0].when.category",
      .array([.string("coffee")]),
      at: "multipliers[0].when.category[0]",
      "allowed: cake, delivery, gift_card, tea"
    ),
    ProgrammeEdit(
      "earn[0].exclude_categories",
      .array([.string("coffee")]),
      at: "earn[0].exclude_categories[0]",
      "allowed: cake"
    ),
    ProgrammeEdit("topup.tiers[1].coupon", .string("c20"), "allowed: c10, cake"),
    ProgrammeEdit("topup.tiers[1].gifts[1].stamp", .string("yoga"), "allowed: cake, tea"),
    ProgrammeEdit("catalogue[0].gives.pass", .string("tea"), "allowed: gym, yoga"),
    ProgrammeEdit("coupons", nil, at: "stamps[1].gift.coupon", "there are none"),
    ProgrammeEdit("assets.growth", nil, at: "tiers.levels[1].any", "needs assets.growth"),
    ProgrammeEdit("assets.stamp", nil, at: "stamps", "needs assets.stamp"),
    ProgrammeEdit("assets.sv", nil, at: "topup", "needs assets.sv"),
  ]

  private static let twice: [ProgrammeEdit] = [
    ProgrammeEdit("tiers.levels[1].id", .string("normal"), "stands twice"),
    ProgrammeEdit("earn[3].id", .string("base"), "stands twice"),
    ProgrammeEdit("coupons[1].id", .string("C10"), "upper and lower case"),
    ProgrammeEdit("passes[1].id", .string("tea"), "stamp card's id"),
    ProgrammeEdit("draws[0].prizes[1].id", .string("coupon"), "stands twice"),
    ProgrammeEdit(
      "multipliers[0].when.store",
      .array([.string("S1"), .string("S1")]),
      at: "multipliers[0].when.store[1]",
      "stands twice"
    ),
    ProgrammeEdit(
      "multipliers[0].when.month_day",
      .array([.integer(1), .integer(1)]),
      at: "multipliers[0].when.month_day[1]",
      "stands twice"
    ),
  ]

  private static let occasions: [ProgrammeEdit] = [
    ProgrammeEdit("multipliers[0].when.weekday[0]", .string("Sat"), "mon, tue, wed"),
    ProgrammeEdit("multipliers[0].when.month_day[0]", .integer(32), "from 1 to 31"),
    ProgrammeEdit("multipliers[0].when.month_day", .array([]), "at least one"),
    ProgrammeEdit("multipliers[0].when.tier", .array([]), "at least one"),
    ProgrammeEdit("multipliers[0].when.through", .string("2026-02-28"), "not be before from"),
    ProgrammeEdit("multipliers[0].when.time.to", .string("22:00"), "must differ"),
    ProgrammeEdit("multipliers[0].when.time.from", .string("24:00"), "HH:MM"),
    ProgrammeEdit("multipliers[0].when.birthday.window", .string("year"), "day, week, month"),
    ProgrammeEdit("multipliers[0].when", .object([:]), "must name a condition"),
    ProgrammeEdit(
      "catalogue[0].when.sku",
      .array([.string("T1")]),
      at: "catalogue[0].when",
      "there is no receipt"
    ),
    ProgrammeEdit(
      "earn[3].when.tender",
      .array([.string("cash")]),
      at: "earn[3].when",
      "has no receipt"
    ),
  ]

  @Test("by its path, saying what is allowed", arguments: values + references + twice + occasions)
  func refused(_ edit: ProgrammeEdit) throws {
    let bytes = try ProgrammeFiles.edited(ProgrammeFiles.everything, edit.path, edit.value)
    let error = #expect(throws: ProgrammeError.self) { try Programme.parse(bytes) }
    #expect(error?.path == edit.refusedAt)
    #expect(error?.problem.contains(edit.saying) == true, "\(error?.problem ?? "")")
  }

  @Test("a key that the format does not have, wherever it stands")
  func unknownKeys() throws {
    let places = [
      "assets", "assets.points", "assets.points.expiry", "tiers", "tiers.levels[1]",
      "tiers.levels[1].any[0]", "tiers.levels[1].gifts[0]", "earn[0]", "earn[3]", "earn[3].limit",
      "multipliers[0]", "multipliers[0].when", "multipliers[0].when.time",
      "multipliers[0].when.birthday", "stacking", "redeem", "redeem.cash", "catalogue[0]",
      "draws[0]", "draws[0].prizes[0]", "member_price[1]", "member_price[1].prices[0]",
      "promotions[2].free", "coupons[0]", "coupons[0].valid", "passes[0]", "stamps[0]", "topup",
      "topup.max_balance_fen", "topup.tiers[0]", "paid_membership[0]", "benefits[0]",
      "card_types[0]", "card_types[1].limit", "holds", "refund",
    ]
    for place in places {
      let bytes = try ProgrammeFiles.edited(
        ProgrammeFiles.everything,
        place + ".colour",
        .string("red")
      )
      let error = #expect(throws: ProgrammeError.self) { try Programme.parse(bytes) }
      #expect(error?.path == place + ".colour")
      #expect(error?.problem.contains("known here: ") == true)
    }
  }

  @Test("whatever stands in a value's place, it is read or refused by a path")
  func everyValue() throws {
    let json = try ProgrammeFiles.json(ProgrammeFiles.everything)
    var paths: [String] = []
    Self.collect(json, "", into: &paths)
    let odd: [JSON?] = [
      nil, .bool(true), .integer(.min), .integer(.max), .number("1e400"), .array([]),
      .string(String(repeating: "长", count: 300)), .object([:]),
    ]
    var refused = 0
    for path in paths {
      for value in odd {
        let changed = ProgrammeFiles.edited(json, path, value)
        do throws(ProgrammeError) {
          _ = try Programme(changed)
        } catch {
          refused += 1
          if error.path.isEmpty { Issue.record("no path for \(path): \(error.problem)") }
        }
      }
    }
    #expect(paths.count > 300)
    #expect(refused > paths.count * 5)
  }

  private static func collect(_ json: JSON, _ path: String, into paths: inout [String]) {
    if !path.isEmpty { paths.append(path) }
    for member in json.object?.members ?? [] {
      collect(member.value, path.isEmpty ? member.name : "\(path).\(member.name)", into: &paths)
    }
    for (index, element) in (json.array ?? []).enumerated() {
      collect(element, "\(path)[\(index)]", into: &paths)
    }
  }
}
