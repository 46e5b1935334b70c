internal import TapgateJSON

extension Programme.Occasion {
  static let weekdayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// Reads the `when` of a rule, if it has one.
  ///
  /// `feature` is noted for every condition beside the business date and the tier, `nil` notes
  /// none.
  init(
    in rule: inout StrictObject,
    noting feature: Programme.Feature? = nil
  ) throws(ProgrammeError) {
    self.init()
    guard var object = try rule.objectIfAny("when") else { return }
    try readDates(&object)
    try readMoment(&object)
    tiers = try object.names("tier", in: .tiers)
    paidLevels = try object.names("paid_level", in: .paidLevels)
    cardTypes = try object.names("card_type", in: .cardTypes)
    nodes = Set(try object.texts("store"))
    counters = Set(try object.texts("counter"))
    tenders = Set(try object.texts("tender"))
    categories = try object.names("category", in: .categories)
    skus = Set(try object.texts("sku"))
    agreements = Set(try object.texts("agreement"))
    if let feature { note(feature, of: &object) }
    try object.finish()
    guard !isAlways else {
      throw rule.error("when", "must name a condition, such as weekday or tier, or be left out")
    }
  }

  private mutating func readDates(_ object: inout StrictObject) throws(ProgrammeError) {
    for (index, name) in try object.texts("weekday").enumerated() {
      guard let weekday = Self.weekdayNames.firstIndex(of: name) else {
        throw object.error("weekday[\(index)]", "must be mon, tue, wed, thu, fri, sat or sun")
      }
      weekdays.insert(weekday + 1)
    }
    for (index, element) in try object.elements("month_day").enumerated() {
      guard case .integer(let day) = element, (1...31).contains(day) else {
        throw object.error("month_day[\(index)]", "must be a day of the month from 1 to 31")
      }
      guard monthDays.insert(Int(day)).inserted else {
        throw object.error("month_day[\(index)]", "stands twice")
      }
    }
    if object.has("month_day"), monthDays.isEmpty {
      throw object.error("month_day", "must hold at least one, or be left out")
    }
    from = try object.dateIfAny("from")
    through = try object.dateIfAny("through")
    if let from, let through, through < from {
      throw object.error("through", "must not be before from")
    }
  }

  private mutating func readMoment(_ object: inout StrictObject) throws(ProgrammeError) {
    if var span = try object.objectIfAny("time") {
      let start = try span.minutes("from")
      let end = try span.minutes("to", isEnd: true)
      guard start != end else { throw span.error("to", "must differ from from") }
      time = Programme.DaySpan(start: start, end: end)
      try span.finish()
    }
    if var birthday = try object.objectIfAny("birthday") {
      self.birthday = try birthday.choice("window", as: Programme.BirthdayWindow.self)
      try birthday.finish()
    }
  }

  private func note(_ feature: Programme.Feature, of object: inout StrictObject) {
    let keys = [
      "time", "birthday", "paid_level", "card_type", "store", "counter", "tender", "category",
      "sku", "agreement",
    ]
    for key in keys where object.has(key) { object.use(feature, key) }
  }
}

extension Programme.Limit {
  /// Reads the `limit` of a rule, if it has one: `{"per":"day","n":1}`.
  static func read(in rule: inout StrictObject) throws(ProgrammeError) -> Programme.Limit? {
    guard var object = try rule.objectIfAny("limit") else { return nil }
    let limit = Programme.Limit(
      per: try object.choice("per", as: Span.self),
      count: try object.integer("n", in: 1...1_000_000)
    )
    try object.finish()
    return limit
  }
}

extension Programme.Gift {
  /// Reads one gift: `{"points":100}`, `{"coupon":"c10","qty":1}`, `{"item":"SKU","qty":1}`,
  /// `{"stamp":"tea","qty":1}` or `{"pass":"yoga","uses":10}`.
  init(_ given: StrictObject) throws(ProgrammeError) {
    var object = given
    let kind = try object.only(of: ["points", "coupon", "item", "stamp", "pass"])
    switch kind {
    case "points":
      self = .points(try object.integer("points", in: 1...StrictObject.pointsMax))
    case "coupon":
      let template = try object.identifier("coupon")
      try object.check(template, of: .coupons, at: "coupon")
      self = .coupon(template: template, count: try Self.quantity(&object, upTo: 100))
    case "item":
      self = .item(
        sku: try object.identifier("item"),
        quantity: try Self.quantity(&object, upTo: 10_000)
      )
    case "stamp":
      let asset = try object.identifier("stamp")
      try object.check(asset, of: .stamps, at: "stamp")
      self = .counted(asset: asset, quantity: try Self.quantity(&object, upTo: 10_000))
    default:
      let asset = try object.identifier("pass")
      try object.check(asset, of: .passes, at: "pass")
      self = .counted(asset: asset, quantity: try object.integer("uses", in: 1...10_000))
    }
    try object.finish()
  }

  private static func quantity(
    _ object: inout StrictObject,
    upTo max: Int64
  ) throws(ProgrammeError) -> Int64 {
    try object.integerIfAny("qty", in: 1...max) ?? 1
  }

  /// Reads a list of gifts.
  static func list(
    _ name: String,
    in object: inout StrictObject
  ) throws(ProgrammeError) -> [Programme.Gift] {
    let objects = try object.objects(name)
    guard objects.count <= 16 else { throw object.error(name, "must have at most 16 gifts") }
    var gifts: [Programme.Gift] = []
    for gift in objects { gifts.append(try Programme.Gift(gift)) }
    return gifts
  }
}
