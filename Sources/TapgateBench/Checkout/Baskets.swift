/// The baskets of a measurement: 20 lines each, a few kinds of them, the same in every run.
struct Baskets: Sendable {
  /// One line.
  struct Line {
    let sku: String
    let category: String
    let quantity: Int64
    let unitPriceMinor: Int64

    var amountMinor: Int64 { quantity * unitPriceMinor }
  }

  static let lineCount = 20
  /// Kinds of basket. A request's kind follows from its number.
  static let kindCount = 16
  /// What every receipt pays beside its tender.
  static let pointsSpent: Int64 = 100
  static let valueSpentMinor: Int64 = 2000

  private static let categories = ["dish", "drink", "snack", "household"]

  /// The lines of each kind.
  let kinds: [[Line]]

  init() {
    kinds = (0..<Self.kindCount).map { kind in
      (0..<Self.lineCount).map { line in
        let article = RandomNumbers.mix(UInt64(kind * 64 + line)) % 500
        return Line(
          sku: "SKU-\(1000 + article)",
          category: Self.categories[Int(article % 4)],
          quantity: 1 + Int64(article % 3),
          unitPriceMinor: 300 + Int64(article) * 7
        )
      }
    }
  }

  static func kind(ofRequest number: UInt64) -> Int { Int(number % UInt64(kindCount)) }

  /// What the lines come to without any rule.
  func listMinor(_ kind: Int) -> Int64 { kinds[kind].reduce(0) { $0 + $1.amountMinor } }
}

/// The programme that checkouts are measured under: every part of it has a say in every receipt.
enum BenchProgramme {
  static let text = """
    { "format": "tapgate.programme/1", "id": "bench", "rev": 1, "valid_from": "2020-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
      "assets": {
        "points": {"kind":"counted","lots":true,"expiry":{"after":"P1Y","round":"none"},
                   "pending":"P0D","spend_order":"expiry"},
        "sv":     {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata",
                   "expiry":null},
        "growth": {"kind":"counted","lots":false} },
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[
          {"id":"normal","name":"普通会员"},
          {"id":"silver","name":"银卡","any":[{"fact":"spend_lifetime","ge":50000},
            {"fact":"spend_single","ge":20000}]},
          {"id":"gold","name":"金卡","any":[{"fact":"spend_lifetime","ge":200000},
            {"fact":"spend_window","window":"P1Y","ge":100000}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"]},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"} ],
      "multipliers": [
        {"id":"drinks","bp":20000,"group":"goods","when":{"category":["drink"]}},
        {"id":"gold_x","bp":12000,"group":"tier","when":{"tier":["gold"]}} ],
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":50000,
        "rounding":"floor_once_per_receipt"},
      "redeem": {"min_balance":100,
        "cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100}},
      "member_price": [ {"id":"dishes","when":{"category":["dish"]},"bp":9000} ],
      "promotions": [
        {"id":"full100","name":"满100减20","threshold_fen":10000,"off_fen":2000,"repeat":true} ],
      "coupons": [
        {"id":"c10","name":"10元券","kind":"amount_off","off_fen":1000,"valid":{"after":"P90D"}} ],
      "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},
        "channels":["bank_card"], "tiers":[{"fen":20000,"bonus_fen":5000}]},
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]} ],
      "refund": {"spent_points":"debt","restore":"original_lot","restored_expired_grace":"P30D",
        "sv":"principal_only_forfeit_bonus"} }
    """
}
