internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// A receipt as one row: prices, points, stored value, coupons and what it earns.
extension LedgerEngine {
  /// Who is at the till, by the request or by the quote that it names.
  private struct Buyer {
    var found: FoundMember?
    var evidence: Evidence
    var sealed: SealedQuote?
  }

  func decideCheckout(
    _ order: CheckoutOrder,
    _ prepared: PreparedOperation,
    _ row: JournalRow
  ) throws(SQLiteFailure) -> Decision {
    var operation = prepared.operation
    let buyer: Buyer
    switch self.buyer(order, prepared) {
    case .success(let known): buyer = known
    case .failure(let problem): return problem.decision ?? unknown(operation.subject)
    }
    operation.evidence = buyer.evidence
    guard let request = buyer.sealed?.content.request ?? order.request else {
      return .failed(.illegal(field: "lines", problem: "is missing"))
    }
    var proof = PinProof.missing
    if let found = buyer.found {
      guard let found = pinProof(prepared, found) else { return Self.pinIsStale }
      proof = found
    }
    let codes = buyer.sealed?.content.coupons.compactMap { CouponCode($0) } ?? order.coupons
    let commit = CheckoutCommit(
      request: request,
      tenders: order.tenders,
      coupons: codes,
      bearers: try shopTable.bearers(codes),
      hold: order.hold,
      pin: proof,
      guardsPoints: shared.pins.guardsPoints
    )
    let state = buyer.found?.member.state
    let context = context(operation, row, buyer.found)
    let programme = active.programme
    let decided: Decided<CheckedOut>
    do throws(LedgerProblem) {
      try programme.refuseUsed(commit.bearers)
      if let promised = buyer.sealed?.content {
        try refuseStale(promised, commit, state, context)
      }
      decided = try programme.decideCheckout(commit, for: state, in: context)
    } catch {
      guard let found = buyer.found else { return Self.decision(error) }
      var prepared = prepared
      prepared.operation = operation
      return countingWrongPin(proof, prepared, found, row) { Self.decision(error) }
    }
    if let found = buyer.found,
      let refusal = refusalOfWeak(decided.answer, commit, operation, found)
    {
      return .refused(refusal)
    }
    return .row(draft(decided, order, operation, buyer.found, row))
  }

  private struct BuyerProblem: Error {
    /// `nil` where the member that the request names is not known.
    var decision: Decision?
  }

  private func buyer(
    _ order: CheckoutOrder,
    _ prepared: PreparedOperation
  ) -> Result<Buyer, BuyerProblem> {
    let operation = prepared.operation
    var buyer = Buyer(evidence: operation.evidence)
    if let text = order.quoteToken {
      guard let sealed = shared.keys.openQuote(text) else {
        let problem = "is not the token of a quote of this gateway"
        return .failure(.init(decision: .failed(.illegal(field: "quoteToken", problem: problem))))
      }
      buyer.sealed = sealed
    }
    if let subject = operation.subject {
      buyer.found = prepared.reference.map(find) ?? find(subject)
      guard buyer.found != nil else { return .failure(.init()) }
    } else if let sealed = buyer.sealed, let subject = sealed.subject {
      buyer.found = find(subject)
      buyer.evidence = sealed.evidence(at: shared.clock.now())
    }
    if let sealed = buyer.sealed, buyer.found?.member.state.id ?? "" != sealed.content.member {
      let refusal = Refusal(.quoteStale, detail: QuoteToken.Change.member.rawValue)
      return .failure(.init(decision: .refused(refusal)))
    }
    return .success(buyer)
  }

  /// Refuses a quote whose price would be another now. What the member or the place changed
  /// without changing the price is no reason to ask again.
  private func refuseStale(
    _ promised: QuoteToken,
    _ commit: CheckoutCommit,
    _ state: MemberState?,
    _ context: LedgerContext
  ) throws(LedgerProblem) {
    let now = try active.programme.quoteToken(
      of: commit.request,
      coupons: commit.coupons,
      bearers: commit.bearers,
      hold: commit.hold,
      for: state,
      in: context
    ).token
    do throws(Refusal) {
      try promised.refuseIfStale(against: now, allowing: [.member, .place])
    } catch { throw .refused(error) }
  }

  /// Refuses to spend what the credential is too weak for: stored value, then points and coupons.
  private func refusalOfWeak(
    _ done: CheckedOut,
    _ commit: CheckoutCommit,
    _ operation: Operation,
    _ found: FoundMember
  ) -> Refusal? {
    var acts: [AssurancePolicy.Act] = [.earn]
    if done.quote.payment.valueMinor > 0 { acts.append(.value) }
    if done.quote.payment.points > 0 || commit.coupons.count > commit.bearers.count {
      acts.append(.redeem)
    }
    for act in acts {
      let refusal = Self.refusal { () throws(Refusal) in try refuseWeak(act, operation, found) }
      if let refusal { return refusal }
    }
    return nil
  }

  private func draft(
    _ decided: Decided<CheckedOut>,
    _ order: CheckoutOrder,
    _ operation: Operation,
    _ found: FoundMember?,
    _ blank: JournalRow
  ) -> Draft {
    let after = found == nil ? nil : decided.after
    let job = saleSlip(decided.answer, order, operation, found, after: after, blank)
    var writer = JSONWriter(capacity: 768)
    writer.beginObject()
    let today = shared.active.calendar.date(of: Timestamp(microseconds: blank.at))
    CheckoutReply.committed(decided.answer, order, sequence: blank.sequence, into: &writer)
    CheckoutReply.balances(after, on: today, into: &writer)
    writer.name("printJobId")
    writer.value(job?.id)
    var row = finished(blank, decided.effects, after: found?.member.state, writer)
    row.receiptKey = JournalRow.receiptKey(
      date: row.businessDate,
      store: operation.store,
      counter: operation.counter,
      receiptNo: order.receiptNo
    )
    row.print = job.map { Self.printColumn(printer: $0.printer, document: $0.document.encoded()) }
    var member = found?.member
    member?.state = decided.after
    return Draft(
      row: row,
      number: found?.number,
      member: member,
      job: job,
      shopEffects: Self.shopEffects(decided.effects),
      companions: rewards(
        ofInvitationBy: decided.answer.earned.inviter,
        found,
        after: decided.after,
        operation,
        blank
      )
    )
  }

  private func saleSlip(
    _ done: CheckedOut,
    _ order: CheckoutOrder,
    _ operation: Operation,
    _ found: FoundMember?,
    after: MemberState?,
    _ row: JournalRow
  ) -> PrintJob? {
    guard order.wantsPrint, let printer = shared.receiptPrinter else { return nil }
    let view = after.map {
      shared.views.view(of: $0, profile: found?.member.profile, card: found?.reference)
    }
    let slip = SaleSlip(
      language: shared.language,
      store: operation.store,
      counter: operation.counter,
      operatorName: operation.operatorName,
      receiptNo: order.receiptNo,
      receiptID: "R\(row.sequence)",
      time: shared.active.calendar.rfc3339(
        operation.businessTime ?? Timestamp(microseconds: row.at)
      ),
      member: view,
      sale: done
    )
    return PrintJob(
      id: "J\(row.sequence)",
      printer: printer,
      document: slip.document,
      isSimulated: operation.isSimulated
    )
  }
}

extension Programme {
  /// A quote with the token that stands for it, priced as its commit will be: what the calendar has
  /// ended is ended, though nobody entered it yet.
  func quoteToken(
    of request: CheckoutRequest,
    coupons: [CouponCode],
    bearers: [CouponState],
    hold: Int64? = nil,
    for state: MemberState?,
    in context: LedgerContext
  ) throws(LedgerProblem) -> (quote: Quote, token: QuoteToken) {
    var state = state
    if hold == nil, let known = state, let swept = try decideSweep(for: known, in: context)?.after {
      state = swept
      state?.operationCount = known.operationCount
    }
    let pricing = try quoteContext(for: state, hold: hold, in: context)
    let offered = try offeredCoupons(
      coupons,
      bearers: bearers,
      hold: hold,
      for: state,
      in: context
    )
    do throws(CheckoutProblem) {
      let quote = try quote(request, for: state, coupons: offered, in: pricing)
      let token = QuoteToken(
        quote,
        of: request,
        coupons: offered,
        for: state,
        programme: self,
        in: pricing
      )
      return (quote, token)
    } catch { throw LedgerProblem(error) }
  }
}

extension ShopTable {
  /// The rows of those codes that are a bearer's.
  func bearers(_ codes: [CouponCode]) throws(SQLiteFailure) -> [CouponState] {
    var bearers: [CouponState] = []
    for code in codes {
      if let known = try coupon(code.serial), known.code == code { bearers.append(known) }
    }
    return bearers
  }
}
