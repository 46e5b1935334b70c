/// Bounds how many lines of the log each device may have: ten in any hour. A reader with a loose
/// plug must not fill the disk.
///
/// Times are nanoseconds of the monotonic clock that the caller passes in.
struct LogAllowance: Hashable, Sendable {
  /// Lines of a device in any hour.
  static let lineCountMax = 10
  /// Devices that are kept apart; beyond them all share one allowance.
  static let deviceCountMax = 64
  private static let windowNanoseconds: UInt64 = 3_600_000_000_000

  private struct Line: Hashable, Sendable {
    var times: [UInt64] = []
    var leftOutCount = 0
  }

  private var lines: [String: Line] = [:]

  /// Asks for a line about `device`.
  ///
  /// - Returns: how many lines about it were left out since its last one; `nil` where this one is
  ///   to be left out too.
  mutating func line(about device: String, at now: UInt64) -> Int? {
    if lines[device] == nil, lines.count >= Self.deviceCountMax {
      lines = lines.filter { $0.value.times.contains { !Self.isOver($0, now) } }
    }
    let isKept = lines[device] != nil || lines.count < Self.deviceCountMax
    let key = isKept ? device : ""
    var line = lines[key] ?? Line()
    defer { lines[key] = line }
    line.times.removeAll { Self.isOver($0, now) }
    guard line.times.count < Self.lineCountMax else {
      line.leftOutCount += 1
      return nil
    }
    defer { line.leftOutCount = 0 }
    line.times.append(now)
    return line.leftOutCount
  }

  private static func isOver(_ time: UInt64, _ now: UInt64) -> Bool {
    time &+ windowNanoseconds <= now
  }
}
