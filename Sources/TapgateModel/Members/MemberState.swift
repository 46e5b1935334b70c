/// Points that were earned together and expire together.
public struct PointLot: Hashable, Sendable {
  /// The journal sequence that made the lot, times 256, plus its number in that row.
  public var id: Int64
  public var earnedOn: BusinessDate
  /// The last day on which the points can be used; `nil` for ever.
  public var expiresOn: BusinessDate?
  /// The first day on which the points can be used; `nil` where that is the day of earning.
  public var maturesOn: BusinessDate?
  public var original: Int64
  public var remaining: Int64

  /// Creates a lot.
  public init(
    id: Int64,
    earnedOn: BusinessDate,
    expiresOn: BusinessDate?,
    original: Int64,
    remaining: Int64,
    maturesOn: BusinessDate? = nil
  ) {
    self.id = id
    self.earnedOn = earnedOn
    self.expiresOn = expiresOn
    self.maturesOn = maturesOn
    self.original = original
    self.remaining = remaining
  }

  /// The lot's id on the wire.
  public var wireID: String { "L\(id >> 8).\(id & 0xFF)" }

  /// The order in which lots are spent: what expires first, then what was earned first.
  static func isSpentBefore(_ left: PointLot, _ right: PointLot) -> Bool {
    let leftEnd = left.expiresOn?.day ?? .max
    let rightEnd = right.expiresOn?.day ?? .max
    if leftEnd != rightEnd { return leftEnd < rightEnd }
    if left.earnedOn != right.earnedOn { return left.earnedOn < right.earnedOn }
    return left.id < right.id
  }
}

/// A card, or whatever else stands for one, that a member holds or held.
public struct CardState: Hashable, Sendable {
  public var reference: CardReference
  public var kind: CredentialKind
  public var type: String
  public var status: CardStatus
  /// The grade by which it was bound; `nil` where that was not noted, as in an import.
  public var assurance: Assurance?
  /// The technology of the event by which it was bound; `nil` where a till wrote it.
  public var technology: String?
  /// Whether the card was frozen when its loss was reported: it is frozen again once it was found.
  public var isFrozenWhenFound = false

  /// Creates a card's state.
  public init(
    reference: CardReference,
    kind: CredentialKind,
    type: String,
    status: CardStatus,
    evidence: Evidence? = nil
  ) {
    self.reference = reference
    self.kind = kind
    self.type = type
    self.status = status
    assurance = evidence?.assurance
    technology = evidence?.technology
  }
}

/// What a member spent, as the tiers' conditions ask for it.
public struct SpendFacts: Hashable, Sendable {
  /// What was spent on one business date.
  public struct Day: Hashable, Sendable {
    public var date: BusinessDate
    public var amountMinor: Int64

    /// Creates a day.
    public init(date: BusinessDate, amountMinor: Int64) {
      self.date = date
      self.amountMinor = amountMinor
    }
  }

  public var lifetimeMinor: Int64 = 0
  /// The largest single receipt.
  public var singleMaxMinor: Int64 = 0
  /// Days with spending, oldest first, as far back as the longest window (at most 366 entries).
  public var days: [Day] = []

  /// How many days back `days` reaches: the longest window a programme may have is one year.
  public static let windowDayCountMax: Int32 = 366

  /// What was spent on the dates in (`start`, `end`].
  public func windowMinor(after start: BusinessDate, through end: BusinessDate) -> Int64 {
    var sum: Int64 = 0
    for day in days where day.date > start && day.date <= end { sum &+= day.amountMinor }
    return sum
  }
}

/// Everything a look-up and a decision need of one member, and nothing that names a person.
///
/// The packed form is the member's row; it is changed in the same transaction as the journal row
/// that changes it, and is recomputed from the journal by `tapgate verify`.
public struct MemberState: Hashable, Sendable {
  public var id: String
  public var status: MemberStatus = .active
  public var joinedOn: BusinessDate
  /// Operations that changed this member.
  public var operationCount: Int64 = 0
  /// The sequence of the newest journal row that changed this member; its rows are a chain.
  public var lastSequence: Int64 = 0
  public var lots: [PointLot] = []
  public var pointsHeld: Int64 = 0
  public var pointsDebt: Int64 = 0
  public var growth: Int64 = 0
  public var principalMinor: Int64 = 0
  public var bonusMinor: Int64 = 0
  public var tier: String
  public var tierSince: BusinessDate
  public var facts = SpendFacts()
  public var cards: [CardState] = []
  /// The first 8 bytes of the sealed profile's SHA-256; 0 where there is none.
  public var profileDigest: UInt64 = 0
  var assetBox = AssetBox.empty

  /// Creates a member who has nothing yet.
  public init(id: String, joinedOn: BusinessDate, tier: String) {
    self.id = id
    self.joinedOn = joinedOn
    self.tier = tier
    tierSince = joinedOn
  }

  /// Points that can be spent on `date`: what expired before that day does not count, whether or
  /// not an entry for it was made yet, nor what matures after it. Held points have left their lots.
  public func pointsAvailable(on date: BusinessDate) -> Int64 {
    var sum: Int64 = 0
    for lot in lots where lot.isUsable(on: date) { sum &+= lot.remaining }
    return max(0, sum &- pointsDebt)
  }

  /// The day on which the next points expire, and how many.
  public func nextExpiry(on date: BusinessDate) -> (date: BusinessDate, points: Int64)? {
    var next: (date: BusinessDate, points: Int64)?
    for lot in lots where lot.remaining > 0 {
      guard let end = lot.expiresOn, end >= date else { continue }
      if next == nil || end < (next?.date ?? end) {
        next = (end, lot.remaining)
      } else if end == next?.date {
        next?.points &+= lot.remaining
      }
    }
    return next
  }
}
