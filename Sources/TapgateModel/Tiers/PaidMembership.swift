/// A level of the paid ladder that a member bought.
public struct PaidMembership: Hashable, Sendable {
  public var level: String
  public var from: BusinessDate
  /// The last day on which it counts.
  public var through: BusinessDate
  public var paidMinor: Int64
  /// What of it was earned by the days that passed, in fen; the rest is deferred income.
  public var earnedMinor: Int64

  /// Creates a paid level.
  public init(
    level: String,
    from: BusinessDate,
    through: BusinessDate,
    paidMinor: Int64,
    earnedMinor: Int64 = 0
  ) {
    self.level = level
    self.from = from
    self.through = through
    self.paidMinor = paidMinor
    self.earnedMinor = earnedMinor
  }

  /// Whether it counts on `date`.
  public func isActive(on date: BusinessDate) -> Bool { date >= from && date <= through }

  /// Days that it lasts; at least one.
  public var dayCount: Int64 { max(1, Int64(through.day) - Int64(from.day) + 1) }

  /// What the days before `date` have earned: floor(paid × days / all days).
  public func earnedMinor(before date: BusinessDate) -> Int64 {
    let days = min(max(0, Int64(date.day) - Int64(from.day)), dayCount)
    return Int64(clamping: Int128(paidMinor) * Int128(days) / Int128(dayCount))
  }
}
