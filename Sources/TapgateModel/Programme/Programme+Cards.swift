internal import TapgateJSON

extension Programme {
  /// Reads `card_types`.
  mutating func readCards(_ root: inout StrictObject) throws(ProgrammeError) {
    for type in try root.identified("card_types") { cardTypes.append(try CardType(type)) }
  }

  /// Reads `offline` for its shape: it is a chain's hub that grants leases.
  static func readOffline(_ root: inout StrictObject) throws(ProgrammeError) {
    guard var object = try root.objectIfAny("offline") else { return }
    root.use(.offline, "offline")
    _ = try object.flag("accrue")
    _ = try object.choice("sv", of: ["lease"])
    _ = try object.choice("redeem", of: ["lease"])
    _ = try object.choice("coupon", of: ["lease_or_own"])
    _ = try object.seconds("max_age", upTo: 31 * 86_400)
    if var member = try object.objectIfAny("per_member") {
      _ = try member.integer("points", in: 0...StrictObject.pointsMax)
      _ = try member.integer("sv_fen", in: 0...StrictObject.minorMax)
      try member.finish()
    }
    _ = try object.integerIfAny("per_counter_sv_fen", in: 0...StrictObject.minorMax)
    try object.finish()
  }
}

extension Programme.CardType {
  /// What a card can be good for.
  static let capabilities = ["identify", "points", "sv", "discount"]

  init(_ type: StrictObject) throws(ProgrammeError) {
    var object = type
    id = try object.identifier("id")
    name = try object.text("name")
    can = []
    for (index, word) in try object.texts("can").enumerated() {
      guard Self.capabilities.contains(word) else {
        let list = Self.capabilities.joined(separator: ", ")
        throw object.error("can[\(index)]", "must be one of: \(list)")
      }
      can.insert(word)
    }
    if object.has("parent") {
      needsParent = try object.choice("parent", of: ["required", "none"]) == "required"
      if needsParent { object.use(.linkedCards, "parent") }
    }
    isShared = try object.flag("shared_account")
    if isShared { object.use(.linkedCards, "shared_account") }
    guard !(isShared && needsParent) else {
      throw object.error("shared_account", "must be left out where parent is required")
    }
    isNamed = try object.flag("named", default: true)
    if !isNamed { object.use(.bearerCards, "named") }
    try readLimit(&object)
    try object.finish()
  }

  private mutating func readLimit(_ object: inout StrictObject) throws(ProgrammeError) {
    guard var limit = try object.objectIfAny("limit") else { return }
    object.use(.linkedCards, "limit")
    dayMaxMinor = try limit.integerIfAny("per_day_fen", in: 1...StrictObject.minorMax)
    receiptMaxMinor = try limit.integerIfAny("per_receipt_fen", in: 1...StrictObject.minorMax)
    guard dayMaxMinor != nil || receiptMaxMinor != nil else {
      throw object.error("limit", "must have per_day_fen, per_receipt_fen or both")
    }
    try limit.finish()
  }
}
