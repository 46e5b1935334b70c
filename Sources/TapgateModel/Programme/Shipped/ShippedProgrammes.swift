/// The programme files that come with the gateway.
///
/// What the requirement documents give stands as it is; whatever else bears `"example":true` and is
/// to be edited by the shop.
public enum ShippedProgrammes {
  /// The profiles' names.
  public static let names = ["retail", "step100", "hotel", "b2b"]

  /// What a new ledger begins with where nobody names a file: `retail` where the engine does all
  /// that it asks for, else what of it needs nothing else. A ledger that has a programme keeps it.
  public static let standard: String = {
    let whole = try? Programme.parse(Array(retail.utf8), for: .engine)
    return whole == nil ? pointsOnly : retail
  }()

  /// The file of the profile called `name`; `nil` for a name that is none.
  public static func file(_ name: String) -> String? {
    switch name {
    case "retail": retail
    case "step100": step100
    case "hotel": hotel
    case "b2b": b2b
    default: nil
    }
  }

  /// 1 point a yuan, four tiers, a member day with double points; redemption from 1,000 points on,
  /// stored value, coupons, paid levels and linked cards.
  public static let retail = file(
    id: "retail",
    tiers: ProgrammeSections.consumerTiers,
    earn: ProgrammeSections.pointPerYuan,
    multipliers: ProgrammeSections.memberDay + ",\n" + ProgrammeSections.tierMultipliers
  )

  /// As `retail`, but 10 points for every full 100 yuan.
  public static let step100 = file(
    id: "step100",
    tiers: ProgrammeSections.consumerTiers,
    earn: ProgrammeSections.pointsPerHundredYuan,
    multipliers: ProgrammeSections.memberDay + ",\n" + ProgrammeSections.tierMultipliers
  )

  /// As `retail`, with agreement prices (协议价) and a hotel's benefits.
  public static let hotel = file(
    id: "hotel",
    tiers: ProgrammeSections.consumerTiers,
    earn: ProgrammeSections.pointPerYuan,
    multipliers: ProgrammeSections.memberDay + ",\n" + ProgrammeSections.tierMultipliers,
    prices: ProgrammeSections.hotelPrice + ",\n" + ProgrammeSections.agreementPrices,
    more: ProgrammeSections.hotelBenefits
  )

  /// As `retail`, for companies: tiers from 50,000 yuan on and none of the consumers' multipliers.
  public static let b2b = file(
    id: "b2b",
    tiers: ProgrammeSections.companyTiers,
    earn: ProgrammeSections.pointPerYuan,
    multipliers: ProgrammeSections.memberDay
  )

  private static func file(
    id: String,
    tiers: String,
    earn: String,
    multipliers: String,
    prices: String = ProgrammeSections.hotelPrice,
    more: String = ""
  ) -> String {
    """
    { "format": "tapgate.programme/1", "id": "\(id)", "rev": 1, "valid_from": "2026-01-01",
      "zone": "Asia/Shanghai", "day_cutover": "04:00", "currency": "CNY", "money_unit": "fen",
    \(ProgrammeSections.assets)
    \(tiers)
      "earn": [
    \(earn)
    \(ProgrammeSections.growthAndEvents) ],
      "multipliers": [
    \(multipliers) ],
    \(ProgrammeSections.stackingAndRedemption)
      "member_price": [
    \(prices) ],
    \(ProgrammeSections.couponsAndTopUp)
    \(more)\(ProgrammeSections.cardsAndEnds)
    }

    """
  }
}
