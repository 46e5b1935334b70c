extension NaiveLedger {
  // MARK: Holds

  mutating func performHold(_ event: NaiveEvent, _ did: inout Done) -> Bool {
    switch event {
    case .hold(let name, let points, let value, let coupons, let seconds):
      did.isReversible = false
      guard points > 0 || value > 0 || !coupons.isEmpty else { return false }
      var hold = Held(deadline: second + seconds)
      if points > 0 {
        guard let taken = takePoints(name, points) else { return false }
        hold.points = taken
      }
      if value > 0 {
        guard let parts = takeValue(name, value) else { return false }
        (hold.principal, hold.bonus) = parts
      }
      for serial in coupons {
        guard let last = members[name, default: Member()].coupons.removeValue(forKey: serial) else {
          return false
        }
        hold.coupons[serial] = last
      }
      members[name, default: Member()].holds[index] = hold
      return true
    case .capture(let name, let id, let points, let value, let coupons, let final):
      did.member = name
      return capture(name, id, (points, value, coupons, final), &did)
    case .void(let name, let id):
      did.isReversible = false
      guard let hold = members[name, default: Member()].holds.removeValue(forKey: id) else {
        return false
      }
      release(name, hold)
      return true
    default: return false
    }
  }

  mutating func release(_ name: String, _ hold: Held) {
    for slice in hold.points { putBack(name, slice, grace: false) }
    members[name, default: Member()].principal += hold.principal
    members[name, default: Member()].bonus += hold.bonus
    for (serial, last) in hold.coupons where last >= day {
      members[name, default: Member()].coupons[serial] = last
    }
  }

  private mutating func capture(
    _ name: String,
    _ id: Int,
    _ legs: (points: Int, value: Int, coupons: [Int], final: Bool),
    _ did: inout Done
  ) -> Bool {
    guard var hold = members[name, default: Member()].holds[id] else { return false }
    guard legs.points <= hold.points.reduce(0, { $0 + $1.left }),
      legs.value <= hold.principal + hold.bonus
    else { return false }
    var left = legs.points
    while left > 0 {
      let part = min(left, hold.points[0].left)
      left -= part
      var slice = hold.points[0]
      slice.left = part
      did.taken.append(slice)
      hold.points[0].left -= part
      if hold.points[0].left == 0 { hold.points.removeFirst() }
    }
    if legs.value > 0 {
      let part = legs.value * hold.principal / (hold.principal + hold.bonus)
      hold.principal -= part
      hold.bonus -= legs.value - part
      (did.principal, did.bonus) = (-part, -(legs.value - part))
    }
    for serial in legs.coupons {
      guard let last = hold.coupons.removeValue(forKey: serial) else { return false }
      did.used[serial] = last
    }
    let isEmpty =
      hold.points.isEmpty && hold.principal + hold.bonus == 0 && hold.coupons.isEmpty
    if legs.final || isEmpty {
      members[name, default: Member()].holds[id] = nil
      release(name, hold)
    } else {
      members[name, default: Member()].holds[id] = hold
    }
    return true
  }
}
