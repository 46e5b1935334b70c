/// A sale's facts, fixed when it was committed: all that a refund needs, whatever the programme
/// says by then.
///
/// Tenders are attributed to lines once, here, by largest remainder. A refund never spreads
/// anything again; it runs through a line's parts in the order of `tenders`.
public struct SaleRecord: Hashable, Sendable {
  /// One means of payment.
  public struct Tender: Hashable, Sendable {
    /// What it is to the ledger; the order is that in which refunds give back.
    public enum Kind: UInt8, Hashable, Sendable, Comparable {
      case bonus = 1
      case principal = 2
      case points = 3
      case external = 4

      /// What is given back first comes first.
      public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    public var kind: Kind
    /// The tender's name to the rules: `sv_bonus`, `sv_principal`, `points`, or the till's own.
    public var name: String
    public var amountMinor: Int64
    public var reference: String?

    /// Creates a tender.
    public init(kind: Kind, name: String, amountMinor: Int64, reference: String? = nil) {
      self.kind = kind
      self.name = name
      self.amountMinor = amountMinor
      self.reference = reference
    }
  }

  /// One line.
  public struct Line: Hashable, Sendable {
    public var sku: String
    public var category: String
    public var quantity: Int64
    public var listMinor: Int64
    public var netMinor: Int64

    /// Creates a line.
    public init(
      sku: String,
      category: String,
      quantity: Int64,
      listMinor: Int64,
      netMinor: Int64
    ) {
      self.sku = sku
      self.category = category
      self.quantity = quantity
      self.listMinor = listMinor
      self.netMinor = netMinor
    }
  }

  /// Which lines and which tenders count; an empty list stands for all.
  public struct Basis: Hashable, Sendable {
    public var lines: [Bool] = []
    public var tenders: [Bool] = []

    /// Creates a basis of everything.
    public init() {}

    func has(line index: Int) -> Bool { lines.isEmpty || lines[index] }
    func has(tender index: Int) -> Bool { tenders.isEmpty || tenders[index] }
  }

  /// An earning rule that held, without its conditions.
  public struct Rule: Hashable, Sendable {
    public var id: String
    public var asset: Programme.EarnedAsset
    public var formula: EarningFormula
    public var basis: Basis
    /// What is counted instead of money, spread over the lines; `nil` for money.
    public var units: [Int64]?
  }

  /// The programme's revision that decided.
  public var revision: Int64
  /// The sale's business date; what was spent counts for it, and so does what is taken back.
  public var date: BusinessDate
  public var lines: [Line]
  public var tenders: [Tender]
  /// What each tender pays of each line: line by line, in the order of `tenders`.
  public var parts: [Int64]
  /// The earning rules that held; none for a receipt without a member.
  public var rules: [Rule]
  /// What counts as spent; `nil` for a receipt without a member.
  public var spending: Basis?
  /// Multipliers in basis points, one a line, or one alone that holds for all.
  public var multipliers: [Int64]
  public var points: Int64
  public var growth: Int64
  /// What counted as spent.
  public var baseMinor: Int64
  /// Points that were spent.
  public var pointsSpent: Int64
  /// Codes of the coupons that were used.
  public var coupons: [String]
  public var tierBefore: String
  public var tierAfter: String

  /// What the receipt came to.
  public var netMinor: Int64 { lines.reduce(0) { $0 + $1.netMinor } }

  /// What points paid.
  public var pointsMinor: Int64 {
    tenders.reduce(0) { $1.kind == .points ? $0 + $1.amountMinor : $0 }
  }

  func part(_ line: Int, _ tender: Int) -> Int64 { parts[line * tenders.count + tender] }
}

extension SaleRecord {
  /// What counts of each line, where `rest` is what is left of `parts` after refunds.
  func amounts(of basis: Basis, in rest: [Int64]) -> [Int64] {
    lines.indices.map { line in
      guard basis.has(line: line) else { return 0 }
      var sum: Int64 = 0
      for tender in tenders.indices where basis.has(tender: tender) {
        sum += rest[line * tenders.count + tender]
      }
      return sum
    }
  }

  /// What all rules give where `rest` is left of `parts`, and `units` of a rule's own quantity.
  ///
  /// - Returns: `nil` where a sum is too large.
  func earned(from rest: [Int64], units: (Rule) -> [Int64]) -> Earned? {
    var earned = Earned(baseMinor: 0)
    if let spending { earned.baseMinor = amounts(of: spending, in: rest).reduce(0) { $0 + $1 } }
    for rule in rules {
      let counted = rule.units == nil ? amounts(of: rule.basis, in: rest) : units(rule)
      let factors = rule.asset == .points ? multipliers : [10_000]
      guard let quantity = rule.formula.points(for: counted, multipliers: factors),
        earned.add(quantity, of: rule.asset)
      else { return nil }
    }
    return earned
  }

  /// The points of each line, for display: every rule's points by largest remainder.
  func pointsByLine() -> [Int64] {
    var shares = [Int64](repeating: 0, count: lines.count)
    for rule in rules where rule.asset == .points {
      let counted = rule.units ?? amounts(of: rule.basis, in: parts)
      guard let points = rule.formula.points(for: counted, multipliers: multipliers), points > 0
      else { continue }
      let weights = counted.indices.map { index in
        let factor = multipliers.count == 1 ? 1 : multipliers[index]
        let (product, overflow) = counted[index].multipliedReportingOverflow(by: factor)
        return overflow ? Int64.max : product
      }
      for (index, share) in Apportionment.shares(of: points, by: weights).enumerated() {
        shares[index] &+= share
      }
    }
    return shares
  }

  /// Spreads tenders over lines: each but the last by largest remainder over what the lines still
  /// come to, the last what is left.
  ///
  /// The tenders come to what the lines come to.
  static func attribute(_ tenders: [Int64], to nets: [Int64]) -> [Int64] {
    if tenders.count == 1 { return nets }
    var rest = nets
    var parts = [Int64](repeating: 0, count: nets.count * tenders.count)
    for (tender, amount) in tenders.enumerated() {
      let isLast = tender == tenders.count - 1
      let shares = isLast ? rest : Apportionment.shares(of: amount, by: rest)
      for (line, share) in shares.enumerated() {
        parts[line * tenders.count + tender] = share
        rest[line] -= share
      }
    }
    return parts
  }
}
