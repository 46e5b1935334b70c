/// Bounds how many wrong authentication codes a scanner may show in a minute: nobody may guess.
///
/// Pure: times are monotonic milliseconds.
public struct BadCodeLimiter: Sendable {
  private let countMax: Int
  private let windowMilliseconds: UInt64
  private var times: [String: [UInt64]] = [:]

  /// Creates a limiter that has seen nothing.
  public init(
    countMax: Int = Limits.badCodesPerMinuteMax,
    windowMilliseconds: Int = 60_000
  ) {
    self.countMax = max(countMax, 1)
    self.windowMilliseconds = UInt64(max(windowMilliseconds, 1))
  }

  /// How long a device has to wait before its codes are looked at again, in milliseconds; `nil`
  /// where it need not.
  public mutating func wait(_ deviceID: String, now: UInt64) -> UInt64? {
    let window = windowMilliseconds
    times[deviceID]?.removeAll { $0 &+ window <= now }
    if times[deviceID]?.isEmpty == true { times[deviceID] = nil }
    guard let times = times[deviceID], times.count >= countMax, let first = times.first else {
      return nil
    }
    return first &+ window - now
  }

  /// Counts a wrong code.
  ///
  /// - Returns: whether this one was one too many: from now on the device waits.
  public mutating func count(_ deviceID: String, now: UInt64) -> Bool {
    if times.count >= Limits.deviceCountMax, times[deviceID] == nil { times.removeAll() }
    times[deviceID, default: []].append(now)
    return wait(deviceID, now: now) != nil
  }
}
