internal import TapgateJSON

extension Programme {
  /// Reads `redeem`, `catalogue`, `draws` and `benefits`.
  mutating func readRewards(_ root: inout StrictObject) throws(ProgrammeError) {
    if var redeem = try root.objectIfAny("redeem") {
      root.use(.redeeming, "redeem")
      redeemMin = try redeem.integerIfAny("min_balance", in: 0...StrictObject.pointsMax) ?? 0
      if redeem.has("cash") {
        redeem.use(.pointsAsCash, "cash")
        pointsAsCash = try PointsAsCash(try redeem.object("cash"))
      }
      try redeem.finish()
    }
    if root.has("catalogue") { root.use(.catalogue, "catalogue") }
    for reward in try root.identified("catalogue") { rewards.append(try Reward(reward)) }
    if root.has("draws") { root.use(.draws, "draws") }
    for draw in try root.identified("draws") { draws.append(try Draw(draw)) }
    if root.has("benefits") { root.use(.benefits, "benefits") }
    for benefit in try root.identified("benefits") { benefits.append(try Benefit(benefit)) }
  }
}

extension StrictObject {
  /// The occasion of a rule that has no receipt.
  mutating func occasionWithoutReceipt() throws(ProgrammeError) -> Programme.Occasion {
    let occasion = try Programme.Occasion(in: &self)
    guard !occasion.isOfLines, occasion.tenders.isEmpty else {
      throw error("when", "must not ask for lines or tenders: there is no receipt")
    }
    return occasion
  }
}

extension Programme.PointsAsCash {
  init(_ cash: StrictObject) throws(ProgrammeError) {
    var object = cash
    self.init(
      points: try object.integer("points", in: 1...1_000_000),
      minor: try object.integer("fen", in: 1...1_000_000),
      shareMaxBasisPoints: try object.integerIfAny("max_share_bp", in: 1...10_000) ?? 10_000,
      step: try object.integer("step", in: 1...1_000_000)
    )
    guard step * minor % points == 0 else {
      throw object.error("step", "must be worth whole fen: step × fen ÷ points has a remainder")
    }
    try object.finish()
  }
}

extension Programme.Reward {
  init(_ reward: StrictObject) throws(ProgrammeError) {
    var object = reward
    let id = try object.identifier("id")
    self.init(
      id: id,
      name: try object.text("name", default: id),
      points: try object.integer("points", in: 1...StrictObject.pointsMax),
      gives: try Programme.Gift(try object.object("gives")),
      stock: try object.integerIfAny("stock", in: 1...1_000_000_000),
      limit: try Programme.Limit.read(in: &object),
      when: try object.occasionWithoutReceipt()
    )
    if case .points = gives {
      throw object.error("gives", "must not be points: they are what the reward costs")
    }
    try object.finish()
  }
}

extension Programme.Draw {
  init(_ draw: StrictObject) throws(ProgrammeError) {
    var object = draw
    self.init(
      id: try object.identifier("id"),
      name: try object.text("name"),
      points: try object.integer("points", in: 0...StrictObject.pointsMax),
      prizes: [],
      limit: try Programme.Limit.read(in: &object),
      when: try object.occasionWithoutReceipt()
    )
    for prize in try object.identified("prizes") { prizes.append(try Prize(prize)) }
    guard prizes.contains(where: { $0.weight > 0 }) else {
      throw object.error("prizes", "must hold at least one prize with a weight above 0")
    }
    try object.finish()
  }
}

extension Programme.Draw.Prize {
  init(_ prize: StrictObject) throws(ProgrammeError) {
    var object = prize
    self.init(
      id: try object.identifier("id"),
      name: try object.text("name"),
      weight: try object.integer("weight", in: 0...1_000_000_000),
      stock: try object.integerIfAny("stock", in: 1...1_000_000_000),
      gives: try Programme.Gift.list("gives", in: &object)
    )
    try object.finish()
  }
}

extension Programme.Benefit {
  init(_ benefit: StrictObject) throws(ProgrammeError) {
    var object = benefit
    self.init(
      id: try object.identifier("id"),
      name: try object.text("name"),
      when: try object.occasionWithoutReceipt(),
      limit: try Programme.Limit.read(in: &object)
    )
    try object.finish()
  }
}
