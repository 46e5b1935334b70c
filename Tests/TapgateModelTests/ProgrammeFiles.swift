import TapgateJSON
import TapgateModel

/// Programme files of the tests.
enum ProgrammeFiles {
  /// A file that uses every key of the format but `offline`.
  static let everything = """
    { "format": "tapgate.programme/1", "id": "all", "rev": 7, "valid_from": "2026-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:30", "currency": "CNY", "money_unit": "fen",
      "categories": ["tea", "cake", "gift_card", "delivery"],
      "assets": {
        "points": {"kind":"counted","lots":true,"pending":"P7D","spend_order":"expiry",
          "expiry":{"after":"P1Y","round":"month_end"}},
        "sv": {"kind":"money","parts":["principal","bonus"],"spend_order":"bonus_first"},
        "growth": {"kind":"counted","lots":false},
        "stamp": {"kind":"counted","lots":true,"expiry":{"after":"P90D"}} },
      "tiers": {"ladder":"main","validity":{"rolling":"P12M"},"downgrade":"one_step",
        "grace":"P30D","on_refund":"reassess",
        "levels":[
          {"id":"normal","name":"普通会员"},
          {"id":"gold","name":"金卡","any":[{"fact":"growth","ge":1000}],
           "gifts":[{"points":50},{"coupon":"c10","qty":2}]} ]},
      "earn": [
        {"id":"base","asset":"points","per_fen":100,"give":1,"mode":"step","on":"net_paid",
         "exclude_categories":["gift_card"],"when":{"store":["S001","east"],"counter":["C01"]}},
        {"id":"growth","asset":"growth","per_fen":100,"give":1,"mode":"proportional",
         "on":"net_paid"},
        {"id":"miles","asset":"points","quantity":"km","per":10,"give":1,"mode":"proportional"},
        {"id":"signin","asset":"points","event":"signin","give":1,"limit":{"per":"day","n":1},
         "when":{"tier":["gold"]}} ],
      "enrol_on_spend_fen": 5000,
      "multipliers": [
        {"id":"happy_hour","bp":15000,"group":"calendar","when":{
          "weekday":["sat","sun"],"month_day":[1,15,31],"time":{"from":"22:00","to":"02:00"},
          "from":"2026-03-01","through":"2026-05-31","birthday":{"window":"month"},
          "tier":["gold"],"paid_level":["year"],"card_type":["group"],"store":["east"],
          "counter":["C02"],"tender":["cash"],"category":["tea"],"sku":["T1"],
          "agreement":["ACME"]}} ],
      "stacking": {"inside_group":"best","between_groups":"add_excess","cap_bp":15000,
        "rounding":"floor_once_per_receipt"},
      "redeem": {"min_balance":100,"cash":{"points":100,"fen":100,"step":100}},
      "catalogue": [
        {"id":"pass","name":"瑜伽五次","points":500,"gives":{"pass":"yoga","uses":5},"stock":10,
         "limit":{"per":"year","n":1},"when":{"month_day":[8]}} ],
      "draws": [
        {"id":"wheel","name":"转盘","points":10,"limit":{"per":"day","n":3},"prizes":[
          {"id":"coupon","name":"10元券","weight":1,"stock":100,"gives":[{"coupon":"c10"}]},
          {"id":"blank","name":"谢谢","weight":999}]} ],
      "member_price": [
        {"id":"tea","when":{"category":["tea"]},"bp":8800},
        {"id":"acme","agreements":["ACME"],"prices":[{"sku":"T1","fen":900}]} ],
      "promotions": [
        {"id":"full100","name":"满100减20","threshold_fen":10000,"off_fen":2000,"repeat":true,
         "group":"full"},
        {"id":"sale","name":"限时折扣","bp":9000,"when":{"category":["cake"]}},
        {"id":"kids","name":"免费儿童餐","threshold_fen":20000,"free":{"sku":"KIDS","qty":1}} ],
      "coupons": [
        {"id":"c10","name":"10元券","kind":"amount_off","off_fen":1000,"threshold_fen":3000,
         "valid":{"after":"P30D"},"stackable":true,"stock":1000},
        {"id":"p9","name":"九折券","kind":"percent","bp":9000,"max_off_fen":5000,
         "valid":{"through":"2026-12-31"},"bearer":true},
        {"id":"cake","name":"蛋糕券","kind":"free_item","sku":"K1","qty":1,
         "valid":{"after":"P30D","round":"month_end"}},
        {"id":"free","name":"免单券","kind":"free_order","max_fen":10000,"valid":{"after":"P7D"}},
        {"id":"spa","name":"体验券","kind":"service","service":"护理","valid":{"after":"P30D"}},
        {"id":"ship","name":"配送券","kind":"delivery","valid":{"after":"P30D"},
         "when":{"time":{"from":"00:00","to":"24:00"}}} ],
      "passes": [
        {"id":"yoga","name":"瑜伽十次","kind":"count","uses":10,"price_fen":50000,
         "expiry":{"after":"P6M"}},
        {"id":"gym","name":"健身月卡","kind":"time","expiry":{"after":"P1M"}} ],
      "stamps": [
        {"id":"tea","name":"奶茶印花","full":10,"gift":{"item":"T1"}},
        {"id":"cake","name":"蛋糕印花","full":5,"gift":{"coupon":"cake"},
         "expiry":{"after":"P30D"}} ],
      "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},
        "channels":["bank_card","web_self"],"remote_channels":["web_self"],
        "tiers":[
          {"fen":20000,"bonus_fen":5000},
          {"fen":50000,"bonus_fen":20000,"points":100,"coupon":"c10",
           "gifts":[{"item":"CUP","qty":2},{"stamp":"tea","qty":3}],"points_bp":20000}]},
      "paid_membership": [
        {"id":"year","name":"年卡","term":"P1Y","price_fen":19900,"gifts":[{"points":1000}]} ],
      "benefits": [
        {"id":"lounge","name":"休息室","when":{"paid_level":["year"]},
         "limit":{"per":"month","n":2}} ],
      "card_types": [
        {"id":"personal","name":"个人卡","can":["identify","points","sv","discount"]},
        {"id":"sub","name":"附属卡","parent":"required","can":["identify","sv"],
         "limit":{"per_day_fen":50000,"per_receipt_fen":10000}},
        {"id":"group","name":"团体卡","shared_account":true,"can":["identify","points"]},
        {"id":"gift","name":"礼品卡","named":false,"can":["identify","sv"]} ],
      "holds": {"ttl":"PT5M","max_ttl":"PT24H"},
      "refund": {"spent_points":"clamp","restore":"original_lot","restored_expired_grace":"P10D",
        "sv":"principal_only_forfeit_bonus"} }
    """

  static func json(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

  /// `text` with the value at `path`, such as `earn[0].give`, replaced; `nil` takes it away.
  static func edited(_ text: String, _ path: String, _ value: JSON?) throws -> [UInt8] {
    edited(try json(text), path, value).encoded()
  }

  /// The same of a value.
  static func edited(_ json: JSON, _ path: String, _ value: JSON?) -> JSON {
    var steps: [Step] = []
    for part in path.split(separator: ".") {
      let names = part.split(separator: "[")
      steps.append(.name(String(names[0])))
      for index in names.dropFirst() { steps.append(.index(Int(index.dropLast()) ?? 0)) }
    }
    return edited(json, steps[...], value)
  }

  private enum Step {
    case name(String)
    case index(Int)
  }

  private static func edited(_ json: JSON, _ steps: ArraySlice<Step>, _ value: JSON?) -> JSON {
    guard let step = steps.first else { return value ?? .null }
    let rest = steps.dropFirst()
    switch step {
    case .name(let name):
      var object = json.object ?? JSONObject()
      object[name] =
        rest.isEmpty ? value : edited(object[name] ?? .object(JSONObject()), rest, value)
      return .object(object)
    case .index(let index):
      var array = json.array ?? []
      if index == array.count {
        array.append(edited(.null, rest, value))
      } else {
        array[index] = edited(array[index], rest, value)
      }
      return .array(array)
    }
  }
}
