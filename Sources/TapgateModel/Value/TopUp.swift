/// A top-up of which the channel has not answered yet. What it will bring is settled when it is
/// opened, whatever rules come meanwhile.
public struct TopUp: Hashable, Sendable {
  /// The sequence of the journal row that opened it.
  public var id: Int64
  public var amountMinor: Int64
  public var bonusMinor: Int64
  public var channel: String
  /// The till's reference of the payment.
  public var reference: String
  public var openedOn: BusinessDate
  public var gifts: [Programme.Gift]
  /// The multiplier of the next receipt's points in basis points; 0 for none.
  public var boost: Int64

  /// Creates an open top-up.
  public init(
    id: Int64,
    amountMinor: Int64,
    bonusMinor: Int64,
    channel: String,
    reference: String,
    openedOn: BusinessDate,
    gifts: [Programme.Gift] = [],
    boost: Int64 = 0
  ) {
    self.id = id
    self.amountMinor = amountMinor
    self.bonusMinor = bonusMinor
    self.channel = channel
    self.reference = reference
    self.openedOn = openedOn
    self.gifts = gifts
    self.boost = boost
  }
}
