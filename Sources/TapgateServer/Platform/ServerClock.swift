internal import Glibc
public import TapgateModel

/// Where the server takes time from.
public struct ServerClock: Sendable {
  /// CLOCK_MONOTONIC in nanoseconds, clock_gettime(2): the clock that input backends use too.
  public var monotonicNanoseconds: @Sendable () -> UInt64
  /// CLOCK_REALTIME.
  public var now: @Sendable () -> Timestamp
  /// Seconds east of Greenwich at an instant: localtime_r(3), where the store has no zone of its
  /// own.
  public var utcOffsetSeconds: @Sendable (Timestamp) -> Int

  /// Creates a clock.
  public init(
    monotonicNanoseconds: @escaping @Sendable () -> UInt64,
    now: @escaping @Sendable () -> Timestamp,
    utcOffsetSeconds: @escaping @Sendable (Timestamp) -> Int
  ) {
    self.monotonicNanoseconds = monotonicNanoseconds
    self.now = now
    self.utcOffsetSeconds = utcOffsetSeconds
  }

  /// The machine's clocks.
  public static let system = ServerClock(
    monotonicNanoseconds: {
      let time = read(CLOCK_MONOTONIC)
      return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    },
    now: {
      let time = read(CLOCK_REALTIME)
      return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    },
    utcOffsetSeconds: { instant in
      var seconds = time_t(instant.seconds)
      var parts = tm()
      // Safety: both pointers are valid for the call, which keeps neither.
      return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
    }
  )

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    // Safety: the pointer is valid for the call. It cannot fail for these two clocks.
    clock_gettime(clock, &time)
    return time
  }
}
