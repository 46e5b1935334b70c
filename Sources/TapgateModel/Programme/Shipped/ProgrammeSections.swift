/// The parts that the shipped programme files are put together from.
enum ProgrammeSections {
  static let assets = """
      "assets": {
        "points": {"kind":"counted","lots":true,"expiry":{"after":"P1Y","round":"none"},
                   "pending":"P0D","spend_order":"expiry"},
        "sv":     {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata",
                   "expiry":null},
        "growth": {"kind":"counted","lots":false},
        "stamp":  {"kind":"counted","lots":true,"expiry":{"after":"P90D"},"name":"印花",
                   "example":true} },
    """

  static let consumerTiers = """
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
    """

  static let companyTiers = """
      "tiers": {"ladder":"main","validity":"forever","downgrade":"none",
        "on_refund":"keep_until_review",
        "levels":[
          {"id":"registered", "name":"普通客户"},
          {"id":"middle",     "name":"中级", "any":[{"fact":"spend_lifetime","ge":5000000}]},
          {"id":"high",       "name":"高级", "any":[{"fact":"spend_lifetime","ge":50000000}]},
          {"id":"honoured",   "name":"尊贵", "any":[{"fact":"spend_lifetime","ge":300000000}]},
          {"id":"top",        "name":"顶级", "any":[{"fact":"spend_lifetime","ge":500000000}]},
          {"id":"above_top",  "name":"顶级以上",
           "any":[{"fact":"spend_lifetime","ge":1000000000}],"example":true} ]},
    """

  static let pointPerYuan = """
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"proportional","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"],"exclude_categories":["gift_card","topup"]},
    """

  static let pointsPerHundredYuan = """
        {"id":"base","asset":"points","per_fen":10000,"give":10,"mode":"step","on":"net_paid",
         "exclude_tenders":["points","sv_bonus"],"exclude_categories":["gift_card","topup"]},
    """

  static let growthAndEvents = """
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"},
        {"id":"signin","asset":"points","event":"signin","give":1,"limit":{"per":"day","n":1},
         "example":true},
        {"id":"referral","asset":"points","event":"referral_first_receipt","give":100,
         "limit":{"per":"life","n":20},"example":true}
    """

  static let memberDay = """
        {"id":"member_day","bp":20000,"group":"calendar","when":{"weekday":["wed"]}},
        {"id":"birthday","bp":20000,"group":"calendar","when":{"birthday":{"window":"day"}},
         "example":true}
    """

  static let tierMultipliers = """
        {"id":"gold_x","bp":12000,"group":"tier","when":{"tier":["gold"]},"example":true},
        {"id":"diamond_x","bp":15000,"group":"tier","when":{"tier":["diamond"]},"example":true}
    """

  static let stackingAndRedemption = """
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":50000,
        "rounding":"floor_once_per_receipt","example":true},
      "redeem": {"min_balance":1000,
        "cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100,"example":true}},
      "catalogue": [
        {"id":"cup","points":1000,"gives":{"item":"SKU-CUP","qty":1},"example":true} ],
    """

  static let hotelPrice = """
        {"id":"hotel","when":{"category":["room","dish"],"card_type":["hotel"]},"bp":8000}
    """

  static let agreementPrices = """
        {"id":"agreement","agreements":["ACME"],"example":true,
         "prices":[{"sku":"ROOM-STANDARD","fen":32800},{"sku":"ROOM-SUITE","fen":58800}]}
    """

  static let couponsAndTopUp = """
      "coupons": [
        {"id":"c10","name":"10元券","kind":"amount_off","off_fen":1000,"valid":{"after":"P90D"},
         "example":true} ],
      "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},"example":true,
        "channels":["bank_card","lianhua_card","telecom_card","store_terminal","web_self",
                    "corporate_batch"],
        "tiers":[{"fen":20000,"bonus_fen":5000},
                 {"fen":50000,"bonus_fen":5000,"points":100,"coupon":"c10"}]},
      "paid_membership": [
        {"id":"month","name":"月卡","term":"P1M"},
        {"id":"quarter","name":"季卡","term":"P3M"},
        {"id":"year","name":"年卡","term":"P1Y"} ],
    """

  static let hotelBenefits = """
      "benefits": [
        {"id":"booking","name":"优先预订","when":{"card_type":["hotel"]}},
        {"id":"check_in","name":"快速入住","when":{"tier":["silver","gold","diamond"]},
         "example":true},
        {"id":"butler","name":"管家服务","when":{"tier":["diamond"]},"example":true},
        {"id":"upgrade","name":"房型升级","when":{"tier":["diamond"]},
         "limit":{"per":"year","n":2},"example":true} ],

    """

  static let cardsAndEnds = """
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]},
        {"id":"linked","name":"关联卡","parent":"required","can":["identify","points","sv"]},
        {"id":"group","name":"团体卡","shared_account":true,"can":["identify","points","sv"]},
        {"id":"supplementary","name":"附属卡","parent":"required","can":["identify","sv"],
         "limit":{"per_day_fen":50000},"example":true},
        {"id":"vip","name":"贵宾卡","can":["identify","points","sv","discount"]},
        {"id":"gold","name":"金卡","can":["identify","points","sv","discount"]},
        {"id":"silver","name":"银卡","can":["identify","points","sv","discount"]},
        {"id":"standard","name":"普卡","can":["identify","points","sv","discount"]},
        {"id":"hotel","name":"酒店卡","can":["identify","points","sv","discount"]} ],
      "holds": {"ttl":"PT5M","max_ttl":"P7D","example":true},
      "refund": {"spent_points":"debt","restore":"original_lot","restored_expired_grace":"P30D",
        "sv":"principal_only_forfeit_bonus","example":true}
    """
}
