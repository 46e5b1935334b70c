/// Uses of a pass, or stamps, that were given together and expire together.
public struct CountedLot: Hashable, Sendable {
  /// The asset's id in the programme.
  public var asset: String
  public var lot: PointLot

  /// Creates a lot.
  public init(asset: String, lot: PointLot) {
    self.asset = asset
    self.lot = lot
  }
}
