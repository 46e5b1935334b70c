/// What a checkout moves beside what it earns. How points leave their lots and value its parts is
/// the ledger's own decision.
public struct CheckoutAmounts: Hashable, Sendable {
  public var pointsSpent: Int64
  /// What the points paid, in fen.
  public var pointsMinor: Int64
  public var value: ValueSplit
  /// Codes of the coupons that are used up, in the order in which they were given.
  public var couponsUsed: [String]
  /// Points, growth and what counts as spent.
  public var earned: Earned
  /// What the till's own tenders pay.
  public var dueMinor: Int64
}

/// What a checkout comes to, before it is written.
///
/// The row's effects are, in this order: what has expired, the spending of points, value and
/// coupons by their own decisions, the record, then `Programme.write(_:for:on:sequence:after:)` of
/// `amounts.earned`.
public struct CheckoutDecision: Hashable, Sendable {
  public var quote: Quote
  public var record: SaleRecord
  public var amounts: CheckoutAmounts
}

extension Programme {
  /// Decides a checkout: the quote's price, paid by `tenders`.
  ///
  /// The tenders must come to what is due, exactly: change is the till's matter. A price that was
  /// quoted for kinds of tender (`request.tenderKinds`) needs them among the tenders. A checkout
  /// without a quote puts the tenders' kinds there.
  public func checkout(
    _ request: CheckoutRequest,
    tenders: [Tender],
    for state: MemberState?,
    coupons: [OfferedCoupon] = [],
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> CheckoutDecision {
    let due = try Self.sum(of: tenders)
    let kinds = Set(tenders.map(\.kind))
    guard request.tenderKinds.isSubset(of: kinds) else {
      throw .refused(.quoteStale, "the price was for another means of payment")
    }
    let (quote, record) = try price(
      request,
      for: state,
      coupons: coupons,
      tenders: tenders,
      in: context
    )
    guard due == quote.payment.dueMinor else {
      throw .illegal(
        "tenders",
        "come to \(AccrualSlip.yuan(due)), but \(AccrualSlip.yuan(quote.payment.dueMinor)) are due"
      )
    }
    let amounts = CheckoutAmounts(
      pointsSpent: quote.payment.points,
      pointsMinor: quote.payment.pointsMinor,
      value: quote.payment.value,
      couponsUsed: coupons.map(\.code),
      earned: quote.earned,
      dueMinor: quote.payment.dueMinor
    )
    return CheckoutDecision(quote: quote, record: record, amounts: amounts)
  }

  private static func sum(of tenders: [Tender]) throws(CheckoutProblem) -> Int64 {
    guard tenders.count <= CheckoutRequest.tenderCountMax else {
      throw .illegal("tenders", "has more than \(CheckoutRequest.tenderCountMax) entries")
    }
    var sum: Int64 = 0
    for (index, tender) in tenders.enumerated() {
      let field = "tenders[\(index)]"
      guard tender.amountMinor >= 0 else { throw .illegal(field + ".amountMinor", "is negative") }
      guard !ownTenders.contains(tender.kind) else {
        throw .illegal(field + ".kind", "is told by usePoints and useValueMinor")
      }
      let (next, overflow) = sum.addingReportingOverflow(tender.amountMinor)
      guard !overflow else { throw .illegal(field + ".amountMinor", "is too large") }
      sum = next
    }
    return sum
  }

  private static let ownTenders: Set<String> = ["points", "sv", "sv_principal", "sv_bonus"]
}
