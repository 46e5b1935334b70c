/// Splits whole amounts over lines: largest remainder, the earlier line first where remainders are
/// equal.
///
/// The shares are never negative, sum up to the amount exactly, and none is larger than its weight
/// where the amount is not larger than all weights together.
enum Apportionment {
  /// The shares of `amount`, in the order of `weights`; all 0 where every weight is.
  ///
  /// A negative amount or weight counts as 0. The weights' sum must fit 64 bits, else all are
  /// halved until it does.
  static func shares(of amount: Int64, by weights: [Int64]) -> [Int64] {
    var shares = [Int64](repeating: 0, count: weights.count)
    guard amount > 0, let total = total(of: weights) else {
      return amount > 0 && weights.contains { $0 > 0 }
        ? self.shares(of: amount, by: weights.map { $0 / 2 }) : shares
    }
    guard total > 0 else { return shares }
    var rest = amount
    var remainders = [UInt64](repeating: 0, count: weights.count)
    for (index, weight) in weights.enumerated() where weight > 0 {
      // weight ≤ total, so the quotient is at most the amount and the division cannot overflow.
      let product = amount.magnitude.multipliedFullWidth(by: weight.magnitude)
      let (quotient, remainder) = total.dividingFullWidth(product)
      shares[index] = Int64(clamping: quotient)
      remainders[index] = remainder
      rest -= shares[index]
    }
    guard rest > 0 else { return shares }
    // Fewer units are left than there are lines with a remainder.
    let order = remainders.indices.sorted {
      remainders[$0] == remainders[$1] ? $0 < $1 : remainders[$0] > remainders[$1]
    }
    for index in order.prefix(Int(clamping: rest)) { shares[index] += 1 }
    return shares
  }

  /// The sum of the weights; `nil` where it does not fit 63 bits.
  private static func total(of weights: [Int64]) -> UInt64? {
    var sum: Int64 = 0
    for weight in weights where weight > 0 {
      let (next, overflow) = sum.addingReportingOverflow(weight)
      if overflow { return nil }
      sum = next
    }
    return sum.magnitude
  }

  /// floor(`value` × `numerator` / `denominator`) of numbers that are not negative; `nil` where it
  /// does not fit 64 bits or the denominator is not positive.
  static func scaled(_ value: Int64, by numerator: Int64, over denominator: Int64) -> Int64? {
    guard value >= 0, numerator >= 0, denominator > 0 else { return nil }
    let product = value.magnitude.multipliedFullWidth(by: numerator.magnitude)
    guard product.high < denominator.magnitude else { return nil }
    return Int64(exactly: denominator.magnitude.dividingFullWidth(product).quotient)
  }
}
