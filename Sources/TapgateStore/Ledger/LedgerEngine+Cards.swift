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
    guard let subject = operation.subject, var found = find(subject) else {
      return unknown(operation.subject)
    }
    if let refusal = Self.refusal({ () throws(Refusal) in
      try found.member.state.refuseUnlessActive()
    }) {
      return .refused(refusal)
    }
    switch freeCard(key, type: cardType, by: operation.evidence) {
    case .not(let decision): return decision
    case .free(let card, let credential):
      var effects: [Effect] = [.cardAdded(card)]
      found.member.cardsAdded.append(card.reference)
      if let effect = remember(credential, in: &found.member) { effects.append(effect) }
      return finish(
        effects,
        number: found.number,
        member: found.member,
        card: card.reference,
        row,
        extra: Self.code(credential)
      )
    }
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

  /// A phone that is unbound goes out of the sealed profile, if it is the one that stands there.
  private func forget(_ card: CardState, in member: inout PendingMember) -> Effect? {
    guard card.kind == .phoneNumber else { return nil }
    var profile = shared.views.profile(member.profile, memberID: member.state.id)
    // What is sealed as a phone was one.
    guard let phone = profile.phone,
      let credential = try? Credential(kind: .phoneNumber, value: phone),
      shared.keys.reference(of: credential) == card.reference
    else { return nil }
    profile.phone = nil
    return seal(profile, into: &member)
  }

  /// What happens to a card that is known.
  func decideCardAction(
    _ action: CardAction,
    reason: String?,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let subject = operation.subject, var found = find(subject),
      let reference = found.reference,
      let card = found.member.state.cards.first(where: { $0.reference == reference })
    else { return unknown(operation.subject) }
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
        card: reference,
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
    guard let subject = operation.subject, var found = find(subject),
      let reference = found.reference,
      let old = found.member.state.cards.first(where: { $0.reference == reference })
    else { return unknown(operation.subject) }
    if let refusal = Self.refusal({ () throws(Refusal) in
      try found.member.state.refuseUnlessActive()
    }) {
      return .refused(refusal)
    }
    switch old.status {
    case .replaced: return .refused(Refusal(.cardReplaced))
    case .closed: return .refused(Refusal(.cardClosed))
    case .active, .lost, .frozen: break
    }
    let type = old.type == "phone" ? nil : old.type
    switch freeCard(new, type: type, by: operation.evidence) {
    case .not(let decision): return decision
    case .free(let card, let credential):
      var effects: [Effect] = [.cardStatus(reference, .replaced), .cardAdded(card)]
      found.member.cardsAdded.append(card.reference)
      if let effect = remember(credential, in: &found.member) { effects.append(effect) }
      return finish(
        effects,
        number: found.number,
        member: found.member,
        card: card.reference,
        row,
        extra: [
          JSONObject.Member(name: "replacedCardId", value: .string(reference.cardID)),
          JSONObject.Member(name: "reason", value: .optional(reason)),
        ]
      )
    }
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
