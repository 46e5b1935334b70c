internal import Glibc

/// The instants at which an open-loop load's requests are due: a Poisson process, fixed in advance
/// by its rate and seed, so that a slow answer never delays the next arrival.
struct ArrivalSchedule {
  private var numbers: RandomNumbers
  private let meanNanoseconds: Double
  private var elapsed = 0.0

  /// Makes a schedule of `rate` arrivals a second, above 0.
  init(rate: Double, seed: UInt64) {
    self.meanNanoseconds = 1_000_000_000 / rate
    self.numbers = RandomNumbers(seed: seed)
  }

  /// The next arrival, in nanoseconds after the schedule's start; never before the one before it.
  mutating func next() -> Int64 {
    let share = Double(numbers.next() >> 11) / 9_007_199_254_740_992
    elapsed -= log(1 - share) * meanNanoseconds
    return Int64(elapsed)
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough to choose members and arrivals, repeatable by seed.
struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// The output function alone: a bijection on 64-bit numbers that scatters neighbours.
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
