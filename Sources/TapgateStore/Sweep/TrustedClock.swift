internal import TapgateCore
internal import TapgateLock
internal import TapgateModel

/// The gateway's clock as far as the ledger trusts it.
///
/// A wall clock that was set by more than 12 hours, or that has no plausible time at the start, is
/// not followed before a person has confirmed the date: nothing expires by a wrong clock. Meanwhile
/// the time goes on from where it was. Any thread.
final class TrustedClock: GatewayClock {
  /// Steps up to this are followed, in microseconds: summer time set by hand, a wrong zone.
  static let stepMax: Int64 = 12 * 3600 * 1_000_000
  /// How long after the newest row a start is believed: a shop that was closed.
  static let pauseMax: Int64 = 31 * 86_400 * 1_000_000

  private struct State {
    /// The wall time that was trusted last, and what had elapsed then.
    var wall: Int64
    var elapsed: UInt64
    var isWaiting: Bool
    /// Whether no wall time was trusted since the start.
    var isUnset: Bool
    /// Where the time of holds was set to the wall's last.
    var holdWall: Int64
    var holdElapsed: UInt64
  }

  private let base: any GatewayClock
  private let state: Mutex<State>

  /// Creates a clock over `base`. `newest` is when the ledger's newest row was written, in
  /// microseconds since 1970; `nil` for a new ledger, which believes any clock.
  init(_ base: any GatewayClock, newest: Int64?) {
    self.base = base
    let (wall, elapsed) = (base.now().microseconds, base.elapsedNanoseconds())
    let isPlausible = newest.map { Self.isPlausible(wall, after: $0, isUnset: true) } ?? true
    let start = isPlausible ? wall : newest ?? wall
    state = Mutex(
      State(
        wall: start,
        elapsed: elapsed,
        isWaiting: !isPlausible,
        isUnset: !isPlausible,
        holdWall: start,
        holdElapsed: elapsed
      )
    )
  }

  private static func isPlausible(_ wall: Int64, after last: Int64, isUnset: Bool) -> Bool {
    let (distance, isOver) = wall.subtractingReportingOverflow(last)
    return !isOver && distance >= -stepMax && distance <= (isUnset ? pauseMax : stepMax)
  }

  func now() -> Timestamp {
    let (wall, elapsed) = (base.now().microseconds, base.elapsedNanoseconds())
    return state.withLock { state in
      let expected = Self.time(state.wall, since: state.elapsed, elapsed)
      state.isWaiting = !Self.isPlausible(wall, after: expected, isUnset: state.isUnset)
      guard !state.isWaiting else { return Timestamp(microseconds: expected) }
      (state.wall, state.elapsed, state.isUnset) = (wall, elapsed, false)
      return Timestamp(microseconds: wall)
    }
  }

  func monotonicNanoseconds() -> UInt64 { base.monotonicNanoseconds() }
  func elapsedNanoseconds() -> UInt64 { base.elapsedNanoseconds() }

  /// What the machine's own clock says.
  var wall: Timestamp { base.now() }

  /// Whether the machine's clock is not followed before somebody has confirmed it.
  var isWaiting: Bool {
    _ = now()
    return state.withLock { $0.isWaiting }
  }

  /// Follows the machine's clock from now on, whatever it says.
  func confirm() {
    let (wall, elapsed) = (base.now().microseconds, base.elapsedNanoseconds())
    state.withLock { state in
      (state.wall, state.elapsed) = (wall, elapsed)
      (state.isWaiting, state.isUnset) = (false, false)
      (state.holdWall, state.holdElapsed) = (wall, elapsed)
    }
  }

  /// The time by which holds end: it only goes on, whatever is done to the wall clock.
  func holdTime() -> Timestamp {
    let elapsed = base.elapsedNanoseconds()
    return state.withLock { state in
      Timestamp(microseconds: Self.time(state.holdWall, since: state.holdElapsed, elapsed))
    }
  }

  /// Sets the time of holds to the wall's; for when no hold is open.
  func alignHoldTime() {
    let (wall, elapsed) = (now().microseconds, base.elapsedNanoseconds())
    state.withLock { ($0.holdWall, $0.holdElapsed) = (wall, elapsed) }
  }

  private static func time(_ wall: Int64, since start: UInt64, _ elapsed: UInt64) -> Int64 {
    let passed = Int64(clamping: (elapsed &- min(elapsed, start)) / 1000)
    return wall.addingReportingOverflow(passed).partialValue
  }
}
