/// A reader's statistics by their UnifiedPOS names (UnifiedPOS 1.16, "Device Statistics"); what the
/// standard has no name for starts with `Tapgate`.
struct ReaderCounters: Hashable, Sendable {
  enum Name: String, CaseIterable, Sendable {
    case goodReads = "GoodReadCount"
    case failedReads = "FailedReadCount"
    case unreadable = "UnreadableCardCount"
    case communicationErrors = "CommunicationErrorCount"
    case onlineTransitions = "OnlineTransitionCount"
    case presences = "TapgatePresenceCount"
    case tornTaps = "TapgateTornTapCount"
    /// Cards that refused our key, or did not answer our challenge.
    case failedAuthentications = "TapgateFailedAuthenticationCount"
    /// Cards that could not prove what they said: somebody tries copies.
    case cloneAlarms = "TapgateCloneAlarmCount"
    case busy = "TapgateDeviceBusyCount"
    case abandonedThreads = "TapgateAbandonedThreadCount"
  }

  private var counts: [Name: Int64] = [:]

  /// Every counter by name, also those that are zero.
  var byName: [String: Int64] {
    var result: [String: Int64] = [:]
    for name in Name.allCases { result[name.rawValue] = counts[name, default: 0] }
    return result
  }

  /// Counts one.
  mutating func add(_ name: Name) { counts[name, default: 0] += 1 }
}
