/// What was accepted of one credential's counter or time steps; small enough to be a row on disk.
///
/// A counter must rise: gaps are reads that nobody finished. Time steps may come out of order by a
/// few, since clocks of telephones differ, so the last 64 below the highest are remembered one by
/// one, as the anti-replay window of RFC 4303 section 3.4.3 does.
public struct FreshnessWindow: Hashable, Sendable {
  public private(set) var highest: UInt64
  /// Bit n: whether `highest` - 1 - n was accepted.
  public private(set) var earlier: UInt64

  /// Creates the window of a credential whose first token was accepted.
  public init(first freshness: Freshness) {
    switch freshness {
    case .counter(let value), .step(let value): highest = value
    }
    earlier = 0
  }

  /// Creates a window as it was stored.
  public init(highest: UInt64, earlier: UInt64) {
    self.highest = highest
    self.earlier = earlier
  }

  /// Accepts a token, once.
  ///
  /// - Returns: `false` where it was accepted before or is older than the window reaches; then
  ///   nothing changed.
  public mutating func accept(_ freshness: Freshness) -> Bool {
    switch freshness {
    case .counter(let value):
      guard value > highest else { return false }
      rise(to: value)
      return true
    case .step(let value):
      guard value <= highest else {
        rise(to: value)
        return true
      }
      let distance = highest - value
      guard (1...64).contains(distance) else { return false }
      let bit: UInt64 = 1 << (distance - 1)
      guard earlier & bit == 0 else { return false }
      earlier |= bit
      return true
    }
  }

  private mutating func rise(to value: UInt64) {
    let distance = value - highest
    earlier = distance > 64 ? 0 : earlier << distance | 1 << (distance - 1)
    highest = value
  }
}
