internal import Glibc

/// What the process knows of itself and of the hour. Any thread.
public enum ProcessFacts {
  /// The user's number. The C function is `geteuid`.
  public static var userID: UInt32 { geteuid() }

  /// The value of an environment variable. The C function is `getenv`; nobody here calls `setenv`.
  public static func environment(_ name: String) -> String? {
    // Safety: getenv answers NUL-terminated text that lives as long as the environment is
    // unchanged.
    getenv(name).map { String(cString: $0) }
  }

  /// Milliseconds since 1970-01-01T00:00:00Z. The C function is `clock_gettime`, CLOCK_REALTIME.
  public static func unixMilliseconds() -> UInt64 {
    let time = now(CLOCK_REALTIME)
    return UInt64(clamping: time.tv_sec) * 1000 + UInt64(clamping: time.tv_nsec / 1_000_000)
  }

  /// Milliseconds that only ever grow. The C function is `clock_gettime`, CLOCK_MONOTONIC.
  public static func monotonicMilliseconds() -> Int64 {
    let time = now(CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func now(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
