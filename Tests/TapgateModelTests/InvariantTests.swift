import Testing

@testable import TapgateModel

@Suite("The ledger's laws")
struct InvariantTests {
  private let day = TestLedger.start

  private func lot(_ id: Int64, expires days: Int, _ quantity: Int64) -> PointLot {
    PointLot(
      id: id,
      earnedOn: day,
      expiresOn: day.adding(days: days),
      original: quantity,
      remaining: quantity
    )
  }

  private var state: MemberState {
    var state = MemberState(id: "m", joinedOn: day, tier: "normal")
    state.lots = [lot(1, expires: 5, 10), lot(2, expires: 9, 10)]
    state.principalMinor = 100
    return state
  }

  /// What a row of `effects` breaks; the state after it is what they come to.
  private func broken(
    _ kind: JournalKind,
    _ effects: [Effect],
    from before: MemberState? = nil,
    today: BusinessDate? = nil
  ) throws -> Set<LedgerInvariant> {
    let before = before ?? state
    var after = before
    let fits = after.apply(effects, sequence: 9)
    #expect(fits)
    let row = CheckedRow(
      kind: kind,
      effects: effects,
      before: before,
      after: after,
      sequence: 9,
      today: today ?? day
    )
    return Set(row.violations(try TestLedger.rules()).map(\.invariant))
  }

  private func redeem(_ slice: PointLot) -> [Effect] {
    [
      .post(.pointsAvailable, -slice.remaining), .post(.pointsRedeemed, slice.remaining),
      .lotTaken(slice),
    ]
  }

  @Test("a right row breaks none")
  func right() throws {
    #expect(try broken(.redeem, redeem(state.lots[0])).isEmpty)
    #expect(try broken(.redeem, redeem(state.lots[0].slice(3))).isEmpty)
  }

  @Test("I1: postings that do not balance, alone and all together")
  func conservation() throws {
    #expect(try broken(.topUp, [.post(.principal, 5)]) == [.conservation])
    let mixed: [Effect] = [.post(.principal, 5), .post(.pointsIssued, -5)]
    #expect(try broken(.topUp, mixed) == [.conservation])
    var totals = LedgerTotals()
    totals.take(mixed)
    #expect(totals.violations.count == 2)
    totals.take([.post(.tenderClearing, -5), .post(.pointsRedeemed, 5)])
    #expect(totals.violations.isEmpty)
  }

  @Test("I2: a state that is not what its rows come to")
  func balances() throws {
    let row = CheckedRow(
      kind: .redeem,
      effects: redeem(state.lots[0]),
      before: state,
      after: state,
      sequence: 9,
      today: day
    )
    let violations = row.violations(try TestLedger.rules())
    #expect(violations.map(\.invariant) == [.balances])
    #expect(violations.first?.description.hasPrefix("I2: ") ?? false)
    var totals = LedgerTotals()
    totals.take([.post(.pointsAvailable, 20), .post(.principal, 100)])
    #expect(totals.violations(against: state).isEmpty)
    var other = state
    other.lots[0].remaining = 9
    other.assets.valueDebtMinor = 1
    #expect(totals.violations(against: other).count == 2)
    other = state
    other.pointsHeld = 5
    other.assets.principalHeldMinor = 5
    #expect(LedgerInvariant.violations(in: other).map(\.invariant) == [.balances, .balances])
    other = state
    other.lots[1].remaining = 11
    #expect(LedgerInvariant.violations(in: other).map(\.invariant) == [.balances])
    other.lots = [state.lots[1], state.lots[0]]
    #expect(LedgerInvariant.violations(in: other).map(\.invariant) == [.lotOrder])
  }

  @Test("I3: below zero, or a debt that a sale makes")
  func overdraft() throws {
    let spend: [Effect] = [.post(.principal, -101), .post(.valueConsumed, 101)]
    #expect(try broken(.spend, spend) == [.noOverdraft])
    let owe: [Effect] = [.post(.pointsDebt, -1), .post(.pointsIssued, 1)]
    #expect(try broken(.redeem, owe) == [.noOverdraft])
    #expect(try broken(.refund, owe).isEmpty)
  }

  @Test("I5: a refused row that changes something")
  func refusal() throws {
    let row = CheckedRow(
      kind: .redeem,
      effects: redeem(state.lots[0]),
      before: state,
      after: state,
      sequence: 9,
      today: day,
      isRefused: true
    )
    #expect(row.violations(try TestLedger.rules()).map(\.invariant) == [.refusal])
  }

  @Test("I9: a tier that falls with a sale")
  func tiers() throws {
    var gold = state
    gold.tier = "gold"
    let fall: [Effect] = [.tier("silver", since: day)]
    #expect(try broken(.checkout, fall, from: gold) == [.tierMonotone])
    #expect(try broken(.tierReview, fall, from: gold).isEmpty)
    let spend: [Effect] = [.spent(date: day, amountMinor: 20_000), .singleMax(20_000)]
    #expect(try broken(.checkout, spend) == [.tierMonotone])
    #expect(try broken(.checkout, spend + [.tier("silver", since: day)]).isEmpty)
    #expect(try broken(.checkout, spend, from: gold).isEmpty)
  }

  @Test("I10: a later lot is spent first, or less than was posted")
  func lotOrder() throws {
    #expect(try broken(.redeem, redeem(state.lots[1])) == [.lotOrder])
    var effects = redeem(state.lots[0])
    effects[2] = .lotTaken(state.lots[0].slice(9))
    #expect(try broken(.redeem, effects) == [.lotOrder])
    var pending = state
    pending.lots[0].maturesOn = day.adding(days: 1)
    #expect(try broken(.redeem, redeem(pending.lots[1]), from: pending).isEmpty)
  }

  @Test("I11: what expires before its day, or twice, or out of nothing")
  func expiry() throws {
    func expire(_ lot: PointLot) -> [Effect] {
      [
        .post(.pointsAvailable, -lot.remaining), .post(.pointsExpired, lot.remaining),
        .lotUsed(id: lot.id, quantity: lot.remaining),
      ]
    }
    let first = state.lots[0]
    #expect(try broken(.sweep, expire(first), today: day.adding(days: 6)).isEmpty)
    #expect(try broken(.sweep, expire(first), today: day.adding(days: 5)) == [.expiryOnce])
    let nothing: [Effect] = [.post(.pointsHeld, 0), .post(.pointsExpired, 5)]
    #expect(try broken(.sweep, nothing).contains(.expiryOnce))
    var other = state
    let coupon = CouponState(serial: 1, template: "c10", issuedOn: day, expiresOn: day)
    other.assets.coupons = [coupon]
    let early: [Effect] = [
      .post(.couponOut, -1), .post(.couponExpired, 1), .couponRemoved(coupon, .expired),
    ]
    #expect(try broken(.sweep, early, from: other) == [.expiryOnce])
  }

  @Test("I12: a hold that grows, or is lost; I13: a coupon that is in two places")
  func holdsAndCoupons() throws {
    let coupon = CouponState(serial: 1, template: "c10", issuedOn: day, expiresOn: day)
    var other = state
    var hold = Hold(id: 3, deadline: 9, card: nil, madeOn: day)
    hold.principalMinor = 5
    hold.coupons = [coupon]
    other.assets.holds = [hold]
    other.assets.principalHeldMinor = 5
    #expect(LedgerInvariant.violations(in: other).isEmpty)
    var grown = hold
    grown.principalMinor = 6
    let grow: [Effect] = [.post(.principal, -1), .post(.principalHeld, 1), .hold(grown)]
    #expect(try broken(.holdCapture, grow, from: other) == [.holdEnd])
    var after = other
    after.assets.holds = []
    after.assets.principalHeldMinor = 0
    let lost = CheckedRow(
      kind: .holdVoid,
      effects: [],
      before: other,
      after: after,
      sequence: 9,
      today: day
    )
    let found = Set(lost.violations(try TestLedger.rules()).map(\.invariant))
    #expect(found == [.holdEnd, .balances])
    other.assets.coupons = [coupon]
    #expect(LedgerInvariant.violations(in: other).map(\.invariant) == [.couponOnce])

    var bearer = CouponState(serial: 2, template: "open", issuedOn: day, expiresOn: day)
    bearer.isBearer = true
    var used = bearer
    used.status = .used
    let twice: [Effect] = [.bearerCoupon(from: used, to: used)]
    #expect(try broken(.couponUse, twice) == [.couponOnce])
    #expect(try broken(.couponUse, [.bearerCoupon(from: bearer, to: used)]).isEmpty)
  }
}
