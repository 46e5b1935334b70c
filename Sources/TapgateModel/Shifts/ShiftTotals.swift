internal import TapgateJSON

/// What was done at a counter between two closes of its till (交班): sums over journal rows.
public struct ShiftTotals: Hashable, Sendable {
  /// Money by one channel or kind of tender.
  public struct TenderSum: Hashable, Sendable {
    public var inMinor: Int64 = 0
    public var outMinor: Int64 = 0

    /// Creates a sum.
    public init(inMinor: Int64 = 0, outMinor: Int64 = 0) {
      self.inMinor = inMinor
      self.outMinor = outMinor
    }
  }

  /// Operations that were committed.
  public var operationCount: Int64 = 0
  /// Receipts of checkouts and accruals, and what they came to.
  public var receiptCount: Int64 = 0
  public var receiptsMinor: Int64 = 0
  /// Refunds, and what went back.
  public var refundCount: Int64 = 0
  public var refundedMinor: Int64 = 0
  /// By kind of tender or channel. Of an accrual how it was paid is not kept.
  public var tenders: [String: TenderSum] = [:]
  public var topUpCount: Int64 = 0
  public var topUpMinor: Int64 = 0
  public var topUpBonusMinor: Int64 = 0
  /// What members paid with stored value, less what of it came back.
  public var principalSpentMinor: Int64 = 0
  public var bonusSpentMinor: Int64 = 0
  public var pointsIssued: Int64 = 0
  public var pointsSpent: Int64 = 0
  public var cardsIssued: Int64 = 0
  public var enrolmentCount: Int64 = 0
  /// Holds that were made in the shift and have not ended.
  public var openHolds: Set<Int64> = []

  /// Creates the totals of nothing.
  public init() {}

  /// Whether nothing was done.
  public var isEmpty: Bool { operationCount == 0 }

  /// Takes a row that stands in the journal. `isOwn` says whether it is the shift's; of others only
  /// the end of a hold counts.
  public mutating func take(
    _ kind: JournalKind,
    sequence: Int64,
    effects: [Effect],
    reply: [UInt8],
    isOwn: Bool
  ) {
    for case .holdEnded(let id, _) in effects { openHolds.remove(id) }
    guard isOwn, kind != .shiftClose, kind != .print else { return }
    operationCount &+= 1
    if kind == .enrol { enrolmentCount &+= 1 }
    var sums = Sums()
    for effect in Effect.own(of: effects) { take(effect, sequence: sequence, into: &sums) }
    add(sums, of: kind)
    if kind == .refund { take(refund: reply) }
  }

  /// One row's sums.
  private struct Sums {
    var issued: Int64 = 0
    var redeemed: Int64 = 0
    var consumed: Int64 = 0
    var bonus: Int64 = 0
    var bonusExpense: Int64 = 0
    var spent: Int64 = 0
    var tendered: Int64 = 0
    var sale: Int64?
  }

  private mutating func take(_ effect: Effect, sequence: Int64, into sums: inout Sums) {
    switch effect {
    case .tendered(let kind, let amount, _):
      sums.tendered &+= amount
      tender(kind, amount)
    case .spent(_, let amount): sums.spent &+= amount
    case .post(.pointsIssued, let amount): sums.issued &-= amount
    case .post(.pointsRedeemed, let amount): sums.redeemed &+= amount
    case .post(.valueConsumed, let amount): sums.consumed &+= amount
    case .post(.bonus, let amount), .post(.bonusHeld, let amount): sums.bonus &+= amount
    case .post(.bonusExpense, let amount): sums.bonusExpense &-= amount
    case .cardAdded(let card) where card.kind != .phoneNumber: cardsIssued &+= 1
    case .hold(let hold) where hold.id == sequence: openHolds.insert(hold.id)
    case .sale(let bytes):
      // A damaged record is `verify`'s to tell of.
      guard let record = try? SaleRecord(packed: bytes) else { return }
      sums.sale = (sums.sale ?? 0) &+ record.netMinor
      for one in record.tenders where one.kind == .external { tender(one.name, one.amountMinor) }
    default: break
    }
  }

  private mutating func add(_ sums: Sums, of kind: JournalKind) {
    pointsIssued &+= sums.issued
    pointsSpent &+= sums.redeemed
    let bonusSpent = sums.consumed == 0 ? 0 : sums.bonusExpense &- sums.bonus
    bonusSpentMinor &+= bonusSpent
    principalSpentMinor &+= sums.consumed &- bonusSpent
    switch kind {
    case .topUp, .confirmTopUp:
      topUpCount &+= sums.tendered == 0 ? 0 : 1
      topUpMinor &+= sums.tendered
      topUpBonusMinor &+= sums.bonusExpense
    case .accrue, .checkout:
      receiptCount &+= 1
      receiptsMinor &+= sums.sale ?? sums.spent
    default: break
    }
  }

  private mutating func take(refund reply: [UInt8]) {
    // A damaged result is `verify`'s to tell of.
    guard let result = try? JSONParser.parse(reply) else { return }
    refundCount &+= 1
    refundedMinor &+= result["amountMinor"]?.integer ?? 0
    for one in result["tenders"]?.array ?? [] {
      guard let kind = one["kind"]?.string, let amount = one["amountMinor"]?.integer else {
        continue
      }
      tender(kind, 0 &- amount)
    }
  }

  private mutating func tender(_ kind: String, _ amount: Int64) {
    var sum = tenders[kind] ?? TenderSum()
    if amount >= 0 { sum.inMinor &+= amount } else { sum.outMinor &-= amount }
    tenders[kind] = sum
  }
}

extension ShiftTotals {
  /// Adds what another operator did in the same shift.
  public mutating func add(_ other: ShiftTotals) {
    for field in Self.counts { self[keyPath: field] &+= other[keyPath: field] }
    for (kind, sum) in other.tenders {
      var known = tenders[kind] ?? TenderSum()
      known.inMinor &+= sum.inMinor
      known.outMinor &+= sum.outMinor
      tenders[kind] = known
    }
    openHolds.formUnion(other.openHolds)
  }

  private static var counts: [WritableKeyPath<ShiftTotals, Int64>] {
    [
      \.operationCount, \.receiptCount, \.receiptsMinor, \.refundCount, \.refundedMinor,
      \.topUpCount, \.topUpMinor, \.topUpBonusMinor, \.principalSpentMinor, \.bonusSpentMinor,
      \.pointsIssued, \.pointsSpent, \.cardsIssued, \.enrolmentCount,
    ]
  }
}
