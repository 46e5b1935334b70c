internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Cards that spend on another member's account (附属卡, 关联卡).
extension LedgerEngine {
  /// Why an operation ends where it is.
  struct Stopped: Error {
    var decision: Decision
  }

  /// What gives a card of `type` its parent; nothing where it needs none, or hangs on one of the
  /// member's own cards.
  func hanging(
    _ type: String?,
    on parent: String?,
    _ state: MemberState
  ) -> Result<[Effect], Stopped> {
    let programme = active.programme
    guard
      let type = programme.cardTypes.first(where: { $0.id == type ?? programme.cardTypes[0].id })
    else {
      guard parent != nil else { return .success([]) }
      let problem = "is for a type of card that needs one"
      return .failure(.init(decision: .failed(.illegal(field: "parent", problem: problem))))
    }
    if let problem = programme.refusal(ofGiving: type, to: state, parent: parent) {
      return .failure(.init(decision: Self.decision(problem)))
    }
    guard let parent, parent != state.id, type.needsParent else { return .success([]) }
    guard let found = account(of: parent) else {
      return .failure(.init(decision: .failed(.unknown(field: "parent"))))
    }
    let refusal = Self.refusal { () throws(Refusal) in
      try found.member.state.refuseUnlessActive()
    }
    if let refusal { return .failure(.init(decision: .refused(refusal))) }
    let known = state.assets.parent
    return .success(known == parent ? [] : [.parent(from: known, to: parent)])
  }

  /// The member called `id`, or into whom that one was merged.
  private func account(of id: String) -> FoundMember? {
    var found = find(.memberID(id))
    // Members are merged once or twice; a longer chain is looked for by hand.
    for _ in 0..<8 {
      guard let next = found?.member.state.assets.mergedInto else { return found }
      found = find(.memberID(next))
    }
    return nil
  }

  /// `value.spend` by such a card: the parent's row pays and is the operation's, the holder's row
  /// counts what is left of the card's limits.
  func decideDependentSpend(
    _ spend: SpendRequest,
    by holder: FoundMember,
    payer id: String,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    guard let payer = account(of: id) else { return .failed(.unknown(field: "parent")) }
    guard payer.number != holder.number else {
      // The parent was merged into the holder: its account is the holder's own now.
      let problem = "the card's parent is its holder; bind the card anew"
      return .refused(Refusal(.notSupportedByProgramme, detail: problem))
    }
    let decided: (holder: Decided<Spent>, payer: Decided<Spent>)
    do throws(LedgerProblem) {
      decided = try active.programme.decideDependentSpend(
        spend,
        by: holder.member.state,
        in: context(operation, row, holder, sequence: row.sequence + 1),
        payer: payer.member.state,
        heirOf: id,
        in: context(operation, row, payer)
      )
    } catch {
      return Self.decision(error)
    }
    let weak = Self.refusal { () throws(Refusal) in try refuseWeak(.value, operation, holder) }
    if let weak { return .refused(weak) }
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    AssetReply.spent(decided.payer.answer, into: &writer)
    AssetReply.member(decided.holder.after, on: row.businessDate, into: &writer)
    writer.name("payer")
    writer.beginObject()
    AssetReply.member(decided.payer.after, on: row.businessDate, into: &writer)
    writer.endObject()
    let main = finished(row, decided.payer.effects, after: payer.member.state, writer)
    var second = row
    second.sequence += 1
    second.operationKey = JournalRow.companionKey(of: row.operationKey)
    var note = JSONWriter(capacity: 96)
    note.beginObject()
    note.name("payer")
    note.value(payer.member.state.id)
    second = finished(second, decided.holder.effects, after: holder.member.state, note)
    var (paying, holding) = (payer.member, holder.member)
    paying.state = decided.payer.after
    holding.state = decided.holder.after
    return .row(
      Draft(
        row: main,
        number: payer.number,
        member: paying,
        job: nil,
        companions: [Draft(row: second, number: holder.number, member: holding, job: nil)]
      )
    )
  }
}

extension ProfileChange {
  /// Whether it says who somebody is.
  var namesSomebody: Bool {
    phone != nil || birthday != nil || !(name ?? "").isEmpty || !(gender ?? "").isEmpty
  }
}
