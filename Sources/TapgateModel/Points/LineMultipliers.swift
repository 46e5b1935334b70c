extension Programme {
  /// What the multipliers come to for each line of a receipt.
  struct LineMultipliers: Hashable, Sendable {
    /// Basis points, one a line; one alone where all lines have the same.
    var factors: [Int64]
    /// The multipliers that count for at least one line.
    var fired: [Fired]
  }

  /// What the multipliers come to line by line: inside a group the best that covers the line
  /// counts, between groups the excess over one adds, up to the cap.
  ///
  /// `grants` are multipliers that the member has beside the programme's, such as one that came
  /// with a top-up.
  func multipliers(
    of lines: [BasketLine],
    in situation: Situation,
    grants: [Multiplier] = []
  ) -> LineMultipliers {
    var holding: [Multiplier] = []
    var isOfLines = false
    for multiplier in multipliers + grants where multiplier.when.holds(in: situation) {
      holding.append(multiplier)
      if multiplier.when.isOfLines { isOfLines = true }
    }
    if !isOfLines || lines.isEmpty {
      holding.removeAll { $0.when.isOfLines }
      let (factor, fired) = Self.combined(holding.indices, of: holding, cap: capBasisPoints)
      return LineMultipliers(
        factors: [factor],
        fired: fired.map { Fired(id: holding[$0].id, basisPoints: holding[$0].basisPoints) }
      )
    }
    var factors: [Int64] = []
    factors.reserveCapacity(lines.count)
    var used: Set<Int> = []
    for line in lines {
      let covering = holding.indices.filter {
        holding[$0].when.covers(category: line.category, sku: line.sku)
      }
      let (factor, fired) = Self.combined(covering, of: holding, cap: capBasisPoints)
      factors.append(factor)
      used.formUnion(fired)
    }
    let fired = used.sorted().map {
      Fired(id: holding[$0].id, basisPoints: holding[$0].basisPoints)
    }
    return LineMultipliers(factors: factors, fired: fired)
  }

  /// The best of each group, and what they come to together.
  private static func combined(
    _ candidates: some Collection<Int>,
    of multipliers: [Multiplier],
    cap: Int64
  ) -> (factor: Int64, fired: [Int]) {
    var best: [Int] = []
    for index in candidates {
      let multiplier = multipliers[index]
      if let known = best.firstIndex(where: { multipliers[$0].group == multiplier.group }) {
        if multipliers[best[known]].basisPoints < multiplier.basisPoints { best[known] = index }
      } else {
        best.append(index)
      }
    }
    var sum: Int64 = 10_000
    for index in best {
      let (next, overflow) = sum.addingReportingOverflow(multipliers[index].basisPoints &- 10_000)
      sum = overflow ? cap : next
    }
    return (max(0, min(sum, cap)), best)
  }
}
