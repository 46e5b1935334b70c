/// Makes receipts that try a programme's figures: amounts of every size, those around its
/// thresholds, the categories and tenders that its rules name.
struct ReceiptGenerator {
  private var state: UInt64
  private let edges: [Int64]
  private let categories: [String]
  private let tenders: [String]
  /// The largest amount has so many bits.
  private let bitCountMax: Int

  init(_ programme: Programme, seed: UInt64) {
    state = seed
    var edges: Set<Int64> = []
    for rule in programme.earn { edges.insert(rule.perFen) }
    for condition in programme.levels.flatMap(\.any) { edges.insert(condition.atLeast) }
    for promotion in programme.promotions { edges.insert(promotion.thresholdMinor) }
    self.edges = edges.filter { $0 > 0 }.sorted()
    let rules = programme.earn.map(\.when) + programme.multipliers.map(\.when)
    var categories = Set(programme.categories)
    for when in rules { categories.formUnion(when.categories) }
    for rule in programme.earn { categories.formUnion(rule.excludedCategories) }
    self.categories = categories.sorted() + ["other"]
    var tenders: Set<String> = ["cash"]
    for when in rules { tenders.formUnion(when.tenders) }
    for rule in programme.earn { tenders.formUnion(rule.excludedTenders) }
    self.tenders = tenders.sorted()
    bitCountMax = min(40, 64 - (self.edges.last ?? 1_000_000).leadingZeroBitCount + 1)
  }

  /// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to below `bound`.
  mutating func number(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
  }

  /// An amount of at most about `bitCount` bits.
  private mutating func amount(_ bitCount: Int) -> Int64 {
    if number(below: 4) == 0 {
      let within = edges.prefix { $0 < 1 << bitCount }
      if !within.isEmpty {
        let edge = within[number(below: within.count)]
        return max(0, edge + Int64(number(below: 3)) - 1)
      }
    }
    return Int64(number(below: 1 << (number(below: bitCount) + 1)))
  }

  /// A receipt of member `member`: of eight members each spends half as much as the one before.
  mutating func receipt(_ index: Int, of member: Int) -> Accrual {
    let bitCount = max(1, bitCountMax - member % 8)
    var tenders: [Tender] = []
    if number(below: 3) == 0 {
      let kind = self.tenders[number(below: self.tenders.count)]
      tenders.append(Tender(kind: kind, amountMinor: amount(bitCount) / 2))
    }
    guard number(below: 2) == 0 else {
      return Accrual(
        receiptNo: String(index),
        amountMinor: amount(bitCount),
        lines: nil,
        tenders: tenders
      )
    }
    var lines: [BasketLine] = []
    for line in 0...number(below: 4) {
      let category = categories[number(below: categories.count)]
      let quantity = Int64(number(below: 5) + 1)
      lines.append(
        BasketLine(
          sku: "S\(line)",
          category: category,
          quantity: quantity,
          unitPriceMinor: amount(bitCount) / quantity
        )
      )
    }
    return Accrual(receiptNo: String(index), amountMinor: nil, lines: lines, tenders: tenders)
  }

  /// The same receipt with more spent.
  mutating func larger(_ accrual: Accrual) -> Accrual {
    var larger = accrual
    let more = Int64(number(below: 2) == 0 ? number(below: 200) : number(below: 20_000))
    if let amount = accrual.amountMinor { larger.amountMinor = amount + more }
    if let lines = accrual.lines, !lines.isEmpty {
      let place = number(below: lines.count)
      let line = lines[place]
      larger.lines?[place].amountMinor = line.quantity * line.unitPriceMinor + more
    }
    return larger
  }

  /// What a generated receipt comes to.
  static func amount(of accrual: Accrual) -> Int64 {
    accrual.amountMinor
      ?? (accrual.lines ?? []).reduce(0) {
        $0 &+ ($1.amountMinor ?? $1.quantity &* $1.unitPriceMinor)
      }
  }
}
