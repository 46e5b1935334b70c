/// A priced basket whose tenders are known, or supposed to be.
struct SaleDraft {
  var pricing: Pricing
  var payment: Quote.Payment
  /// The till's own tenders.
  var tenders: [Tender]
  var coupons: [OfferedCoupon]
  var quantities: [String: Int64]
}

extension Programme {
  /// The sale's record with what it earns for whoever `situation` describes.
  func record(
    of draft: SaleDraft,
    isMember: Bool,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> (record: SaleRecord, fired: [Fired]) {
    var tenders = Self.tenders(of: draft)
    tenders.removeAll { $0.amountMinor == 0 }
    let nets = draft.pricing.net
    let parts =
      tenders.isEmpty ? [] : SaleRecord.attribute(tenders.map(\.amountMinor), to: nets)
    var record = SaleRecord(
      revision: revision,
      date: context.situation.date,
      lines: draft.pricing.saleLines,
      tenders: tenders,
      parts: parts,
      rules: [],
      spending: nil,
      multipliers: [10_000],
      points: 0,
      growth: 0,
      baseMinor: 0,
      pointsSpent: draft.payment.points,
      coupons: draft.coupons.map(\.code),
      tierBefore: context.situation.tier ?? "",
      tierAfter: context.situation.tier ?? ""
    )
    let fired = isMember ? try earn(&record, draft, in: context) : []
    return (record, fired)
  }

  private static func tenders(of draft: SaleDraft) -> [SaleRecord.Tender] {
    let payment = draft.payment
    let own: [SaleRecord.Tender] = [
      .init(kind: .bonus, name: "sv_bonus", amountMinor: payment.value.bonusMinor),
      .init(kind: .principal, name: "sv_principal", amountMinor: payment.value.principalMinor),
      .init(kind: .points, name: "points", amountMinor: payment.pointsMinor),
    ]
    return own
      + draft.tenders.map {
        SaleRecord.Tender(
          kind: .external,
          name: $0.kind,
          amountMinor: $0.amountMinor,
          reference: $0.reference
        )
      }
  }

  /// Fixes the rules that hold, and what they give.
  ///
  /// - Returns: the multipliers that count for at least one line.
  private func earn(
    _ record: inout SaleRecord,
    _ draft: SaleDraft,
    in context: CheckoutContext
  ) throws(CheckoutProblem) -> [Fired] {
    var situation = context.situation
    for tender in record.tenders { situation.tenders.formUnion(tender.names) }
    let lines = draft.pricing.lines
    let factors = multipliers(of: lines, in: situation, grants: context.grants)
    record.multipliers = factors.factors
    record.spending =
      spendingRule.map { basis(of: $0, lines, record.tenders, always: true) }
      ?? SaleRecord.Basis()
    for rule in earn where rule.when.holds(in: situation) {
      let basis = basis(of: rule, lines, record.tenders)
      var frozen = SaleRecord.Rule(
        id: rule.id,
        asset: rule.asset,
        formula: rule.formula,
        basis: basis
      )
      if let quantity = rule.quantity {
        frozen.units = Apportionment.spread(
          draft.quantities[quantity] ?? 0,
          over: draft.pricing.net,
          within: lines.indices.map(basis.has(line:))
        )
      }
      record.rules.append(frozen)
    }
    guard let earned = record.earned(from: record.parts, units: { $0.units ?? [] }),
      earned.points <= MemberState.balanceMax, earned.growth <= MemberState.balanceMax
    else { throw .illegal("lines", "is too large") }
    record.points = earned.points
    record.growth = earned.growth
    record.baseMinor = earned.baseMinor
    return factors.fired
  }

  /// What a rule counts; `always` leaves its occasion aside.
  private func basis(
    of rule: EarnRule,
    _ lines: [BasketLine],
    _ tenders: [SaleRecord.Tender],
    always: Bool = false
  ) -> SaleRecord.Basis {
    var basis = SaleRecord.Basis()
    if always ? !rule.excludedCategories.isEmpty : rule.isOfLines {
      basis.lines = lines.map {
        always ? !rule.excludedCategories.contains($0.category) : rule.covers($0)
      }
      if basis.lines.allSatisfy({ $0 }) { basis.lines = [] }
    }
    if !rule.excludedTenders.isEmpty {
      basis.tenders = tenders.map { rule.counts(tender: $0.name) }
      if basis.tenders.allSatisfy({ $0 }) { basis.tenders = [] }
    }
    return basis
  }
}

extension SaleRecord.Tender {
  /// The names by which rules may ask for it.
  fileprivate var names: [String] {
    if name.isEmpty { return [] }
    return name.hasPrefix("sv_") ? [name, "sv"] : [name]
  }
}

extension Programme.EarnRule {
  /// Whether some lines may not count.
  fileprivate var isOfLines: Bool { !excludedCategories.isEmpty || when.isOfLines }
}

extension Pricing {
  var saleLines: [SaleRecord.Line] {
    lines.indices.map {
      SaleRecord.Line(
        sku: lines[$0].sku,
        category: lines[$0].category,
        quantity: lines[$0].quantity,
        listMinor: list[$0],
        netMinor: net[$0]
      )
    }
  }
}
