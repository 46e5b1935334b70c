internal import TapgateJSON

extension Programme {
  /// Reads `assets`: points, growth, stored value and stamps.
  mutating func readAssets(_ root: inout StrictObject) throws(ProgrammeError) {
    var assets = try root.object("assets")
    try readPoints(&assets)
    if var value = try assets.objectIfAny("sv") {
      assets.use(.storedValue, "sv")
      _ = try value.choice("kind", of: ["money"])
      guard try value.texts("parts") == ["principal", "bonus"] else {
        throw value.error("parts", "must be [\"principal\", \"bonus\"]")
      }
      valueOrder = try value.choice("spend_order", as: ValueOrder.self)
      guard !value.has("expiry") else {
        throw value.error("expiry", "must be null or left out: money does not expire")
      }
      try value.finish()
    }
    if var growth = try assets.objectIfAny("growth") {
      _ = try growth.choice("kind", of: ["counted"])
      try growth.flag("lots", mustBe: false, because: "growth has no lots")
      try growth.finish()
      hasGrowth = true
    }
    try readStamps(&assets, &root)
    try assets.finish()
  }

  private mutating func readPoints(_ assets: inout StrictObject) throws(ProgrammeError) {
    var points = try assets.object("points")
    _ = try points.choice("kind", of: ["counted"])
    try points.flag("lots", mustBe: true, because: "points are kept in lots")
    _ = try points.choice("spend_order", of: ["expiry"])
    if let text = points.take("pending"), text != .string("P0D") {
      pointsPending = try points.period("pending")
      points.use(.pendingPoints, "pending")
    }
    pointsExpiry = try Period.expiry(in: &points)
    try points.finish()
  }

  /// `assets.stamp` says how long stamps live; `stamps` lists the cards that are filled with them.
  /// Without a list there is one card, called `stamp`, that nothing is given for.
  private mutating func readStamps(
    _ assets: inout StrictObject,
    _ root: inout StrictObject
  ) throws(ProgrammeError) {
    guard var stamp = try assets.objectIfAny("stamp") else {
      guard !root.has("stamps") else {
        throw root.error("stamps", "needs assets.stamp, which says how long stamps live")
      }
      return
    }
    assets.use(.stamps, "stamp")
    _ = try stamp.choice("kind", of: ["counted"])
    try stamp.flag("lots", mustBe: true, because: "stamps are kept in lots")
    let name = try stamp.text("name", default: "stamp")
    let expiry = try Period.expiry(in: &stamp)
    try stamp.finish()
    let cards = try root.identified("stamps")
    for card in cards {
      counted.append(try CountedAsset(stamp: card, expiry: expiry))
    }
    if cards.isEmpty {
      counted.append(CountedAsset(id: "stamp", name: name, kind: .stamp, expiry: expiry))
    }
  }

  /// Reads `passes`: count cards and time passes.
  mutating func readPasses(_ root: inout StrictObject) throws(ProgrammeError) {
    if root.has("passes") { root.use(.passes, "passes") }
    for pass in try root.identified("passes") {
      let asset = try CountedAsset(pass: pass)
      guard !counted.contains(where: { $0.id == asset.id }) else {
        throw pass.error("id", "is a stamp card's id too; ids of passes and stamps must differ")
      }
      counted.append(asset)
    }
  }
}

extension Programme.Period {
  /// Reads an `expiry`, if there is one: `{"after":"P1Y","round":"month_end"}`.
  static func expiry(in asset: inout StrictObject) throws(ProgrammeError) -> Programme.Period? {
    guard var object = try asset.objectIfAny("expiry") else { return nil }
    var period = try object.period("after")
    if object.has("round") {
      period.rounding = try object.choice("round", as: Rounding.self)
      if period.rounding != .none { object.use(.expiryRounding, "round") }
    }
    try object.finish()
    return period
  }
}

extension Programme.CountedAsset {
  init(stamp card: StrictObject, expiry: Programme.Period?) throws(ProgrammeError) {
    var object = card
    self.init(
      id: try object.identifier("id"),
      name: try object.text("name"),
      kind: .stamp,
      expiry: try Programme.Period.expiry(in: &object) ?? expiry,
      full: try object.integer("full", in: 1...1000)
    )
    gift = try Programme.Gift(try object.object("gift"))
    try object.finish()
  }

  init(pass: StrictObject) throws(ProgrammeError) {
    var object = pass
    let kind = try object.choice("kind", of: ["count", "time"])
    self.init(
      id: try object.identifier("id"),
      name: try object.text("name"),
      kind: kind == "time" ? .time : .count,
      expiry: try Programme.Period.expiry(in: &object),
      priceMinor: try object.integerIfAny("price_fen", in: 1...StrictObject.minorMax)
    )
    if kind == "count" {
      uses = try object.integer("uses", in: 1...10_000)
    } else {
      guard !object.has("uses") else {
        throw object.error("uses", "must be left out: a time pass has any number of uses")
      }
      guard expiry != nil else {
        throw object.error("expiry", "is missing: a time pass ends on a day")
      }
    }
    try object.finish()
  }
}
