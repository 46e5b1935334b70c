/// Which members a batch of coupons is for: those for whom everything holds that is asked.
public struct Segment: Hashable, Sendable {
  /// A score of recency, frequency or monetary value, 1 to 5.
  public struct Scores: Hashable, Sendable {
    public var recency: Int64
    public var frequency: Int64
    public var monetary: Int64

    /// Creates scores.
    public init(recency: Int64, frequency: Int64, monetary: Int64) {
      self.recency = recency
      self.frequency = frequency
      self.monetary = monetary
    }
  }

  /// Tier ids; empty for all.
  public var tiers: Set<String> = []
  /// Paid levels that run today; empty for all members, with a level or without.
  public var paidLevels: Set<String> = []
  /// Types of an active card; empty for all.
  public var cardTypes: Set<String> = []
  /// Classes by spending, `A` to `D`, as the report `abcd` has them; empty for all.
  public var classes: Set<String> = []
  /// The least scores, as the report `rfm` has them; 1 for any.
  public var scoresMin = Scores(recency: 1, frequency: 1, monetary: 1)
  /// The greatest scores; 5 for any.
  public var scoresMax = Scores(recency: 5, frequency: 5, monetary: 5)
  /// No spending for so many days; `nil` for any.
  public var absentDays: Int64?
  /// The month of the birthday, 1 to 12; `nil` for any.
  public var birthdayMonth: Int64?
  /// What was spent in a life at least, in fen.
  public var spentMinor: Int64 = 0

  /// Creates the segment of all active members.
  public init() {}

  /// Whether scores are asked for: who never came has none.
  public var needsScores: Bool {
    scoresMin != Scores(recency: 1, frequency: 1, monetary: 1)
      || scoresMax != Scores(recency: 5, frequency: 5, monetary: 5)
  }

  /// Whether the member is one of them on `today`. Members who are suspended, frozen, merged or
  /// erased never are.
  public func holds(
    _ state: MemberState,
    birthdayMonth month: Int?,
    class spendingClass: String?,
    scores: Scores?,
    on today: BusinessDate
  ) -> Bool {
    guard state.status == .active else { return false }
    if !tiers.isEmpty, !tiers.contains(state.tier) { return false }
    if !paidLevels.isEmpty {
      guard let paid = state.assets.paid, paid.isActive(on: today),
        paidLevels.contains(paid.level)
      else { return false }
    }
    if !cardTypes.isEmpty {
      let fits = state.cards.contains { $0.status == .active && cardTypes.contains($0.type) }
      guard fits else { return false }
    }
    if !classes.isEmpty {
      guard let spendingClass, classes.contains(spendingClass) else { return false }
    }
    if let birthdayMonth, month.map(Int64.init) != birthdayMonth { return false }
    if let absentDays, absence(of: state, on: today) < absentDays { return false }
    guard state.facts.lifetimeMinor >= spentMinor else { return false }
    return !needsScores || scores.map(holds) ?? false
  }

  private func holds(_ scores: Scores) -> Bool {
    (scoresMin.recency...max(scoresMin.recency, scoresMax.recency)).contains(scores.recency)
      && (scoresMin.frequency...max(scoresMin.frequency, scoresMax.frequency))
        .contains(scores.frequency)
      && (scoresMin.monetary...max(scoresMin.monetary, scoresMax.monetary))
        .contains(scores.monetary)
  }

  /// Days since the last spending, or since joining where there was none.
  private func absence(of state: MemberState, on today: BusinessDate) -> Int64 {
    if let last = state.facts.days.last?.date { return Int64(today.day) - Int64(last.day) }
    // Spending that is older than the longest window has left its days.
    if state.facts.lifetimeMinor > 0 { return .max }
    return Int64(today.day) - Int64(state.joinedOn.day)
  }
}

/// A batch of coupons for many members: decided as one row, issued by one row for each of them.
public struct CouponBatch: Hashable, Sendable {
  public var template: String
  /// Coupons for each member.
  public var count: Int64
  /// The numbers of the members' rows, ascending.
  public var members: [UInt32]

  /// Creates a batch.
  public init(template: String, count: Int64, members: [UInt32]) {
    self.template = template
    self.count = count
    self.members = members
  }

  /// Numbers as `1-3,7`: the form in which the batch's row keeps them.
  public static func text(of members: [UInt32]) -> String {
    var parts: [String] = []
    var index = 0
    while index < members.count {
      var end = index
      while end + 1 < members.count, members[end + 1] == members[end] &+ 1 { end += 1 }
      parts.append(end == index ? "\(members[index])" : "\(members[index])-\(members[end])")
      index = end + 1
    }
    return parts.joined(separator: ",")
  }

  /// Reads what `text` wrote; `nil` for anything else.
  public static func members(of text: String) -> [UInt32]? {
    var members: [UInt32] = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-").map { UInt32($0) }
      guard (1...2).contains(ends.count), let first = ends.first ?? nil,
        let last = ends.last ?? nil,
        first <= last, first > members.last ?? 0
      else { return nil }
      members += Array(first...last)
    }
    return members
  }
}

/// What became of a batch.
public struct CouponBatchDone: Hashable, Sendable {
  public var template: String
  /// Members who were to get coupons.
  public var matched: Int64
  /// Members who got them.
  public var issued: Int64
  /// Members to whom a rule refused them.
  public var refused: Int64

  /// Creates a count.
  public init(template: String, matched: Int64, issued: Int64, refused: Int64) {
    self.template = template
    self.matched = matched
    self.issued = issued
    self.refused = refused
  }
}
