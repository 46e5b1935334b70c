internal import TapgateCore
internal import TapgateModel

/// What every part of the store shares; safe on any thread.
struct LedgerShared: Sendable {
  let memory: MemberMemory
  let names: NameIndex
  let keys: KeyRing
  let schedule: ProgrammeSchedule
  let clock: TrustedClock
  /// When open holds end.
  let holds: HoldDeadlines
  let receiptPrinter: String?
  let language: String
  let assurance: AssurancePolicy
  let pins: PINPolicy
  let operators: OperatorRegistry
  /// The gateway's own place.
  let place: (store: String, counter: String)
  /// What profiles may hold beside names and dates.
  let attributes: [ProfileAttribute]

  /// The programme in force now.
  var active: ActiveProgramme { schedule.active(at: clock.now()) }

  var views: MemberViews {
    MemberViews(
      memory: memory,
      names: names,
      keys: keys,
      active: active,
      clock: clock,
      pins: pins,
      operators: operators,
      place: place
    )
  }
}
