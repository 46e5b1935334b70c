internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// Operations on two members: two rows of one transaction.
extension LedgerEngine {
  func decideMerge(from id: String, _ operation: Operation, _ row: JournalRow) -> Decision {
    guard let into = operation.subject.flatMap(find) else { return unknown(operation.subject) }
    guard let from = find(.memberID(id)) else { return .failed(.unknown(field: "from")) }
    var merged: (from: Decided<Merged>, into: Decided<Merged>)
    do throws(LedgerProblem) {
      merged = try active.programme.decideMerge(
        from: from.member.state,
        in: context(operation, row, from, sequence: row.sequence + 1),
        into: into.member.state,
        in: context(operation, row, into)
      )
    } catch {
      return Self.decision(error)
    }
    var taker = into.member
    taker.state = merged.into.after
    guard let effect = inheritance(of: &taker, into, from) else { return Self.cannotSeal }
    merged.into.effects += effect
    let kept = Set(taker.state.cards.map(\.reference))
    let moved = from.member.state.cards.map(\.reference)
    taker.cardsAdded += moved.filter(kept.contains)
    var giver = from.member
    giver.state = merged.from.after
    giver.profile = nil
    giver.cardsRemoved += moved.filter { !kept.contains($0) }
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    AssetReply.merged(merged.into.answer, from: id, into: &writer)
    AssetReply.member(taker.state, on: row.businessDate, into: &writer)
    let main = finished(row, merged.into.effects, after: into.member.state, writer)
    var second = row
    second.sequence += 1
    second.operationKey = JournalRow.companionKey(of: row.operationKey)
    var note = JSONWriter(capacity: 96)
    note.beginObject()
    note.name("into")
    note.value(into.member.state.id)
    second = finished(second, merged.from.effects, after: from.member.state, note)
    return .row(
      Draft(
        row: main,
        number: into.number,
        member: taker,
        job: nil,
        shopEffects: Self.shopEffects(merged.into.effects),
        companions: [
          Draft(
            row: second,
            number: from.number,
            member: giver,
            job: nil,
            shopEffects: Self.shopEffects(merged.from.effects)
          )
        ]
      )
    )
  }

  /// What the taker's profile gains by the giver's; `nil` where it could not be sealed.
  private func inheritance(
    of taker: inout PendingMember,
    _ into: FoundMember,
    _ from: FoundMember
  ) -> [Effect]? {
    let known = profile(of: into)
    var profile = known
    profile.inherit(self.profile(of: from))
    guard profile != known else { return [] }
    guard case .profile(let digest)? = seal(profile, into: &taker) else { return nil }
    taker.state.profileDigest = digest
    return [.profile(digest: digest)]
  }

  private func profile(of found: FoundMember) -> MemberProfile {
    shared.views.profile(found.member.profile, memberID: found.member.state.id)
  }
}
