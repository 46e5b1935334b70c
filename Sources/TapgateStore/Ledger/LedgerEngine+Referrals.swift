internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Invitations: rows of their own in the transaction of the receipt that rewards them.
extension LedgerEngine {
  func decideInvitation(
    _ code: String,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let found = operation.subject.flatMap(find) else { return unknown(operation.subject) }
    guard let inviter = shared.keys.inviter(of: code).flatMap({ load(number: $0) }) else {
      return .failed(.unknown(field: "code"))
    }
    let id = inviter.member.state.id
    let request = LedgerRequest.invite(code: code)
    return onMember(found, operation, row, request) { state, context throws(LedgerProblem) in
      try active.programme.decideInvitation(by: id, for: state, in: context)
    } reply: { writer, inviter in
      writer.name("inviter")
      writer.value(inviter)
    }
  }

  /// The rows that reward an invitation with the receipt of `row`: the invited member's own, if a
  /// rule gives it, then the referrer's.
  ///
  /// `after` is the invited member after the receipt.
  func rewards(
    ofInvitationBy inviter: String?,
    _ found: FoundMember?,
    after: MemberState,
    _ operation: Operation,
    _ row: JournalRow
  ) -> [Draft] {
    guard let inviter, var invited = found else { return [] }
    invited.member.state = after
    invited.member.isNew = false
    invited.member.cardsAdded = []
    invited.member.cardsRemoved = []
    invited.reference = nil
    var drafts: [Draft] = []
    let people = [(Programme.welcomeEvent, invited), (Programme.referralEvent, living(inviter))]
    for case (let event, let person?) in people
    where event == Programme.welcomeEvent
      || person.number != invited.number
    {
      let sequence = row.sequence + Int64(drafts.count) + 1
      let context = context(operation, row, person, sequence: sequence)
      let decided = active.programme.decideReferral(
        event,
        for: person.member.state,
        in: context
      )
      guard let decided else { continue }
      var writer = JSONWriter(capacity: 160)
      writer.beginObject()
      writer.name("event")
      writer.value(event)
      writer.name("points")
      writer.value(decided.answer.points)
      AssetReply.member(decided.after, on: row.businessDate, into: &writer)
      let blank = companion(drafts.count, .referral, of: row)
      drafts.append(draft(blank, decided.effects, person, decided.after, writer))
    }
    return drafts
  }

  /// The rows that take back what receipt `original` had brought to whoever invited and was
  /// invited. `after` is what the row before them leaves of member `number`.
  func rewardsTakenBack(
    of original: JournalRow,
    _ number: UInt32?,
    after: MemberState,
    _ operation: Operation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> [Draft] {
    var drafts: [Draft] = []
    // Both may be one member after a merge.
    var states: [UInt32: MemberState] = [:]
    if let number { states[number] = after }
    var key = original.operationKey
    while true {
      key = JournalRow.companionKey(of: key)
      guard let reward = try statements.row(operationKey: key) else { return drafts }
      guard reward.kind == .referral, try !statements.isReversed(sequence: reward.sequence),
        let holder = reward.member.flatMap({ UInt32(exactly: $0) }),
        var person = load(number: holder).flatMap({ living($0.member.state.id) }),
        let effects = try? Effect.unpacked(reward.effects)  // `verify` tells of damage.
      else { continue }
      if let state = states[person.number] { person.member.state = state }
      let sequence = row.sequence + Int64(drafts.count) + 1
      let context = context(operation, row, person, sequence: sequence)
      let decided = try? active.programme.decideReferralEnd(
        of: effects,
        row: reward.sequence,
        for: person.member.state,
        in: context
      )
      // Whoever was erased has nothing any more.
      guard let decided else { continue }
      states[person.number] = decided.after
      var writer = JSONWriter(capacity: 160)
      writer.beginObject()
      writer.name("reverses")
      writer.value(JournalRow.operationID(of: reward.operationKey))
      writer.name("points")
      writer.value(decided.answer.points)
      AssetReply.member(decided.after, on: row.businessDate, into: &writer)
      var blank = companion(drafts.count, .reverse, of: row)
      blank.reference = reward.sequence
      drafts.append(draft(blank, decided.effects, person, decided.after, writer))
    }
  }

  /// The member called `id`, or whose it is after merges.
  private func living(_ id: String) -> FoundMember? {
    var found = find(.memberID(id))
    for _ in 0..<16 {
      guard let into = found?.member.state.assets.mergedInto else { break }
      found = find(.memberID(into))
    }
    return found
  }

  private func draft(
    _ blank: JournalRow,
    _ effects: [Effect],
    _ person: FoundMember,
    _ after: MemberState,
    _ writer: JSONWriter
  ) -> Draft {
    var member = person.member
    let row = finished(blank, effects, after: member.state, writer)
    member.state = after
    return Draft(
      row: row,
      number: person.number,
      member: member,
      job: nil,
      shopEffects: Self.shopEffects(effects)
    )
  }

  /// The blank row of companion `index` of an operation's row.
  private func companion(_ index: Int, _ kind: JournalKind, of row: JournalRow) -> JournalRow {
    var companion = row
    companion.kind = kind
    companion.sequence += Int64(index) + 1
    for _ in 0...index {
      companion.operationKey = JournalRow.companionKey(of: companion.operationKey)
    }
    companion.receiptKey = nil
    companion.reference = nil
    companion.print = nil
    return companion
  }
}
