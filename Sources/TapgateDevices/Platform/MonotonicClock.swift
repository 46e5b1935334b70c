internal import Glibc

/// The system's monotonic clock, clock_gettime(2).
enum MonotonicClock {
  /// Nanoseconds of CLOCK_MONOTONIC.
  static var nanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The same in milliseconds.
  static var milliseconds: UInt64 { nanoseconds / 1_000_000 }
}
