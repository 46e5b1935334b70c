import TapgateModel

/// Packed rows of the ledger: what a damaged file, or one that somebody changed, hands to a start,
/// to `verify` and to `restore`.
package enum LedgerFuzzing {
  package static let entries: [(name: String, run: @Sendable ([UInt8]) -> Int)] = [
    ("memberState", memberState),
    ("effects", effects),
    ("importColumn", importColumn),
    ("memberProfile", memberProfile),
    ("journalKeys", journalKeys),
  ]

  /// What is a member's row is the same member once it was packed and read again.
  @Sendable package static func memberState(_ bytes: [UInt8]) -> Int {
    _ = try? MemberState.identity(packed: bytes)
    guard let state = try? MemberState(packed: bytes) else { return 0 }
    guard (try? MemberState(packed: state.packed())) == state else {
      FuzzTarget.fail("packed otherwise")
    }
    let date = BusinessDate(day: 20_000)
    _ = state.pointsAvailable(on: date)
    _ = state.nextExpiry(on: date)
    return state.lots.count + state.cards.count
  }

  /// The effects, packed again, and applied to a member.
  @Sendable package static func effects(_ bytes: [UInt8]) -> Int {
    guard let effects = try? Effect.unpacked(bytes) else { return 0 }
    guard (try? Effect.unpacked(Effect.packed(effects))) == effects else {
      FuzzTarget.fail("packed otherwise")
    }
    let day = BusinessDate(day: 20_000)
    var state = MemberState(id: "M1", joinedOn: day, tier: "normal")
    var sequence: Int64 = 0
    // One at a time and all at once: `verify` does the one, an import the other.
    for effect in effects {
      sequence += 1
      _ = state.apply([effect], sequence: sequence)
    }
    var other = MemberState(id: "M1", joinedOn: day, tier: "normal")
    _ = other.apply(effects, sequence: 1)
    return effects.count
  }

  @Sendable package static func importColumn(_ bytes: [UInt8]) -> Int {
    (try? ImportColumn.unpacked(bytes))?.count ?? 0
  }

  @Sendable package static func memberProfile(_ bytes: [UInt8]) -> Int {
    guard let profile = try? MemberProfile(packed: bytes) else { return 0 }
    guard (try? MemberProfile(packed: profile.packed())) == profile else {
      FuzzTarget.fail("packed otherwise")
    }
    return MemberProfile.masked(name: profile.name).utf8.count
  }

  /// Keys of operations and receipts as the journal has them.
  @Sendable package static func journalKeys(_ bytes: [UInt8]) -> Int {
    let text = JournalRow.operationID(of: bytes)
    let number = JournalRow.receiptNo(of: bytes)
    return text.utf8.count + (number?.utf8.count ?? 0)
  }
}
