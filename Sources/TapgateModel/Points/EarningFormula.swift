/// How a counted amount becomes points or growth: the arithmetic of an earning rule without its
/// conditions.
///
/// It is the one function by which a receipt earns and by which a refund takes back, so that what
/// is taken back in any number of steps is what was earned. It never falls where an amount or a
/// multiplier rises.
public struct EarningFormula: Hashable, Sendable {
  public var mode: Programme.EarnMode
  /// So many fen, or units, …
  public var per: Int64
  /// … give so many points.
  public var give: Int64

  /// Creates a formula.
  public init(mode: Programme.EarnMode, per: Int64, give: Int64) {
    self.mode = mode
    self.per = per
    self.give = give
  }

  /// The points for a receipt whose lines count for `amounts` under `multipliers` basis points.
  ///
  /// There is one floor for the whole receipt, none per line. `proportional`: floor(Σ amount ×
  /// multiplier × give / (per × 10,000)). `step`: full steps are counted over all lines and
  /// multiplied, then floored. Where lines have multipliers that differ, the steps of all lines
  /// count at the lowest one, and the full steps of the lines above it at what they have more:
  /// otherwise the return of a line that has no extra could raise the points of the rest.
  ///
  /// `multipliers` has an entry for each amount, or one alone that holds for all.
  ///
  /// - Returns: `nil` where the result, or a product on the way, is too large.
  public func points(for amounts: [Int64], multipliers: [Int64]) -> Int64? {
    guard per > 0, give >= 0 else { return nil }
    return switch mode {
    case .proportional: proportional(amounts, multipliers)
    case .step: stepped(amounts, multipliers)
    }
  }

  private func proportional(_ amounts: [Int64], _ multipliers: [Int64]) -> Int64? {
    var sum: Int128 = 0
    for (index, amount) in amounts.enumerated() where amount > 0 {
      let factor = multipliers.count == 1 ? multipliers[0] : multipliers[index]
      let (next, overflow) = sum.addingReportingOverflow(Int128(amount) * Int128(max(0, factor)))
      if overflow { return nil }
      sum = next
    }
    return quotient(of: sum, times: give, by: Int128(per) * 10_000)
  }

  private func stepped(_ amounts: [Int64], _ multipliers: [Int64]) -> Int64? {
    let levels = Set(multipliers.map { max(0, $0) }).sorted()
    var sum: Int128 = 0
    var below: Int64 = 0
    for level in levels {
      var counted: Int128 = 0
      for (index, amount) in amounts.enumerated() where amount > 0 {
        let factor = multipliers.count == 1 ? multipliers[0] : multipliers[index]
        if factor >= level { counted += Int128(amount) }
      }
      let steps = counted / Int128(per)
      let (product, tooLarge) = steps.multipliedReportingOverflow(by: Int128(level - below))
      let (next, overflow) = sum.addingReportingOverflow(product)
      if tooLarge || overflow { return nil }
      sum = next
      below = level
    }
    return quotient(of: sum, times: give, by: 10_000)
  }

  private func quotient(of sum: Int128, times factor: Int64, by divisor: Int128) -> Int64? {
    // Most receipts fit 64 bits, where a division takes a tenth of the time.
    if let small = Int64(exactly: sum), let divisor = Int64(exactly: divisor) {
      let (product, overflow) = small.multipliedReportingOverflow(by: factor)
      if !overflow { return product / divisor }
    }
    let (product, overflow) = sum.multipliedReportingOverflow(by: Int128(factor))
    return overflow ? nil : Int64(exactly: product / divisor)
  }
}

extension Programme.EarnRule {
  /// The rule's arithmetic.
  public var formula: EarningFormula { EarningFormula(mode: mode, per: perFen, give: give) }

  /// Whether the rule looks at nothing but what was paid: no occasion, no other quantity.
  var isPlain: Bool { quantity == nil && when.asksNothing }

  /// Whether a line counts, by its category and its article.
  func covers(_ line: BasketLine) -> Bool {
    !excludedCategories.contains(line.category)
      && when.covers(category: line.category, sku: line.sku)
  }

  /// Whether what was paid by a tender of this kind counts. `sv` stands for both parts of stored
  /// value.
  func counts(tender kind: String) -> Bool {
    guard !excludedTenders.isEmpty else { return true }
    if kind.hasPrefix("sv_"), excludedTenders.contains("sv") { return false }
    return !excludedTenders.contains(kind)
  }
}

extension Programme.Occasion {
  /// `isAlways`, without building an occasion to compare with.
  var asksNothing: Bool {
    weekdays.isEmpty && monthDays.isEmpty && time == nil && from == nil && through == nil
      && birthday == nil && tiers.isEmpty && paidLevels.isEmpty && cardTypes.isEmpty
      && nodes.isEmpty && counters.isEmpty && tenders.isEmpty && categories.isEmpty
      && skus.isEmpty && agreements.isEmpty
  }
}
