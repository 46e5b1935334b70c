/// What `checkout.commit` asks for, as the request says it.
public struct CheckoutOrder: Hashable, Sendable {
  /// The basket; `nil` where a quote's token stands for it.
  public var request: CheckoutRequest?
  /// The token of the quote whose price is to hold.
  public var quoteToken: String?
  /// Codes in the order in which they were given; empty where a token stands for them.
  public var coupons: [CouponCode]
  /// Unique for store, counter and business date, together with the receipts of accruals.
  public var receiptNo: String
  public var tenders: [Tender]
  /// The hold that pays first.
  public var hold: Int64?
  public var wantsPrint: Bool

  /// Creates an order.
  public init(
    request: CheckoutRequest? = nil,
    quoteToken: String? = nil,
    coupons: [CouponCode] = [],
    receiptNo: String,
    tenders: [Tender],
    hold: Int64? = nil,
    wantsPrint: Bool = true
  ) {
    self.request = request
    self.quoteToken = quoteToken
    self.coupons = coupons
    self.receiptNo = receiptNo
    self.tenders = tenders
    self.hold = hold
    self.wantsPrint = wantsPrint
  }
}

/// What `checkout.quote` asks for.
public struct QuoteInquiry: Sendable {
  /// `nil` for whoever has no card.
  public var subject: MemberKey?
  public var request: CheckoutRequest
  public var coupons: [CouponCode]
  public var store: String
  public var counter: String
  /// When it happens, where the till says so; else now.
  public var businessTime: Timestamp?
  /// How the credential that names the member came to the gateway.
  public var evidence: Evidence
  /// `zh`, or anything else for English.
  public var language: String

  /// Creates an inquiry.
  public init(
    subject: MemberKey?,
    request: CheckoutRequest,
    coupons: [CouponCode] = [],
    store: String,
    counter: String,
    businessTime: Timestamp? = nil,
    evidence: Evidence = .word,
    language: String = "zh"
  ) {
    self.subject = subject
    self.request = request
    self.coupons = coupons
    self.store = store
    self.counter = counter
    self.businessTime = businessTime
    self.evidence = evidence
    self.language = language
  }
}

extension Programme {
  /// The coupons of `codes` with their templates, as a quote or a commit counts them.
  ///
  /// `bearers` are the store's rows of those that are a bearer's; `hold` is the hold that pays
  /// first, whose coupons count as the member's.
  public func offeredCoupons(
    _ codes: [CouponCode],
    bearers: [CouponState],
    hold: Int64?,
    for state: MemberState?,
    in context: LedgerContext
  ) throws(LedgerProblem) -> [OfferedCoupon] {
    let nobody = MemberState(id: "", joinedOn: context.date, tier: "")
    let draft = try LedgerDraft(self, for: state ?? nobody, in: context, sweeps: false)
    let commit = CheckoutCommit(
      request: CheckoutRequest(lines: []),
      tenders: [],
      coupons: codes,
      bearers: bearers
    )
    return try draft.offered(commit, state?.assets.holds.first { $0.id == hold })
  }

  /// Refuses a bearer's coupon that is not to be used any more; a member's is refused by
  /// `offeredCoupons`.
  public func refuseUsed(_ bearers: [CouponState]) throws(LedgerProblem) {
    guard let used = bearers.first(where: { $0.status != .issued }) else { return }
    throw .refused(.couponUsed, used.code.description)
  }
}
