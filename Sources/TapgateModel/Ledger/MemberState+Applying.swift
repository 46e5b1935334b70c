extension MemberState {
  /// Applies what a journal row says. Sums that would overflow stay as they are and are told.
  ///
  /// - Returns: `false` where the effects cannot be this member's: an unknown lot or card, an
  ///   overflow. The state is then to be thrown away.
  public mutating func apply(_ effects: [Effect], sequence: Int64) -> Bool {
    for effect in effects where !apply(effect) { return false }
    operationCount &+= 1
    lastSequence = sequence
    return true
  }

  mutating func apply(_ effect: Effect) -> Bool {
    switch effect {
    case .created: return true
    case .status(let status): self.status = status
    case .post(let account, let quantity): return post(quantity, to: account)
    case .lotAdded(let lot): Self.insert(lot, into: &lots)
    case .lotUsed(let id, let quantity): return useLot(id, quantity)
    case .lotTaken(let slice): return Self.take(slice, from: &lots)
    case .lotRestored(let slice): return Self.restore(slice, into: &lots)
    case .spent(let date, let amount): return spend(amount, on: date)
    case .lifetime(let amount): return Self.add(amount, to: &facts.lifetimeMinor)
    case .singleMax(let amount): facts.singleMaxMinor = amount
    case .tier(let tier, let since):
      self.tier = tier
      tierSince = since
    case .cardAdded(let card): cards.append(card)
    case .cardStatus(let reference, let status): return setCard(reference, status)
    case .frozenCardLost(let reference):
      return setCard(reference, .lost, isFrozenWhenFound: true)
    case .cardRemoved(let reference):
      guard let index = cards.firstIndex(where: { $0.reference == reference }) else { return false }
      cards.remove(at: index)
    case .profile(let digest): profileDigest = digest
    case .bearerCoupon, .tendered, .goods, .shopCount, .couponSerials, .swept, .sale, .refunded:
      return true  // Facts, or the shop's.
    default: return assets.apply(effect)
    }
    return true
  }

  private mutating func setCard(
    _ reference: CardReference,
    _ status: CardStatus,
    isFrozenWhenFound: Bool = false
  ) -> Bool {
    guard let index = cards.firstIndex(where: { $0.reference == reference }) else { return false }
    cards[index].status = status
    cards[index].isFrozenWhenFound = isFrozenWhenFound
    return true
  }

  private mutating func post(_ quantity: Int64, to account: Account) -> Bool {
    switch account {
    case .pointsHeld: Self.add(quantity, to: &pointsHeld)
    case .pointsDebt: Self.subtract(quantity, from: &pointsDebt)
    case .growth: Self.add(quantity, to: &growth)
    case .principal: Self.add(quantity, to: &principalMinor)
    case .bonus: Self.add(quantity, to: &bonusMinor)
    case .principalHeld: Self.add(quantity, to: &assets.principalHeldMinor)
    case .bonusHeld: Self.add(quantity, to: &assets.bonusHeldMinor)
    case .valueDebt: Self.subtract(quantity, from: &assets.valueDebtMinor)
    default: true  // What lies in lots and lists is them; the rest are the programme's accounts.
    }
  }

  static func add(_ quantity: Int64, to balance: inout Int64) -> Bool {
    let (sum, overflow) = balance.addingReportingOverflow(quantity)
    if !overflow { balance = sum }
    return !overflow
  }

  private static func subtract(_ quantity: Int64, from balance: inout Int64) -> Bool {
    let (sum, overflow) = balance.subtractingReportingOverflow(quantity)
    if !overflow { balance = sum }
    return !overflow
  }

  private mutating func useLot(_ id: Int64, _ quantity: Int64) -> Bool {
    guard let index = lots.firstIndex(where: { $0.id == id }) else { return false }
    let (rest, overflow) = lots[index].remaining.subtractingReportingOverflow(quantity)
    guard !overflow, rest >= 0, rest <= lots[index].original else { return false }
    lots[index].remaining = rest
    if rest == 0 { lots.remove(at: index) }
    return true
  }

  private static func insert(_ lot: PointLot, into lots: inout [PointLot]) {
    let place = lots.firstIndex { PointLot.isSpentBefore(lot, $0) } ?? lots.endIndex
    lots.insert(lot, at: place)
  }

  private static func take(_ slice: PointLot, from lots: inout [PointLot]) -> Bool {
    guard let index = lots.firstIndex(where: { $0.id == slice.id }),
      lots[index].isOfSameLot(as: slice), slice.remaining > 0,
      lots[index].remaining >= slice.remaining
    else { return false }
    lots[index].remaining -= slice.remaining
    if lots[index].remaining == 0 { lots.remove(at: index) }
    return true
  }

  private static func restore(_ slice: PointLot, into lots: inout [PointLot]) -> Bool {
    guard slice.remaining > 0, slice.remaining <= slice.original else { return false }
    guard let index = lots.firstIndex(where: { $0.id == slice.id }) else {
      insert(slice, into: &lots)
      return true
    }
    guard lots[index].isOfSameLot(as: slice),
      lots[index].remaining <= slice.original - slice.remaining
    else { return false }
    lots[index].remaining += slice.remaining
    return true
  }

  private mutating func spend(_ amount: Int64, on date: BusinessDate) -> Bool {
    guard Self.add(amount, to: &facts.lifetimeMinor) else { return false }
    if let index = facts.days.firstIndex(where: { $0.date == date }) {
      guard Self.add(amount, to: &facts.days[index].amountMinor) else { return false }
      // Below zero: a part of the day was pruned before it was taken back.
      if facts.days[index].amountMinor <= 0 { facts.days.remove(at: index) }
    } else if amount > 0 {
      let place = facts.days.firstIndex { $0.date > date } ?? facts.days.endIndex
      facts.days.insert(SpendFacts.Day(date: date, amountMinor: amount), at: place)
    }
    if let newest = facts.days.last?.date {
      let oldest = newest.adding(days: -Int(SpendFacts.windowDayCountMax))
      facts.days.removeAll { $0.date < oldest }
    }
    return true
  }
}

extension MemberAssets {
  /// Applies what concerns the assets; `false` where it cannot be this member's.
  mutating func apply(_ effect: Effect) -> Bool {
    switch effect {
    case .hold(let hold):
      if let index = holds.firstIndex(where: { $0.id == hold.id }) {
        holds[index] = hold
      } else {
        holds.insert(hold, at: holds.firstIndex { $0.id > hold.id } ?? holds.endIndex)
      }
    case .holdEnded(let id, _):
      guard let index = holds.firstIndex(where: { $0.id == id }) else { return false }
      holds.remove(at: index)
    case .couponAdded(let coupon):
      guard !coupons.contains(where: { $0.serial == coupon.serial }) else { return false }
      let place = coupons.firstIndex { $0.serial > coupon.serial } ?? coupons.endIndex
      coupons.insert(coupon, at: place)
    case .couponRemoved(let coupon, _):
      guard let index = coupons.firstIndex(of: coupon) else { return false }
      coupons.remove(at: index)
    case .topUpOpened(let topUp):
      guard !topUps.contains(where: { $0.id == topUp.id }) else { return false }
      topUps.insert(topUp, at: topUps.firstIndex { $0.id > topUp.id } ?? topUps.endIndex)
    case .topUpEnded(let topUp, _):
      guard let index = topUps.firstIndex(of: topUp) else { return false }
      topUps.remove(at: index)
    case .countedAdded(let asset, let lot): return restore(lot, of: asset, isNew: true)
    case .countedRestored(let asset, let lot): return restore(lot, of: asset, isNew: false)
    case .countedTaken(let asset, let slice): return take(slice, of: asset)
    case .counted(let key, let quantity): return count(quantity, key)
    default: return applyFact(effect)
    }
    return true
  }

  private mutating func applyFact(_ effect: Effect) -> Bool {
    switch effect {
    case .paid(let from, let to): return Self.change(&paid, from, to)
    case .parent(let from, let to): return Self.change(&parent, from, to)
    case .tierEnd(let from, let to): return Self.change(&tierEnd, from, to)
    case .boost(let from, let to): return Self.change(&boost, from, to)
    case .invited(let from, let to): return Self.change(&inviter, from, to)
    case .mergedInto(let id): mergedInto = id
    case .pin(let facts):
      if let index = pins.firstIndex(where: { $0.card == facts.card }) {
        pins[index] = facts
      } else {
        pins.append(facts)
      }
    case .pinRemoved(let card):
      guard let index = pins.firstIndex(where: { $0.card == card }) else { return false }
      pins.remove(at: index)
    default: return false
    }
    return true
  }

  private static func change<Value: Equatable>(
    _ value: inout Value,
    _ from: Value,
    _ to: Value
  ) -> Bool {
    guard value == from else { return false }
    value = to
    return true
  }

  private mutating func count(_ quantity: Int64, _ key: LimitKey) -> Bool {
    guard let index = limits.firstIndex(where: { $0.key == key }) else {
      guard quantity > 0 else { return quantity == 0 }
      let place = limits.firstIndex { key.isBefore($0.key) } ?? limits.endIndex
      limits.insert(LimitCounter(key: key, count: quantity), at: place)
      return true
    }
    guard MemberState.add(quantity, to: &limits[index].count), limits[index].count >= 0 else {
      return false
    }
    if limits[index].count == 0 { limits.remove(at: index) }
    return true
  }

  private mutating func restore(_ lot: PointLot, of asset: String, isNew: Bool) -> Bool {
    guard lot.remaining > 0, lot.remaining <= lot.original else { return false }
    if let index = counted.firstIndex(where: { $0.asset == asset && $0.lot.id == lot.id }) {
      guard !isNew, counted[index].lot.isOfSameLot(as: lot),
        counted[index].lot.remaining <= lot.original - lot.remaining
      else { return false }
      counted[index].lot.remaining += lot.remaining
      return true
    }
    let new = CountedLot(asset: asset, lot: lot)
    counted.insert(new, at: counted.firstIndex { new.isBefore($0) } ?? counted.endIndex)
    return true
  }

  private mutating func take(_ slice: PointLot, of asset: String) -> Bool {
    guard
      let index = counted.firstIndex(where: { $0.asset == asset && $0.lot.id == slice.id }),
      counted[index].lot.isOfSameLot(as: slice), slice.remaining > 0,
      counted[index].lot.remaining >= slice.remaining
    else { return false }
    counted[index].lot.remaining -= slice.remaining
    if counted[index].lot.remaining == 0 { counted.remove(at: index) }
    return true
  }
}

extension LimitKey {
  func isBefore(_ other: LimitKey) -> Bool {
    if name != other.name { return name < other.name }
    if span != other.span { return span.number < other.span.number }
    return bucket < other.bucket
  }
}

extension CountedLot {
  func isBefore(_ other: CountedLot) -> Bool {
    if asset != other.asset { return asset < other.asset }
    return PointLot.isSpentBefore(lot, other.lot)
  }
}
