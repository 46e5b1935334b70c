public import TapgateJSON

/// A member's standing; the wire's names.
public enum MemberStatus: String, Sendable, CaseIterable {
  case active, suspended, frozen, merged, erased
}

/// A card's standing; the wire's names.
public enum CardStatus: String, Sendable, CaseIterable {
  case active, lost, frozen, replaced, closed
}

/// What a look-up shows of a member: committed, masked, as of one instant.
public struct MemberView: Hashable, Sendable {
  /// The tier a member has and what is missing to the next.
  public struct Tier: Hashable, Sendable {
    public var id: String
    public var name: String
    public var nextTier: String?
    public var toNextMinor: Int64?
    public var until: BusinessDate?

    /// Creates a tier's view.
    public init(
      id: String,
      name: String,
      nextTier: String?,
      toNextMinor: Int64?,
      until: BusinessDate?
    ) {
      self.id = id
      self.name = name
      self.nextTier = nextTier
      self.toNextMinor = toNextMinor
      self.until = until
    }
  }

  /// The card that was presented, or the member's first one.
  public struct Card: Hashable, Sendable {
    public var id: String
    public var type: String
    public var status: CardStatus
    /// The grade by which the card was bound; not shown here, but in the list of all cards.
    public var assurance: Assurance?
    /// The type's name in the programme.
    public var typeName: String?
    /// What the type is good for: `identify`, `points`, `sv`, `discount`; empty where the programme
    /// does not say.
    public var can: [String] = []
    public var limits: Limits?
    /// The member on whose account it spends; `nil` for its holder's own.
    public var payer: String?

    /// Creates a card's view.
    public init(id: String, type: String, status: CardStatus, assurance: Assurance? = nil) {
      self.id = id
      self.type = type
      self.status = status
      self.assurance = assurance
    }
  }

  /// A card in the list of all.
  public struct HeldCard: Hashable, Sendable {
    public var id: String
    public var kind: CredentialKind
    public var type: String
    public var status: CardStatus
    /// The grade by which it was bound.
    public var assurance: Assurance?
    /// The technology of the event by which it was bound.
    public var technology: String?

    /// Creates a card's line.
    public init(
      id: String,
      kind: CredentialKind,
      type: String,
      status: CardStatus,
      assurance: Assurance? = nil,
      technology: String? = nil
    ) {
      self.id = id
      self.kind = kind
      self.type = type
      self.status = status
      self.assurance = assurance
      self.technology = technology
    }
  }

  /// A coupon that can be used now.
  public struct Coupon: Hashable, Sendable {
    public var code: String
    public var template: String
    public var name: String
    public var expires: BusinessDate?

    /// Creates a coupon's line.
    public init(code: String, template: String, name: String, expires: BusinessDate?) {
      self.code = code
      self.template = template
      self.name = name
      self.expires = expires
    }
  }

  /// A benefit that the member has now.
  public struct Benefit: Hashable, Sendable {
    public var id: String
    public var name: String
    /// How often it can still be used in its span; `nil` for any number.
    public var left: Int64?

    /// Creates a benefit's line.
    public init(id: String, name: String, left: Int64?) {
      self.id = id
      self.name = name
      self.left = left
    }
  }

  public var id: String
  /// Masked: the family name and stars.
  public var displayName: String
  public var status: MemberStatus
  public var tier: Tier
  public var card: Card?
  /// Every card that the member holds or held, so that a lost one can be reported without it.
  public var cards: [HeldCard]
  public var pointsAvailable: Int64
  public var pointsHeld: Int64
  public var pointsPending: Int64
  public var pointsDebt: Int64
  public var nextExpiryDate: BusinessDate?
  public var nextExpiryPoints: Int64
  public var principalMinor: Int64
  public var bonusMinor: Int64
  public var heldMinor: Int64
  public var coupons: [Coupon] = []
  public var benefits: [Benefit] = []
  /// RFC 3339 with the store's offset.
  public var asOf: String

  /// Creates a view.
  public init(
    id: String,
    displayName: String,
    status: MemberStatus,
    tier: Tier,
    card: Card?,
    cards: [HeldCard] = [],
    pointsAvailable: Int64,
    pointsHeld: Int64 = 0,
    pointsPending: Int64 = 0,
    pointsDebt: Int64 = 0,
    nextExpiryDate: BusinessDate? = nil,
    nextExpiryPoints: Int64 = 0,
    principalMinor: Int64 = 0,
    bonusMinor: Int64 = 0,
    heldMinor: Int64 = 0,
    asOf: String
  ) {
    self.id = id
    self.displayName = displayName
    self.status = status
    self.tier = tier
    self.card = card
    self.cards = cards
    self.pointsAvailable = pointsAvailable
    self.pointsHeld = pointsHeld
    self.pointsPending = pointsPending
    self.pointsDebt = pointsDebt
    self.nextExpiryDate = nextExpiryDate
    self.nextExpiryPoints = nextExpiryPoints
    self.principalMinor = principalMinor
    self.bonusMinor = bonusMinor
    self.heldMinor = heldMinor
    self.asOf = asOf
  }

  /// Writes the members of `member.lookup`'s result into an object that is open, so that an event
  /// can carry them beside its own.
  public func writeMembers(into writer: inout JSONWriter) {
    writer.name("member")
    writer.beginObject()
    writer.name("id")
    writer.value(id)
    writer.name("displayName")
    writer.value(displayName)
    writer.name("status")
    writer.value(status.rawValue)
    writer.name("tier")
    writer.beginObject()
    writer.name("id")
    writer.value(tier.id)
    writer.name("name")
    writer.value(tier.name)
    writer.name("nextTier")
    writer.value(tier.nextTier)
    writer.name("toNextMinor")
    writer.value(tier.toNextMinor)
    writer.name("until")
    writer.value(tier.until?.description)
    writer.endObject()
    writer.endObject()
    writeCard(into: &writer)
    writeCards(into: &writer)
    writePoints(into: &writer)
    writer.name("value")
    writer.beginObject()
    writer.name("principalMinor")
    writer.value(principalMinor)
    writer.name("bonusMinor")
    writer.value(bonusMinor)
    writer.name("heldMinor")
    writer.value(heldMinor)
    writer.endObject()
    writeAssets(into: &writer)
    writer.name("reminders")
    writer.beginArray()
    writer.endArray()
    writer.name("asOf")
    writer.value(asOf)
  }

  private func writeCard(into writer: inout JSONWriter) {
    writer.name("card")
    guard let card else { return writer.null() }
    writer.beginObject()
    writer.name("id")
    writer.value(card.id)
    writer.name("type")
    writer.value(card.type)
    writer.name("status")
    writer.value(card.status.rawValue)
    card.writeRules(into: &writer)
    writer.endObject()
  }

  private func writeCards(into writer: inout JSONWriter) {
    writer.name("cards")
    writer.beginArray()
    for card in cards {
      writer.beginObject()
      writer.name("id")
      writer.value(card.id)
      writer.name("kind")
      writer.value(card.kind.rawValue)
      writer.name("type")
      writer.value(card.type)
      writer.name("status")
      writer.value(card.status.rawValue)
      writer.name("assurance")
      writer.value(card.assurance?.rawValue)
      writer.name("technology")
      writer.value(card.technology)
      writer.endObject()
    }
    writer.endArray()
  }

  private func writePoints(into writer: inout JSONWriter) {
    writer.name("points")
    writer.beginObject()
    writer.name("available")
    writer.value(pointsAvailable)
    writer.name("held")
    writer.value(pointsHeld)
    writer.name("pending")
    writer.value(pointsPending)
    writer.name("debt")
    writer.value(pointsDebt)
    writer.name("nextExpiry")
    if let nextExpiryDate {
      writer.beginObject()
      writer.name("date")
      writer.value(nextExpiryDate.description)
      writer.name("points")
      writer.value(nextExpiryPoints)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.endObject()
  }
}
