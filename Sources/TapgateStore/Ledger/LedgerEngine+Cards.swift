internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension LedgerEngine {
  /// `card.issue` and `card.bind`: a card that nobody holds becomes the member's.
  func decideBinding(
    _ key: MemberKey,
    _ cardType: String?,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let subject = operation.subject, let found = find(subject) else {
      return unknown(operation.subject)
    }
    do throws(Refusal) {
      try found.member.state.refuseUnlessActive()
    } catch {
      return .refused(error)
    }
    return give(key, type: cardType, by: operation.evidence, to: found, row)
  }

  /// Gives the member a card that nobody holds, after what `effects` does.
  private func give(
    _ key: MemberKey,
    type: String?,
    by evidence: Evidence,
    to found: FoundMember,
    after effects: [Effect] = [],
    replacing old: CardReference? = nil,
    _ row: JournalRow,
    extra: [JSONObject.Member] = []
  ) -> Decision {
    switch freeCard(key, type: type, by: evidence) {
    case .not(let decision): return decision
    case .free(let card, let credential):
      var member = found.member
      var effects = effects + [.cardAdded(card)]
      if let old { effects += member.state.effects(ofReplacing: old, by: card.reference) }
      member.cardsAdded.append(card.reference)
      if let effect = remember(credential, in: &member) { effects.append(effect) }
      return finish(
        effects,
        number: found.number,
        member: member,
        card: card.reference,
        row,
        extra: Self.code(credential) + extra
      )
    }
  }

  /// The card that an operation is about, and its member; `nil` where it is unknown.
  private func heldCard(_ operation: Operation) -> (found: FoundMember, card: CardState)? {
    guard let subject = operation.subject, let found = find(subject),
      let card = found.member.state.cards.first(where: { $0.reference == found.reference })
    else { return nil }
    return (found, card)
  }

  /// What the result says of a rotating code beside its card; the secret is not among it.
  private static func code(_ credential: Credential) -> [JSONObject.Member] {
    guard credential.kind == .rotatingQr else { return [] }
    let reference = JSON.object(["memberRef": .string(credential.reveal())])
    return [JSONObject.Member(name: "qr", value: reference)]
  }

  /// What must be shown again goes into the sealed profile: a member number, a phone, the reference
  /// of a rotating code.
  private func remember(_ credential: Credential, in member: inout PendingMember) -> Effect? {
    let isShown: Set<CredentialKind> = [.memberNumber, .phoneNumber, .rotatingQr]
    guard isShown.contains(credential.kind) else { return nil }
    var profile = shared.views.profile(member.profile, memberID: member.state.id)
    switch credential.kind {
    case .memberNumber: profile.memberNumbers.append(credential.reveal())
    case .phoneNumber: profile.phone = credential.reveal()
    case .rotatingQr: profile.codeReferences.append(credential.reveal())
    default: return nil
    }
    return seal(profile, into: &member)
  }

  /// A phone or member number that is unbound goes out of the sealed profile, if it stands there.
  private func forget(_ card: CardState, in member: inout PendingMember) -> Effect? {
    guard card.kind == .memberNumber || card.kind == .phoneNumber else { return nil }
    let known = shared.views.profile(member.profile, memberID: member.state.id)
    var profile = known
    let isIt = { [keys = shared.keys] (text: String) in
      keys.reference(ofSealed: text, kind: card.kind) == card.reference
    }
    if card.kind == .memberNumber {
      profile.memberNumbers.removeAll(where: isIt)
    } else if let phone = profile.phone, isIt(phone) {
      profile.phone = nil
    }
    return profile == known ? nil : seal(profile, into: &member)
  }

  /// What happens to a card that is known.
  func decideCardAction(
    _ action: CardAction,
    reason: String?,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let (held, card) = heldCard(operation) else { return unknown(operation.subject) }
    var found = held
    do {
      var effects = try found.member.state.effects(of: action, on: card)
      for case .cardRemoved(let removed) in effects {
        found.member.cardsRemoved.append(removed)
        if let effect = forget(card, in: &found.member) { effects.append(effect) }
      }
      return finish(
        effects,
        number: found.number,
        member: found.member,
        card: card.reference,
        row,
        extra: [JSONObject.Member(name: "reason", value: .optional(reason))]
      )
    } catch {
      return .refused(error)
    }
  }

  /// `card.replace`: the old card stays known as replaced, the new one takes its place and type.
  func decideReplacement(
    _ new: MemberKey,
    reason: String?,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let (found, old) = heldCard(operation) else { return unknown(operation.subject) }
    do throws(Refusal) {
      try found.member.state.refuseUnlessActive()
    } catch {
      return .refused(error)
    }
    switch old.status {
    case .replaced: return .refused(Refusal(.cardReplaced))
    case .closed: return .refused(Refusal(.cardClosed))
    case .active, .lost, .frozen: break
    }
    return give(
      new,
      type: old.type == "phone" ? nil : old.type,
      by: operation.evidence,
      to: found,
      after: [.cardStatus(old.reference, .replaced)],
      replacing: old.reference,
      row,
      extra: [
        JSONObject.Member(name: "replacedCardId", value: .string(old.reference.cardID)),
        JSONObject.Member(name: "reason", value: .optional(reason)),
      ]
    )
  }

  /// The refusal that `check` throws, if it does.
  static func refusal(_ check: () throws(Refusal) -> Void) -> Refusal? {
    do {
      try check()
      return nil
    } catch {
      return error
    }
  }
}
