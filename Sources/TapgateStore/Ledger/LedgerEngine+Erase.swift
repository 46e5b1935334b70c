internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension LedgerEngine {
  /// `member.erase`: what names the person is destroyed; the ledger stays under the member's id.
  func decideErase(
    reason: String,
    tender: String?,
    _ found: FoundMember,
    _ operation: Operation,
    _ row: JournalRow
  ) -> Decision {
    let decided: Decided<Erased>
    do throws(LedgerProblem) {
      decided = try active.programme.decideErase(
        refundBy: tender,
        for: found.member.state,
        in: context(operation, row, found)
      )
    } catch {
      return Self.decision(error)
    }
    let (erased, value) = (decided.answer, decided.answer.value)
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    writer.name("status")
    writer.value(MemberStatus.erased.rawValue)
    writer.name("pointsWrittenOff")
    writer.value(erased.points)
    writer.name("refundedMinor")
    writer.value(value.refundedMinor)
    writer.name("forfeitedMinor")
    writer.value(value.forfeitedMinor)
    writer.name("reason")
    writer.value(reason)
    AssetReply.member(decided.after, on: row.businessDate, into: &writer)
    var member = found.member
    member.state = decided.after
    member.profile = nil
    let kept = Set(decided.after.cards.map(\.reference))
    member.cardsRemoved = found.member.state.cards.map(\.reference).filter { !kept.contains($0) }
    return .row(
      Draft(
        row: finished(row, decided.effects, after: found.member.state, writer),
        number: found.number,
        member: member,
        job: nil,
        shopEffects: Self.shopEffects(decided.effects)
      )
    )
  }
}

extension AssetReply {
  /// What closing a card paid out.
  static func closed(
    _ closed: CardClosed,
    _ card: CardReference,
    reason: String?,
    into writer: inout JSONWriter
  ) {
    writer.name("cardId")
    writer.value(card.cardID)
    writer.name("status")
    writer.value(CardStatus.closed.rawValue)
    writer.name("refundedMinor")
    writer.value(closed.refundedMinor)
    writer.name("forfeitedMinor")
    writer.value(closed.forfeitedMinor)
    writer.name("repaidMinor")
    writer.value(closed.repaidMinor)
    writer.name("reason")
    writer.value(reason)
  }
}
