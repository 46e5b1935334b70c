internal import TapgateModel

/// Decides which presences of cards count as taps: one presence, one tap, and no tap at all from a
/// card that merely bounced, lay there before, or was seen by two readers of a lane.
///
/// Pure: times are monotonic milliseconds that the caller passes in and that never go back.
public struct PresenceFilter: Sendable {
  /// Why a presence is no tap.
  public enum Suppression: Hashable, Sendable {
    /// The same presence was reported twice.
    case samePresence
    /// The card was away for less than `bounceMs`: a shaking hand, or noise in the field.
    case bounce(awayMilliseconds: UInt64)
    /// Another reader of the same lane had the same card within a second.
    case crossReader(deviceID: String)
    /// It lay there at start, or after an error, a resume, a restart or a replug.
    case alreadyPresent

    /// The word that traces and events say it with.
    public var word: String {
      switch self {
      case .samePresence: "samePresence"
      case .bounce: "bounce"
      case .crossReader: "crossReader"
      case .alreadyPresent: "alreadyPresent"
      }
    }
  }

  /// What a presence is.
  public enum Verdict: Hashable, Sendable {
    case tap
    case suppressed(Suppression)
  }

  /// A card that is, or lately was, on a reader.
  private struct Seen: Sendable {
    var credential: Credential
    var presence: UInt64
    /// `nil` while it lies there.
    var removedAt: UInt64?
  }

  private struct LaneTap: Sendable {
    var credential: Credential
    var deviceID: String
    var at: UInt64
  }

  private let bounceMilliseconds: UInt64
  private var seen: [String: [Seen]] = [:]
  private var laneTaps: [String: [LaneTap]] = [:]

  /// Creates a filter. `bounceMilliseconds` is held between 0 and 5,000.
  public init(bounceMilliseconds: Int = Limits.bounceMilliseconds) {
    self.bounceMilliseconds = UInt64(min(max(bounceMilliseconds, 0), 5000))
  }

  /// Judges a presence. `lane` is its device's lane, `nil` for a device without one.
  public mutating func presented(
    _ presentation: Presentation,
    lane: String?,
    now: UInt64
  ) -> Verdict {
    let deviceID = presentation.deviceID
    forget(deviceID: deviceID, now: now)
    defer { remember(presentation, now: now) }
    if presentation.isAlreadyPresent { return .suppressed(.alreadyPresent) }
    guard presentation.hasPresence else { return .tap }
    if let last = seen[deviceID]?.last(where: { $0.credential == presentation.credential }) {
      if last.presence == presentation.presence { return .suppressed(.samePresence) }
      let away = now - min(last.removedAt ?? now, now)
      if away < bounceMilliseconds {
        return .suppressed(.bounce(awayMilliseconds: away))
      }
    }
    guard let lane else { return .tap }
    let same = laneTaps[lane]?.last {
      $0.credential == presentation.credential && $0.deviceID != deviceID
        && now - min($0.at, now) < UInt64(Limits.crossReaderMilliseconds)
    }
    if let same { return .suppressed(.crossReader(deviceID: same.deviceID)) }
    laneTaps[lane, default: []].append(
      LaneTap(credential: presentation.credential, deviceID: deviceID, at: now)
    )
    return .tap
  }

  /// A card left the field of a reader.
  public mutating func removed(deviceID: String, presence: UInt64, now: UInt64) {
    guard let index = seen[deviceID]?.lastIndex(where: { $0.presence == presence }) else { return }
    seen[deviceID]?[index].removedAt = now
  }

  /// Drops what can change no verdict any more, so that memory is bounded by taps a few seconds
  /// old.
  private mutating func forget(deviceID: String, now: UInt64) {
    if seen[deviceID] == nil, seen.count >= Limits.deviceCountMax { seen.removeAll() }
    seen[deviceID]?.removeAll { card in
      guard let removedAt = card.removedAt else { return false }
      return now - min(removedAt, now) >= bounceMilliseconds
    }
    for lane in laneTaps.keys {
      laneTaps[lane]?.removeAll { now - min($0.at, now) >= UInt64(Limits.crossReaderMilliseconds) }
      if laneTaps[lane]?.isEmpty == true { laneTaps[lane] = nil }
    }
  }

  private mutating func remember(_ presentation: Presentation, now: UInt64) {
    guard presentation.hasPresence else { return }
    var cards = seen[presentation.deviceID] ?? []
    // One card lies on a reader: whatever was there before has left, seen or not.
    for index in cards.indices where cards[index].removedAt == nil {
      if cards[index].presence != presentation.presence { cards[index].removedAt = now }
    }
    cards.removeAll { $0.credential == presentation.credential }
    cards.append(
      Seen(credential: presentation.credential, presence: presentation.presence, removedAt: nil)
    )
    if cards.count > 16 { cards.removeFirst(cards.count - 16) }
    seen[presentation.deviceID] = cards
  }
}

extension Presentation {
  /// Whether the card stays in a field. A swiped card does not: each swipe is one.
  var hasPresence: Bool { !technology.hasPrefix("msr") }
}
