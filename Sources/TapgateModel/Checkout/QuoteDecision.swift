extension Programme {
  /// Prices a basket for a member, or for whoever has no card. See `Quote` for the order in which
  /// rules count.
  ///
  /// The same request, member and situation always have the same quote, and a receipt that is
  /// committed for them costs what the quote said.
  public func quote(
    _ request: CheckoutRequest,
    for state: MemberState?,
    coupons: [OfferedCoupon] = [],
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> Quote {
    try price(request, for: state, coupons: coupons, tenders: nil, in: context).quote
  }

  /// The quote and the sale's record; `tenders` are the till's own, `nil` where they are not known
  /// yet.
  func price(
    _ request: CheckoutRequest,
    for state: MemberState?,
    coupons: [OfferedCoupon],
    tenders: [Tender]?,
    in given: CheckoutContext
  ) throws(CheckoutProblem) -> (quote: Quote, record: SaleRecord) {
    if let currency = request.currency, currency != self.currency {
      throw .refused(.currencyMismatch)
    }
    do { try EarningSheet.check(request.quantities) } catch { throw .illegal(error) }
    var context = given
    if context.situation.tier == nil { context.situation.tier = state?.tier }
    context.situation.tenders.formUnion(request.tenderKinds)
    var pricing = try Pricing(request.lines)
    if state != nil, can("discount", in: context.situation) {
      pricing.applyMemberPrices(memberPrices, in: context.situation)
    }
    let nextOffer = pricing.applyPromotions(promotions, in: context.situation)
    try pricing.applyCoupons(coupons, in: context.situation)
    let payable = pricing.total
    let payment = try payment(of: payable, request, for: state, in: context)
    let supposed = Tender(kind: request.supposedKind, amountMinor: payment.dueMinor)
    let draft = SaleDraft(
      pricing: pricing,
      payment: payment,
      tenders: tenders ?? [supposed],
      coupons: coupons,
      quantities: request.quantities
    )
    var (record, fired) = try record(of: draft, isMember: state != nil, in: context)
    if let state { record.tierAfter = try tier(after: record, for: state, in: context) }
    var quote = Quote(record, pricing: pricing, payment: payment, rules: memberPrices)
    quote.nextOffer = nextOffer
    quote.earned.fired = fired
    if let state {
      quote.tierBefore = record.tierBefore
      quote.tierAfter = record.tierAfter
      quote.redeemable = redeemable(of: quote, for: state, in: context)
      quote.topUpHint = topUpHint(for: quote, state, in: context)
    } else {
      quote.enrolOffer = try enrolOffer(for: draft, payable: payable, in: context)
    }
    return (quote, record)
  }

  private func tier(
    after record: SaleRecord,
    for state: MemberState,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> String {
    let before = record.tierBefore
    guard record.baseMinor > 0 || record.growth > 0 else { return before }
    var after = state
    var effects: [Effect] = [.spent(date: record.date, amountMinor: record.baseMinor)]
    if record.growth > 0 { effects.append(.post(.growth, record.growth)) }
    if record.baseMinor > state.facts.singleMaxMinor {
      effects.append(.singleMax(record.baseMinor))
    }
    guard after.applyWithoutCounting(effects), after.isWithinBounds else {
      throw .illegal("lines", "is too large")
    }
    let level = earnedLevel(of: after.facts, growth: after.growth, on: record.date)
    return level > levelIndex(before) ? levels[level].id : before
  }

  private func enrolOffer(
    for draft: SaleDraft,
    payable: Int64,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> Quote.EnrolOffer? {
    guard let least = enrolFromMinor, payable >= least else { return nil }
    var context = context
    context.situation.tier = levels.first?.id
    let joined = try record(of: draft, isMember: true, in: context).record
    return Quote.EnrolOffer(pointsIfJoined: joined.points)
  }

  private func redeemable(
    of quote: Quote,
    for state: MemberState,
    in context: CheckoutContext
  ) -> Quote.Redeemable {
    let available = context.points ?? state.pointsAvailable(on: context.today)
    var redeemable = Quote.Redeemable()
    redeemable.pointsShort = max(0, redeemMin - available)
    if let rate = pointsAsCash, can("points", in: context.situation) {
      redeemable.step = rate.step
      if redeemable.pointsShort == 0 {
        redeemable.points = rate.most(of: available, on: quote.payableMinor)
        redeemable.minor = rate.worth(of: redeemable.points) ?? 0
      }
    }
    if redeemable.pointsShort == 0 {
      for reward in rewards where reward.points <= available {
        if reward.when.holds(in: context.situation) { redeemable.rewards.append(reward.id) }
      }
    }
    return redeemable
  }

  /// The smallest top-up that pays the receipt together with what is there, or the largest of all.
  private func topUpHint(
    for quote: Quote,
    _ state: MemberState,
    in context: CheckoutContext
  ) -> Quote.TopUpHint? {
    guard let topUp, let order = valueOrder, can("sv", in: context.situation) else { return nil }
    let left = ValueSplit(
      principalMinor: state.principalMinor &- quote.payment.value.principalMinor,
      bonusMinor: state.bonusMinor &- quote.payment.value.bonusMinor
    )
    let due = quote.payment.dueMinor
    guard due > max(0, left.principalMinor) &+ max(0, left.bonusMinor) else { return nil }
    let type = cardTypes.first { $0.id == context.situation.cardType }
    let most = (type?.isNamed ?? true ? topUp.namedMaxMinor : topUp.bearerMaxMinor) ?? .max
    var hint: Quote.TopUpHint?
    for step in topUp.steps.sorted(by: { $0.fromMinor < $1.fromMinor })
    where step.bonusMinor > 0 && step.fromMinor >= topUp.minMinor {
      let principal = left.principalMinor.addingReportingOverflow(step.fromMinor)
      let bonus = left.bonusMinor.addingReportingOverflow(step.bonusMinor)
      let sum = principal.partialValue.addingReportingOverflow(bonus.partialValue)
      guard !principal.overflow, !bonus.overflow, !sum.overflow, sum.partialValue <= most else {
        continue
      }
      let paid = order.split(
        min(due, sum.partialValue),
        principal: principal.partialValue,
        bonus: bonus.partialValue
      )
      hint = Quote.TopUpHint(
        amountMinor: step.fromMinor,
        bonusMinor: step.bonusMinor,
        savesNowMinor: paid?.bonusMinor ?? 0
      )
      if sum.partialValue >= due { break }
    }
    return hint
  }
}

extension CheckoutRequest {
  /// The tender that pays what is due, as far as one knows.
  var supposedKind: String { tenderKinds.count == 1 ? tenderKinds.first ?? "" : "" }
}

extension Quote {
  init(
    _ record: SaleRecord,
    pricing: Pricing,
    payment: Payment,
    rules: [Programme.MemberPrice]
  ) {
    let points = record.points > 0 ? record.pointsByLine() : []
    date = record.date
    lines = pricing.lines.indices.map {
      Line(
        listMinor: pricing.list[$0],
        memberMinor: pricing.member[$0],
        netMinor: pricing.net[$0],
        priceRule: pricing.rules[$0].map { rules[$0].id },
        isAgreement: pricing.isAgreed[$0],
        points: points.isEmpty ? 0 : points[$0]
      )
    }
    discounts = pricing.discounts
    listMinor = pricing.list.reduce(0) { $0 + $1 }
    payableMinor = pricing.total
    self.payment = payment
    earned = Earned(baseMinor: record.baseMinor)
    earned.points = record.points
    earned.growth = record.growth
    redeemable = Redeemable()
  }
}
