public import TapgateJSON

extension Programme {
  /// Reads a programme file: strict JSON, every unknown key refused, and refused by name whatever
  /// the format has and this version does not do.
  public static func parse(_ bytes: [UInt8]) throws(ProgrammeError) -> Programme {
    do {
      return try Programme(try JSONParser.parse(bytes))
    } catch let error as JSONError {
      throw ProgrammeError(path: "file", problem: error.description)
    } catch let error as ProgrammeError {
      throw error
    } catch {
      throw ProgrammeError(path: "file", problem: "cannot be read")
    }
  }

  /// Reads a programme from its JSON value.
  public init(_ json: JSON) throws(ProgrammeError) {
    var root = try StrictObject(json, path: "")
    _ = try root.choice("format", of: ["tapgate.programme/1"])
    id = try root.text("id")
    revision = try root.integer("rev", in: 1...1_000_000)
    guard let validFrom = BusinessDate(try root.text("valid_from")) else {
      throw root.error("valid_from", "must be a date, YYYY-MM-DD")
    }
    self.validFrom = validFrom
    zone = try root.text("zone")
    cutoverMinutes = try Self.clock(try root.text("day_cutover"), in: root)
    currency = try root.text("currency")
    _ = try root.choice("money_unit", of: ["fen"])
    pointsExpiry = try Self.pointsExpiry(&root)
    levels = try Self.levels(&root)
    var examples: [String] = []
    earn = []
    for rule in try root.objects("earn") {
      if rule.isExample { examples.append(rule.path) }
      earn.append(try EarnRule(rule))
    }
    multipliers = []
    let tierIDs = Set(levels.map(\.id))
    for multiplier in try root.objects("multipliers") {
      if multiplier.isExample { examples.append(multiplier.path) }
      multipliers.append(try Multiplier(multiplier, tiers: tierIDs))
    }
    capBasisPoints = try Self.stacking(&root)
    cardTypes = []
    for type in try root.objects("card_types") {
      if type.isExample { examples.append(type.path) }
      cardTypes.append(try CardType(type))
    }
    self.examples = examples
    try root.refuse([
      "redeem", "catalogue", "member_price", "topup", "paid_membership", "holds", "refund",
      "offline",
    ])
    try root.finish()
  }

  private static func clock(_ text: String, in root: StrictObject) throws(ProgrammeError) -> Int {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 2, parts[1].count == 2,
      let hour = Int(parts[0]), let minute = Int(parts[1]), (0...23).contains(hour),
      (0...59).contains(minute)
    else { throw root.error("day_cutover", "must be a time, HH:MM") }
    return hour * 60 + minute
  }

  private static func pointsExpiry(
    _ root: inout StrictObject
  ) throws(ProgrammeError) -> Period? {
    var assets = try root.object("assets")
    var points = try assets.object("points")
    _ = try points.choice("kind", of: ["counted"])
    guard try points.need("lots") == .bool(true) else {
      throw points.error("lots", "must be true: points are kept in lots")
    }
    _ = try points.choice("spend_order", of: ["expiry"])
    if let pending = points.take("pending"), pending != .string("P0D") {
      throw points.error("pending", "is part of the format but only P0D is built in this version")
    }
    var period: Period?
    if points.take("expiry") != nil {
      var expiry = try points.object("expiry")
      guard let after = Period(iso8601: try expiry.text("after")), after.months + after.days > 0
      else { throw expiry.error("after", "must be a duration such as P1Y") }
      if let round = expiry.take("round"), round != .string("none") {
        throw expiry.error("round", "is part of the format but only none is built in this version")
      }
      try expiry.finish()
      period = after
    }
    try points.finish()
    if assets.take("growth") != nil {
      var growth = try assets.object("growth")
      _ = try growth.choice("kind", of: ["counted"])
      guard try growth.need("lots") == .bool(false) else {
        throw growth.error("lots", "must be false: growth has no lots")
      }
      try growth.finish()
    }
    try assets.refuse(["sv", "stamp"])
    try assets.finish()
    return period
  }

  private static func levels(_ root: inout StrictObject) throws(ProgrammeError) -> [Level] {
    var tiers = try root.object("tiers")
    _ = try tiers.text("ladder")
    _ = try tiers.choice("validity", of: ["forever"])
    _ = try tiers.choice("downgrade", of: ["none"])
    _ = try tiers.choice("on_refund", of: ["keep_until_review"])
    var levels: [Level] = []
    for level in try tiers.objects("levels") {
      levels.append(try Level(level, isLowest: levels.isEmpty))
    }
    guard (1...64).contains(levels.count) else {
      throw tiers.error("levels", "must have 1 to 64 levels")
    }
    guard Set(levels.map(\.id)).count == levels.count else {
      throw tiers.error("levels", "must have ids that differ")
    }
    try tiers.finish()
    return levels
  }

  private static func stacking(_ root: inout StrictObject) throws(ProgrammeError) -> Int64 {
    guard root.take("stacking") != nil else { return 100_000 }
    var stacking = try root.object("stacking")
    _ = try stacking.choice("inside_group", of: ["best"])
    _ = try stacking.choice("between_groups", of: ["add_excess"])
    _ = try stacking.choice("rounding", of: ["floor_once_per_receipt"])
    let cap = try stacking.integer("cap_bp", in: 10_000...1_000_000)
    try stacking.finish()
    return cap
  }
}

extension Programme.Level {
  init(_ object: StrictObject, isLowest: Bool) throws(ProgrammeError) {
    var object = object
    id = try object.text("id")
    name = try object.text("name")
    any = []
    for condition in try object.objects("any") {
      any.append(try Programme.Condition(condition))
    }
    guard isLowest || !any.isEmpty else {
      throw object.error("any", "is missing: only the lowest level has no condition")
    }
    try object.finish()
  }
}

extension Programme.Condition {
  init(_ object: StrictObject) throws(ProgrammeError) {
    var object = object
    switch try object.choice(
      "fact",
      of: ["spend_lifetime", "spend_single", "spend_window", "growth"]
    ) {
    case "spend_lifetime": fact = .spendLifetime
    case "spend_single": fact = .spendSingle
    case "growth": fact = .growth
    default:
      guard let window = Programme.Period(iso8601: try object.text("window")),
        window.months + window.days > 0, window.months * 31 + window.days <= 372
      else { throw object.error("window", "must be a duration of at most a year, such as P1Y") }
      fact = .spendWindow(window)
    }
    atLeast = try object.integer("ge", in: 1...Int64(1_000_000_000_000))
    try object.finish()
  }
}

extension Programme.EarnRule {
  init(_ object: StrictObject) throws(ProgrammeError) {
    var object = object
    try object.refuse(["event", "limit", "when", "quantity"])
    id = try object.text("id")
    guard
      let asset = Programme.EarnedAsset(
        rawValue: try object.choice("asset", of: ["points", "growth"])
      ),
      let mode = Programme.EarnMode(
        rawValue: try object.choice("mode", of: ["proportional", "step"])
      )
    else { throw object.error("asset", "is unknown") }
    self.asset = asset
    self.mode = mode
    perFen = try object.integer("per_fen", in: 1...1_000_000_000)
    give = try object.integer("give", in: 1...1_000_000)
    _ = try object.choice("on", of: ["net_paid"])
    excludedTenders = Set(try object.texts("exclude_tenders"))
    excludedCategories = Set(try object.texts("exclude_categories"))
    try object.finish()
  }
}

extension Programme.Multiplier {
  private static let weekdayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  init(_ object: StrictObject, tiers: Set<String>) throws(ProgrammeError) {
    var object = object
    id = try object.text("id")
    basisPoints = try object.integer("bp", in: 10_000...1_000_000)
    group = try object.text("group")
    var occasion = try object.object("when")
    try occasion.refuse(["birthday", "store", "counter", "category", "tender", "time"])
    var weekdays: Set<Int> = []
    for name in try occasion.texts("weekday") {
      guard let index = Self.weekdayNames.firstIndex(of: name) else {
        throw occasion.error("weekday", "must hold mon, tue, wed, thu, fri, sat or sun")
      }
      weekdays.insert(index + 1)
    }
    var monthDays: Set<Int> = []
    if let days = occasion.take("month_day") {
      guard case .array(let elements) = days else {
        throw occasion.error("month_day", "must be a list of days from 1 to 31")
      }
      for element in elements {
        guard case .integer(let day) = element, (1...31).contains(day) else {
          throw occasion.error("month_day", "must be a list of days from 1 to 31")
        }
        monthDays.insert(Int(day))
      }
    }
    let tierNames = Set(try occasion.texts("tier"))
    guard tierNames.isSubset(of: tiers) else {
      throw occasion.error("tier", "names a tier that the ladder does not have")
    }
    guard !(weekdays.isEmpty && monthDays.isEmpty && tierNames.isEmpty) else {
      throw object.error("when", "must name a weekday, a month_day or a tier")
    }
    when = Programme.Occasion()
    when.weekdays = weekdays
    when.monthDays = monthDays
    when.tiers = tierNames
    try occasion.finish()
    try object.finish()
  }
}

extension Programme.CardType {
  init(_ object: StrictObject) throws(ProgrammeError) {
    var object = object
    try object.refuse(["parent", "shared_account", "limit"])
    id = try object.text("id")
    name = try object.text("name")
    can = Set(try object.texts("can"))
    guard can.isSubset(of: ["identify", "points", "sv", "discount"]) else {
      throw object.error("can", "may hold identify, points, sv and discount")
    }
    try object.finish()
  }
}
