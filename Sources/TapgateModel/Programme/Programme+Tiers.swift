internal import TapgateJSON

extension Programme {
  /// Reads `tiers`: the ladder and what follows from it over time.
  mutating func readTiers(_ root: inout StrictObject) throws(ProgrammeError) {
    var tiers = try root.object("tiers")
    _ = try tiers.text("ladder")
    tierRules = try TierRules(&tiers)
    for level in try tiers.identified("levels") {
      levels.append(try Level(level, isLowest: levels.isEmpty))
      guard hasGrowth || !levels[levels.count - 1].any.contains(where: { $0.fact == .growth })
      else { throw level.error("any", "asks for growth, which needs assets.growth") }
    }
    guard (1...64).contains(levels.count) else {
      throw tiers.error("levels", "must have 1 to 64 levels")
    }
    try tiers.finish()
  }
}

extension Programme.TierRules {
  init(_ tiers: inout StrictObject) throws(ProgrammeError) {
    self.init()
    validity = try Self.validity(&tiers)
    downgrade = try tiers.choice("downgrade", as: Downgrade.self)
    onRefund = try tiers.choice("on_refund", as: OnRefund.self)
    if onRefund != .keepUntilReview { tiers.use(.tierReassessedOnRefund, "on_refund") }
    if tiers.has("grace") {
      let grace = try tiers.period("grace")
      guard grace.months == 0, grace.days <= 366 else {
        throw tiers.error("grace", "must be a number of days up to P366D")
      }
      graceDays = grace.days
      tiers.use(.tierValidity, "grace")
    }
    if validity == .forever {
      guard downgrade == .none else {
        throw tiers.error("downgrade", "must be none where validity is forever")
      }
      guard graceDays == 0 else {
        throw tiers.error("grace", "must be left out where validity is forever")
      }
    } else {
      tiers.use(.tierValidity, "validity")
    }
  }

  private static func validity(_ tiers: inout StrictObject) throws(ProgrammeError) -> Validity {
    let problem = tiers.error(
      "validity",
      "must be \"forever\", {\"rolling\":\"P12M\"} or {\"calendar\":\"12-31\"}"
    )
    switch try tiers.need("validity") {
    case .string("forever"): return .forever
    case .object: break
    default: throw problem
    }
    var object = try tiers.object("validity")
    if try object.only(of: ["rolling", "calendar"]) == "rolling" {
      let period = try object.period("rolling")
      try object.finish()
      return .rolling(period)
    }
    // A leap year, so that 02-29 is a day.
    guard case .string(let text)? = object.take("calendar"),
      let date = BusinessDate("2024-\(text)")
    else { throw object.error("calendar", "must be a day of the year, MM-DD, such as 12-31") }
    try object.finish()
    return .calendar(month: date.parts.month, dayOfMonth: date.parts.dayOfMonth)
  }
}

extension Programme.Level {
  init(_ level: StrictObject, isLowest: Bool) throws(ProgrammeError) {
    var object = level
    id = try object.identifier("id")
    name = try object.text("name")
    any = []
    for condition in try object.objects("any") {
      any.append(try Programme.Condition(condition))
    }
    guard isLowest || !any.isEmpty else {
      throw object.error("any", "is missing: only the lowest level has no condition")
    }
    guard !isLowest || any.isEmpty else {
      throw object.error("any", "must be left out: every member has the lowest level")
    }
    if object.has("gifts") { object.use(.tierGifts, "gifts") }
    gifts = try Programme.Gift.list("gifts", in: &object)
    guard !isLowest || gifts.isEmpty else {
      throw object.error("gifts", "must be left out: nobody rises to the lowest level")
    }
    try object.finish()
  }
}

extension Programme.Condition {
  init(_ condition: StrictObject) throws(ProgrammeError) {
    var object = condition
    switch try object.choice(
      "fact",
      of: ["spend_lifetime", "spend_single", "spend_window", "growth"]
    ) {
    case "spend_lifetime": fact = .spendLifetime
    case "spend_single": fact = .spendSingle
    case "growth": fact = .growth
    default:
      let window = try object.period("window")
      guard window.months * 31 + window.days <= 372 else {
        throw object.error("window", "must be a duration of at most a year, such as P1Y")
      }
      fact = .spendWindow(window)
    }
    atLeast = try object.integer("ge", in: 1...StrictObject.minorMax)
    try object.finish()
  }
}
