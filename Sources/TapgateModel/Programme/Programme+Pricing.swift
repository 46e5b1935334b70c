internal import TapgateJSON

extension Programme {
  /// Reads `member_price`, `promotions` and `coupons`.
  mutating func readPricing(_ root: inout StrictObject) throws(ProgrammeError) {
    let sections: [(String, Feature)] = [
      ("member_price", .memberPrices), ("promotions", .promotions), ("coupons", .coupons),
    ]
    for (name, feature) in sections where root.has(name) { root.use(feature, name) }
    for price in try root.identified("member_price") {
      memberPrices.append(try MemberPrice(price))
    }
    for promotion in try root.identified("promotions") {
      promotions.append(try Promotion(promotion))
    }
    for template in try root.identified("coupons") {
      let coupon = try CouponTemplate(template)
      guard !coupons.contains(where: { $0.id.uppercased() == coupon.id.uppercased() }) else {
        throw template.error("id", "differs from another one by upper and lower case only")
      }
      coupons.append(coupon)
    }
  }
}

extension StrictObject {
  /// What is left of a price, in basis points.
  mutating func share(_ name: String) throws(ProgrammeError) -> Int64 {
    try integer(name, in: 1...9_999)
  }

  /// What the lines that count must come to.
  mutating func threshold() throws(ProgrammeError) -> Int64 {
    try integerIfAny("threshold_fen", in: 0...Self.minorMax) ?? 0
  }
}

extension Programme.MemberPrice {
  init(_ price: StrictObject) throws(ProgrammeError) {
    var object = price
    self.init(id: try object.identifier("id"))
    when = try Programme.Occasion(in: &object)
    let agreements = Set(try object.texts("agreements"))
    if !agreements.isEmpty {
      guard when.agreements.isEmpty else {
        throw object.error("agreements", "must be left out where when.agreement stands")
      }
      when.agreements = agreements
      isAgreement = true
    }
    if try object.only(of: ["bp", "prices"]) == "bp" {
      basisPoints = try object.share("bp")
    } else {
      for (index, article) in try object.objects("prices").enumerated() {
        var article = article
        let sku = try article.identifier("sku")
        guard prices[sku] == nil else {
          throw object.error("prices[\(index)].sku", "stands twice")
        }
        prices[sku] = try article.integer("fen", in: 0...StrictObject.minorMax)
        try article.finish()
      }
      guard !prices.isEmpty else { throw object.error("prices", "must hold at least one price") }
      guard !when.isOfLines else {
        throw object.error("when", "must not name categories or articles: prices does")
      }
    }
    try object.finish()
  }
}

extension Programme.Promotion {
  init(_ promotion: StrictObject) throws(ProgrammeError) {
    var object = promotion
    let id = try object.identifier("id")
    self.init(
      id: id,
      name: try object.text("name"),
      when: try Programme.Occasion(in: &object),
      thresholdMinor: try object.threshold(),
      saving: try Saving(&object),
      group: object.has("group") ? try object.identifier("group") : id
    )
    if case .amountOff(let off, let isRepeated) = saving {
      guard thresholdMinor >= off else {
        throw object.error("threshold_fen", "must be at least off_fen, which is taken off")
      }
      guard !isRepeated || thresholdMinor > 0 else {
        throw object.error("threshold_fen", "is missing: repeat takes off for each full threshold")
      }
    }
    try object.finish()
  }
}

extension Programme.Promotion.Saving {
  init(_ object: inout StrictObject) throws(ProgrammeError) {
    let kind = try object.only(of: ["off_fen", "bp", "free"])
    let isRepeated = try object.flag("repeat")
    guard kind == "off_fen" || !isRepeated else {
      throw object.error("repeat", "must be left out: it belongs to off_fen")
    }
    switch kind {
    case "off_fen":
      self = .amountOff(offMinor: try object.fen("off_fen"), isRepeated: isRepeated)
    case "bp":
      self = .percent(basisPoints: try object.share("bp"))
    default:
      var free = try object.object("free")
      self = .freeItem(
        sku: try free.identifier("sku"),
        quantity: try free.integerIfAny("qty", in: 1...1000) ?? 1
      )
      try free.finish()
    }
  }
}

extension Programme.CouponTemplate {
  init(_ template: StrictObject) throws(ProgrammeError) {
    var object = template
    let id = try object.identifier("id")
    guard id.utf8.count <= 12, id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
      throw object.error("id", "must be 1 to 12 ASCII letters and digits: the code begins with it")
    }
    self.init(
      id: id,
      name: try object.text("name"),
      kind: try Kind(&object),
      validity: try Validity(&object),
      when: try Programme.Occasion(in: &object),
      thresholdMinor: try object.threshold(),
      isBearer: try object.flag("bearer"),
      isStackable: try object.flag("stackable"),
      stock: try object.integerIfAny("stock", in: 1...1_000_000_000)
    )
    try object.finish()
  }
}

extension Programme.CouponTemplate.Kind {
  init(_ object: inout StrictObject) throws(ProgrammeError) {
    let kinds = ["amount_off", "percent", "free_item", "free_order", "service", "delivery"]
    switch try object.choice("kind", of: kinds) {
    case "amount_off": self = .amountOff(minor: try object.fen("off_fen"))
    case "percent":
      self = .percent(
        basisPoints: try object.share("bp"),
        offMaxMinor: try object.integerIfAny("max_off_fen", in: 1...StrictObject.minorMax)
      )
    case "free_item":
      self = .freeItem(
        sku: try object.identifier("sku"),
        quantity: try object.integerIfAny("qty", in: 1...1000) ?? 1
      )
    case "free_order": self = .freeOrder(maxMinor: try object.fen("max_fen"))
    case "service": self = .service(name: try object.text("service"))
    default: self = .delivery
    }
  }
}

extension Programme.CouponTemplate.Validity {
  /// Reads `valid`: `{"after":"P30D"}` or `{"through":"2026-12-31"}`.
  init(_ template: inout StrictObject) throws(ProgrammeError) {
    var object = try template.object("valid")
    if try object.only(of: ["after", "through"]) == "after" {
      var period = try object.period("after")
      if object.has("round") {
        period.rounding = try object.choice("round", as: Programme.Period.Rounding.self)
      }
      self = .after(period)
    } else {
      self = .through(try object.date("through"))
    }
    try object.finish()
  }
}
