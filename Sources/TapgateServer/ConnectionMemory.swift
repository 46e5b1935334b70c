internal import TapgateCore
internal import TapgateModel

/// What a client said in `hello`.
struct Greeting: Sendable {
  var name: String
  var version: String?
  var lane: String?
  /// RFC 3339.
  var since: String
}

/// The event ids a client was given, with what they stand for: 30 minutes, and the newest 1,024.
struct RememberedEvents {
  private struct Entry {
    var credential: Credential
    var evidence: Evidence
    var isSimulated: Bool
    var until: UInt64
  }

  private var entries: [String: Entry] = [:]
  private var order: [String] = []
  private var first = 0

  /// Remembers an event. Times are monotonic milliseconds.
  mutating func remember(
    _ eventID: String,
    _ credential: Credential,
    evidence: Evidence,
    isSimulated: Bool,
    now: UInt64
  ) {
    let until = now &+ UInt64(Limits.eventIDLifetimeMilliseconds)
    let entry = Entry(
      credential: credential,
      evidence: evidence,
      isSimulated: isSimulated,
      until: until
    )
    if entries.updateValue(entry, forKey: eventID) == nil { order.append(eventID) }
    while first < order.count, entries.count > Limits.rememberedEventCountMax || isOver(now) {
      entries[order[first]] = nil
      first += 1
    }
    if first > Limits.rememberedEventCountMax {
      order.removeFirst(first)
      first = 0
    }
  }

  /// What an event id stands for; `nil` where it was never given, or too long ago.
  func credential(of eventID: String, now: UInt64) -> Credential? {
    guard let entry = entries[eventID], entry.until > now else { return nil }
    return entry.credential
  }

  /// How an event's credential came here, and whether from a virtual device; `nil` where the event
  /// is not remembered.
  func origin(of eventID: String) -> (evidence: Evidence, isSimulated: Bool)? {
    entries[eventID].map { ($0.evidence, $0.isSimulated) }
  }

  /// Forgets an event before its time.
  ///
  /// - Returns: whether it was remembered.
  mutating func forget(_ eventID: String) -> Bool {
    entries.removeValue(forKey: eventID) != nil
  }

  private func isOver(_ now: UInt64) -> Bool {
    guard let entry = entries[order[first]] else { return true }
    return entry.until <= now
  }
}

/// Bounds how often a client may ask for numbers that nobody has: 60 in any 60 s.
struct MissLimit {
  private var times: [UInt64] = []

  /// How long the client has to wait, in milliseconds; `nil`: it may ask.
  mutating func wait(now: UInt64) -> Int64? {
    times.removeAll { $0 &+ 60_000 <= now }
    guard times.count >= Limits.missesPerMinuteMax, let first = times.first else { return nil }
    return Int64(first &+ 60_000 - now)
  }

  /// Counts one.
  mutating func count(now: UInt64) { times.append(now) }
}
