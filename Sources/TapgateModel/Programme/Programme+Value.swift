internal import TapgateJSON

extension Programme {
  /// Reads `topup` and `paid_membership`.
  mutating func readValue(_ root: inout StrictObject) throws(ProgrammeError) {
    if let object = try root.objectIfAny("topup") {
      root.use(.storedValue, "topup")
      guard valueOrder != nil else {
        throw root.error("topup", "needs assets.sv, which says how stored value is spent")
      }
      topUp = try TopUpRules(object)
    }
    if root.has("paid_membership") { root.use(.paidLevels, "paid_membership") }
    for level in try root.identified("paid_membership") {
      paidLevels.append(try PaidLevel(level))
    }
  }

  /// Reads `holds` and `refund`.
  mutating func readEnds(_ root: inout StrictObject) throws(ProgrammeError) {
    if var object = try root.objectIfAny("holds") {
      root.use(.holds, "holds")
      let longest = try object.seconds("max_ttl", upTo: 31 * 86_400)
      holds = HoldRules(seconds: try object.seconds("ttl", upTo: longest), secondsMax: longest)
      try object.finish()
    }
    if var object = try root.objectIfAny("refund") {
      root.use(.refunds, "refund")
      refund.spentPoints = try object.choice("spent_points", as: RefundRules.SpentPoints.self)
      _ = try object.choice("restore", of: ["original_lot"])
      refund.grace = try object.period("restored_expired_grace")
      _ = try object.choice("sv", of: ["principal_only_forfeit_bonus"])
      try object.finish()
    }
  }
}

extension Programme.TopUpRules {
  init(_ rules: StrictObject) throws(ProgrammeError) {
    var object = rules
    self.init(
      minMinor: try object.fen("min_fen"),
      channels: try object.texts("channels"),
      remoteChannels: Set(try object.texts("remote_channels"))
    )
    guard !channels.isEmpty else {
      throw object.error("channels", "is missing: there must be at least one channel")
    }
    guard remoteChannels.isSubset(of: channels) else {
      throw object.error("remote_channels", "names what channels does not have")
    }
    if var cap = try object.objectIfAny("max_balance_fen") {
      namedMaxMinor = try cap.integerIfAny("named", in: 1...StrictObject.minorMax)
      bearerMaxMinor = try cap.integerIfAny("bearer", in: 1...StrictObject.minorMax)
      try cap.finish()
    }
    for step in try object.objects("tiers") {
      let next = try Step(step)
      if let last = steps.last, next.fromMinor <= last.fromMinor {
        throw step.error("fen", "must be above that of the step before, \(last.fromMinor)")
      }
      steps.append(next)
    }
    try object.finish()
  }
}

extension Programme.TopUpRules.Step {
  init(_ step: StrictObject) throws(ProgrammeError) {
    var object = step
    self.init(
      fromMinor: try object.fen("fen"),
      bonusMinor: try object.integerIfAny("bonus_fen", in: 0...StrictObject.minorMax) ?? 0,
      pointsBasisPoints: try object.integerIfAny("points_bp", in: 10_001...1_000_000)
    )
    if let points = try object.integerIfAny("points", in: 1...StrictObject.pointsMax) {
      gifts.append(.points(points))
    }
    if object.has("coupon") {
      let template = try object.identifier("coupon")
      try object.check(template, of: .coupons, at: "coupon")
      gifts.append(.coupon(template: template, count: 1))
    }
    gifts += try Programme.Gift.list("gifts", in: &object)
    guard bonusMinor > 0 || pointsBasisPoints != nil || !gifts.isEmpty else {
      throw object.error("fen", "brings nothing: bonus_fen, points, coupon, gifts or points_bp")
    }
    try object.finish()
  }
}

extension Programme.PaidLevel {
  init(_ level: StrictObject) throws(ProgrammeError) {
    var object = level
    let id = try object.identifier("id")
    self.init(
      id: id,
      name: try object.text("name", default: id),
      term: try object.period("term"),
      priceMinor: try object.integerIfAny("price_fen", in: 1...StrictObject.minorMax),
      gifts: try Programme.Gift.list("gifts", in: &object)
    )
    try object.finish()
  }
}
