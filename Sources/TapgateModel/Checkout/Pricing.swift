/// A basket on its way from the list price to what is to be paid; see `Quote` for the order of the
/// steps.
struct Pricing {
  let lines: [BasketLine]
  private(set) var list: [Int64] = []
  /// After the members' prices.
  private(set) var member: [Int64]
  /// The price rule of each line, as a place in the programme's list.
  private(set) var rules: [Int?]
  /// Whether a line has an agreement's price.
  private(set) var isAgreed: [Bool]
  /// What each line comes to now.
  private(set) var net: [Int64]
  private(set) var discounts: [Quote.Discount] = []

  /// Checks the lines and adds up their list prices.
  init(_ lines: [BasketLine]) throws(CheckoutProblem) {
    guard !lines.isEmpty else { throw .illegal("lines", "is empty") }
    guard lines.count <= CheckoutRequest.lineCountMax else {
      throw .illegal("lines", "has more than \(CheckoutRequest.lineCountMax) lines")
    }
    self.lines = lines
    list.reserveCapacity(lines.count)
    var sum: Int64 = 0
    for (index, line) in lines.enumerated() {
      let amount: Int64
      do { amount = try ReceiptAmounts.amount(of: line, index: index) } catch {
        throw .illegal(error)
      }
      let (next, overflow) = sum.addingReportingOverflow(amount)
      guard !overflow, next <= MemberState.balanceMax else {
        throw .illegal("lines[\(index)]", "is too large")
      }
      sum = next
      list.append(amount)
    }
    member = list
    net = list
    rules = Array(repeating: nil, count: lines.count)
    isAgreed = Array(repeating: false, count: lines.count)
  }

  /// What the lines come to now.
  var total: Int64 { net.reduce(0) { $0 + $1 } }

  /// The lines that are open to further discounts and that `when` covers.
  func covered(by when: Programme.Occasion) -> [Int] {
    lines.indices.filter {
      !isAgreed[$0] && when.covers(category: lines[$0].category, sku: lines[$0].sku)
    }
  }

  /// What some lines come to.
  static func sum(_ amounts: [Int64], of lines: [Int]) -> Int64 {
    lines.reduce(0) { $0 + amounts[$1] }
  }

  /// Sets the best member's price of each line.
  mutating func applyMemberPrices(
    _ prices: [Programme.MemberPrice],
    in situation: Programme.Situation
  ) {
    for (place, rule) in prices.enumerated() where rule.when.holds(in: situation) {
      for (index, line) in lines.enumerated()
      where rule.when.covers(category: line.category, sku: line.sku) {
        guard let price = rule.price(of: line, list: list[index]) else { continue }
        let isBetter =
          price < member[index] || (price == member[index] && isAgreed[index] && !rule.isAgreement)
        guard isBetter else { continue }
        member[index] = price
        rules[index] = place
        isAgreed[index] = rule.isAgreement
      }
    }
    net = member
  }

  /// Takes `amount` off the lines in proportion to what they come to now.
  mutating func take(_ amount: Int64, off lines: [Int], as discount: Quote.Discount) {
    let shares = Apportionment.shares(of: amount, by: lines.map { net[$0] })
    take(shares, off: lines, as: discount)
  }

  /// Takes each line's own amount off it.
  mutating func take(_ shares: [Int64], off lines: [Int], as discount: Quote.Discount) {
    var discount = discount
    discount.byLine = Array(repeating: 0, count: self.lines.count)
    for (place, index) in lines.enumerated() {
      let share = max(0, min(shares[place], net[index]))
      net[index] -= share
      discount.byLine[index] += share
      discount.amountMinor += share
    }
    discounts.append(discount)
  }

  /// What `quantity` of an article would be worth, line by line, on `amounts`.
  func free(_ sku: String, _ quantity: Int64, on amounts: [Int64]) -> (lines: [Int], off: [Int64]) {
    var rest = quantity
    var found: [Int] = []
    var off: [Int64] = []
    for (index, line) in lines.enumerated() where line.sku == sku && !isAgreed[index] && rest > 0 {
      let units = min(rest, max(1, line.quantity))
      rest -= units
      found.append(index)
      off.append(
        Apportionment.scaled(amounts[index], by: units, over: max(1, line.quantity)) ?? 0
      )
    }
    return (found, off)
  }
}

extension Programme.MemberPrice {
  /// The line's price under the rule; `nil` where the rule has none for it. Never above the list
  /// price.
  fileprivate func price(of line: BasketLine, list: Int64) -> Int64? {
    if let unit = prices[line.sku] {
      // Weighed goods have an amount of their own: they keep their proportion.
      let price =
        line.amountMinor == nil
        ? line.quantity.multipliedReportingOverflow(by: unit).partialValue
        : Apportionment.scaled(list, by: unit, over: line.unitPriceMinor)
      let isExact = line.amountMinor != nil || unit <= line.unitPriceMinor
      guard isExact, let price, price >= 0 else { return nil }
      return min(price, list)
    }
    return basisPoints.flatMap { Apportionment.scaled(list, by: $0, over: 10_000) }
      .map { min($0, list) }
  }
}
