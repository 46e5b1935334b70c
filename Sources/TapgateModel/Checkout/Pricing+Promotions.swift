extension Pricing {
  /// An offer's worth on the basket.
  private struct Worth {
    var place: Int
    var lines: [Int]
    var amount: Int64
    /// Each line's own amount; `nil` where the amount is spread over the lines.
    var shares: [Int64]?
  }

  /// Applies the offers: of each group the best, the groups in the order of the file.
  ///
  /// - Returns: the offer that would hold if the basket came to a little more.
  mutating func applyPromotions(
    _ promotions: [Programme.Promotion],
    in situation: Programme.Situation
  ) -> Quote.NextOffer? {
    var best: [Worth] = []
    var near: [(place: Int, missing: Int64, amount: Int64)] = []
    for (place, promotion) in promotions.enumerated() where promotion.when.holds(in: situation) {
      let (worth, next) = self.worth(of: promotion, at: place)
      if let next { near.append((place, next.missing, next.amount)) }
      guard let worth, worth.amount > 0 else { continue }
      let known = best.firstIndex { promotions[$0.place].group == promotion.group }
      if let known {
        if best[known].amount < worth.amount { best[known] = worth }
      } else {
        best.append(worth)
      }
    }
    for worth in best {
      let promotion = promotions[worth.place]
      let discount = Quote.Discount(kind: .promotion, id: promotion.id, name: promotion.name)
      if let shares = worth.shares {
        take(shares, off: worth.lines, as: discount)
      } else {
        let most = Self.sum(net, of: worth.lines)
        take(min(worth.amount, most), off: worth.lines, as: discount)
      }
    }
    return Self.nearest(near, best: best, of: promotions)
  }

  /// The offer that is nearest and better than what its group gives now.
  private static func nearest(
    _ near: [(place: Int, missing: Int64, amount: Int64)],
    best: [Worth],
    of promotions: [Programme.Promotion]
  ) -> Quote.NextOffer? {
    var nearest: Quote.NextOffer?
    for candidate in near {
      let promotion = promotions[candidate.place]
      let now = best.first { promotions[$0.place].group == promotion.group }?.amount ?? 0
      guard candidate.amount > now, candidate.missing < nearest?.missingMinor ?? .max else {
        continue
      }
      nearest = Quote.NextOffer(
        id: promotion.id,
        name: promotion.name,
        missingMinor: candidate.missing,
        savingMinor: candidate.amount
      )
    }
    return nearest
  }

  /// What an offer is worth on the members' prices, and what is missing until it is worth more.
  private func worth(
    of promotion: Programme.Promotion,
    at place: Int
  ) -> (worth: Worth?, next: (missing: Int64, amount: Int64)?) {
    let lines = covered(by: promotion.when)
    let threshold = max(0, promotion.thresholdMinor)
    switch promotion.saving {
    case .freeItem(let sku, let quantity):
      let (free, off) = self.free(sku, quantity, on: member)
      let gift = off.reduce(0) { $0 + $1 }
      // What is free does not help to reach the threshold.
      let isCounted = free.filter(lines.contains)
      let own = free.indices.reduce(Int64(0)) {
        isCounted.contains(free[$1]) ? $0 + off[$1] : $0
      }
      let sum = Self.sum(member, of: lines) - own
      guard sum >= threshold else { return (nil, (threshold - sum, max(1, gift))) }
      return (Worth(place: place, lines: free, amount: gift, shares: off), nil)
    case .percent(let share):
      let sum = Self.sum(member, of: lines)
      let off = Self.off(max(sum, threshold), leaving: share)
      guard sum >= threshold, !lines.isEmpty else { return (nil, (threshold - sum, off)) }
      return (Worth(place: place, lines: lines, amount: off), nil)
    case .amountOff(let off, let isRepeated):
      let sum = Self.sum(member, of: lines)
      guard off > 0 else { return (nil, nil) }
      guard sum >= threshold, !lines.isEmpty else { return (nil, (threshold - sum, off)) }
      guard isRepeated, threshold > 0 else {
        return (Worth(place: place, lines: lines, amount: min(off, sum)), nil)
      }
      let times = sum / threshold
      let amount = Apportionment.scaled(off, by: times, over: 1) ?? sum
      let missing = threshold - sum % threshold
      let next = off.addingReportingOverflow(amount)
      return (
        Worth(place: place, lines: lines, amount: min(amount, sum)),
        next.overflow ? nil : (missing, next.partialValue)
      )
    }
  }

  /// What is taken off `amount` where `share` basis points of it are left, rounded down.
  static func off(_ amount: Int64, leaving share: Int64) -> Int64 {
    guard share < 10_000, let left = Apportionment.scaled(amount, by: share, over: 10_000) else {
      return 0
    }
    return amount - left
  }
}
