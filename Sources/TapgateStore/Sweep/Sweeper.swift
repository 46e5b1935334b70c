internal import Dispatch
internal import TapgateJSON
internal import TapgateLock
public import TapgateModel

/// What a sweep entered.
public struct SweepReport: Hashable, Sendable {
  /// The business date that it was made for.
  public var date: BusinessDate
  /// Members who were looked at.
  public var memberCount = 0
  /// Rows that were written.
  public var rowCount = 0
  /// Whether all of it was done; not where the store stopped or the disk refused.
  public var isWhole = true
}

/// Enters what the calendar ended: at the start, at each cut-over, when another programme comes
/// into force, and when a hold's time is over.
///
/// It looks through the members on a queue of its own and hands the ledger's thread a few at a
/// time, the next when the last are on disk: what a till asks for meanwhile comes in between.
/// Which rows are written is the ledger's to decide, by the member as it is then, so that nothing
/// ends twice, whoever touched the member meanwhile and wherever a start broke off.
final class Sweeper: Sendable {
  private struct State {
    /// The date and programme of the last pass that was done whole.
    var date: BusinessDate?
    var revision: [UInt8] = []
    /// What lies between two looks, in milliseconds; `nil` where it looks no more.
    var interval: Int?
    /// The programme that was in force at the last look.
    var seen: [UInt8]
    var observers: [@Sendable (JSON) -> Void] = []
  }

  private let shared: LedgerShared
  private let inbox: LedgerInbox
  private let queue = DispatchQueue(label: "tapgate.sweep", qos: .utility)
  private let state: Mutex<State>

  init(shared: LedgerShared, inbox: LedgerInbox) {
    self.shared = shared
    self.inbox = inbox
    state = Mutex(State(seen: shared.active.revision))
  }

  /// Looks every `milliseconds` whether anything is due.
  func start(every milliseconds: Int) {
    state.withLock { $0.interval = milliseconds }
    queue.async { [weak self] in self?.look() }
  }

  /// Calls `observer` on the sweeper's queue when another programme has come into force.
  func observeProgramme(_ observer: @escaping @Sendable (JSON) -> Void) {
    state.withLock { $0.observers.append(observer) }
  }

  /// Ends that. A pass that is under way ends with the ledger's queue.
  func stop() { state.withLock { $0.interval = nil } }

  private func look() {
    guard state.withLock({ $0.interval != nil }) else { return }
    tick()
    guard let interval = state.withLock({ $0.interval }) else { return }
    queue.asyncAfter(deadline: .now() + .milliseconds(interval)) { [weak self] in self?.look() }
  }

  /// Makes a whole pass now and tells what it did.
  func sweep(_ completion: @escaping @Sendable (SweepReport) -> Void) {
    queue.async { [self] in completion(pass()) }
  }

  private func tick() {
    let active = shared.active
    let today = active.calendar.date(of: shared.clock.now())
    let revision = active.revision
    tell(active)
    let isDue = state.withLock { state in
      state.revision != revision || state.date.map { $0 < today } ?? true
    }
    if isDue {
      _ = pass()
    } else if shared.holds.isEmpty {
      shared.clock.alignHoldTime()
    } else {
      let due = shared.holds.due(at: shared.clock.holdTime())
      for part in due.parts { _ = perform(.members(part)) }
    }
  }

  private func tell(_ active: ActiveProgramme) {
    let observers = state.withLock { state in
      guard state.seen != active.revision else { return [@Sendable (JSON) -> Void]() }
      state.seen = active.revision
      return state.observers
    }
    let from = shared.schedule.all.last { $0.active === active }?.from
    for observer in observers { observer(active.json(from: from)) }
  }

  private func pass() -> SweepReport {
    let active = shared.active
    var report = SweepReport(date: active.calendar.date(of: shared.clock.now()))
    let now = shared.clock.holdTime()
    var due: [UInt32] = []
    for number in 1...max(1, shared.memory.numberBound) {
      guard let row = shared.memory.row(number),
        let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
      else { continue }
      report.memberCount += 1
      shared.holds.noteIfUnknown(state, of: number)
      guard active.programme.isSweepDue(for: state, on: report.date, at: now) else { continue }
      due.append(number)
      guard due.count == SweepPart.memberCountMax else { continue }
      guard take(.members(due), into: &report) else { return report }
      due.removeAll(keepingCapacity: true)
    }
    if !due.isEmpty, !take(.members(due), into: &report) { return report }
    var serial: Int64? = 0
    while let after = serial {
      guard let step = perform(.bearerCoupons(after: after)) else {
        report.isWhole = false
        return report
      }
      report.rowCount += step.rowCount
      serial = step.nextSerial
    }
    state.withLock { ($0.date, $0.revision) = (report.date, active.revision) }
    return report
  }

  private func take(_ part: SweepPart, into report: inout SweepReport) -> Bool {
    guard let step = perform(part) else {
      report.isWhole = false
      return false
    }
    report.rowCount += step.rowCount
    return true
  }

  /// Has the ledger's thread do a piece and waits for it; `nil` where it was not done.
  private func perform(_ part: SweepPart) -> SweepStep? {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<SweepStep?>(nil)
    let isTaken = inbox.put(
      .sweep(part) { step in
        result.withLock { $0 = step }
        done.signal()
      }
    )
    guard isTaken else { return nil }
    done.wait()
    let step = result.withLock { $0 }
    for number in step?.idle ?? [] { shared.holds.forget(number) }
    return step
  }
}

extension [UInt32] {
  /// In pieces of what one piece of a sweep may have.
  fileprivate var parts: [[UInt32]] {
    stride(from: 0, to: count, by: SweepPart.memberCountMax).map {
      Array(self[$0..<Swift.min($0 + SweepPart.memberCountMax, count)])
    }
  }
}
