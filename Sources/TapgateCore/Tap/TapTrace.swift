/// What became of the last taps, step by step: the answer to "why did my card do nothing?".
///
/// Nothing in it identifies a card: credentials are kept as their kind and masked text.
public struct TapTrace: Sendable {
  /// One step of a tap's way.
  public struct Step: Hashable, Sendable {
    /// Such as `detected`, `filtered`, `resolved`, `delivered`, `held`, `expired`.
    public var name: String
    /// Microseconds since the input was detected.
    public var microseconds: Int64
    /// What there is to say, without any of the card's own bytes.
    public var detail: String?

    /// Creates a step.
    public init(name: String, microseconds: Int64, detail: String? = nil) {
      self.name = name
      self.microseconds = microseconds
      self.detail = detail
    }
  }

  /// Where it ended.
  public enum Outcome: String, Sendable {
    case delivered, held, expired, superseded, suppressed, refused
  }

  /// One tap, scan or swipe.
  public struct Entry: Hashable, Sendable {
    /// The event id it was given.
    public var eventID: String
    /// RFC 3339.
    public var at: String
    public var deviceID: String
    public var lane: String?
    public var presence: UInt64?
    public var technology: String?
    public var credentialKind: String?
    public var masked: String?
    public var outcome: Outcome
    /// The client's name and process, such as `acme-pos (pid 41)`.
    public var deliveredTo: String?
    /// Why it was not delivered.
    public var reason: String?
    /// The rule that suppressed or refused it, such as `R2`; `nil` where no rule of the hub did.
    public var rule: String?
    /// The event id of the input that it was a duplicate of.
    public var duplicateOf: String?
    public var isAcknowledged: Bool = false
    public var isSimulated: Bool
    public var steps: [Step]

    /// Creates an entry.
    public init(
      eventID: String,
      at: String,
      deviceID: String,
      lane: String?,
      presence: UInt64? = nil,
      technology: String? = nil,
      credentialKind: String? = nil,
      masked: String? = nil,
      outcome: Outcome,
      deliveredTo: String? = nil,
      reason: String? = nil,
      isSimulated: Bool = false,
      steps: [Step] = []
    ) {
      self.eventID = eventID
      self.at = at
      self.deviceID = deviceID
      self.lane = lane
      self.presence = presence
      self.technology = technology
      self.credentialKind = credentialKind
      self.masked = masked
      self.outcome = outcome
      self.deliveredTo = deliveredTo
      self.reason = reason
      self.isSimulated = isSimulated
      self.steps = steps
    }
  }

  private var ring: [Entry] = []
  private var next = 0
  private let countMax: Int

  /// Creates an empty trace of at most `countMax` taps.
  public init(countMax: Int = Limits.traceCountMax) { self.countMax = max(countMax, 1) }

  /// Adds a tap; the oldest gives way.
  public mutating func append(_ entry: Entry) {
    if ring.count < countMax {
      ring.append(entry)
    } else {
      ring[next] = entry
    }
    next = (next + 1) % countMax
  }

  /// Changes the tap whose event id is `eventID`, where it is still there.
  ///
  /// - Returns: whether it was.
  @discardableResult
  public mutating func amend(_ eventID: String, _ change: (inout Entry) -> Void) -> Bool {
    guard let index = ring.lastIndex(where: { $0.eventID == eventID }) else { return false }
    change(&ring[index])
    return true
  }

  /// The last `count` taps, the newest first.
  public func last(_ count: Int) -> [Entry] {
    let count = min(max(count, 0), ring.count)
    return (0..<count).map { ring[(next - 1 - $0 + 2 * countMax) % countMax] }
  }
}
