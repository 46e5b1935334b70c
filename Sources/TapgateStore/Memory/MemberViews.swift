internal import TapgateCore
internal import TapgateModel

/// Makes what a look-up shows out of a member's row. Any thread; nothing but memory is touched.
struct MemberViews: Sendable {
  let memory: MemberMemory
  let names: NameIndex
  let keys: KeyRing
  let active: ActiveProgramme
  let clock: any GatewayClock
  let pins: PINPolicy

  /// The member whom `key` names, with the card it was named by.
  func find(_ key: MemberKey) -> (number: UInt32, reference: CardReference?)? {
    switch key {
    case .memberID(let id): return memory.number(ofMember: id).map { ($0, nil) }
    case .credential(let credential):
      let reference = keys.reference(of: credential)
      return memory.number(of: reference).map { ($0, reference) }
    case .cardID(let id):
      guard let reference = CardReference(cardID: id) else { return nil }
      return memory.number(of: reference).map { ($0, reference) }
    case .forgottenEvent: return nil
    }
  }

  func view(_ key: MemberKey) -> MemberView? {
    guard let (number, reference) = find(key), let row = memory.row(number),
      let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
    else { return nil }
    if let reference, !state.cards.contains(where: { $0.reference == reference }) { return nil }
    let name = names.entry(number, self)?.masked ?? "*"
    return view(of: state, displayName: name, card: reference)
  }

  /// What `state` looks like now, shown by card `reference` or else by its first active card. A
  /// phone number names a member and is no card to be shown.
  func view(of state: MemberState, profile: [UInt8]?, card reference: CardReference?) -> MemberView
  {
    view(of: state, displayName: maskedName(profile, memberID: state.id), card: reference)
  }

  /// The member with a tier that is over by now reviewed: the sweep comes within seconds of the
  /// cut-over, and nobody is shown a tier meanwhile that an operation would not find.
  private func reviewed(_ state: MemberState, on today: BusinessDate) -> MemberState {
    guard active.programme.isTierReviewDue(for: state, on: today) else { return state }
    let context = LedgerContext(date: today, sequence: 0)
    let decided = try? active.programme.decideTierReview(for: state, in: context)
    return decided?.after ?? state  // `verify` tells of a damaged row.
  }

  private func view(
    of kept: MemberState,
    displayName: String,
    card reference: CardReference?
  ) -> MemberView {
    let now = clock.now()
    let today = active.calendar.date(of: now)
    let state = reviewed(kept, on: today)
    let programme = active.programme
    let level = programme.levelIndex(state.tier)
    let isTop = level + 1 >= programme.levels.count
    let next = state.nextExpiry(on: today)
    var view = MemberView(
      id: state.id,
      displayName: displayName,
      status: state.status,
      tier: MemberView.Tier(
        id: state.tier,
        name: programme.levels[level].name,
        nextTier: isTop ? nil : programme.levels[level + 1].id,
        toNextMinor: programme.amountToNext(
          from: level,
          facts: state.facts,
          growth: state.growth,
          on: today
        ),
        until: nil
      ),
      card: shownCard(of: state, reference),
      cards: state.cards.map {
        MemberView.HeldCard(
          id: $0.reference.cardID,
          kind: $0.kind,
          type: $0.type,
          status: $0.status,
          assurance: $0.assurance,
          technology: $0.technology
        )
      },
      pointsAvailable: state.pointsAvailable(on: today),
      pointsHeld: state.pointsHeld,
      pointsDebt: state.pointsDebt,
      nextExpiryDate: next?.date,
      nextExpiryPoints: next?.points ?? 0,
      principalMinor: state.principalMinor,
      bonusMinor: state.bonusMinor,
      asOf: active.calendar.rfc3339(now)
    )
    if !state.hasNoAssets || active.showsAssetsOfAll {
      let context = LedgerContext(date: today, sequence: 0, now: now)
      view.show(assetsOf: state, programme, in: context)
    }
    return view
  }

  private func shownCard(of state: MemberState, _ reference: CardReference?) -> MemberView.Card? {
    let plastic = state.cards.filter { $0.kind != .phoneNumber }
    let card =
      plastic.first { $0.reference == reference } ?? plastic.first { $0.status == .active }
      ?? plastic.last
    return card.map {
      MemberView.Card(
        id: $0.reference.cardID,
        type: $0.type,
        status: $0.status,
        assurance: $0.assurance
      )
    }
  }

  func profile(_ sealed: [UInt8]?, memberID: String) -> MemberProfile {
    guard let sealed else { return MemberProfile() }
    // A profile that does not open shows nobody's name; `verify` tells of it.
    return (try? keys.open(sealed, memberID: memberID)) ?? MemberProfile()
  }

  func maskedName(_ sealed: [UInt8]?, memberID: String) -> String {
    MemberProfile.masked(name: profile(sealed, memberID: memberID).name)
  }
}
