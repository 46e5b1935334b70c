internal import TapgateJSON

/// How much an operation moved, and by which channels: what an operator's limits are held against.
///
/// It is read out of the operation's own journal row, so that a decision and a later count of the
/// day come to the same.
public struct OperatorWeight: Hashable, Sendable {
  /// Channels of top-ups and kinds of tender by which money came or went.
  public var channels: Set<String> = []
  /// Money, in fen; never negative.
  public var minor: Int64 = 0
  /// Points, never negative.
  public var points: Int64 = 0

  /// Creates a weight.
  public init(channels: Set<String> = [], minor: Int64 = 0, points: Int64 = 0) {
    self.channels = channels
    self.minor = minor
    self.points = points
  }

  /// The weight of a journal row.
  ///
  /// Money is the largest of: what changed hands, what counted as spent, what the receipt came to,
  /// what stored value changed by. Where two operations are one after the other about the same
  /// money (a hold and its capture, an open top-up and its confirmation), the first one bears it;
  /// what only gives back what was held or announced weighs nothing.
  public init(of kind: JournalKind, _ effects: [Effect], reply: [UInt8] = []) {
    var sums = Sums()
    for effect in Effect.own(of: effects) { sums.take(effect) }
    channels = sums.channels
    switch kind {
    case .holdVoid, .cancelTopUp, .confirmTopUp: break
    case .refund:
      // What went back of a receipt without a member stands in the result alone.
      let stored = try? JSONParser.parse(reply)  // A damaged row weighs what its effects say.
      minor = max(sums.minor, Self.magnitude(stored?["amountMinor"]?.integer ?? 0))
      points = Self.magnitude(sums.points)
      for tender in stored?["tenders"]?.array ?? [] {
        if let kind = tender["kind"]?.string { channels.insert(kind) }
      }
    default:
      minor = sums.minor
      points = Self.magnitude(sums.points)
    }
  }

  fileprivate static func magnitude(_ amount: Int64) -> Int64 {
    amount == .min ? .max : abs(amount)
  }

  private struct Sums {
    var channels: Set<String> = []
    var tendered: Int64 = 0
    var spent: Int64 = 0
    /// Principal and debt, and what bonus was taken.
    var principal: Int64 = 0
    var bonusTaken: Int64 = 0
    var sale: Int64 = 0
    var points: Int64 = 0

    var minor: Int64 {
      // What a top-up gave beside the money, its reversal takes back beside it.
      let value = tendered == 0 ? principal &+ bonusTaken : principal
      return [tendered, spent, value, sale].map(OperatorWeight.magnitude).max() ?? 0
    }

    mutating func take(_ effect: Effect) {
      switch effect {
      case .tendered(let kind, let amount, _):
        channels.insert(kind)
        tendered &+= amount
      case .topUpOpened(let topUp):
        channels.insert(topUp.channel)
        tendered &+= topUp.amountMinor
      case .topUpEnded(let topUp, _): channels.insert(topUp.channel)
      case .spent(_, let amount): spent &+= amount
      case .sale(let bytes): take(sale: bytes)
      case .post(.principal, let amount), .post(.valueDebt, let amount): principal &+= amount
      case .post(.bonus, let amount) where amount < 0: bonusTaken &+= amount
      case .post(.pointsAvailable, let amount), .post(.pointsDebt, let amount): points &+= amount
      default: break
      }
    }

    private mutating func take(sale bytes: [UInt8]) {
      // A damaged record is `verify`'s to tell of.
      guard let record = try? SaleRecord(packed: bytes) else { return }
      sale &+= record.netMinor
      for tender in record.tenders where tender.kind == .external { channels.insert(tender.name) }
    }
  }
}

/// What operators did on one business day, by operator, method and channels.
public struct OperatorTally: Hashable, Sendable {
  private struct Key: Hashable {
    var operatorName: String
    var method: String
    var channels: Set<String>
  }

  /// The gateway's business date on which it happened.
  public let day: BusinessDate
  private var sums: [Key: OperatorWeight] = [:]

  /// Creates the tally of a day on which nothing was done.
  public init(day: BusinessDate) { self.day = day }

  /// Counts an operation.
  public mutating func add(_ weight: OperatorWeight, of method: String, by name: String) {
    guard weight.minor > 0 || weight.points > 0 else { return }
    let key = Key(operatorName: name, method: method, channels: weight.channels)
    let known = sums[key] ?? OperatorWeight()
    sums[key] = OperatorWeight(
      minor: Self.sum(known.minor, weight.minor),
      points: Self.sum(known.points, weight.points)
    )
  }

  /// What `name` did by the methods and channels that `fits` takes.
  func sum(
    of name: String,
    _ fits: (String, Set<String>) -> Bool
  ) -> (minor: Int64, points: Int64) {
    var sum: (minor: Int64, points: Int64) = (0, 0)
    for (key, weight) in sums where key.operatorName == name && fits(key.method, key.channels) {
      sum.minor = Self.sum(sum.minor, weight.minor)
      sum.points = Self.sum(sum.points, weight.points)
    }
    return sum
  }

  private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
    let (sum, isOver) = one.addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}
