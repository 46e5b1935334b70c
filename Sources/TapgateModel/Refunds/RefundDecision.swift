/// What is to go back of a sale.
public enum RefundRequest: Hashable, Sendable {
  /// Some units of some lines; lines count from 0.
  case lines([RefundLine])
  /// An amount, whatever it was for: it comes off the lines in the order of the receipt.
  case amount(Int64)
}

/// Units of one line that go back.
public struct RefundLine: Hashable, Sendable {
  public var line: Int
  public var quantity: Int64

  /// Creates a line.
  public init(line: Int, quantity: Int64) {
    self.line = line
    self.quantity = quantity
  }
}

/// What one refund gives back and takes back. Nothing in it is negative.
public struct RefundAmounts: Hashable, Sendable {
  /// One of the till's tenders.
  public struct External: Hashable, Sendable {
    public var kind: String
    public var reference: String?
    public var amountMinor: Int64
  }

  /// Fen by line of the receipt, of this refund.
  public var byLine: [Int64]
  public var amountMinor: Int64
  /// Stored value that goes back to its parts.
  public var value: ValueSplit
  /// Fen that points had paid, …
  public var pointsMinor: Int64
  /// … the points that go back to their lots for them, …
  public var pointsRestored: Int64
  /// … and the points that earlier refunds restored: the lots' order goes on from there.
  public var pointsRestoredBefore: Int64
  /// What the till has to give back, by tender.
  public var external: [External]
  /// Points that the sale had earned and that are taken back: P(E − R before) − P(E − R after).
  public var pointsTakenBack: Int64
  public var growthTakenBack: Int64
  /// What no longer counts as spent, on the sale's date.
  public var spentMinor: Int64
  /// What of the sale still counts as spent: for the largest single receipt.
  public var spentLeftMinor: Int64
  /// Whether the whole receipt has now gone back.
  public var isWhole: Bool
  /// Coupons that become usable again: all of the receipt, when the last of it goes back, and none
  /// before.
  public var couponsUnused: [String]
  /// The progress after it.
  public var progress: RefundProgress

  /// What the till has to give back, all together.
  public var externalMinor: Int64 { external.reduce(0) { $0 + $1.amountMinor } }
}

extension SaleRecord {
  /// Decides a refund of a part of the sale, or of what is left of it, under the rules that were in
  /// force then.
  ///
  /// Refunds are cumulative: whatever the order and the steps in which a receipt goes back, at the
  /// end everything that was paid is given back, by the tender that paid it, and everything that
  /// was earned is taken back. Inside a line the parts go back in the order bonus, principal,
  /// points, the till's tenders.
  public func refund(
    _ request: RefundRequest,
    after progress: RefundProgress = RefundProgress()
  ) throws(CheckoutProblem) -> RefundAmounts {
    guard let before = RefundState(self, progress), let had = before.earned else {
      throw .illegal("receiptId", "has refunds that are not its own")
    }
    var after = before
    switch request {
    case .lines(let returned): try Self.giveBack(returned, of: &after)
    case .amount(let amount): try Self.giveBack(amount, of: &after)
    }
    guard let has = after.earned else { throw .illegal("receiptId", "is damaged") }
    var amounts = RefundAmounts(
      byLine: lines.indices.map { before.left(of: $0) - after.left(of: $0) },
      amountMinor: before.left - after.left,
      value: ValueSplit(),
      pointsMinor: 0,
      pointsRestored: 0,
      pointsRestoredBefore: 0,
      external: [],
      pointsTakenBack: had.points - has.points,
      growthTakenBack: had.growth - has.growth,
      spentMinor: had.baseMinor - has.baseMinor,
      spentLeftMinor: has.baseMinor,
      isWhole: after.isWhole,
      couponsUnused: after.isWhole && !before.isWhole ? coupons : [],
      progress: after.progress
    )
    for (index, tender) in tenders.enumerated() {
      let amount = after.givenBack(tender: index) - before.givenBack(tender: index)
      switch tender.kind {
      case .bonus: amounts.value.bonusMinor += amount
      case .principal: amounts.value.principalMinor += amount
      case .points: amounts.pointsMinor += amount
      case .external where amount > 0:
        amounts.external.append(
          .init(kind: tender.name, reference: tender.reference, amountMinor: amount)
        )
      case .external: break
      }
    }
    amounts.pointsRestoredBefore = restored(before)
    amounts.pointsRestored = restored(after) - amounts.pointsRestoredBefore
    return amounts
  }

  /// Points that went back for what points had paid, rounded down until all of it went back.
  private func restored(_ state: RefundState) -> Int64 {
    guard pointsSpent > 0 else { return 0 }
    let given = tenders.indices.reduce(Int64(0)) {
      tenders[$1].kind == .points ? $0 + state.givenBack(tender: $1) : $0
    }
    return Apportionment.scaled(pointsSpent, by: given, over: pointsMinor) ?? 0
  }

  private static func giveBack(
    _ returned: [RefundLine],
    of state: inout RefundState
  ) throws(CheckoutProblem) {
    guard !returned.isEmpty else { throw .illegal("lines", "is empty") }
    for (index, item) in returned.enumerated() {
      let field = "lines[\(index)]"
      guard state.record.lines.indices.contains(item.line) else {
        throw .illegal(field + ".line", "names no line of the receipt")
      }
      guard item.quantity > 0 else { throw .illegal(field + ".quantity", "must be at least 1") }
      let left = state.units(of: item.line) - state.returned[item.line]
      guard item.quantity <= left else {
        throw .refused(.refundExceedsReceipt, "line \(item.line): \(left) are left")
      }
      state.giveBack(state.worth(of: item.quantity, line: item.line), line: item.line)
      state.countReturned(item.quantity, line: item.line)
    }
  }

  private static func giveBack(
    _ amount: Int64,
    of state: inout RefundState
  ) throws(CheckoutProblem) {
    guard amount > 0 else { throw .illegal("amountMinor", "must be at least 1") }
    let left = state.left
    guard amount <= left else {
      throw .refused(.refundExceedsReceipt, "\(AccrualSlip.yuan(left)) are left")
    }
    var open = amount
    for line in state.record.lines.indices where open > 0 {
      let part = min(open, state.left(of: line))
      state.giveBack(part, line: line)
      open -= part
    }
    if state.left == 0 { state.countAllReturned() }
  }
}
