internal import TapgateJSON

extension Programme {
  /// Reads `earn`: what is paid, counted or done, and what it brings.
  mutating func readEarning(_ root: inout StrictObject) throws(ProgrammeError) {
    for rule in try root.identified("earn") {
      var object = rule
      if object.has("event") {
        rule.use(.events, "event")
        events.append(try EventRule(rule))
      } else {
        earn.append(try EarnRule(rule))
      }
      if !hasGrowth, object.take("asset") == .string("growth") {
        throw rule.error("asset", "needs assets.growth")
      }
    }
    if root.has("enrol_on_spend_fen") { root.use(.enrolOffer, "enrol_on_spend_fen") }
    enrolFromMinor = try root.integerIfAny("enrol_on_spend_fen", in: 1...StrictObject.minorMax)
  }

  /// Reads `multipliers` and `stacking`.
  mutating func readMultipliers(_ root: inout StrictObject) throws(ProgrammeError) {
    for multiplier in try root.identified("multipliers") {
      multipliers.append(try Multiplier(multiplier))
    }
    guard var stacking = try root.objectIfAny("stacking") else { return }
    _ = try stacking.choice("inside_group", of: ["best"])
    _ = try stacking.choice("between_groups", of: ["add_excess"])
    _ = try stacking.choice("rounding", of: ["floor_once_per_receipt"])
    capBasisPoints = try stacking.integer("cap_bp", in: 10_000...1_000_000)
    try stacking.finish()
  }
}

extension Programme.EarnRule {
  init(_ rule: StrictObject) throws(ProgrammeError) {
    var object = rule
    id = try object.identifier("id")
    asset = try object.choice("asset", as: Programme.EarnedAsset.self)
    mode = try object.choice("mode", as: Programme.EarnMode.self)
    give = try object.integer("give", in: 1...1_000_000)
    perFen = 1
    excludedTenders = []
    excludedCategories = []
    if object.has("quantity") {
      object.use(.earnedQuantities, "quantity")
      quantity = try object.identifier("quantity")
      perFen = try object.integer("per", in: 1...1_000_000_000)
      for name in ["per_fen", "on", "exclude_tenders", "exclude_categories"]
      where object.has(name) {
        throw object.error(name, "must be left out: the rule counts a quantity, not money")
      }
    } else {
      perFen = try object.integer("per_fen", in: 1...1_000_000_000)
      _ = try object.choice("on", of: ["net_paid"])
      excludedTenders = Set(try object.texts("exclude_tenders"))
      excludedCategories = try object.names("exclude_categories", in: .categories)
    }
    if object.has("when") { object.use(.earnOccasions, "when") }
    when = try Programme.Occasion(in: &object)
    guard object.take("limit") == nil else {
      throw object.error("limit", "must be left out: only rules with an event have a limit")
    }
    try object.finish()
  }
}

extension Programme.EventRule {
  init(_ rule: StrictObject) throws(ProgrammeError) {
    var object = rule
    self.init(
      id: try object.identifier("id"),
      event: try object.identifier("event"),
      give: try object.integer("give", in: 1...1_000_000)
    )
    _ = try object.choice("asset", of: ["points"])
    limit = try Programme.Limit.read(in: &object)
    when = try Programme.Occasion(in: &object)
    guard !when.isOfLines, when.tenders.isEmpty else {
      throw object.error("when", "must not ask for lines or tenders: an event has no receipt")
    }
    try object.finish()
  }
}

extension Programme.Multiplier {
  init(_ multiplier: StrictObject) throws(ProgrammeError) {
    var object = multiplier
    id = try object.identifier("id")
    basisPoints = try object.integer("bp", in: 10_000...1_000_000)
    group = try object.identifier("group")
    when = try Programme.Occasion(in: &object, noting: .multiplierOccasions)
    guard !when.isAlways else {
      throw object.error("when", "is missing: what always counts belongs into the earning rule")
    }
    try object.finish()
  }
}
