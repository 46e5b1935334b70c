internal import TapgateCore
internal import TapgateModel

/// A member of an import, gathered from its rows.
struct ImportDraft {
  private struct Points {
    var quantity: Int64
    var expires: BusinessDate?
  }

  private let id: String
  private var profile: ProfileChange
  private var tier: String?
  private var joinedOn: BusinessDate?
  private var cards: [CardState] = []
  private var memberNumbers: [String] = []
  private var points: [Points] = []
  private var growth: Int64
  private var principalMinor: Int64
  private var bonusMinor: Int64

  init(_ row: ReadImportRow) {
    id = row.id
    profile = row.profile
    tier = row.tier
    joinedOn = row.joinedOn
    growth = row.growth
    principalMinor = row.principalMinor
    bonusMinor = row.bonusMinor
    take(row)
  }

  func holds(_ reference: CardReference) -> Bool {
    cards.contains { $0.reference == reference }
  }

  private mutating func take(_ row: ReadImportRow) {
    for (credential, reference) in row.references {
      let isPhone = credential.kind == .phoneNumber
      cards.append(
        CardState(
          reference: reference,
          kind: credential.kind,
          type: isPhone ? "phone" : row.cardType ?? "",
          status: .active
        )
      )
      if credential.kind == .memberNumber { memberNumbers.append(credential.reveal()) }
    }
    if row.points > 0 {
      points.append(Points(quantity: row.points, expires: row.pointsExpire))
    }
  }

  /// Takes another row of the same member; what it says of the person must agree.
  mutating func merge(_ row: ReadImportRow, _ source: ImportRow) -> [ImportProblem] {
    var problems: [ImportProblem] = []
    func agree<Value: Equatable>(_ old: inout Value?, _ new: Value?, _ column: String) {
      guard let new else { return }
      if let known = old, known != new {
        problems.append(source.problem(column, .contradiction))
      }
      old = new
    }
    agree(&profile.name, row.profile.name, "name")
    agree(&profile.phone, row.profile.phone, "phone")
    agree(&profile.birthday, row.profile.birthday, "birthday")
    agree(&profile.gender, row.profile.gender, "gender")
    agree(&profile.note, row.profile.note, "note")
    for (id, value) in row.profile.attributes {
      agree(&profile.attributes[id], value, ProfileAttribute.columnPrefix + id)
    }
    agree(&tier, row.tier, "tier")
    agree(&joinedOn, row.joinedOn, "joined")
    if points.count + (row.points > 0 ? 1 : 0) > 255 {
      problems.append(source.problem("points", .tooManyLots(countMax: 255)))
      return problems
    }
    let pointSum = points.reduce(Int64(0)) { $0 + $1.quantity }
    for (sum, new, column) in [
      (pointSum, row.points, "points"), (growth, row.growth, "growth"),
      (principalMinor, row.principalMinor, "valuePrincipalMinor"),
      (bonusMinor, row.bonusMinor, "valueBonusMinor"),
    ] where sum > MemberState.balanceMax - new {
      problems.append(source.problem(column, .balanceTooLarge))
    }
    guard problems.isEmpty else { return problems }
    growth += row.growth
    principalMinor += row.principalMinor
    bonusMinor += row.bonusMinor
    take(row)
    return []
  }

  func addSums(to summary: inout ImportSummary) {
    for part in points { summary.points &+= part.quantity }
    summary.growth &+= growth
    summary.principalMinor &+= principalMinor
    summary.bonusMinor &+= bonusMinor
  }

  /// The member with its opening entries against the migration accounts.
  func member(_ shared: LedgerShared) throws -> ImportChunk.Member {
    let programme = shared.active.programme
    let today = shared.active.calendar.date(of: shared.clock.now())
    let joined = joinedOn ?? today
    let tier = tier ?? programme.levels[0].id
    var effects: [Effect] = [.created(id: id, joinedOn: joined, tier: tier)]
    let defaultType = programme.cardTypes.first?.id ?? "personal"
    for var card in cards {
      if card.type.isEmpty { card.type = defaultType }
      effects.append(.cardAdded(card))
    }
    for (index, part) in points.enumerated() {
      let expires = part.expires ?? programme.pointsExpiry?.end(from: today)
      effects.append(.post(.pointsMigrated, -part.quantity))
      effects.append(.post(.pointsAvailable, part.quantity))
      effects.append(
        .lotAdded(
          PointLot(
            id: Int64(index),
            earnedOn: today,
            expiresOn: expires,
            original: part.quantity,
            remaining: part.quantity
          )
        )
      )
    }
    if growth > 0 {
      effects += [.post(.growthMigrated, -growth), .post(.growth, growth)]
    }
    if principalMinor > 0 {
      effects += [.post(.valueMigrated, -principalMinor), .post(.principal, principalMinor)]
    }
    if bonusMinor > 0 {
      effects += [.post(.valueMigrated, -bonusMinor), .post(.bonus, bonusMinor)]
    }
    var personal = MemberProfile()
    personal.apply(profile)
    personal.memberNumbers = memberNumbers
    var sealed: [UInt8]?
    if !personal.isEmpty {
      let bytes = try shared.keys.seal(personal, memberID: id)
      effects.append(.profile(digest: KeyRing.digest(bytes)))
      sealed = bytes
    }
    return ImportChunk.Member(
      id: id,
      joinedOn: joined,
      tier: tier,
      profile: sealed,
      effects: Effect.packed(effects)
    )
  }
}
