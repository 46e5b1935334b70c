/// A small generator (SplitMix64) whose seed is printed first, so that bytes that trap can be had
/// again.
struct CardFuzz: RandomNumberGenerator {
  private var state: UInt64

  /// Starts at a seed of its own, or at the one that failed.
  init(_ purpose: String, seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
    print("\(purpose): seed \(seed)")
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
