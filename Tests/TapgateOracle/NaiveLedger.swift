/// What happens to members in the random test, as plain numbers.
enum NaiveEvent: Hashable {
  case days(Int)
  case seconds(Int)
  case topUp(String, Int)
  case spend(String, Int)
  case earn(String, Int)
  case redeem(String, Int)
  case hold(String, points: Int, value: Int, coupons: [Int], seconds: Int)
  case capture(String, hold: Int, points: Int, value: Int, coupons: [Int], final: Bool)
  case void(String, hold: Int)
  case issue(String, Int)
  case use(String, Int)
  case stamp(String, Int)
  case signIn(String)
  case takeBack(String, Int)
  case buy(String)
  case refundPaid(String)
  case merge(String, into: String)
  /// The event at that place in the list.
  case reverse(Int)
  /// A receipt of lines of one piece each; what coupon, points and value leave is paid in cash.
  case sale(String, lines: [Int], coupon: Int?, points: Int, value: Int)
  /// A part of the receipt at that place in the list, or all that is left of it.
  case refund(Int, amount: Int?)
  case buyPass(String)
  case usePass(String, Int)
  /// Points by the card that was the member's at first.
  case tap(String, Int)
  case card(String, NaiveCard.Action)
}

/// A second opinion on the ledger: dictionaries, recomputed from a list of events; it shares no
/// code with what it checks. Days and seconds are counted from 0; a lot's key is its place in the
/// order of creation.
struct NaiveLedger {
  struct Lot: Hashable {
    var key: Int
    var earned: Int
    var expires: Int
    var original: Int
    var left: Int
  }

  struct Held {
    var deadline: Int
    var points: [Lot] = []
    var principal = 0
    var bonus = 0
    var coupons: [Int: Int] = [:]
  }

  struct Paid: Hashable {
    var from: Int
    var through: Int
    var price: Int
    var earned: Int
  }

  struct Member {
    var paid: Paid?
    var lots: [Int: Lot] = [:]
    var debt = 0
    var principal = 0
    var bonus = 0
    /// Serial number and last day.
    var coupons: [Int: Int] = [:]
    var stamps: [Int: Lot] = [:]
    var holds: [Int: Held] = [:]
    /// Day and how often.
    var signIns: [Int: Int] = [:]
    var passes: [Int: Lot] = [:]
    var isMerged = false
  }

  /// What an event did, so that its mirror can undo it.
  struct Done {
    var member = ""
    var added: [Lot] = []
    var taken: [Lot] = []
    var repaid = 0
    var principal = 0
    var bonus = 0
    var issued: [Int] = []
    var used: [Int: Int] = [:]
    var stamped: Lot?
    var stampsTaken: [Lot] = []
    var signedIn: Int?
    var cash = 0
    var paid: (before: Paid?, after: Paid)?
    var isReversible = true
  }

  var members: [String: Member] = [:]
  var day = 0
  var second = 0
  /// What tills and channels have taken.
  var cash = 0
  var done: [Int: Done] = [:]
  var sales: [Int: NaiveSale] = [:]
  var cards: [String: NaiveCard] = [:]
  var index = 0
  var keys = 0
  private var serials = 1

  /// The days of the test's rules.
  static let (pointDays, couponDays, stampDays, graceDays) = (30, 20, 15, 25)

  init(_ names: [String]) {
    for name in names {
      members[name] = Member()
      cards[name] = NaiveCard(owner: name)
    }
  }

  /// - Returns: Whether it is allowed; else nothing changed.
  mutating func apply(_ event: NaiveEvent) -> Bool {
    defer { index += 1 }
    let before = self
    var did = Done()
    let isAllowed = perform(event, &did)
    if isAllowed {
      done[index] = did
    } else {
      self = before
      done[index] = nil
    }
    return isAllowed
  }

  private mutating func perform(_ event: NaiveEvent, _ did: inout Done) -> Bool {
    if let name = Self.member(of: event), members[name]?.isMerged ?? true { return false }
    switch event {
    case .days(let count):
      day += count
      second += count * 86_400
      catchUp()
      return true
    case .seconds(let count):
      second += count
      catchUp()
      return true
    case .merge(let from, let into): return merge(from, into)
    case .reverse(let place): return reverse(place)
    case .topUp(let name, let amount): return topUp(name, amount, &did)
    case .spend(let name, let amount):
      did.member = name
      guard let parts = takeValue(name, amount) else { return false }
      (did.principal, did.bonus) = (-parts.0, -parts.1)
      return true
    case .earn(let name, let points):
      did.member = name
      earnByReceipt(name, points, &did)
      return true
    case .redeem(let name, let points):
      did.member = name
      guard let taken = takePoints(name, points) else { return false }
      did.taken = taken
      return true
    case .issue(let name, let count):
      did.member = name
      issue(name, count, &did)
      return true
    case .use(let name, let serial):
      did.member = name
      guard let last = members[name, default: Member()].coupons.removeValue(forKey: serial) else {
        return false
      }
      did.used[serial] = last
      return true
    case .stamp(let name, let count):
      did.member = name
      stamp(name, count, &did)
      return true
    case .signIn(let name):
      did.member = name
      guard (members[name, default: Member()].signIns[day] ?? 0) < 2 else { return false }
      members[name, default: Member()].signIns[day, default: 0] += 1
      did.signedIn = day
      earn(name, 3, &did)
      return true
    case .takeBack(let name, let points):
      did.isReversible = false
      takeBack(name, points)
      return true
    case .buy(let name):
      did.member = name
      buy(name, &did)
      return true
    case .refundPaid(let name):
      did.isReversible = false
      return refundPaid(name)
    case .hold, .capture, .void: return performHold(event, &did)
    case .sale, .refund, .buyPass, .usePass, .tap, .card: return performSale(event, &did)
    }
  }

  private static func member(of event: NaiveEvent) -> String? {
    switch event {
    case .days, .seconds, .merge, .reverse, .refund, .tap, .card: nil
    case .topUp(let name, _), .spend(let name, _), .earn(let name, _), .redeem(let name, _),
      .hold(let name, _, _, _, _), .capture(let name, _, _, _, _, _), .void(let name, _),
      .issue(let name, _), .use(let name, _), .stamp(let name, _), .signIn(let name),
      .takeBack(let name, _), .buy(let name), .refundPaid(let name), .sale(let name, _, _, _, _),
      .buyPass(let name), .usePass(let name, _):
      name
    }
  }

  /// What the calendar ends.
  private mutating func catchUp() {
    for name in members.keys {
      for (id, hold) in members[name, default: Member()].holds where hold.deadline <= second {
        release(name, hold)
        members[name, default: Member()].holds[id] = nil
      }
      if let paid = members[name]?.paid, paid.through < day { members[name]?.paid = nil }
      members[name, default: Member()].lots = members[name, default: Member()].lots.filter {
        $0.value.expires >= day
      }
      members[name, default: Member()].stamps = members[name, default: Member()].stamps.filter {
        $0.value.expires >= day
      }
      members[name, default: Member()].passes = members[name, default: Member()].passes.filter {
        $0.value.expires >= day
      }
      members[name, default: Member()].coupons = members[name, default: Member()].coupons.filter {
        $0.value >= day
      }
    }
  }

  // MARK: Points

  func available(_ name: String) -> Int {
    let member = members[name, default: Member()]
    return max(0, member.lots.values.reduce(0) { $0 + $1.left } - member.debt)
  }

  mutating func earn(_ name: String, _ points: Int, _ did: inout Done) {
    let repaid = min(points, members[name, default: Member()].debt)
    members[name, default: Member()].debt -= repaid
    did.repaid = repaid
    guard points > repaid else { return }
    keys += 1
    let lot = Lot(
      key: keys,
      earned: day,
      expires: day + Self.pointDays,
      original: points - repaid,
      left: points - repaid
    )
    members[name, default: Member()].lots[keys] = lot
    did.added.append(lot)
  }

  func next(_ lots: [Int: Lot]) -> Lot? {
    lots.values.min { ($0.expires, $0.earned, $0.key) < ($1.expires, $1.earned, $1.key) }
  }

  mutating func takePoints(_ name: String, _ points: Int) -> [Lot]? {
    guard points <= available(name) else { return nil }
    var left = points
    var taken: [Lot] = []
    while left > 0, var lot = next(members[name, default: Member()].lots) {
      let part = min(left, lot.left)
      left -= part
      var slice = lot
      slice.left = part
      taken.append(slice)
      lot.left -= part
      members[name, default: Member()].lots[lot.key] = lot.left == 0 ? nil : lot
    }
    return taken
  }

  mutating func putBack(_ name: String, _ slice: Lot, grace: Bool) {
    if slice.expires >= day {
      var lot = members[name, default: Member()].lots[slice.key] ?? slice
      if members[name, default: Member()].lots[slice.key] != nil { lot.left += slice.left }
      members[name, default: Member()].lots[slice.key] = lot
    } else if grace {
      keys += 1
      members[name, default: Member()].lots[keys] = Lot(
        key: keys,
        earned: slice.earned,
        expires: day + Self.graceDays,
        original: slice.left,
        left: slice.left
      )
    }
  }

  mutating func takeBack(_ name: String, _ points: Int) {
    var left = points
    while left > 0, var lot = next(members[name, default: Member()].lots) {
      let part = min(left, lot.left)
      left -= part
      lot.left -= part
      members[name, default: Member()].lots[lot.key] = lot.left == 0 ? nil : lot
    }
    members[name, default: Member()].debt += left
  }

  // MARK: Value

  private mutating func topUp(_ name: String, _ amount: Int, _ did: inout Done) -> Bool {
    guard amount >= 1000 else { return false }
    did.member = name
    var bonus = 0
    if amount >= 50_000 {
      bonus = 10_000
      earn(name, 100, &did)
      issue(name, 1, &did)
    } else if amount >= 20_000 {
      bonus = 5000
    }
    members[name, default: Member()].principal += amount
    members[name, default: Member()].bonus += bonus
    (did.principal, did.bonus) = (amount, bonus)
    did.cash = amount
    cash += amount
    return true
  }

  mutating func takeValue(_ name: String, _ amount: Int) -> (Int, Int)? {
    let (principal, bonus) = (
      members[name, default: Member()].principal, members[name, default: Member()].bonus
    )
    guard amount > 0, amount <= principal + bonus else { return nil }
    let part = amount * principal / (principal + bonus)
    members[name, default: Member()].principal -= part
    members[name, default: Member()].bonus -= amount - part
    return (part, amount - part)
  }

  // MARK: Coupons, stamps

  private mutating func issue(_ name: String, _ count: Int, _ did: inout Done) {
    for _ in 0..<count {
      members[name, default: Member()].coupons[serials] = day + Self.couponDays
      did.issued.append(serials)
      serials += 1
    }
  }

  private mutating func stamp(_ name: String, _ count: Int, _ did: inout Done) {
    keys += 1
    let lot = Lot(
      key: keys,
      earned: day,
      expires: day + Self.stampDays,
      original: count,
      left: count
    )
    members[name, default: Member()].stamps[keys] = lot
    did.stamped = lot
    while members[name, default: Member()].stamps.values.reduce(0, { $0 + $1.left }) >= 10 {
      var left = 10
      while left > 0, var lot = next(members[name, default: Member()].stamps) {
        let part = min(left, lot.left)
        left -= part
        var slice = lot
        slice.left = part
        did.stampsTaken.append(slice)
        lot.left -= part
        members[name, default: Member()].stamps[lot.key] = lot.left == 0 ? nil : lot
      }
    }
  }
}
