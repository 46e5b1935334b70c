extension ProgrammeAudit {
  /// Looks for tiers that nobody reaches.
  ///
  /// - Returns: the ids of those that somebody reaches.
  func checkTiers(_ findings: inout Findings) -> Set<String> {
    var reached: Set<String> = []
    for (index, level) in programme.levels.enumerated() {
      let isReached =
        index == 0
        || level.any.contains { condition in
          guard let (facts, growth) = facts(meeting: condition) else { return false }
          return programme.earnedLevel(of: facts, growth: growth, on: programme.validFrom) == index
        }
      if isReached {
        reached.insert(level.id)
      } else {
        findings.add(
          .tierUnreachable,
          "tiers.levels[\(level.id)]",
          "no member ever has this tier: what leads to it leads to a higher one, or never happens",
          "没有会员能停在这一等级：达到其条件时总会进入更高等级，或条件永远不会满足"
        )
      }
    }
    return reached
  }

  /// The least facts that meet `condition` on the day the programme begins; `nil` where no receipt
  /// leads there.
  private func facts(meeting condition: Programme.Condition) -> (SpendFacts, growth: Int64)? {
    let date = programme.validFrom
    let amount = condition.atLeast
    var facts = SpendFacts()
    switch condition.fact {
    case .growth:
      guard programme.earn.contains(where: { $0.asset == .growth }) else { return nil }
      return (facts, amount)
    case .spendLifetime:
      // Long ago and fen by fen.
      facts.lifetimeMinor = amount
      facts.singleMaxMinor = 1
    case .spendSingle:
      facts.lifetimeMinor = amount
      facts.singleMaxMinor = amount
      facts.days = [SpendFacts.Day(date: date, amountMinor: amount)]
    case .spendWindow(let window):
      // On the window's first day, so that no shorter window has it.
      facts.lifetimeMinor = amount
      facts.singleMaxMinor = 1
      let first = min(date, window.start(before: date).adding(days: 1))
      facts.days = [SpendFacts.Day(date: first, amountMinor: amount)]
    }
    return (facts, 0)
  }
}
