import TapgateModel
import Testing

/// Builds programmes, members and baskets for the tests of pricing, earning and refunds.
enum CheckoutFixtures {
  /// The shipped retail programme.
  static func retail() throws -> Programme { try shipped.get() }

  private static let shipped = Result {
    try Programme.parse(Array(ShippedProgrammes.retail.utf8))
  }

  /// The shipped programme with its ladder and its base rule, and nothing else that could matter:
  /// no multipliers, no prices, no growth.
  static func bare() throws -> Programme {
    var programme = try retail()
    programme.multipliers = []
    programme.earn = [programme.earn[0]]
    programme.earn[0].excludedTenders = ["points", "sv_bonus"]
    programme.earn[0].excludedCategories = []
    programme.memberPrices = []
    programme.promotions = []
    programme.coupons = []
    programme.pointsAsCash = nil
    programme.redeemMin = 0
    programme.topUp = nil
    programme.valueOrder = .proRata
    programme.enrolFromMinor = nil
    programme.rewards = []
    return programme
  }

  static func date(_ text: String) throws -> BusinessDate { try #require(BusinessDate(text)) }

  /// A Tuesday.
  static func tuesday() throws -> BusinessDate { try date("2026-03-10") }

  static func member(
    points: Int64 = 0,
    principal: Int64 = 0,
    bonus: Int64 = 0,
    tier: String = "normal"
  ) throws -> MemberState {
    let date = try tuesday()
    var state = MemberState(id: "M1", joinedOn: date, tier: tier)
    if points > 0 {
      state.lots = [
        PointLot(id: 256, earnedOn: date, expiresOn: nil, original: points, remaining: points)
      ]
    }
    state.principalMinor = principal
    state.bonusMinor = bonus
    return state
  }

  static func context(on text: String = "2026-03-10") throws -> CheckoutContext {
    CheckoutContext(situation: Programme.Situation(date: try date(text), store: "S1"))
  }

  static func line(
    _ sku: String,
    _ price: Int64,
    _ quantity: Int64 = 1,
    category: String = "goods"
  ) -> BasketLine {
    BasketLine(sku: sku, category: category, quantity: quantity, unitPriceMinor: price)
  }

  /// One multiplier, made from a shipped one.
  static func multiplier(
    _ id: String,
    _ basisPoints: Int64,
    group: String,
    when: Programme.Occasion = Programme.Occasion()
  ) throws -> Programme.Multiplier {
    var multiplier = try #require(try retail().multipliers.first)
    multiplier.id = id
    multiplier.basisPoints = basisPoints
    multiplier.group = group
    multiplier.when = when
    return multiplier
  }

  static func occasion(_ change: (inout Programme.Occasion) -> Void) -> Programme.Occasion {
    var occasion = Programme.Occasion()
    change(&occasion)
    return occasion
  }
}

/// A deterministic generator (SplitMix64, Steele, Lea and Flood 2014): one seed is one run.
struct CheckoutDice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &self) }

  /// Whether one of `count` chances came.
  mutating func oneIn(_ count: Int64) -> Bool { number(1...count) == 1 }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int(number(0...Int64(choices.count - 1)))]
  }
}
