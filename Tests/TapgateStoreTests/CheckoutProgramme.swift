/// A programme with every kind of rule that a price or a receipt's points may depend on.
///
/// 1 point a yuan, twice for drinks; dishes at 90 %; 20 off each full 100; a member's coupon of 10
/// and a bearer's of 10 %; 1 yuan a 100 points; 250 for 200.
enum CheckoutProgramme {
  static let text = """
    { "format": "tapgate.programme/1", "id": "checkout", "rev": 1, "valid_from": "2020-01-01",
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
          {"id":"silver","name":"银卡","any":[{"fact":"spend_single","ge":50000}],
           "gifts":[{"coupon":"c10"}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"]},
        {"id":"km","asset":"points","quantity":"km","per":10,"give":1,"mode":"proportional"},
        {"id":"opening","asset":"points","per_fen":10000,"give":5,"mode":"step","on":"net_paid",
         "when":{"counter":["C09"]}},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"} ],
      "enrol_on_spend_fen": 10000,
      "multipliers": [
        {"id":"drinks","bp":20000,"group":"goods","when":{"category":["drink"]}} ],
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":50000,
        "rounding":"floor_once_per_receipt"},
      "redeem": {"min_balance":100,
        "cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100}},
      "member_price": [ {"id":"dishes","when":{"category":["dish"]},"bp":9000} ],
      "promotions": [
        {"id":"full100","name":"满100减20","threshold_fen":10000,"off_fen":2000,"repeat":true} ],
      "coupons": [
        {"id":"c10","name":"10元券","kind":"amount_off","off_fen":1000,"valid":{"after":"P90D"}},
        {"id":"p9","name":"九折券","kind":"percent","bp":9000,"valid":{"through":"2027-12-31"},
         "bearer":true} ],
      "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},
        "channels":["bank_card"], "tiers":[{"fen":20000,"bonus_fen":5000}]},
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]} ],
      "refund": {"spent_points":"debt","restore":"original_lot","restored_expired_grace":"P30D",
        "sv":"principal_only_forfeit_bonus"} }
    """
}
