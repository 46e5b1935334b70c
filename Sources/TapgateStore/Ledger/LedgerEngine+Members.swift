internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// A member found for an operation.
struct FoundMember {
  var number: UInt32
  var member: PendingMember
  /// The card by which the member was named.
  var reference: CardReference?
}

extension LedgerEngine {
  // MARK: Finding

  /// The member whom `key` names, as the open batch left it.
  func find(_ key: MemberKey) -> FoundMember? {
    switch key {
    case .memberID(let id):
      guard let number = ids[id] ?? shared.memory.number(ofMember: id) else { return nil }
      return load(number, by: nil)
    case .credential(let credential): return find(shared.keys.reference(of: credential))
    case .cardID(let id):
      guard let reference = CardReference(cardID: id) else { return nil }
      return find(reference)
    case .forgottenEvent: return nil
    }
  }

  func find(_ reference: CardReference) -> FoundMember? {
    holder(of: reference).flatMap { load($0, by: reference) }
  }

  /// The number of the member who holds the card; members of imports under way count.
  func holder(of reference: CardReference) -> UInt32? {
    if let number = cards[reference] { return number }
    return freedCards.contains(reference) ? nil : shared.memory.number(of: reference)
  }

  private func load(_ number: UInt32, by reference: CardReference?) -> FoundMember? {
    if var member = members[number] ?? flying[number]?.member {
      member.isNew = false
      member.cardsAdded = []
      member.cardsRemoved = []
      return FoundMember(number: number, member: member, reference: reference)
    }
    guard let row = shared.memory.row(number),
      let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
    else { return nil }
    let member = PendingMember(state: state, profile: row.profile, isNew: false)
    return FoundMember(number: number, member: member, reference: reference)
  }

  /// The failure to answer where an operation's subject is not found.
  func unknown(_ key: MemberKey?) -> Decision {
    switch key {
    case .memberID, nil: .failed(.unknown(field: "memberId"))
    case .credential: .failed(.unknown(field: "credential"))
    case .cardID: .failed(.unknown(field: "cardId"))
    case .forgottenEvent: .failed(.unknown(field: "eventId"))
    }
  }

  /// Refuses what the member is asked for by too weak a credential, or by a card that is shown by
  /// weaker means than it was bound by.
  func refuseWeak(
    _ act: AssurancePolicy.Act,
    _ operation: Operation,
    _ found: FoundMember
  ) throws(Refusal) {
    let card = found.reference.flatMap { reference in
      found.member.state.cards.first { $0.reference == reference }
    }
    try shared.assurance.check(act, operation.evidence, enrolled: card?.assurance)
  }

  // MARK: Cards for operations

  /// A card that is to become a member's: its reference, or why not.
  enum FreeCard {
    case free(CardState, credential: Credential)
    case not(Decision)
  }

  func freeCard(_ key: MemberKey, type: String?, by evidence: Evidence) -> FreeCard {
    guard case .credential(let credential) = key else {
      return .not(unknown(key))
    }
    let types = active.programme.cardTypes
    let isPhone = credential.kind == .phoneNumber
    if let type, !types.isEmpty, !types.contains(where: { $0.id == type }) {
      return .not(.refused(Refusal(.notSupportedByProgramme, detail: "cardType")))
    }
    let reference = shared.keys.reference(of: credential)
    if let number = holder(of: reference) {
      return .not(.refused(Refusal(.credentialTaken, detail: maskedHolder(number))))
    }
    let card = CardState(
      reference: reference,
      kind: credential.kind,
      type: isPhone ? "phone" : type ?? types.first?.id ?? "personal",
      status: .active,
      evidence: isPhone ? Evidence(.a0) : evidence
    )
    return .free(card, credential: credential)
  }

  /// What a refusal may say of the member who holds a card: the masked name.
  private func maskedHolder(_ number: UInt32) -> String {
    guard let found = load(number, by: nil) else { return "*" }
    return shared.views.maskedName(found.member.profile, memberID: found.member.state.id)
  }

  /// Seals a changed profile into the member and tells the effect.
  func seal(_ profile: MemberProfile, into member: inout PendingMember) -> Effect? {
    let id = member.state.id
    guard let sealed = try? shared.keys.seal(profile, memberID: id) else {
      return nil  // AES-GCM fails on impossible key sizes only; the caller refuses the operation.
    }
    member.profile = sealed
    return .profile(digest: KeyRing.digest(sealed))
  }

  // MARK: Enrolment and changes of the profile

  func decideEnrolment(
    _ change: ProfileChange,
    _ credential: MemberKey?,
    _ cardType: String?,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    var number = nextNumber
    var id = "M\(number)"
    while ids[id] != nil || shared.memory.number(ofMember: id) != nil {
      number += 1
      id = "M\(number)"
    }
    let programme = active.programme
    let tier = programme.levels[0].id
    let state = MemberState(id: id, joinedOn: row.businessDate, tier: tier)
    var member = PendingMember(state: state, profile: nil, isNew: true)
    var effects: [Effect] = [.created(id: id, joinedOn: row.businessDate, tier: tier)]
    var profile = MemberProfile()
    profile.apply(change)
    var shown: CardReference?
    var wanted: [(MemberKey, String?)] = []
    if let credential { wanted.append((credential, cardType)) }
    if let phone = change.phone { wanted.append((.credential(phone), nil)) }
    for (key, type) in wanted {
      switch freeCard(key, type: type, by: operation.evidence) {
      case .not(let decision): return decision
      case .free(let card, let credential):
        if effects.contains(.cardAdded(card)) { continue }
        if credential.kind == .memberNumber { profile.memberNumbers.append(credential.reveal()) }
        if credential.kind == .rotatingQr { profile.codeReferences.append(credential.reveal()) }
        if credential.kind == .phoneNumber { profile.phone = credential.reveal() }
        effects.append(.cardAdded(card))
        member.cardsAdded.append(card.reference)
        shown = shown ?? card.reference
      }
    }
    if !profile.isEmpty {
      guard let effect = seal(profile, into: &member) else { return Self.cannotSeal }
      effects.append(effect)
    }
    return finish(effects, number: number, member: member, card: shown, row)
  }

  static let cannotSeal = Decision.failed(.broken(hint: "the profile could not be sealed"))

  func decideUpdate(
    _ change: ProfileChange,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let key = operation.subject, var found = find(key) else {
      return unknown(operation.subject)
    }
    let status = found.member.state.status
    if status == .merged { return .refused(Refusal(.memberMerged)) }
    if status == .erased { return .refused(Refusal(.memberErased)) }
    var profile = shared.views.profile(found.member.profile, memberID: found.member.state.id)
    var effects: [Effect] = []
    let phone = change.phone.map { shared.keys.reference(of: $0) }
    if let credential = change.phone,
      !found.member.state.cards.contains(where: { $0.reference == phone })
    {
      switch freeCard(.credential(credential), type: nil, by: Evidence(.a0)) {
      case .not(let decision): return decision
      case .free(let card, _):
        effects.append(.cardAdded(card))
        found.member.cardsAdded.append(card.reference)
      }
    }
    if phone != nil || change.cleared.contains(.phone) {
      for old in found.member.state.cards
      where old.kind == .phoneNumber && old.reference != phone {
        effects.append(.cardRemoved(old.reference))
        found.member.cardsRemoved.append(old.reference)
      }
    }
    profile.apply(change)
    guard let effect = seal(profile, into: &found.member) else { return Self.cannotSeal }
    effects.append(effect)
    return finish(effects, number: found.number, member: found.member, card: nil, row)
  }

  // MARK: The end of every directory operation

  /// Applies `effects` and makes the row whose result is the member as it is then.
  func finish(
    _ effects: [Effect],
    number: UInt32,
    member: PendingMember,
    card: CardReference?,
    _ row: JournalRow,
    extra: [JSONObject.Member] = []
  ) -> Decision {
    var member = member
    var row = row
    row.previous = member.state.lastSequence
    guard member.state.apply(effects, sequence: row.sequence) else {
      return .failed(.broken(hint: "effects do not fit member row \(number)"))
    }
    row.effects = Effect.packed(effects)
    let shown = card.flatMap { card in
      member.state.cards.contains { $0.reference == card } ? card : nil
    }
    let view = shared.views.view(of: member.state, profile: member.profile, card: shown)
    var writer = JSONWriter()
    writer.beginObject()
    view.writeMembers(into: &writer)
    for field in extra {
      writer.name(field.name)
      writer.value(field.value)
    }
    writer.name("sequence")
    writer.value(row.sequence)
    writer.name("durable")
    writer.value("local")
    writer.endObject()
    row.reply = writer.bytes
    return .row(Draft(row: row, number: number, member: member, job: nil))
  }
}
