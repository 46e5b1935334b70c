extension Programme {
  /// The record of a receipt that came by `points.accrue`, of which the journal keeps no lines: one
  /// line of what counted as spent, so that it can be refunded by amount.
  ///
  /// The rules are the programme's where they give what was earned; `self` is the revision that
  /// decided. Else, as for a receipt with lines that did not count, what was earned is taken back
  /// in proportion to the amount.
  public func saleRecord(
    ofAccrual points: Int64,
    growth: Int64,
    baseMinor: Int64,
    on date: BusinessDate,
    tierBefore: String,
    tierAfter: String
  ) -> SaleRecord {
    let base = max(0, baseMinor)
    var record = SaleRecord(
      revision: revision,
      date: date,
      lines: [.init(sku: "", category: "", quantity: 1, listMinor: base, netMinor: base)],
      tenders: base > 0 ? [.init(kind: .external, name: "", amountMinor: base)] : [],
      parts: base > 0 ? [base] : [],
      rules: [],
      spending: SaleRecord.Basis(),
      multipliers: [multiplier(on: date, tier: tierBefore).basisPoints],
      points: base > 0 ? max(0, points) : 0,
      growth: base > 0 ? max(0, growth) : 0,
      baseMinor: base,
      pointsSpent: 0,
      coupons: [],
      tierBefore: tierBefore,
      tierAfter: tierAfter
    )
    let rules = earn.filter(\.isPlain).map {
      SaleRecord.Rule(id: $0.id, asset: $0.asset, formula: $0.formula, basis: SaleRecord.Basis())
    }
    for asset in [EarnedAsset.points, .growth] {
      let wanted = asset == .points ? record.points : record.growth
      var trial = record
      trial.rules = rules.filter { $0.asset == asset }
      let given = trial.earned(from: trial.parts, units: { _ in [] })
      if let given, (asset == .points ? given.points : given.growth) == wanted {
        record.rules += trial.rules
      } else if wanted > 0 {
        if asset == .points { record.multipliers = [10_000] }
        record.rules.append(
          .init(
            id: "accrued",
            asset: asset,
            formula: EarningFormula(mode: .proportional, per: base, give: wanted),
            basis: SaleRecord.Basis()
          )
        )
      }
    }
    return record
  }
}
