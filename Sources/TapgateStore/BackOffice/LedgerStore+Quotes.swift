internal import GRDB
public import TapgateCore
public import TapgateJSON
public import TapgateModel

extension LedgerStore: QuoteDesk {
  public func quote(_ inquiry: QuoteInquiry) async throws -> JSON {
    let shared = shared
    return try await onReader { db in
      let (bearers, shop) = try ShopTable.read(inquiry.coupons, in: db)
      return try Quoting(shared: shared, inquiry: inquiry).answer(bearers: bearers, shop: shop)
    }
  }
}

/// Prices one basket from committed memory.
private struct Quoting {
  let shared: LedgerShared
  let inquiry: QuoteInquiry

  func answer(bearers: [CouponState], shop: ShopState) throws -> JSON {
    let now = shared.clock.now()
    if let instant = inquiry.businessTime, !LedgerEngine.isPlausible(instant, now: now) {
      throw Refusal(.businessTimeOutOfRange)
    }
    let found = try member()
    let context = context(found, shop, now: now)
    let programme = shared.active.programme
    do {
      try programme.refuseUsed(bearers)
      try found?.state.refuseUnlessActive(card: found?.card)
      let (quote, content) = try programme.quoteToken(
        of: inquiry.request,
        coupons: inquiry.coupons,
        bearers: bearers,
        for: found?.state,
        in: context
      )
      let token = shared.keys.seal(
        SealedQuote(
          issued: now,
          assurance: inquiry.evidence.assurance,
          card: found?.card,
          content: content
        )
      )
      let explanations = programme.explain(quote, language: inquiry.language)
      return QuoteReply(quote: quote, explanations: explanations, token: token).json
    } catch let problem as LedgerProblem {
      switch problem {
      case .illegal(let problem):
        throw OperationFailure.illegal(field: problem.field, problem: problem.problem)
      case .refused(let refusal): throw refusal
      case .unknown(let field): throw OperationFailure.unknown(field: field)
      }
    }
  }

  private func member() throws -> (state: MemberState, profile: [UInt8]?, card: CardReference?)? {
    guard let subject = inquiry.subject else { return nil }
    guard let (number, reference) = shared.views.find(subject),
      let row = shared.memory.row(number),
      let state = try? MemberState(packed: row.state)  // `verify` tells of a damaged row.
    else {
      switch subject {
      case .memberID: throw OperationFailure.unknown(field: "memberId")
      case .credential, .cardID: throw OperationFailure.unknown(field: "credential")
      case .forgottenEvent: throw OperationFailure.unknown(field: "eventId")
      }
    }
    return (state, row.profile, reference)
  }

  private func context(
    _ found: (state: MemberState, profile: [UInt8]?, card: CardReference?)?,
    _ shop: ShopState,
    now: Timestamp
  ) -> LedgerContext {
    let active = shared.active
    let instant = inquiry.businessTime ?? now
    var situation = active.situation(
      at: instant,
      store: inquiry.store,
      counter: inquiry.counter,
      in: shared.operators.organisation
    )
    if active.asksForBirthday, let found, let sealed = found.profile {
      let birthday = shared.views.profile(sealed, memberID: found.state.id).birthday
      situation.birthday = birthday.map { ($0.parts.month, $0.parts.dayOfMonth) }
    }
    if let card = found?.card {
      situation.cardType = found?.state.cards.first { $0.reference == card }?.type
    }
    return LedgerContext(
      date: situation.date,
      today: active.calendar.date(of: now),
      sequence: 0,
      now: shared.clock.holdTime(),
      situation: situation,
      shop: shop,
      card: found?.card
    )
  }
}

extension ActiveProgramme {
  /// When and where something happens, as rules see it.
  func situation(
    at instant: Timestamp,
    store: String,
    counter: String,
    in organisation: Organisation
  ) -> Programme.Situation {
    let local = instant.seconds + Int64(calendar.offsetSeconds(at: instant))
    let second = local % 86_400
    var situation = Programme.Situation(
      date: calendar.date(of: instant),
      minute: Int((second < 0 ? second + 86_400 : second) / 60),
      store: store,
      counter: counter
    )
    situation.nodes = organisation.path(store: store, counter: counter)
    return situation
  }
}

/// The result of `checkout.quote`.
private struct QuoteReply {
  let quote: Quote
  let explanations: [Explanation]
  let token: String

  var json: JSON {
    let payment = quote.payment
    return .object([
      "lines": .array(quote.lines.indices.map(line)),
      "discounts": .array(quote.discounts.map(discount)),
      "listMinor": .integer(quote.listMinor), "savingMinor": .integer(quote.savingMinor),
      "payableMinor": .integer(quote.payableMinor), "dueMinor": .integer(payment.dueMinor),
      "pointsSpent": .integer(payment.points), "pointsMinor": .integer(payment.pointsMinor),
      "principalSpentMinor": .integer(payment.value.principalMinor),
      "bonusSpentMinor": .integer(payment.value.bonusMinor),
      "pointsToEarn": .integer(quote.earned.points), "growth": .integer(quote.earned.growth),
      "tierBefore": .optional(quote.tierBefore), "tierAfter": .optional(quote.tierAfter),
      "redeemable": .object([
        "points": .integer(quote.redeemable.points),
        "worthMinor": .integer(quote.redeemable.minor),
        "step": .integer(quote.redeemable.step),
        "pointsShort": .integer(quote.redeemable.pointsShort),
        "rewards": .array(quote.redeemable.rewards.map(JSON.string)),
      ]),
      "topUpHint": topUp, "enrolOffer": enrolment, "nextOffer": next,
      "explain": .array(explanations.map(explanation)), "quoteToken": .string(token),
    ])
  }

  private func line(_ index: Int) -> JSON {
    let line = quote.lines[index]
    return .object([
      "listMinor": .integer(line.listMinor), "memberMinor": .integer(line.memberMinor),
      "netMinor": .integer(line.netMinor), "priceRule": .optional(line.priceRule),
      "agreement": .bool(line.isAgreement), "points": .integer(line.points),
      "discounts": .array(
        quote.discounts(ofLine: index).map {
          .object([
            "rule": .string($0.discount.id), "amountMinor": .integer($0.amountMinor),
          ])
        }
      ),
    ])
  }

  private func discount(_ discount: Quote.Discount) -> JSON {
    .object([
      "kind": .string(discount.kind == .coupon ? "coupon" : "promotion"),
      "rule": .string(discount.id), "name": .string(discount.name),
      "code": .optional(discount.code), "amountMinor": .integer(discount.amountMinor),
    ])
  }

  private func explanation(_ item: Explanation) -> JSON {
    .object([
      "kind": .string(item.kind.rawValue), "rule": .optional(item.rule),
      "amountMinor": .optional(item.amountMinor),
      "points": .optional(item.points), "text": .string(item.text),
    ])
  }

  private var topUp: JSON {
    guard let hint = quote.topUpHint else { return .null }
    return .object([
      "amountMinor": .integer(hint.amountMinor), "bonusMinor": .integer(hint.bonusMinor),
      "savesNowMinor": .integer(hint.savesNowMinor),
    ])
  }

  private var enrolment: JSON {
    guard let offer = quote.enrolOffer else { return .null }
    return .object(["pointsIfJoined": .integer(offer.pointsIfJoined)])
  }

  private var next: JSON {
    guard let offer = quote.nextOffer else { return .null }
    return .object([
      "rule": .string(offer.id), "name": .string(offer.name),
      "missingMinor": .integer(offer.missingMinor), "savingMinor": .integer(offer.savingMinor),
    ])
  }
}
