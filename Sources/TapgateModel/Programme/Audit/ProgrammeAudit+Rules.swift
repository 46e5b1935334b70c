extension ProgrammeAudit {
  private func addNever(_ path: String, _ findings: inout Findings) {
    findings.add(
      .ruleNeverFires,
      path,
      "its occasion never comes: no date, tier or moment meets all its conditions",
      "规则永远不会生效：没有同时满足全部条件的日期、等级或时刻"
    )
  }

  private func addBeaten(_ path: String, by other: String, _ findings: inout Findings) {
    findings.add(
      .ruleAlwaysBeaten,
      path,
      "never counts: \(other) is at least as good whenever it holds",
      "永远不会被采用：只要它成立，\(other) 总是同样或更优惠"
    )
  }

  /// Looks at multipliers alone, inside their group and against the cap.
  ///
  /// - Returns: what all together come to at most, in basis points.
  func checkMultipliers(_ search: OccasionSearch, _ findings: inout Findings) -> Int64 {
    var excess: [String: Int64] = [:]
    for multiplier in programme.multipliers {
      let path = "multipliers[\(multiplier.id)]"
      if multiplier.basisPoints > programme.capBasisPoints {
        findings.add(
          .multiplierAboveCap,
          path,
          "is \(multiplier.basisPoints) and the cap is \(programme.capBasisPoints)",
          "倍率 \(multiplier.basisPoints) 超过上限 \(programme.capBasisPoints)"
        )
      }
      guard check(multiplier, path, search, &findings) else { continue }
      let most = max(excess[multiplier.group] ?? 0, multiplier.basisPoints - 10_000)
      excess[multiplier.group] = most
    }
    // Without `stacking` the cap is the format's; marked as an example it is reported as one.
    let isOwn = programme.capBasisPoints != Programme.capDefault
    let most = excess.values.reduce(10_000) { $0 + $1 }
    guard isOwn, !programme.multipliers.isEmpty, !programme.examples.contains("stacking"),
      most < programme.capBasisPoints
    else { return min(most, programme.capBasisPoints) }
    findings.add(
      .capNeverReached,
      "stacking.cap_bp",
      "is \(programme.capBasisPoints), and all multipliers together come to \(most) at most",
      "上限为 \(programme.capBasisPoints)，但所有倍率叠加最多只有 \(most)"
    )
    return most
  }

  /// Whether the multiplier can count.
  private func check(
    _ multiplier: Programme.Multiplier,
    _ path: String,
    _ search: OccasionSearch,
    _ findings: inout Findings
  ) -> Bool {
    let situations = search.situations(for: multiplier.when, limit: 400)
    guard !situations.isEmpty else {
      addNever(path, &findings)
      return false
    }
    guard multiplier.basisPoints > 10_000 else {
      findings.add(.ruleNeverFires, path, "multiplies by one", "倍率为 1，没有作用")
      return false
    }
    let rivals = programme.multipliers.filter {
      $0.group == multiplier.group && $0.id != multiplier.id
    }
    let isBeaten: Bool
    if multiplier.when.isOfLines {
      isBeaten = rivals.contains {
        $0.basisPoints >= multiplier.basisPoints && $0.when.includes(multiplier.when)
          && ($0.when != multiplier.when || $0.basisPoints > multiplier.basisPoints)
      }
    } else {
      isBeaten = !situations.contains { situation in
        programme.multiplier(in: situation).fired.contains { $0.id == multiplier.id }
      }
    }
    guard isBeaten else { return true }
    let names = rivals.map(\.id).joined(separator: ", ")
    addBeaten(path, by: "multipliers[\(names)]", &findings)
    return false
  }

  /// Looks at every other rule that has an occasion.
  func checkRules(_ search: OccasionSearch, _ findings: inout Findings) {
    for rule in programme.rulesWithOccasion where !search.isEver(rule.when) {
      addNever(rule.path, &findings)
    }
    for rule in programme.earn {
      let isExcluded =
        rule.when.skus.isEmpty && !rule.when.categories.isEmpty
        && rule.when.categories.isSubset(of: rule.excludedCategories)
      if isExcluded { addNever("earn[\(rule.id)]", &findings) }
    }
    checkPrices(&findings)
    checkPromotions(&findings)
  }

  /// Member prices that another one always undercuts.
  private func checkPrices(_ findings: inout Findings) {
    for (index, price) in programme.memberPrices.enumerated() {
      guard let share = price.basisPoints, !price.isAgreement else { continue }
      let rival = programme.memberPrices.enumerated().first { place, other in
        guard place != index, let otherShare = other.basisPoints, !other.isAgreement else {
          return false
        }
        return (otherShare < share || (otherShare == share && place < index))
          && other.when.includes(price.when)
      }
      if let rival {
        let path = "member_price[\(price.id)]"
        addBeaten(path, by: "member_price[\(rival.element.id)]", &findings)
      }
    }
  }

  /// Offers that another one of their group always beats.
  private func checkPromotions(_ findings: inout Findings) {
    for (index, offer) in programme.promotions.enumerated() {
      let rival = programme.promotions.enumerated().first { place, other in
        guard place != index, other.group == offer.group, other.when.includes(offer.when),
          other.thresholdMinor <= offer.thresholdMinor
        else { return false }
        return other.saving.beats(offer.saving)
          || (other.saving == offer.saving && other.thresholdMinor == offer.thresholdMinor
            && place < index)
          || (other.saving == offer.saving && other.thresholdMinor < offer.thresholdMinor)
      }
      if let rival {
        let path = "promotions[\(offer.id)]"
        addBeaten(path, by: "promotions[\(rival.element.id)]", &findings)
      }
    }
  }
}

extension Programme.Promotion.Saving {
  /// Whether this one takes off more than `other`, on any basket that reaches both.
  fileprivate func beats(_ other: Programme.Promotion.Saving) -> Bool {
    switch (self, other) {
    case (.amountOff(let off, let isRepeated), .amountOff(let otherOff, let isOtherRepeated)):
      off >= otherOff && (isRepeated || !isOtherRepeated) && self != other
    case (.percent(let share), .percent(let otherShare)): share < otherShare
    case (.freeItem(let sku, let quantity), .freeItem(let otherSKU, let otherQuantity)):
      sku == otherSKU && quantity > otherQuantity
    default: false
    }
  }
}
