internal import Foundation
internal import TapgateLock
public import TapgateModel

/// Turns instants into a store's business dates: local time in the programme's zone, and a day that
/// starts at the cut-over hour.
public final class BusinessCalendar: Sendable {
  private let zone: TimeZone
  private let cutoverSeconds: Int64
  /// The offset of the last quarter of an hour asked for; zones change at such instants only.
  private let lastOffset = Mutex<(quarter: Int64, seconds: Int)>((.min, 0))

  /// Creates a calendar; `nil` where the system knows no such zone.
  public init?(zone name: String, cutoverMinutes: Int) {
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.zone = zone
    cutoverSeconds = Int64(cutoverMinutes) * 60
  }

  /// Seconds east of Greenwich at `instant`.
  public func offsetSeconds(at instant: Timestamp) -> Int {
    let quarter = instant.seconds / 900
    return lastOffset.withLock { last in
      if last.quarter == quarter { return last.seconds }
      let date = Date(timeIntervalSince1970: TimeInterval(quarter * 900))
      last = (quarter, zone.secondsFromGMT(for: date))
      return last.seconds
    }
  }

  /// The business date to which `instant` belongs.
  public func date(of instant: Timestamp) -> BusinessDate {
    let local = instant.seconds + Int64(offsetSeconds(at: instant)) - cutoverSeconds
    let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    return BusinessDate(day: Int32(clamping: day))
  }

  /// `instant` in RFC 3339 with the zone's offset.
  public func rfc3339(_ instant: Timestamp) -> String {
    instant.rfc3339(offsetSeconds: offsetSeconds(at: instant))
  }
}
