internal import TapgateCore
internal import TapgateModel

/// What a committed batch changes for everybody else, once it is flushed.
struct CommittedBatch: Sendable {
  /// A member whom the batch changed.
  struct Member: Sendable {
    var number: UInt32
    var pending: PendingMember
  }

  /// A member of an import, invisible until the import is published.
  struct Staged: Sendable {
    var number: UInt32
    var row: MemberMemory.Row
    var state: MemberState
  }

  /// A member of an import that was given up.
  struct Discarded: Sendable {
    var number: UInt32
    /// `nil` where the row was damaged: nothing leads to it then.
    var id: String?
    var cards: [CardReference] = []
  }

  var number: UInt64
  var members: [Member]
  /// The cards that somebody holds after the batch because of it.
  var movedCards: Set<CardReference>
  var staged: [Staged]
  var publishedBatches: [Int64]
  var discarded: [Discarded]
  /// The programmes from now on; `nil` where they stay.
  var schedule: [ProgrammeSchedule.Entry]?
  var notices: [CommittedOperation]
  var answers: [@Sendable () -> Void] = []
  /// Pieces of work that the batch did.
  var workCount = 0

  /// Whether later batches must find it published: who holds a card, and who exists, is asked of
  /// memory alone.
  var isStructural: Bool {
    schedule != nil || !staged.isEmpty || !publishedBatches.isEmpty || !discarded.isEmpty
      || members.contains {
        $0.pending.isNew || !$0.pending.cardsAdded.isEmpty || !$0.pending.cardsRemoved.isEmpty
      }
  }

  /// Makes the batch visible. Called in the order of the batches, each after its flush.
  func publish(to shared: LedgerShared) {
    if let schedule { shared.schedule.replace(schedule) }
    // Before others, because what they held may be another member's by the end of the batch.
    for gone in discarded {
      if let id = gone.id { shared.memory.unindex(member: id) }
      for reference in gone.cards { shared.memory.unindex(reference) }
      shared.memory.remove(number: gone.number)
    }
    for (number, member) in members.map({ ($0.number, $0.pending) }) {
      for reference in member.cardsRemoved where !movedCards.contains(reference) {
        shared.memory.unindex(reference)
      }
      let known = shared.memory.replace(
        number: number,
        state: member.packed,
        profile: member.profile
      )
      shared.holds.note(member.state, of: number)
      if member.isNew { shared.memory.index(member: member.state.id, number: number) }
      for reference in member.cardsAdded { shared.memory.index(reference, number: number) }
      if member.profile != known?.profile { shared.names.forget(number) }
    }
    for staged in staged {
      shared.memory.store(staged.row, number: staged.number)
      shared.memory.index(member: staged.state.id, number: staged.number)
      for card in staged.state.cards {
        shared.memory.index(card.reference, number: staged.number)
      }
    }
    for batch in publishedBatches { shared.memory.publish(batch: batch) }
  }
}
