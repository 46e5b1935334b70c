extension ShippedProgrammes {
  /// 1 point a yuan, four tiers, points that live for a year, a member day with double points, and
  /// nothing else.
  public static let pointsOnly = """
    { "format": "tapgate.programme/1", "id": "retail", "rev": 1, "valid_from": "2026-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
      "assets": {
        "points": {"kind":"counted","lots":true, "expiry":{"after":"P1Y","round":"none"},
                   "pending":"P0D", "spend_order":"expiry"},
        "growth": {"kind":"counted","lots":false} },
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[
          {"id":"normal",  "name":"普通会员"},
          {"id":"silver",  "name":"银卡", "any":[
            {"fact":"spend_lifetime","ge":50000},{"fact":"spend_single","ge":20000}]},
          {"id":"gold",    "name":"金卡", "any":[
            {"fact":"spend_lifetime","ge":200000},
            {"fact":"spend_window","window":"P1Y","ge":100000}]},
          {"id":"diamond", "name":"钻石", "any":[
            {"fact":"spend_lifetime","ge":500000},
            {"fact":"spend_window","window":"P1Y","ge":300000}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"],"exclude_categories":["gift_card","topup"]},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"} ],
      "multipliers": [
        {"id":"member_day","bp":20000,"group":"calendar","when":{"weekday":["wed"]}},
        {"id":"gold_x","bp":12000,"group":"tier","when":{"tier":["gold"]},"example":true},
        {"id":"diamond_x","bp":15000,"group":"tier","when":{"tier":["diamond"]},"example":true} ],
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":50000,
        "rounding":"floor_once_per_receipt"},
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]},
        {"id":"vip","name":"贵宾卡","can":["identify","points","sv","discount"]} ] }
    """
}
