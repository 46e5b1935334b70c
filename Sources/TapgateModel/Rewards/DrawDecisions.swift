/// What a draw gave, and what proves it.
public struct Drawn: Hashable, Sendable {
  /// Everything that is needed, beside the commitment, reveal and nonce that the store keeps, to
  /// draw again and find the same prize.
  public struct Proof: Hashable, Sendable {
    public var draw: String
    public var revision: Int64
    /// The first 8 bytes of the hash of reveal and nonce, most significant first.
    public var random: UInt64
    /// The weights of the prizes that took part.
    public var totalWeight: Int64
    /// floor(random × totalWeight / 2⁶⁴).
    public var ticket: Int64
    /// Prizes of which none was left: they took no part.
    public var excluded: [String]
    /// The prize's place in the programme's list, from 0.
    public var index: Int

    /// Whether drawing again by `rules`, the lottery's in that revision, finds the same prize.
    public func isRight(by rules: Programme.Draw) -> Bool {
      let again = rules.prize(for: random) { !excluded.contains($0.id) }
      guard let again else { return false }
      return again == (index, ticket, totalWeight)
    }
  }

  public var prize: String
  public var proof: Proof
  public var gift: GivenGift
  public var lots: [PointLot]
  public var available: Int64
}

extension Programme.Draw {
  /// Finds the prize of a random number: of the prizes that are left, in the order of the list, the
  /// one in whose weights the ticket falls. A prize of which none is left takes no part; the others
  /// keep their weights.
  ///
  /// - Returns: `nil` where no prize with a weight is left.
  public func prize(
    for random: UInt64,
    left: (Prize) -> Bool
  ) -> (index: Int, ticket: Int64, totalWeight: Int64)? {
    var total: UInt64 = 0
    for prize in prizes where prize.weight > 0 && left(prize) {
      let (sum, overflow) = total.addingReportingOverflow(UInt64(prize.weight))
      guard !overflow, sum <= UInt64(Int64.max) else { return nil }
      total = sum
    }
    guard total > 0 else { return nil }
    // Rejection-free: the high half of the 128-bit product is uniform to one part in 2⁶⁴ / total.
    let ticket = random.multipliedFullWidth(by: total).high
    var upper: UInt64 = 0
    for (index, prize) in prizes.enumerated() where prize.weight > 0 && left(prize) {
      upper += UInt64(prize.weight)
      if ticket < upper { return (index, Int64(ticket), Int64(total)) }
    }
    return nil
  }
}

extension Programme {
  /// Decides `draw.spin`.
  ///
  /// `randomness` is the SHA-256 of the reveal, whose hash was published before, and the client's
  /// nonce: 32 bytes, of which the first 8 count.
  public func decideDraw(
    _ id: String,
    randomness: [UInt8],
    for state: MemberState,
    in context: LedgerContext
  ) throws(LedgerProblem) -> Decided<Drawn> {
    guard let rules = draws.first(where: { $0.id == id }) else { throw .unknown(field: "draw") }
    guard randomness.count == 32 else { throw .illegal("randomness", "is not 32 bytes") }
    var draft = try LedgerDraft(self, active: state, in: context)
    try draft.refuseUnlessCard(can: "points")
    guard rules.when.holds(in: draft.situation) else {
      throw .refused(.rewardUnavailable, "not now")
    }
    if let limit = rules.limit { try draft.count("draw:" + id, limit) }
    let shop = draft.shop
    func isLeft(_ prize: Draw.Prize) -> Bool {
      shop.count(of: Self.stockKey(of: prize, in: id)) < prize.stock ?? .max
    }
    let random = randomness[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let drawn = rules.prize(for: random, left: isLeft) else {
      throw .refused(.rewardUnavailable, "no prize is left")
    }
    let lots = try draft.takePoints(rules.points, to: .pointsRedeemed)
    let prize = rules.prizes[drawn.index]
    try draft.issue(Self.stockKey(of: prize, in: id), 1, of: prize.stock)
    let gift = try draft.give(prize.gives)
    let proof = Drawn.Proof(
      draw: id,
      revision: revision,
      random: random,
      totalWeight: drawn.totalWeight,
      ticket: drawn.ticket,
      excluded: rules.prizes.filter { !isLeft($0) }.map(\.id),
      index: drawn.index
    )
    return try draft.finished(
      Drawn(
        prize: prize.id,
        proof: proof,
        gift: gift,
        lots: lots,
        available: draft.state.pointsAvailable(on: context.today)
      ),
      field: "draw"
    )
  }

  /// The key under which the shop counts a prize.
  static func stockKey(of prize: Draw.Prize, in draw: String) -> String {
    "prize:" + draw + "/" + prize.id
  }
}
