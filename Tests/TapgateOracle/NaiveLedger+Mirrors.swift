extension NaiveLedger {
  mutating func reverse(_ place: Int) -> Bool {
    guard let did = done[place], did.isReversible, did.member != "" else { return false }
    let name = did.member
    guard !members[name, default: Member()].isMerged else { return false }
    for (serial, last) in did.used where last >= day {
      members[name, default: Member()].coupons[serial] = last
    }
    for slice in did.stampsTaken { restoreStamps(name, slice) }
    if let stamped = did.stamped {
      guard members[name, default: Member()].stamps[stamped.key] == stamped else { return false }
      members[name, default: Member()].stamps[stamped.key] = nil
    }
    members[name, default: Member()].stamps = members[name, default: Member()].stamps.filter {
      $0.value.expires >= day
    }
    for slice in did.taken.reversed() { putBack(name, slice, grace: true) }
    for lot in did.added {
      guard members[name, default: Member()].lots[lot.key] == lot else { return false }
      members[name, default: Member()].lots[lot.key] = nil
    }
    members[name, default: Member()].debt += did.repaid
    for serial in did.issued {
      guard members[name, default: Member()].coupons.removeValue(forKey: serial) != nil else {
        return false
      }
    }
    if let day = did.signedIn, members[name, default: Member()].signIns[day, default: 0] > 0 {
      members[name, default: Member()].signIns[day, default: 0] -= 1
    }
    members[name, default: Member()].principal -= did.principal
    members[name, default: Member()].bonus -= did.bonus
    guard members[name, default: Member()].principal >= 0,
      members[name, default: Member()].bonus >= 0
    else { return false }
    if let paid = did.paid {
      guard members[name]?.paid == paid.after else { return false }
      let isOver = paid.before.map { $0.through < day } ?? true
      members[name]?.paid = isOver ? nil : paid.before
    }
    cash -= did.cash
    done[place] = nil
    sales[place] = nil
    return true
  }

  // MARK: Paid levels

  /// What a paid level costs and how long it lasts.
  static let (paidPrice, paidDays) = (3001, 30)

  mutating func buy(_ name: String, _ did: inout Done) {
    let before = members[name]?.paid
    var after = before ?? Paid(from: day, through: day - 1, price: 0, earned: 0)
    after.through += Self.paidDays
    after.price += Self.paidPrice
    members[name]?.paid = after
    did.paid = (before, after)
    did.cash = Self.paidPrice
    cash += Self.paidPrice
  }

  mutating func refundPaid(_ name: String) -> Bool {
    guard let paid = members[name]?.paid else { return false }
    let days = min(day + 1 - paid.from, paid.through + 1 - paid.from)
    let earned = paid.price * days / (paid.through + 1 - paid.from)
    cash -= paid.price - earned
    members[name]?.paid = nil
    return true
  }

  private mutating func restoreStamps(_ name: String, _ slice: Lot) {
    if var lot = members[name, default: Member()].stamps[slice.key] {
      lot.left += slice.left
      members[name, default: Member()].stamps[slice.key] = lot
    } else {
      members[name, default: Member()].stamps[slice.key] = slice
    }
  }

  mutating func merge(_ from: String, _ into: String) -> Bool {
    guard from != into, !members[from, default: Member()].isMerged,
      !members[into, default: Member()].isMerged,
      members[from, default: Member()].holds.isEmpty
    else { return false }
    let giver = members[from, default: Member()]
    if giver.paid != nil, members[into]?.paid != nil { return false }
    if let paid = giver.paid { members[into]?.paid = paid }
    members[from] = Member()
    members[from, default: Member()].isMerged = true
    members[into, default: Member()].lots.merge(giver.lots) { first, _ in first }
    members[into, default: Member()].stamps.merge(giver.stamps) { first, _ in first }
    members[into, default: Member()].passes.merge(giver.passes) { first, _ in first }
    for name in cards.keys where cards[name]?.owner == from { cards[name]?.owner = into }
    members[into, default: Member()].coupons.merge(giver.coupons) { first, _ in first }
    members[into, default: Member()].signIns.merge(giver.signIns, uniquingKeysWith: +)
    members[into, default: Member()].debt += giver.debt
    members[into, default: Member()].principal += giver.principal
    members[into, default: Member()].bonus += giver.bonus
    return true
  }
}
