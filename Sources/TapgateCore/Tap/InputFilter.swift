public import TapgateModel

/// One sight of a credential by an input device.
public struct Sighting: Sendable {
  /// The event id that the input will bear if it counts.
  public var eventID: String
  public var deviceID: String
  /// The device's lane; `nil` for a device without one.
  public var lane: String?
  public var credential: Credential
  /// The card's presence in the field; `nil` for scans and swipes, which are over at once.
  public var presence: UInt64?
  public var freshness: Freshness?
  /// The card lay there at start, or after an error, a resume, a restart or a replug.
  public var isAlreadyPresent: Bool

  /// Creates a sight.
  public init(
    eventID: String,
    deviceID: String,
    lane: String?,
    credential: Credential,
    presence: UInt64? = nil,
    freshness: Freshness? = nil,
    isAlreadyPresent: Bool = false
  ) {
    self.eventID = eventID
    self.deviceID = deviceID
    self.lane = lane
    self.credential = credential
    self.presence = presence
    self.freshness = freshness
    self.isAlreadyPresent = isAlreadyPresent
  }
}

extension InputFilter.Verdict {
  fileprivate var isCrowd: Bool {
    switch self {
    case .multipleCards, .suppressed(.crowd, _): true
    case .counts, .suppressed: false
    }
  }
}

/// Decides which inputs count: one presence of a card is one tap, one look of a scanner one scan,
/// and nothing counts that bounced, lay there before, or was seen twice.
///
/// Pure: times are monotonic milliseconds that the caller passes in and that never go back. What it
/// knows outlives a device's errors and replugs, and ends with the process (R8).
public struct InputFilter: Sendable {
  /// The rules, by the numbers that traces show.
  public enum Rule: String, Sendable {
    case onePresence = "R1"
    case bounce = "R2"
    case repeated = "R3"
    case crossReader = "R4"
    case alreadyPresent = "R5"
    case freshness = "R6"
    case crowd = "R7"
  }

  /// How long the rules reach, in milliseconds. Each is held between 0 and 5,000.
  public struct Windows: Hashable, Sendable {
    /// How long a card must be away before it counts again (R2).
    public var bounce: UInt64
    /// How long the same code or swipe at one device is the same (R3).
    public var repeated: UInt64
    /// The same for codes of goods: 0, because two bottles are two scans.
    public var goods: UInt64

    /// Creates windows.
    public init(
      bounce: Int = Limits.bounceMilliseconds,
      repeated: Int = Limits.repeatMilliseconds,
      goods: Int = 0
    ) {
      func held(_ value: Int) -> UInt64 { UInt64(min(max(value, 0), 5000)) }
      self.bounce = held(bounce)
      self.repeated = held(repeated)
      self.goods = held(goods)
    }
  }

  /// Why an input does not count.
  public enum Suppression: Hashable, Sendable {
    /// The same presence was reported twice.
    case samePresence
    /// The card was away for less than `bounceMs`: a shaking hand, or noise in the field.
    case bounce(awayMilliseconds: UInt64)
    /// The device read the same code or stripe a moment ago.
    case repeated(afterMilliseconds: UInt64)
    /// Another device of the same lane had the same credential within a second.
    case crossReader(deviceID: String)
    /// It lay there at start, or after an error, a resume, a restart or a replug.
    case alreadyPresent
    /// The device read the same one-time token twice.
    case sameToken(afterMilliseconds: UInt64)
    /// Several cards still lie on the reader.
    case crowd

    /// The word that traces and events say it with.
    public var word: String {
      switch self {
      case .samePresence: "samePresence"
      case .bounce: "bounce"
      case .repeated: "repeated"
      case .crossReader: "crossReader"
      case .alreadyPresent: "alreadyPresent"
      case .sameToken: "sameToken"
      case .crowd: "multipleCards"
      }
    }

    /// The rule that decided.
    public var rule: Rule {
      switch self {
      case .samePresence: .onePresence
      case .bounce: .bounce
      case .repeated: .repeated
      case .crossReader: .crossReader
      case .alreadyPresent: .alreadyPresent
      case .sameToken: .freshness
      case .crowd: .crowd
      }
    }
  }

  /// What an input is.
  public enum Verdict: Hashable, Sendable {
    case counts
    /// `duplicateOf` is the event id of the input that had counted.
    case suppressed(Suppression, duplicateOf: String?)
    /// Two cards take turns in the field: nobody knows which one is meant. `withdrawn` are the
    /// event ids of those that had counted.
    case multipleCards(withdrawn: [String])
  }

  /// A credential that is, or lately was, at a device.
  private struct Seen: Sendable {
    var credential: Credential
    var eventID: String
    var presence: UInt64?
    /// When it last counted, or, where it never did, when it was first seen.
    var at: UInt64
    /// `nil` while a card lies there, and for scans and swipes.
    var removedAt: UInt64?
    var freshness: Freshness?
    var isCounted: Bool
  }

  /// A card that came into the field.
  private struct Visit: Sendable {
    var credential: Credential
    var eventID: String
    var at: UInt64
    var isCounted: Bool
  }

  private struct Device: Sendable {
    var seen: [Seen] = []
    /// The last two.
    var visits: [Visit] = []
    var crowdedUntil: UInt64 = 0
    var goods: (hash: Int, at: UInt64)?
  }

  private struct LaneInput: Sendable {
    var credential: Credential
    var freshness: Freshness?
    var eventID: String
    var deviceID: String
    var at: UInt64
  }

  /// Credentials that are remembered for a device.
  private static let seenCountMax = 64

  private let windows: Windows
  private var devices: [String: Device] = [:]
  private var lanes: [String: [LaneInput]] = [:]

  /// Creates a filter that has seen nothing.
  public init(_ windows: Windows = Windows()) { self.windows = windows }

  // MARK: Happenings

  /// Judges a sight of a credential.
  public mutating func judge(_ sighting: Sighting, now: UInt64) -> Verdict {
    forget(now: now)
    if devices[sighting.deviceID] == nil, devices.count >= Limits.deviceCountMax {
      devices.removeAll()
    }
    let verdict = verdict(sighting, devices[sighting.deviceID] ?? Device(), now: now)
    remember(sighting, verdict, now: now)
    return verdict
  }

  /// Judges a scan that names nobody: whether the device read the same a moment ago.
  public mutating func isRepeatedGoods(_ text: String, deviceID: String, now: UInt64) -> Bool {
    guard windows.goods > 0 else { return false }
    var device = devices[deviceID] ?? Device()
    let hash = text.hashValue
    if let last = device.goods, last.hash == hash, now - min(last.at, now) < windows.goods {
      return true
    }
    device.goods = (hash, now)
    devices[deviceID] = device
    return false
  }

  /// A card left the field of a reader.
  public mutating func removed(deviceID: String, presence: UInt64, now: UInt64) {
    guard
      let index = devices[deviceID]?.seen.lastIndex(where: { $0.presence == presence })
    else { return }
    devices[deviceID]?.seen[index].removedAt = now
  }

  /// A device is gone; what lay on it is away from now on. That it lies there still when the device
  /// comes back is the driver's to say.
  public mutating func lost(deviceID: String, now: UInt64) {
    guard var device = devices[deviceID] else { return }
    for index in device.seen.indices where device.seen[index].presence != nil {
      device.seen[index].removedAt = device.seen[index].removedAt ?? now
    }
    devices[deviceID] = device
  }

  /// An input that counted was refused after all: its credential may come again at once.
  /// `keepsVisit`: that a card was in the field stays known, and two are seen to take turns.
  public mutating func retract(_ eventID: String, keepsVisit: Bool = false) {
    for id in devices.keys {
      devices[id]?.seen.removeAll { $0.eventID == eventID }
      let isMeant = { (visit: Visit) in visit.eventID == eventID }
      if !keepsVisit {
        devices[id]?.visits.removeAll(where: isMeant)
      } else if let index = devices[id]?.visits.firstIndex(where: isMeant) {
        devices[id]?.visits[index].isCounted = false
      }
    }
    for lane in lanes.keys { lanes[lane]?.removeAll { $0.eventID == eventID } }
  }

  // MARK: Rules

  private func verdict(_ sighting: Sighting, _ device: Device, now: UInt64) -> Verdict {
    if sighting.isAlreadyPresent { return .suppressed(.alreadyPresent, duplicateOf: nil) }
    if let presence = sighting.presence {
      if let same = device.seen.last(where: { $0.presence == presence }) {
        return .suppressed(.samePresence, duplicateOf: same.eventID)
      }
      if now < device.crowdedUntil { return .suppressed(.crowd, duplicateOf: nil) }
      if let withdrawn = crowd(sighting, device, now: now) {
        return .multipleCards(withdrawn: withdrawn)
      }
    }
    if let last = device.seen.last(where: { $0.credential == sighting.credential }) {
      if let verdict = token(sighting, last, now: now) { return verdict }
      if let suppression = again(sighting, last, now: now) {
        return .suppressed(suppression, duplicateOf: last.isCounted ? last.eventID : nil)
      }
    }
    return elsewhere(sighting, now: now) ?? .counts
  }

  /// R7: a card, another, and the first one again within 300 ms. No hand does that.
  private func crowd(_ sighting: Sighting, _ device: Device, now: UInt64) -> [String]? {
    guard device.visits.count == 2, device.visits[0].credential == sighting.credential,
      device.visits[1].credential != sighting.credential,
      now - min(device.visits[0].at, now) < UInt64(Limits.crowdMilliseconds)
    else { return nil }
    return device.visits.filter(\.isCounted).map(\.eventID)
  }

  /// R6: a token that was accepted is refused wherever it is shown again, by who keeps the
  /// counters; only the same device reading it twice is no fault of anybody.
  private func token(_ sighting: Sighting, _ last: Seen, now: UInt64) -> Verdict? {
    guard let freshness = sighting.freshness, last.isCounted, last.freshness == freshness else {
      return nil
    }
    let after = now - min(last.at, now)
    guard after <= UInt64(Limits.sameTokenMilliseconds) else { return .counts }
    return .suppressed(.sameToken(afterMilliseconds: after), duplicateOf: last.eventID)
  }

  /// R2 for what has a presence, R3 for what has none.
  private func again(_ sighting: Sighting, _ last: Seen, now: UInt64) -> Suppression? {
    if sighting.presence != nil {
      guard last.presence != nil else { return nil }
      let away = now - min(last.removedAt ?? now, now)
      return away < windows.bounce ? .bounce(awayMilliseconds: away) : nil
    }
    let after = now - min(last.at, now)
    return last.presence == nil && after < windows.repeated
      ? .repeated(afterMilliseconds: after) : nil
  }

  /// R4; a token that another device accepted is no duplicate but a replay, which is not ours to
  /// say.
  private func elsewhere(_ sighting: Sighting, now: UInt64) -> Verdict? {
    guard let lane = sighting.lane else { return nil }
    let same = lanes[lane]?.last {
      $0.credential == sighting.credential && $0.deviceID != sighting.deviceID
        && now - min($0.at, now) < UInt64(Limits.crossReaderMilliseconds)
    }
    guard let same, sighting.freshness == nil || sighting.freshness != same.freshness else {
      return nil
    }
    return .suppressed(.crossReader(deviceID: same.deviceID), duplicateOf: same.eventID)
  }

  // MARK: Memory

  private mutating func remember(_ sighting: Sighting, _ verdict: Verdict, now: UInt64) {
    if case .suppressed(.samePresence, _) = verdict { return }
    var device = devices[sighting.deviceID] ?? Device()
    let isCounted = verdict == .counts
    if sighting.presence != nil { visit(sighting, verdict, &device, now: now) }
    if isCounted || (sighting.presence != nil && !verdict.isCrowd) {
      var entry = Seen(
        credential: sighting.credential,
        eventID: sighting.eventID,
        presence: sighting.presence,
        at: now,
        removedAt: nil,
        freshness: sighting.freshness,
        isCounted: isCounted
      )
      // What counted stays what a duplicate is a duplicate of.
      if !isCounted, let known = device.seen.last(where: { $0.credential == entry.credential }) {
        (entry.eventID, entry.at) = (known.eventID, known.at)
        (entry.freshness, entry.isCounted) = (known.freshness, known.isCounted)
      }
      device.seen.removeAll { $0.credential == sighting.credential }
      device.seen.append(entry)
      if device.seen.count > Self.seenCountMax { device.seen.removeFirst() }
    }
    devices[sighting.deviceID] = device
    guard isCounted, let lane = sighting.lane else { return }
    lanes[lane, default: []].append(
      LaneInput(
        credential: sighting.credential,
        freshness: sighting.freshness,
        eventID: sighting.eventID,
        deviceID: sighting.deviceID,
        at: now
      )
    )
  }

  /// A card came into the field: whatever was there before has left, seen or not.
  private func visit(
    _ sighting: Sighting,
    _ verdict: Verdict,
    _ device: inout Device,
    now: UInt64
  ) {
    for index in device.seen.indices
    where device.seen[index].presence != nil && device.seen[index].removedAt == nil {
      device.seen[index].removedAt = now
    }
    let crowdEnd = now &+ UInt64(Limits.crowdMilliseconds)
    switch verdict {
    case .multipleCards:
      // None of them counted: once they are apart, each may come at once.
      device.seen.removeAll { $0.presence != nil }
      device.visits = []
      device.crowdedUntil = crowdEnd
    case .suppressed(.crowd, _): device.crowdedUntil = crowdEnd
    case .counts, .suppressed:
      device.visits.append(
        Visit(
          credential: sighting.credential,
          eventID: sighting.eventID,
          at: now,
          isCounted: verdict == .counts
        )
      )
      if device.visits.count > 2 { device.visits.removeFirst() }
    }
  }

  /// Drops what can change no verdict any more, so that memory is bounded by inputs a few seconds
  /// old.
  private mutating func forget(now: UInt64) {
    let patience = max(windows.bounce, windows.repeated, UInt64(Limits.sameTokenMilliseconds))
    for id in devices.keys {
      devices[id]?.seen.removeAll { seen in
        guard seen.presence == nil || seen.removedAt != nil else { return false }
        return now - min(max(seen.at, seen.removedAt ?? 0), now) > patience
      }
    }
    for lane in lanes.keys {
      lanes[lane]?.removeAll { now - min($0.at, now) >= UInt64(Limits.crossReaderMilliseconds) }
      if lanes[lane]?.isEmpty == true { lanes[lane] = nil }
    }
  }
}
