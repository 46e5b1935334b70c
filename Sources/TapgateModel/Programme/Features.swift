extension Programme {
  /// A part of the format that an engine may or may not do.
  public enum Feature: String, Hashable, Sendable, CaseIterable {
    /// `assets.points.pending`: points that wait before they can be spent.
    case pendingPoints
    /// `assets.points.expiry.round`.
    case expiryRounding
    /// `tiers.validity` other than for ever, `tiers.downgrade`, `tiers.grace`.
    case tierValidity
    /// `tiers.on_refund` other than `keep_until_review`.
    case tierReassessedOnRefund
    /// `tiers.levels[].gifts`.
    case tierGifts
    /// `earn[].when`.
    case earnOccasions
    /// `earn[].quantity`.
    case earnedQuantities
    /// `earn[].event`.
    case events
    /// `enrol_on_spend_fen`.
    case enrolOffer
    /// Conditions of multipliers beyond the business date and the tier.
    case multiplierOccasions
    /// `redeem` without `redeem.cash`.
    case redeeming
    /// `redeem.cash`.
    case pointsAsCash
    case catalogue
    case draws
    case memberPrices
    case promotions
    case coupons
    /// `assets.sv` and `topup`.
    case storedValue
    case passes
    /// `assets.stamp` and `stamps`.
    case stamps
    case paidLevels
    case benefits
    /// `card_types[].parent`, `.shared_account`, `.limit`.
    case linkedCards
    /// `card_types[].named: false`.
    case bearerCards
    case holds
    case refunds
    /// `offline`: it belongs to a chain's hub.
    case offline
  }

  /// A place in the file that asks for a feature.
  public struct Use: Hashable, Sendable {
    public var feature: Feature
    /// The value's place, such as `earn[2].event`.
    public var path: String

    /// Creates a use.
    public init(_ feature: Feature, path: String) {
      self.feature = feature
      self.path = path
    }
  }

  /// Places of what the file uses and an engine that does `built` does not do, in the format's
  /// order. Such a programme is not put in force, so that a file never means less than it says.
  public func unbuilt(_ built: Set<Feature>) -> [String] {
    uses.filter { !built.contains($0.feature) }.map(\.path)
  }
}

extension Set<Programme.Feature> {
  /// What the gateway's engine does today.
  public static let engine: Set = [
    .expiryRounding, .events, .tierGifts, .earnOccasions, .earnedQuantities, .enrolOffer,
    .multiplierOccasions, .redeeming, .pointsAsCash, .catalogue, .draws, .memberPrices,
    .promotions, .coupons, .storedValue, .passes, .stamps, .paidLevels, .benefits, .holds,
    .refunds, .pendingPoints, .tierValidity, .tierReassessedOnRefund,
  ]
}
