/// Bounds how often the changes of one device are told: two in any second. What comes faster gives
/// way to what comes after it, so that the last one told is how things stand, and says how many
/// were left out.
///
/// Pure: times are monotonic milliseconds that the caller passes in. `Notice` is what is told.
public struct StatusThrottle<Notice: Sendable>: Sendable {
  /// A notice whose time has come.
  public struct Told: Sendable {
    public var notice: Notice
    /// Changes since the last notice that nobody is told of.
    public var leftOutCount: Int
  }

  /// What is known of one device.
  private struct Line: Sendable {
    /// When the last notices were told, oldest first: those of the last second.
    var times: [UInt64] = []
    var waiting: Told?

    mutating func forget(before now: UInt64, _ milliseconds: UInt64) {
      times.removeAll { $0 &+ milliseconds <= now }
    }
  }

  private let countMax: Int
  private let milliseconds: UInt64
  private var lines: [String: Line] = [:]

  /// Creates a throttle that lets `countMax` notices of a device through in any `milliseconds`.
  public init(
    countMax: Int = Limits.statusCountMax,
    milliseconds: Int = Limits.statusWindowMilliseconds
  ) {
    self.countMax = max(countMax, 1)
    self.milliseconds = UInt64(max(milliseconds, 1))
  }

  /// When `due` has something to tell next, if ever.
  public var nextDeadline: UInt64? {
    lines.values.compactMap { $0.waiting == nil ? nil : $0.times.first }.min()
      .map { $0 &+ milliseconds }
  }

  /// Takes a change of the device called `key`.
  ///
  /// - Returns: what is to be told now; `nil` where it has to wait for `due`.
  public mutating func offer(_ notice: Notice, about key: String, now: UInt64) -> Told? {
    forgetQuiet(now)
    var line = lines[key] ?? Line()
    defer { lines[key] = line }
    line.forget(before: now, milliseconds)
    guard line.waiting != nil || line.times.count >= countMax else {
      line.times.append(now)
      return Told(notice: notice, leftOutCount: 0)
    }
    line.waiting = Told(notice: notice, leftOutCount: line.waiting.map { $0.leftOutCount + 1 } ?? 0)
    return nil
  }

  /// Takes out what may be told by now.
  public mutating func due(now: UInt64) -> [Told] {
    var told: [Told] = []
    for key in lines.keys.sorted() {
      guard var line = lines[key], let waiting = line.waiting else { continue }
      line.forget(before: now, milliseconds)
      guard line.times.count < countMax else { continue }
      line.times.append(now)
      line.waiting = nil
      lines[key] = line
      told.append(waiting)
    }
    return told
  }

  private mutating func forgetQuiet(_ now: UInt64) {
    lines = lines.filter { _, line in
      line.waiting != nil || line.times.contains { $0 &+ milliseconds > now }
    }
  }
}
