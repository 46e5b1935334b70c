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
///
/// A client is its user and the name that it gave in `hello`, on whatever connection: connecting
/// again does not begin anew. Who goes by ever new names shares one allowance after the first 64.
struct MissLimit {
  /// Who asks.
  struct Client: Hashable {
    var userID: UInt32
    var name: String?
  }

  /// Names that one user's clients may go by at one time, each with an allowance of its own.
  static let nameCountMax = 64
  private static let windowMilliseconds: UInt64 = 60_000

  private var times: [Client: [UInt64]] = [:]

  /// How long the client has to wait, in milliseconds; `nil`: it may ask. Times are monotonic
  /// milliseconds.
  mutating func wait(_ client: Client, now: UInt64) -> Int64? {
    let client = counted(client, now: now)
    guard let known = times[client] else { return nil }
    let recent = known.filter { !Self.isOver($0, now: now) }
    times[client] = recent.isEmpty ? nil : recent
    guard recent.count >= Limits.missesPerMinuteMax, let first = recent.first else { return nil }
    return Int64(first &+ Self.windowMilliseconds - now)
  }

  /// Counts one.
  mutating func count(_ client: Client, now: UInt64) {
    times[counted(client, now: now), default: []].append(now)
  }

  /// The client under which a miss is counted.
  private mutating func counted(_ client: Client, now: UInt64) -> Client {
    guard times[client] == nil else { return client }
    times = times.filter { $0.value.last.map { !Self.isOver($0, now: now) } ?? false }
    let names = times.keys.count { $0.userID == client.userID && $0.name != nil }
    return names < Self.nameCountMax ? client : Client(userID: client.userID, name: nil)
  }

  private static func isOver(_ time: UInt64, now: UInt64) -> Bool {
    time &+ windowMilliseconds <= now
  }
}
