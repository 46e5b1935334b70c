/// A scanner's or swipe reader's statistics by their UnifiedPOS names (UnifiedPOS 1.16, "Device
/// Statistics"); what the standard has no name for starts with `Tapgate`.
struct ScannerCounters: Hashable, Sendable {
  enum Name: String, CaseIterable, Sendable {
    case goodScans = "GoodScanCount"
    case goodReads = "GoodReadCount"
    case failedReads = "FailedReadCount"
    case unreadableCards = "UnreadableCardCount"
    case communicationErrors = "CommunicationErrorCount"
    case onlineTransitions = "OnlineTransitionCount"
    case refused = "TapgateRefusedCount"
    case partial = "TapgatePartialCount"
    case stalls = "TapgateStallCount"
    case overflows = "TapgateOverflowCount"
    case departures = "TapgateFlapCount"
    case reports = "TapgateReportCount"
  }

  private var counts: [Name: Int64] = [:]

  /// Every counter by name, also those that are zero.
  var byName: [String: Int64] {
    var result: [String: Int64] = [:]
    for name in Name.allCases { result[name.rawValue] = counts[name, default: 0] }
    return result
  }

  subscript(name: Name) -> Int64 { counts[name, default: 0] }

  /// Counts.
  mutating func add(_ name: Name, _ count: Int64 = 1) { counts[name, default: 0] += count }
}
