/// The programme of the tests: 1 point a yuan, on every day of the week.
enum TestProgramme {
  static let text = """
    { "format": "tapgate.programme/1", "id": "e2e", "rev": 1, "valid_from": "2020-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
      "assets": {
        "points": {"kind":"counted","lots":true, "expiry":{"after":"P1Y","round":"none"},
                   "pending":"P0D", "spend_order":"expiry"},
        "growth": {"kind":"counted","lots":false} },
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[
          {"id":"normal",  "name":"普通会员"},
          {"id":"silver",  "name":"银卡", "any":[{"fact":"spend_single","ge":20000}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"],"exclude_categories":["gift_card","topup"]},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"} ],
      "multipliers": [],
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":50000,
        "rounding":"floor_once_per_receipt"},
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]} ] }
    """
}
