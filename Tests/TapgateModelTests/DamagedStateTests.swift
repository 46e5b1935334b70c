import Testing

@testable import TapgateModel

@Suite("Damaged states, impossible requests")
struct DamagedStateTests {
  /// Every decision, asked for with `quantity`.
  private func decideAll(
    _ programme: Programme,
    _ state: MemberState,
    _ context: LedgerContext,
    _ quantity: Int64
  ) {
    let code = CouponCode(template: "c10", serial: quantity)
    let legs = HoldLegs(points: quantity, valueMinor: quantity, coupons: [code])
    let topUp = TopUpRequest(amountMinor: quantity, channel: "bank_card")
    _ = try? programme.decideTopUp(topUp, for: state, in: context)
    let id = state.assets.topUps.first?.id ?? quantity
    _ = try? programme.decideTopUpConfirmation(id, channelReference: "", for: state, in: context)
    let spend = SpendRequest(amountMinor: quantity, pin: .right)
    _ = try? programme.decideSpend(spend, for: state, in: context)
    _ = try? programme.decideWrongPin(for: state, in: context)
    for card in state.cards {
      let card = card.reference
      _ = try? programme.decideCardClose(card, refundBy: "cash", for: state, in: context)
    }
    _ = try? programme.decideHold(legs, seconds: quantity, for: state, in: context)
    for hold in state.assets.holds {
      for final in [true, false] {
        _ = try? programme.decideCapture(of: hold.id, legs, isFinal: final, for: state, in: context)
      }
      _ = try? programme.decideVoid(of: hold.id, for: state, in: context)
    }
    _ = try? programme.decideCouponIssue("c10", count: quantity, for: state, in: context)
    for coupon in state.assets.coupons {
      _ = try? programme.decideCouponUse(coupon.code, for: state, in: context)
    }
    _ = try? programme.decidePassUse("wash", quantity: quantity, for: state, in: context)
    _ = try? programme.decidePassUse("gym", quantity: quantity, for: state, in: context)
    _ = try? programme.decideStampAdd("stamp", quantity: quantity, for: state, in: context)
    _ = try? programme.decideRedeemCash(quantity, for: state, in: context)
    _ = try? programme.decideEvent("signin", for: state, in: context)
    _ = programme.decideReferral(for: state, in: context)
    decideRest(programme, state, context, quantity)
  }

  private func decideRest(
    _ programme: Programme,
    _ state: MemberState,
    _ context: LedgerContext,
    _ quantity: Int64
  ) {
    _ = try? programme.decideMembership(
      "year",
      priceMinor: quantity,
      tender: "cash",
      isRenewal: true,
      for: state,
      in: context
    )
    _ = try? programme.decideMembershipRefund(tender: "cash", for: state, in: context)
    _ = try? programme.decideIncome(for: state, in: context)
    _ = try? programme.decideSetTier("gold", for: state, in: context)
    _ = try? programme.decideTierReview(for: state, in: context)
    _ = try? programme.decideSweep(for: state, in: context)
    _ = try? programme.decideErase(for: state, in: context)
    let other = MemberState(id: "other", joinedOn: context.date, tier: "normal")
    _ = try? programme.decideMerge(from: state, in: context, into: other, in: context)
    _ = try? programme.decideMerge(from: other, in: context, into: state, in: context)
    _ = try? programme.decideMirror(of: AssetPackingTests.effects, for: state, in: context)
    for effect in AssetPackingTests.effects {
      var facts = MirrorFacts(otherSingleMax: 1, tierBefore: "gold")
      facts.mayOwe = true
      _ = try? programme.decideMirror(of: [effect], facts, for: state, in: context)
    }
    if var draft = try? LedgerDraft(programme, for: state, in: context) {
      _ = try? draft.takeBackPoints(quantity, lotRow: 1)
      _ = try? draft.givePoints(quantity)
      _ = try? draft.countSpending(quantity)
      _ = try? draft.raiseTier()
      _ = try? draft.finished(0)
    }
    _ = LedgerInvariant.violations(in: state)
    _ = LedgerTotals().violations(against: state)
    _ = state.nextExpiry(on: context.date)
  }

  private func rules() throws -> Programme {
    var ledger = try TestLedger()
    ledger.programme.pointsAsCash = .init(
      points: 1,
      minor: 100,
      shareMaxBasisPoints: 5000,
      step: 1
    )
    ledger.programme.events = [.init(id: "signin", event: "signin", give: 1)]
    ledger.programme.paidLevels = [
      .init(id: "year", name: "", term: .init(months: 12, days: 0))
    ]
    ledger.programme.tierRules = .init(
      validity: .rolling(.init(months: 12, days: 0)),
      downgrade: .oneStep
    )
    return ledger.programme
  }

  @Test("no bit that is turned round in a member's row makes a decision trap")
  func bits() throws {
    let programme = try rules()
    var state = AssetPackingTests.state
    state.assets.mergedInto = nil
    state.assets.pins = []
    state.cards = [
      CardState(reference: TestLedger.card, kind: .cardUid, type: "day", status: .active)
    ]
    state.principalMinor = 1000
    state.bonusMinor = 500
    state.pointsHeld = 30
    state.facts.days = [.init(date: AssetPackingTests.day, amountMinor: 5)]
    let bytes = state.packed()
    let date = AssetPackingTests.day.adding(days: 3)
    let context = LedgerContext(date: date, sequence: 5, card: TestLedger.card)
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        guard let damaged = try? MemberState(packed: changed) else { continue }
        decideAll(programme, damaged, context, 7)
      }
    }
  }

  @Test("no quantity traps")
  func quantities() throws {
    let programme = try rules()
    var state = AssetPackingTests.state
    state.assets.mergedInto = nil
    state.assets.pins = []
    let least = Int64.min
    let most = Int64.max
    let quantities: [Int64] = [least, least + 1, -1, 0, 1, most / 4, most / 2, most - 1, most]
    for quantity in quantities {
      for value in [Int64(0), MemberState.balanceMax / 2] {
        state.principalMinor = value
        for day in [Int32.min, -1, 20_003, .max] {
          let date = BusinessDate(day: day)
          let now = Timestamp(microseconds: quantity)
          let context = LedgerContext(date: date, sequence: quantity, now: now)
          decideAll(programme, state, context, quantity)
        }
      }
    }
  }
}
