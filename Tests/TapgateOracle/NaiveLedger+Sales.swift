/// A receipt as it was paid and as much of it as is left. What goes back of it goes back in the
/// order in which the parts stand here.
struct NaiveSale {
  var name: String
  var bonus = 0
  var principal = 0
  var points = 0
  var cash = 0
  /// The slices that paid, in the order in which they were taken; those that went back are gone.
  var slices: [NaiveLedger.Lot] = []
  /// The lot that it earned.
  var lot: Int?
  var coupon: (serial: Int, last: Int)?
  var lineCount = 1

  var left: Int { bonus + principal + points + cash }
  /// A point for each full yuan that was not paid by points or bonus.
  var earned: Int { (principal + cash) / 100 }
}

/// A card as the counter knows it.
struct NaiveCard {
  enum Action: Hashable { case lose, find, freeze, thaw }
  enum Status: Hashable { case active, lost, frozen }

  var owner: String
  var status = Status.active
  var isFrozenWhenFound = false

  /// - Returns: Whether it is allowed.
  mutating func take(_ action: Action) -> Bool {
    switch (action, status) {
    case (.lose, .lost): break
    case (.lose, _):
      isFrozenWhenFound = status == .frozen
      status = .lost
    case (.find, .lost): status = isFrozenWhenFound ? .frozen : .active
    case (.find, .frozen), (.freeze, .lost), (.thaw, .lost): return false
    case (.freeze, _): status = .frozen
    case (.thaw, _): status = .active
    case (.find, .active): break
    }
    return true
  }
}

extension NaiveLedger {
  /// What a coupon takes off, what a pass costs, how often it can be used and how long it lasts.
  static let (couponOff, passPoints, passUses, passDays) = (1000, 50, 3, 12)

  mutating func performSale(_ event: NaiveEvent, _ did: inout Done) -> Bool {
    did.isReversible = false
    switch event {
    case .sale(let name, let lines, let coupon, let points, let value):
      guard sell(name, lines.reduce(0, +), coupon, points: points, value: value) else {
        return false
      }
      sales[index]?.lineCount = lines.count
      return true
    case .refund(let place, let amount): return refund(place, amount)
    case .buyPass(let name):
      guard takePoints(name, Self.passPoints) != nil else { return false }
      keys += 1
      members[name]?.passes[keys] = Lot(
        key: keys,
        earned: day,
        expires: day + Self.passDays,
        original: Self.passUses,
        left: Self.passUses
      )
      return true
    case .usePass(let name, let count): return usePass(name, count)
    case .tap(let name, let points):
      guard let card = cards[name], card.status == .active else { return false }
      did.isReversible = true
      did.member = card.owner
      earnByReceipt(card.owner, points, &did)
      return true
    case .card(let name, let action):
      return cards[name]?.take(action) ?? false
    default: return false
    }
  }

  /// Points for a receipt that is known by its amount only.
  mutating func earnByReceipt(_ name: String, _ points: Int, _ did: inout Done) {
    earn(name, points, &did)
    sales[index] = NaiveSale(name: name, cash: points * 100, lot: did.added.last?.key)
  }

  private mutating func sell(
    _ name: String,
    _ sum: Int,
    _ coupon: Int?,
    points: Int,
    value: Int
  ) -> Bool {
    var sale = NaiveSale(name: name)
    var net = sum
    if let coupon {
      guard let last = members[name]?.coupons.removeValue(forKey: coupon) else { return false }
      sale.coupon = (coupon, last)
      net = max(0, sum - Self.couponOff)
    }
    guard points + value <= net else { return false }
    if points > 0 {
      guard let slices = takePoints(name, points) else { return false }
      sale.slices = slices
      sale.points = points
    }
    if value > 0 {
      guard let parts = takeValue(name, value) else { return false }
      (sale.principal, sale.bonus) = parts
    }
    sale.cash = net - points - value
    var earned = Done()
    if sale.earned > 0 { earn(name, sale.earned, &earned) }
    sale.lot = earned.added.last?.key
    sales[index] = sale
    return true
  }

  private mutating func refund(_ place: Int, _ amount: Int?) -> Bool {
    guard var sale = sales[place], members[sale.name]?.isMerged == false else { return false }
    let amount = amount ?? sale.left
    guard amount > 0, amount <= sale.left else { return false }
    let earned = sale.earned
    var open = amount
    func give(_ part: inout Int) -> Int {
      let given = min(open, part)
      part -= given
      open -= given
      return given
    }
    members[sale.name]?.bonus += give(&sale.bonus)
    members[sale.name]?.principal += give(&sale.principal)
    restore(&sale, give(&sale.points))
    _ = give(&sale.cash)
    takeBack(sale.name, earned - sale.earned, first: sale.lot)
    if sale.left == 0, let (serial, last) = sale.coupon, last >= day {
      members[sale.name]?.coupons[serial] = last
    }
    sales[place] = sale
    done[place] = nil
    return true
  }

  /// The slice that was taken last goes back first.
  private mutating func restore(_ sale: inout NaiveSale, _ points: Int) {
    var left = points
    while left > 0, var slice = sale.slices.popLast() {
      let part = min(left, slice.left)
      left -= part
      var back = slice
      back.left = part
      putBack(sale.name, back, grace: true)
      slice.left -= part
      if slice.left > 0 { sale.slices.append(slice) }
    }
  }

  /// From the receipt's own lot, then from what expires first.
  private mutating func takeBack(_ name: String, _ points: Int, first key: Int?) {
    var left = points
    if let key, var lot = members[name]?.lots[key] {
      let part = min(left, lot.left)
      left -= part
      lot.left -= part
      members[name]?.lots[key] = lot.left == 0 ? nil : lot
    }
    takeBack(name, left)
  }

  private mutating func usePass(_ name: String, _ count: Int) -> Bool {
    var left = count
    let passes = members[name]?.passes ?? [:]
    guard passes.values.reduce(0, { $0 + $1.left }) >= count else { return false }
    while left > 0, var lot = next(members[name]?.passes ?? [:]) {
      let part = min(left, lot.left)
      left -= part
      lot.left -= part
      members[name]?.passes[lot.key] = lot.left == 0 ? nil : lot
    }
    return true
  }
}
