/// What a decision needs beside the member and the request.
public struct LedgerContext: Sendable {
  /// The business date of what happened; rules look at it.
  public var date: BusinessDate
  /// The gateway's own business date: it decides on what expired or matured.
  public var today: BusinessDate
  /// The sequence that the journal row will have.
  public var sequence: Int64
  /// The gateway's clock, for the end of holds.
  public var now: Timestamp
  /// Store, counter, time of day, birthday and agreement; tier and paid level are the member's.
  public var situation: Programme.Situation
  /// The shop's counts before the row.
  public var shop: ShopState
  /// The card that was presented; `nil` where the member was named otherwise.
  public var card: CardReference?
  /// What the shop asks of PINs.
  public var pin: PINPolicy

  /// Creates a context.
  public init(
    date: BusinessDate,
    today: BusinessDate? = nil,
    sequence: Int64,
    now: Timestamp = Timestamp(microseconds: 0),
    situation: Programme.Situation? = nil,
    shop: ShopState = ShopState(),
    card: CardReference? = nil,
    pin: PINPolicy = PINPolicy()
  ) {
    self.pin = pin
    self.date = date
    self.today = today ?? date
    self.sequence = sequence
    self.now = now
    self.situation = situation ?? Programme.Situation(date: date)
    self.shop = shop
    self.card = card
  }
}

/// Why an operation has no decision.
public enum LedgerProblem: Error, Hashable, Sendable {
  /// A right type with an impossible value (E_ILLEGAL).
  case illegal(ReceiptAmounts.Problem)
  /// A rule refuses; that is remembered.
  case refused(Refusal)
  /// Something named does not exist (E_NOEXIST); the parameter's name.
  case unknown(field: String)

  static func refused(_ reason: RefusalReason, _ detail: String? = nil) -> LedgerProblem {
    .refused(Refusal(reason, detail: detail))
  }

  static func illegal(_ field: String, _ problem: String) -> LedgerProblem {
    .illegal(ReceiptAmounts.Problem(field: field, problem: problem))
  }
}

/// What an operation comes to, before it is written.
public struct Decided<Answer: Hashable & Sendable>: Hashable, Sendable {
  /// The row's effects.
  public var effects: [Effect]
  /// The member after it.
  public var after: MemberState
  /// The shop's counts after it.
  public var shop: ShopState
  /// What the reply and the slip tell.
  public var answer: Answer
}
