/// What the earning rules are held against.
struct EarningSheet: Sendable {
  var situation: Programme.Situation
  /// What rules count instead of money, by name.
  var quantities: [String: Int64]
  /// Multipliers that the member has beside the programme's.
  var grants: [Programme.Multiplier]

  /// Refuses quantities that cannot be.
  static func check(_ quantities: [String: Int64]) throws(ReceiptAmounts.Problem) {
    guard !quantities.isEmpty, let wrong = quantities.filter({ $0.value < 0 }).keys.min() else {
      return
    }
    throw ReceiptAmounts.Problem(field: "quantities.\(wrong)", problem: "is negative")
  }
}

extension Programme {
  /// What the earning rules give where they have occasions, count lines or other quantities.
  ///
  /// What the excluded tenders paid is taken off the lines that a rule counts, as it is for a
  /// programme without conditions, and spread over them by largest remainder.
  func count(
    _ accrual: Accrual,
    total: Int64,
    by sheet: EarningSheet
  ) throws(ReceiptAmounts.Problem) -> Earned {
    let lines = accrual.lines ?? []
    var amounts: [Int64] = []
    for (index, line) in lines.enumerated() {
      amounts.append(try ReceiptAmounts.amount(of: line, index: index))
    }
    let factors = multipliers(of: lines, in: sheet.situation, grants: sheet.grants)
    var earned = Earned(baseMinor: total, fired: factors.fired)
    if let rule = spendingRule { earned.baseMinor = try rule.base(of: accrual, total: total) }
    for rule in earn where rule.when.holds(in: sheet.situation) {
      // Checks the tenders, whatever else the rule counts.
      let base = try rule.base(of: accrual, total: total)
      let counted: [Int64]
      if lines.isEmpty {
        guard !rule.when.isOfLines else { continue }
        counted = [rule.quantity.map { sheet.quantities[$0] ?? 0 } ?? base]
      } else {
        let covered = lines.map(rule.covers)
        let basis = lines.indices.map { covered[$0] ? amounts[$0] : 0 }
        counted =
          if let quantity = rule.quantity {
            Apportionment.spread(sheet.quantities[quantity] ?? 0, over: basis, within: covered)
          } else {
            rule.counted(basis, of: accrual)
          }
      }
      let multipliers = rule.asset == .points ? factors.factors : [10_000]
      guard let quantity = rule.formula.points(for: counted, multipliers: multipliers),
        earned.add(quantity, of: rule.asset)
      else { throw accrual.tooLarge }
    }
    return earned
  }

  /// Whether every rule looks at nothing but the receipt's amount, and every multiplier at the
  /// receipt as a whole; and whether any asks how it was paid.
  ///
  /// By indices: a rule is not copied to be looked at.
  var earningAsks: (isPlain: Bool, tenders: Bool) {
    var asks = (isPlain: true, tenders: false)
    for index in earn.indices {
      if !earn[index].isPlain { asks.isPlain = false }
      if !earn[index].when.tenders.isEmpty { asks.tenders = true }
    }
    for index in multipliers.indices {
      if multipliers[index].when.isOfLines { asks.isPlain = false }
      if !multipliers[index].when.tenders.isEmpty { asks.tenders = true }
    }
    return asks
  }

  /// The rule that says what counts as spent: the first of points that counts money. Its occasion
  /// does not matter, its excluded tenders and categories do.
  var spendingRule: EarnRule? { earn.first { $0.asset == .points && $0.quantity == nil } }
}

extension Programme.EarnRule {
  /// What the rule counts of each line: `covered`, less the tenders that are left out.
  fileprivate func counted(_ covered: [Int64], of accrual: Accrual) -> [Int64] {
    var excluded: Int64 = 0
    for tender in accrual.tenders where !counts(tender: tender.kind) {
      let (sum, overflow) = excluded.addingReportingOverflow(tender.amountMinor)
      excluded = overflow ? .max : sum
    }
    guard excluded > 0 else { return covered }
    // The lines together are the receipt's amount, which fits.
    let total = covered.reduce(0) { $0 + $1 }
    let shares = Apportionment.shares(of: min(excluded, total), by: covered)
    return covered.indices.map { covered[$0] - shares[$0] }
  }
}

extension Apportionment {
  /// `shares` among the lines that are `covered`; where these weigh nothing, the first of them has
  /// it all.
  static func spread(_ amount: Int64, over weights: [Int64], within covered: [Bool]) -> [Int64] {
    let basis = weights.indices.map { covered[$0] ? weights[$0] : 0 }
    guard amount > 0, basis.allSatisfy({ $0 <= 0 }) else { return shares(of: amount, by: basis) }
    var shares = [Int64](repeating: 0, count: weights.count)
    if let first = covered.firstIndex(of: true) { shares[first] = amount }
    return shares
  }
}
