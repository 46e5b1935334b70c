internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

extension LedgerEngine {
  /// Members that one `discard` removes.
  private static let discardCountMax: UInt32 = 2000

  // MARK: Imports

  /// Writes the members of a chunk, invisible until their import is published.
  func stage(_ chunk: ImportChunk) throws(SQLiteFailure) -> Result<Void, StoreError> {
    var ready: [(state: MemberState, profile: [UInt8]?, effects: [Effect])] = []
    for member in chunk.members {
      guard let unpacked = try? Effect.unpacked(member.effects) else {
        return .failure(StoreError(code: "import.damaged", problem: member.id))
      }
      let effects = unpacked.map { Self.numbered($0, sequence: nextSequence) }
      if let conflict = conflict(of: member.id, effects) { return .failure(conflict) }
      var state = MemberState(id: member.id, joinedOn: member.joinedOn, tier: member.tier)
      guard state.apply(effects, sequence: nextSequence), state.isWithinBounds else {
        return .failure(StoreError(code: "import.overflow", problem: member.id))
      }
      ready.append((state, member.profile, effects))
    }
    let first = nextNumber
    var column: [(number: UInt32, effects: [UInt8])] = []
    for (state, profile, effects) in ready {
      let packed = state.packed()
      try statements.insertMember(
        Int64(nextNumber),
        state: packed,
        profile: profile,
        batch: chunk.batch
      )
      let row = MemberMemory.Row(state: packed, profile: profile, batch: chunk.batch)
      staged.append(CommittedBatch.Staged(number: nextNumber, row: row, state: state))
      // Later operations of the batch must find the id and the cards taken.
      ids[state.id] = nextNumber
      for card in state.cards { cards[card.reference] = nextNumber }
      column.append((nextNumber, Effect.packed(effects)))
      nextNumber += 1
    }
    var row = importRow(.importChunk, id: "import:\(chunk.batch):\(chunk.index)")
    row.effects = ImportColumn.packed(column)
    row.reply = JSON.object([
      "batch": .integer(chunk.batch), "index": .integer(Int64(chunk.index)),
    ]).encoded()
    try append(row)
    if nextNumber > first {
      let known = batchNumbers[chunk.batch]
      batchNumbers[chunk.batch] = (known?.lowerBound ?? first)...(nextNumber - 1)
    }
    return .success(())
  }

  private func conflict(of id: String, _ effects: [Effect]) -> StoreError? {
    if shared.memory.number(ofMember: id) != nil || ids[id] != nil {
      return StoreError(code: "import.member_exists", problem: "member \(id) exists by now")
    }
    for case .cardAdded(let card) in effects where holder(of: card.reference) != nil {
      return StoreError(
        code: "import.card_taken",
        problem: "a card of member \(id) is taken by now"
      )
    }
    return nil
  }

  /// Lots of a chunk are numbered by its row.
  private static func numbered(_ effect: Effect, sequence: Int64) -> Effect {
    guard case .lotAdded(var lot) = effect else { return effect }
    lot.id |= sequence << 8
    return .lotAdded(lot)
  }

  /// Makes an import real, by one row.
  func publish(_ summary: ImportSummary) throws(SQLiteFailure) -> Result<Int64, StoreError> {
    var row = importRow(.importPublished, id: summary.operationID)
    row.reply = JSON.object([
      "batch": .integer(summary.batch), "members": .integer(Int64(summary.members)),
      "cards": .integer(Int64(summary.cards)), "points": .integer(summary.points),
      "growth": .integer(summary.growth), "principalMinor": .integer(summary.principalMinor),
      "bonusMinor": .integer(summary.bonusMinor),
    ]).encoded()
    let sequence = row.sequence
    try statements.setMeta("batch:\(summary.batch)", Array("\(sequence)".utf8))
    try append(row)
    publishedBatches.append(summary.batch)
    return .success(sequence)
  }

  /// Removes some members of an import that was given up; memory forgets them once the batch is
  /// published.
  ///
  /// - Returns: whether all of them are gone.
  func discard(batch: Int64) throws(SQLiteFailure) -> Bool {
    guard let numbers = batchNumbers[batch], !shared.memory.isPublished(batch: batch) else {
      return true
    }
    let last = min(numbers.upperBound, numbers.lowerBound + Self.discardCountMax - 1)
    try statements.deleteMembers(numbers.lowerBound...last, batch: batch)
    for number in numbers.lowerBound...last {
      guard let row = shared.memory.anyRow(number), row.batch == batch else { continue }
      var gone = CommittedBatch.Discarded(number: number)
      // The row was packed by this process or read whole at the start.
      if let identity = try? MemberState.identity(packed: row.state) {
        gone.id = identity.id
        gone.cards = identity.cards.map(\.reference)
        freedCards.formUnion(gone.cards)
      }
      discarded.append(gone)
    }
    batchNumbers[batch] = last < numbers.upperBound ? (last + 1)...numbers.upperBound : nil
    return last == numbers.upperBound
  }

  private func importRow(_ kind: JournalKind, id: String) -> JournalRow {
    let now = shared.clock.now()
    return JournalRow(
      sequence: nextSequence,
      operationKey: JournalRow.key(of: id),
      kind: kind,
      businessDate: shared.active.calendar.date(of: now),
      at: now.microseconds,
      origin: "\u{1F}\u{1F}",
      programme: shared.active.revision,
      content: shared.keys.contentHash(Array(id.utf8))
    )
  }

  /// Appends a row that concerns no single member.
  func append(_ row: JournalRow) throws(SQLiteFailure) {
    let image = row.image()
    let hash = KeyRing.chain(lastHash, image.bytes)
    try statements.insert(row, image, hash: hash)
    lastHash = hash
    nextSequence += 1
  }

  // MARK: Print jobs

  /// Records where a print job stands.
  func record(_ job: PrintJob) throws(SQLiteFailure) {
    guard let sequence = Int64(job.id.dropFirst()) else { return }
    try statements.setJob(
      sequence: sequence,
      state: job.state.rawValue,
      isSettled: job.state.isSettled,
      evidence: job.evidence,
      reason: job.reason
    )
  }
}
