/// The accounts of the ledger. Every row's postings sum to zero for each asset.
public enum Account: UInt8, Hashable, Sendable, CaseIterable {
  case pointsAvailable = 1
  case pointsHeld = 2
  case pointsDebt = 3
  case pointsIssued = 16
  case pointsRedeemed = 17
  case pointsExpired = 18
  case pointsAdjusted = 19
  case pointsMigrated = 20
  case growth = 32
  case growthIssued = 33
  case growthMigrated = 34
  case principal = 48
  case bonus = 49
  case valueMigrated = 50

  /// What the account counts.
  public enum Asset: Hashable, Sendable, CaseIterable { case points, growth, value }

  /// The asset whose entries must balance.
  public var asset: Asset {
    switch self {
    case .pointsAvailable, .pointsHeld, .pointsDebt, .pointsIssued, .pointsRedeemed,
      .pointsExpired, .pointsAdjusted, .pointsMigrated:
      .points
    case .growth, .growthIssued, .growthMigrated: .growth
    case .principal, .bonus, .valueMigrated: .value
    }
  }
}

/// One change that a journal row makes. A row's effects, applied in order, are the whole difference
/// it makes to its member; replaying them reproduces the member's row bit for bit.
public enum Effect: Hashable, Sendable {
  case created(id: String, joinedOn: BusinessDate, tier: String)
  case status(MemberStatus)
  /// An entry of double-entry book-keeping.
  case post(Account, Int64)
  case lotAdded(PointLot)
  /// Takes from a lot; a negative quantity gives back.
  case lotUsed(id: Int64, quantity: Int64)
  /// What was spent on a date; negative where it is taken back.
  case spent(date: BusinessDate, amountMinor: Int64)
  /// The largest single receipt, after this row.
  case singleMax(Int64)
  case tier(String, since: BusinessDate)
  case cardAdded(CardState)
  case cardStatus(CardReference, CardStatus)
  case cardRemoved(CardReference)
  /// The digest of the sealed profile that was stored beside this row.
  case profile(digest: UInt64)
  /// A frozen card is lost: what it was before comes back when it is found.
  case frozenCardLost(CardReference)
}

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

  private mutating func apply(_ effect: Effect) -> Bool {
    switch effect {
    case .created: return true
    case .status(let status): self.status = status
    case .post(let account, let quantity): return post(quantity, to: account)
    case .lotAdded(let lot):
      let place = lots.firstIndex { PointLot.isSpentBefore(lot, $0) } ?? lots.endIndex
      lots.insert(lot, at: place)
    case .lotUsed(let id, let quantity): return useLot(id, quantity)
    case .spent(let date, let amount): return spend(amount, on: date)
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
    case .pointsDebt: Self.add(quantity, to: &pointsDebt)
    case .growth: Self.add(quantity, to: &growth)
    case .principal: Self.add(quantity, to: &principalMinor)
    case .bonus: Self.add(quantity, to: &bonusMinor)
    default: true  // Available points are the lots; the rest are the programme's accounts.
    }
  }

  private static func add(_ quantity: Int64, to balance: inout Int64) -> Bool {
    let (sum, overflow) = balance.addingReportingOverflow(quantity)
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
