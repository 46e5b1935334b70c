public import TapgateModel

/// Where the gateway reads the time. Injected everywhere, so that tests own it.
public protocol GatewayClock: Sendable {
  /// The wall clock.
  func now() -> Timestamp
  /// Nanoseconds that only count up, also while the wall clock is set.
  func monotonicNanoseconds() -> UInt64
}
