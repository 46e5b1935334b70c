public import TapgateModel

/// Where the gateway reads the time. Injected everywhere, so that tests own it.
public protocol GatewayClock: Sendable {
  /// The wall clock.
  func now() -> Timestamp
  /// Nanoseconds that only count up, also while the wall clock is set.
  func monotonicNanoseconds() -> UInt64
  /// The same, with the time in which the machine slept: against it a wall clock that was set is
  /// told from one that went on.
  func elapsedNanoseconds() -> UInt64
}

extension GatewayClock {
  /// For a clock of a machine that never sleeps.
  public func elapsedNanoseconds() -> UInt64 { monotonicNanoseconds() }
}
