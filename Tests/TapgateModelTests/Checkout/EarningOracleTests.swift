import TapgateModel
import Testing

/// Recomputes what random sales earn from the programme's rules and the record's lines and tenders,
/// by plain sums that share no code with the model.
@Suite("Earning at checkout against a naive oracle")
struct EarningOracleTests {
  /// What a tender pays of a line, by the line and the tender's name.
  private func paid(_ record: SaleRecord, line: Int, without excluded: Set<String>) -> Int {
    var sum = 0
    for (index, tender) in record.tenders.enumerated() where !excluded.contains(tender.name) {
      sum += Int(record.parts[line * record.tenders.count + index])
    }
    return sum
  }

  /// The factor of a line in basis points: 10,000, and what the best of each group have more.
  private func factor(_ programme: Programme, _ line: SaleRecord.Line, isWednesday: Bool) -> Int {
    var best: [String: Int] = [:]
    for multiplier in programme.multipliers {
      let when = multiplier.when
      if !when.weekdays.isEmpty && !isWednesday { continue }
      if !when.categories.isEmpty && !when.categories.contains(line.category) { continue }
      best[multiplier.group] = max(best[multiplier.group] ?? 0, Int(multiplier.basisPoints))
    }
    let sum = best.values.reduce(10_000) { $0 + $1 - 10_000 }
    return min(sum, Int(programme.capBasisPoints))
  }

  private func points(
    _ rule: Programme.EarnRule,
    amounts: [Int],
    factors: [Int]
  ) -> Int {
    let (per, give) = (Int(rule.perFen), Int(rule.give))
    if rule.mode == .proportional {
      return zip(amounts, factors).reduce(0) { $0 + $1.0 * $1.1 } * give / (per * 10_000)
    }
    // Each level of the factors counts the full steps of the lines that reach it.
    var sum = 0
    for bp in Set(factors) {
      let below = factors.filter { $0 < bp }.max() ?? 0
      let reached = zip(amounts, factors).filter { $0.1 >= bp }.reduce(0) { $0 + $1.0 }
      sum += reached / per * (bp - below)
    }
    return sum * give / 10_000
  }

  @Test("points and growth are what the rules say of lines, tenders and days")
  func oracle() throws {
    let wednesday = try CheckoutFixtures.date("2026-03-11")
    var checked = 0
    for seed in UInt64(200_000)..<200_600 {
      var dice = CheckoutDice(seed: seed)
      guard let sale = try RandomSale(&dice) else { continue }
      let (record, programme) = (sale.decision.record, sale.programme)
      let factors = record.lines.map {
        factor(programme, $0, isWednesday: record.date == wednesday)
      }
      var sum = ["points": 0, "growth": 0]
      for rule in programme.earn where rule.quantity == nil {
        let amounts = record.lines.indices.map { line in
          rule.excludedCategories.contains(record.lines[line].category)
            ? 0 : paid(record, line: line, without: rule.excludedTenders)
        }
        let isPoints = rule.asset == .points
        let ones = Array(repeating: 10_000, count: record.lines.count)
        let given = points(rule, amounts: amounts, factors: isPoints ? factors : ones)
        sum[isPoints ? "points" : "growth", default: 0] += given
      }
      #expect(Int(record.growth) == sum["growth"], "seed \(seed)")
      if programme.earn.allSatisfy({ $0.quantity == nil }) {
        #expect(Int(record.points) == sum["points"], "seed \(seed)")
        checked += 1
      } else {
        #expect(Int(record.points) >= sum["points"] ?? 0, "seed \(seed)")
      }
    }
    #expect(checked > 100)
  }
}
