/// What erasing a member came to.
public struct Erased: Hashable, Sendable {
  /// Points that were written off.
  public var points: Int64 = 0
  /// Stored value that was paid out and forfeited.
  public var value = CardClosed()
}

/// What is to happen to a member as such.
public enum MemberAction: String, Hashable, Sendable, CaseIterable {
  case suspend, resume, freeze, unfreeze
}

extension Programme {
  /// Decides `member.suspend`, `.resume`, `.freeze` and `.unfreeze`. What is so already stays
  /// so; a suspended member is resumed before the freeze, and a frozen one unfrozen before
  /// anything else.
  public func decideStatus(
    _ action: MemberAction,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<MemberStatus> {
    var draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    let status: MemberStatus
    switch (action, state.status) {
    case (_, .merged): throw .refused(.memberMerged)
    case (_, .erased): throw .refused(.memberErased)
    case (.suspend, .active), (.suspend, .suspended): status = .suspended
    case (.resume, .suspended), (.resume, .active): status = .active
    case (.freeze, .active), (.freeze, .frozen): status = .frozen
    case (.unfreeze, .frozen), (.unfreeze, .active): status = .active
    case (.suspend, .frozen), (.resume, .frozen): throw .refused(.memberFrozen)
    case (.freeze, .suspended), (.unfreeze, .suspended): throw .refused(.memberSuspended)
    }
    if status != state.status { try draft.add(.status(status)) }
    return try draft.finished(status)
  }

  /// Decides that a member's profile is read in clear: the row names who did it, and nothing moves.
  public func decideProfileReading(
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<MemberStatus> {
    let draft = try LedgerDraft(self, for: state, in: context, sweeps: false)
    try draft.refuseUnlessThere()
    return try draft.finished(state.status)
  }

  /// Decides `member.erase`: cards are closed, points, passes and coupons are written off, the
  /// profile and the telephone's number are gone; the ledger stays, under the member's id. Where
  /// `tender` names how money goes out, stored value is settled with it as `card.close` settles it.
  ///
  /// Refused with `dependentOperations` as long as stored value, a debt of it, a hold, an open
  /// top-up or a paid level is not settled.
  public func decideErase(
    refundBy tender: String? = nil,
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Erased> {
    var draft = try LedgerDraft(self, for: state, in: context)
    try draft.refuseUnlessThere()
    var erased = Erased()
    if let tender { erased.value = try draft.payOut(by: tender) }
    let assets = draft.state.assets
    let parts = [
      draft.state.principalMinor, draft.state.bonusMinor, assets.principalHeldMinor,
      assets.bonusHeldMinor, assets.valueDebtMinor,
    ]
    guard parts.allSatisfy({ $0 == 0 }) else {
      throw .refused(.dependentOperations, "stored value is not settled")
    }
    guard assets.holds.isEmpty, assets.topUps.isEmpty, assets.paid == nil else {
      throw .refused(.dependentOperations, "a hold, a top-up or a paid level is open")
    }
    erased.points = try draft.writeOff()
    for card in draft.state.cards {
      if card.kind == .phoneNumber {
        try draft.add(.cardRemoved(card.reference))
      } else if card.status != .closed {
        try draft.add(.cardStatus(card.reference, .closed))
      }
    }
    for pin in assets.pins { try draft.add(.pinRemoved(pin.card)) }
    if let parent = assets.parent { try draft.add(.parent(from: parent, to: nil)) }
    if let inviter = assets.inviter { try draft.add(.invited(from: inviter, to: nil)) }
    if draft.state.profileDigest != 0 { try draft.add(.profile(digest: 0)) }
    try draft.add(.status(.erased))
    return try draft.finished(erased)
  }
}

extension LedgerDraft {
  /// - Returns: The points that were written off.
  fileprivate mutating func writeOff() throws(LedgerProblem) -> Int64 {
    var points: Int64 = 0
    for lot in state.lots {
      try move(lot.remaining, from: .pointsAvailable, to: .pointsAdjusted)
      try add(.lotTaken(lot))
      points += lot.remaining
    }
    try move(state.pointsDebt, from: .pointsAdjusted, to: .pointsDebt)
    for coupon in state.assets.coupons {
      try move(1, from: .couponOut, to: .couponVoid)
      try add(.couponRemoved(coupon, .void))
    }
    for held in state.assets.counted {
      try move(held.lot.remaining, from: .countedOut, to: .countedVoid)
      try add(.countedTaken(asset: held.asset, held.lot))
    }
    return points
  }
}
