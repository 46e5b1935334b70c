extension Programme {
  /// Every occasion that a rule has.
  var occasions: [Occasion] {
    let earning = earn.map(\.when) + multipliers.map(\.when) + events.map(\.when)
    let pricing = memberPrices.map(\.when) + promotions.map(\.when) + coupons.map(\.when)
    return earning + pricing + rewards.map(\.when) + draws.map(\.when) + benefits.map(\.when)
  }

  /// Whether some rule asks for the member's birthday.
  public var asksForBirthday: Bool { occasions.contains { $0.birthday != nil } }
}
