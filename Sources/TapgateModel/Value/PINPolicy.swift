/// What a shop asks of its members' PINs.
public struct PINPolicy: Hashable, Sendable {
  /// Wrong entries in a row that lock a PIN: 1 to 10. Cards allow 3 (ISO 9564-1 leaves it to the
  /// issuer).
  public var triesMax: Int64
  /// Digits that a new PIN has at least: 4 to 12.
  public var digitCountMin: Int
  /// Whether a new PIN may be 123456, 000000 and the like.
  public var allowsTrivial: Bool
  /// Whether points ask for the PIN too, where one is set. Stored value always does.
  public var guardsPoints: Bool

  /// Creates a policy.
  public init(
    triesMax: Int64 = 3,
    digitCountMin: Int = 6,
    allowsTrivial: Bool = false,
    guardsPoints: Bool = false
  ) {
    self.triesMax = triesMax
    self.digitCountMin = digitCountMin
    self.allowsTrivial = allowsTrivial
    self.guardsPoints = guardsPoints
  }

  /// Why `pin` cannot be a new one, for whoever wrote the client; `nil` where it can.
  public func problem(of pin: PIN) -> String? {
    if pin.reveal().count < digitCountMin { return "has fewer than \(digitCountMin) digits" }
    return pin.isTrivial && !allowsTrivial ? "is too easy to guess" : nil
  }
}

/// What `card.setPin` asks for.
public struct PINChange: Hashable, Sendable {
  /// The new PIN; `nil` takes it away.
  public var pin: PIN?
  /// Whether a manager asks, who needs not know the PIN there is.
  public var isByManager: Bool
  public var reason: String?

  /// Creates a change. The PIN there is comes as the operation's own (`Operation.pin`).
  public init(pin: PIN?, isByManager: Bool, reason: String? = nil) {
    self.pin = pin
    self.isByManager = isByManager
    self.reason = reason
  }
}

extension MemberState {
  /// What is known of the PIN that guards what `card` spends: its own, else the member's first. A
  /// telephone's number, or a card bound later, is no way round the PIN.
  public func pinFacts(for card: CardReference?) -> PinFacts? {
    guard !hasNoAssets else { return nil }
    let pins = assets.pins
    return pins.first { $0.card == card } ?? pins.first
  }
}
