/// What a receipt comes to, as the rules see it.
public struct ReceiptAmounts: Hashable, Sendable {
  /// What was paid for lines that count, less the tenders that do not, in fen.
  public var totalMinor: Int64

  /// One line's or tender's value that cannot be.
  public struct Problem: Error, Hashable, Sendable {
    public var field: String
    public var problem: String

    /// Creates a problem.
    public init(field: String, problem: String) {
      self.field = field
      self.problem = problem
    }
  }

  /// The receipt's whole amount: the given one, or the sum of its lines.
  public static func total(of accrual: Accrual) throws(Problem) -> Int64 {
    if let amount = accrual.amountMinor {
      guard amount >= 0 else { throw Problem(field: "amountMinor", problem: "is negative") }
      return amount
    }
    var sum: Int64 = 0
    for (index, line) in (accrual.lines ?? []).enumerated() {
      let (next, overflow) = sum.addingReportingOverflow(try amount(of: line, index: index))
      guard !overflow else { throw Problem(field: "lines[\(index)]", problem: "is too large") }
      sum = next
    }
    return sum
  }

  /// What one line comes to: its own amount, or quantity × unit price.
  public static func amount(of line: BasketLine, index: Int) throws(Problem) -> Int64 {
    let field = "lines[\(index)]"
    guard line.quantity >= 0 else {
      throw Problem(field: field + ".quantity", problem: "is negative")
    }
    guard line.unitPriceMinor >= 0 else {
      throw Problem(field: field + ".unitPriceMinor", problem: "is negative")
    }
    if let amount = line.amountMinor {
      guard amount >= 0 else {
        throw Problem(field: field + ".amountMinor", problem: "is negative")
      }
      return amount
    }
    guard line.quantity > 0 else {
      throw Problem(field: field + ".quantity", problem: "is 0 and the line has no amountMinor")
    }
    let (product, overflow) = line.quantity.multipliedReportingOverflow(by: line.unitPriceMinor)
    guard !overflow else { throw Problem(field: field, problem: "is too large") }
    return product
  }
}

extension Programme.EarnRule {
  /// The part of a receipt that the rule counts: lines of other categories, less the tenders that
  /// are left out; never below zero.
  func base(of accrual: Accrual, total: Int64) throws(ReceiptAmounts.Problem) -> Int64 {
    var base = total
    for (index, line) in (accrual.lines ?? []).enumerated()
    where excludedCategories.contains(line.category) {
      base -= try ReceiptAmounts.amount(of: line, index: index)
    }
    for (index, tender) in accrual.tenders.enumerated() {
      guard tender.amountMinor >= 0 else {
        throw ReceiptAmounts.Problem(
          field: "tenders[\(index)].amountMinor",
          problem: "is negative"
        )
      }
      guard !counts(tender: tender.kind) else { continue }
      let (rest, overflow) = base.subtractingReportingOverflow(tender.amountMinor)
      base = overflow ? 0 : rest
    }
    return max(0, base)
  }

  /// Points or growth for `base` fen under `multiplier` basis points: one floor per receipt.
  ///
  /// - Returns: `nil` where the result does not fit 64 bits.
  func yield(_ base: Int64, multiplier: Int64) -> Int64? {
    let product: Int128
    switch mode {
    case .proportional:
      product = Int128(base) * Int128(give) * Int128(multiplier) / (Int128(perFen) * 10_000)
    case .step:
      product = Int128(base / perFen) * Int128(give) * Int128(multiplier) / 10_000
    }
    return Int64(exactly: product)
  }
}

extension Programme {
  /// A multiplier that fired.
  public struct Fired: Hashable, Sendable {
    public var id: String
    public var basisPoints: Int64
  }

  /// What all multipliers come to on `date` for a member of `tier`: inside a group the best counts,
  /// between groups the excess over one adds, up to the cap.
  public func multiplier(
    on date: BusinessDate,
    tier: String
  ) -> (basisPoints: Int64, fired: [Fired]) {
    var situation = Situation(date: date)
    situation.tier = tier
    return multiplier(in: situation)
  }

  /// What all multipliers of whole receipts come to in `situation`; those of single lines are left
  /// out.
  public func multiplier(in situation: Situation) -> (basisPoints: Int64, fired: [Fired]) {
    var best: [String: Fired] = [:]
    var order: [String] = []
    for multiplier in multipliers
    where !multiplier.when.isOfLines && multiplier.when.holds(in: situation) {
      let known = best[multiplier.group]
      if known == nil { order.append(multiplier.group) }
      if (known?.basisPoints ?? 0) < multiplier.basisPoints {
        best[multiplier.group] = Fired(id: multiplier.id, basisPoints: multiplier.basisPoints)
      }
    }
    let fired = order.compactMap { best[$0] }
    let sum = fired.reduce(Int64(10_000)) { $0 + $1.basisPoints - 10_000 }
    return (min(sum, capBasisPoints), fired)
  }
}
