/// Decides who hears an input: exactly one client, or nobody.
///
/// Pure: times are monotonic milliseconds that the caller passes in. `Item` is what is delivered.
public struct Delivery<Item: Sendable>: Sendable {
  /// Where an input goes.
  public enum Route: Hashable, Sendable {
    /// To the holder of the claim that covers the device.
    case holder(ClientID)
    /// To the only connected client that named the device's lane.
    case laneClient(ClientID)
    /// To nobody, for now: it is kept until `heldUntil`.
    case held(heldUntil: UInt64)
    /// The same, and these clients are told that their lane is not theirs alone.
    case ambiguous([ClientID], heldUntil: UInt64)

    /// The recipient, where there is one.
    public var recipient: ClientID? {
      switch self {
      case .holder(let client), .laneClient(let client): client
      case .held, .ambiguous: nil
      }
    }
  }

  /// An input without recipient.
  public struct Held: Sendable {
    public var item: Item
    public var deviceID: String
    public var lane: String?
    /// When it came.
    public var since: UInt64
  }

  private let heldMilliseconds: UInt64
  private var held: [Held] = []

  /// Creates a delivery that keeps an input without recipient for `heldMilliseconds`; 0: not at
  /// all.
  public init(heldMilliseconds: Int = Limits.heldTapMilliseconds) {
    self.heldMilliseconds = UInt64(max(heldMilliseconds, 0))
  }

  /// When `expired` has something to take out next, if ever.
  public var nextDeadline: UInt64? { held.map { $0.since &+ heldMilliseconds }.min() }

  /// Where an input of a device goes. The answer changes nothing; `keep` does. `laneClients` are
  /// the connected clients that named the device's lane and may hear cards.
  public func route(holder: ClientID?, laneClients: [ClientID], now: UInt64) -> Route {
    if let holder { return .holder(holder) }
    switch laneClients.count {
    case 0: return .held(heldUntil: now &+ heldMilliseconds)
    case 1: return .laneClient(laneClients[0])
    default: return .ambiguous(laneClients, heldUntil: now &+ heldMilliseconds)
    }
  }

  /// Keeps an input without recipient in place of an older one of the same lane.
  ///
  /// - Returns: what nobody will hear any more: the older one, or the input itself where nothing is
  /// kept.
  public mutating func keep(
    _ item: Item,
    deviceID: String,
    lane: String?,
    now: UInt64
  ) -> [Held] {
    let newest = Held(item: item, deviceID: deviceID, lane: lane, since: now)
    guard heldMilliseconds > 0 else { return [newest] }
    let older = take { $0.lane == lane && (lane != nil || $0.deviceID == deviceID) }
    held.append(newest)
    return older
  }

  /// What a new claim's holder is to hear: inputs of the claimed devices that are young enough.
  public mutating func claimed(
    covers: (_ deviceID: String, _ lane: String?) -> Bool,
    now: UInt64
  ) -> [Held] {
    let patience = heldMilliseconds
    return take { covers($0.deviceID, $0.lane) && now - min($0.since, now) < patience }
  }

  /// Takes out what is not to be heard any more.
  public mutating func withdraw(where isWithdrawn: (Item) -> Bool) -> [Held] {
    take { isWithdrawn($0.item) }
  }

  /// Takes out what has waited too long: from now on nobody ever hears it.
  public mutating func expired(now: UInt64) -> [Held] {
    let patience = heldMilliseconds
    return take { $0.since &+ patience <= now }
  }

  private mutating func take(where isTaken: (Held) -> Bool) -> [Held] {
    let taken = held.filter(isTaken)
    if !taken.isEmpty { held.removeAll(where: isTaken) }
    return taken
  }
}
