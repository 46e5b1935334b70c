public import TapgateCore
internal import TapgateJSON
public import TapgateModel

/// What the ledger does by itself as time goes by.
extension LedgerStore: Stewardship {
  /// Sweeps at once, at each cut-over, whenever another programme comes into force, and when a
  /// hold's time is over; looked for every `milliseconds`. Ends with `stop`.
  public func startSweeping(every milliseconds: Int = 1000) {
    sweeper.start(every: milliseconds)
  }

  /// Looks through all members now and enters what has become due. What was entered before is not
  /// entered again, so it can be called at any time, from anywhere.
  public func sweep() async -> SweepReport {
    await withCheckedContinuation { continuation in
      sweeper.sweep { continuation.resume(returning: $0) }
    }
  }

  /// Whether the machine's clock was set by so much that the ledger does not follow it before the
  /// date is confirmed: until then time goes on from where it was, and nothing expires by it.
  public var isDateInDoubt: Bool { shared.clock.isWaiting }

  /// Follows the machine's clock again. `date` is what a person says the business date is.
  ///
  /// - Returns: The clock's date where it is another: then nothing changes.
  public func confirm(_ date: BusinessDate) async -> BusinessDate? {
    let known = shared.active.calendar.date(of: shared.clock.wall)
    guard known == date else { return known }
    shared.clock.confirm()
    return nil
  }

  /// The code by which a member invites others; `nil` where there is no such member.
  public func inviteCode(memberID: String) async -> String? {
    shared.memory.number(ofMember: memberID).map { shared.keys.inviteCode(of: $0) }
  }

  /// What `daemon.status` tells of the date.
  var dateFigures: JSON {
    let calendar = shared.active.calendar
    let isWaiting = shared.clock.isWaiting
    return .object([
      "today": .string(calendar.date(of: shared.clock.now()).description),
      "clock": .string(calendar.rfc3339(shared.clock.wall)),
      "inDoubt": .bool(isWaiting),
    ])
  }
}
