extension Programme {
  /// What the multipliers come to for each line of a receipt.
  struct LineMultipliers: Hashable, Sendable {
    /// Basis points, one a line; one alone where all lines have the same.
    var factors: [Int64]
    /// The multipliers that count for at least one line.
    var fired: [Fired]
  }

  /// A multiplier that holds, as far as the choice between them needs it.
  private struct Candidate {
    var place: Int
    var basisPoints: Int64
    /// The group's number.
    var group: Int
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
    let all = grants.isEmpty ? multipliers : multipliers + grants
    var groups: [String] = []
    var holding: [Candidate] = []
    var isOfLines = false
    for place in all.indices where all[place].when.holds(in: situation) {
      if all[place].when.isOfLines {
        if lines.isEmpty { continue }
        isOfLines = true
      }
      let name = all[place].group
      let group = groups.firstIndex(of: name) ?? groups.count
      if group == groups.count { groups.append(name) }
      holding.append(Candidate(place: place, basisPoints: all[place].basisPoints, group: group))
    }
    var best = [Int](repeating: -1, count: groups.count)
    var hasFired = [Bool](repeating: false, count: holding.count)
    var factors: [Int64] = []
    factors.reserveCapacity(isOfLines ? lines.count : 1)
    for index in 0..<(isOfLines ? lines.count : 1) {
      for group in best.indices { best[group] = -1 }
      for (number, candidate) in holding.enumerated() {
        let known = best[candidate.group]
        guard known < 0 || holding[known].basisPoints < candidate.basisPoints else { continue }
        if isOfLines {
          let line = lines[index]
          guard all[candidate.place].when.covers(category: line.category, sku: line.sku) else {
            continue
          }
        }
        best[candidate.group] = number
      }
      factors.append(Self.factor(of: best, holding, cap: capBasisPoints, fired: &hasFired))
    }
    let fired = holding.indices.filter { hasFired[$0] }.map {
      Fired(id: all[holding[$0].place].id, basisPoints: holding[$0].basisPoints)
    }
    return LineMultipliers(factors: factors, fired: fired)
  }

  /// What the best of each group come to together.
  private static func factor(
    of best: [Int],
    _ holding: [Candidate],
    cap: Int64,
    fired: inout [Bool]
  ) -> Int64 {
    var sum: Int64 = 10_000
    for number in best where number >= 0 {
      fired[number] = true
      let (next, overflow) = sum.addingReportingOverflow(holding[number].basisPoints &- 10_000)
      sum = overflow ? cap : next
    }
    return max(0, min(sum, cap))
  }
}
