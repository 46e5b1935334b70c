/// How long to wait before the next try: twice as long each time, up to a ceiling, give or take a
/// fifth, so that many gateways do not come back in the same instant.
struct BackOff: Hashable, Sendable {
  let floorMilliseconds: Int
  let ceilingMilliseconds: Int
  private var next: Int

  /// Starts at `floorMilliseconds`.
  init(floorMilliseconds: Int, ceilingMilliseconds: Int) {
    self.floorMilliseconds = floorMilliseconds
    self.ceilingMilliseconds = ceilingMilliseconds
    next = floorMilliseconds
  }

  /// The next wait. `jitterPercent` is the caller's random number from -20 to 20.
  mutating func nextMilliseconds(jitterPercent: Int) -> Int {
    defer { next = min(next * 2, ceilingMilliseconds) }
    return next * (100 + max(-20, min(20, jitterPercent))) / 100
  }

  /// Starts over, after a success.
  mutating func reset() { next = floorMilliseconds }
}
