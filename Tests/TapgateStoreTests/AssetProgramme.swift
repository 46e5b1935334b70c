/// A programme with everything that the ledger's operations on assets look at.
enum AssetProgramme {
  static let text = """
    { "format": "tapgate.programme/1", "id": "assets", "rev": 1, "valid_from": "2026-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
      "assets": {
        "points": {"kind":"counted","lots":true,"expiry":{"after":"P1Y"},"spend_order":"expiry"},
        "growth": {"kind":"counted","lots":false},
        "sv": {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata"},
        "stamp": {"kind":"counted","lots":true} },
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[ {"id":"normal","name":"普通会员"},
          {"id":"silver","name":"银卡","any":[{"fact":"spend_single","ge":20000}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"},
        {"id":"signin","asset":"points","event":"signin","give":5,"limit":{"per":"day","n":1}} ],
      "redeem": {"min_balance":1000,
        "cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100}},
      "catalogue": [{"id":"cup","points":1000,"gives":{"item":"SKU-CUP","qty":1},"stock":1}],
      "coupons": [
        {"id":"c10","name":"十元券","kind":"amount_off","off_fen":1000,"valid":{"after":"P30D"}},
        {"id":"open","name":"不记名券","kind":"amount_off","off_fen":500,
         "valid":{"after":"P30D"},"bearer":true,"stock":3} ],
      "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},
        "channels":["cash","bank_card","web_self"],
        "remote_channels":["bank_card","web_self"],
        "tiers":[{"fen":20000,"bonus_fen":5000},
                 {"fen":50000,"bonus_fen":10000,"coupon":"c10"}]},
      "passes": [{"id":"yoga","name":"瑜伽","kind":"count","uses":10}],
      "stamps": [{"id":"tea","name":"印花","full":3,"gift":{"coupon":"c10","qty":1}}],
      "draws": [{"id":"wheel","name":"转盘","points":100,"prizes":[
        {"id":"yoga","name":"课","weight":1,"stock":1,"gives":[{"pass":"yoga","uses":10}]},
        {"id":"blank","name":"谢谢参与","weight":1}]}],
      "paid_membership": [{"id":"month","name":"月卡","term":"P1M","price_fen":3100}],
      "benefits": [{"id":"lounge","name":"休息室","limit":{"per":"month","n":2}}],
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]} ],
      "holds": {"ttl":"PT5M","max_ttl":"P7D"} }
    """
}
