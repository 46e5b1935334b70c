extension ProgrammeAudit {
  /// Coupons that cannot be used, or not for what they say.
  func checkCoupons(_ search: OccasionSearch, _ findings: inout Findings) {
    for coupon in programme.coupons {
      let path = "coupons[\(coupon.id)]"
      var end: BusinessDate?
      if case .through(let date) = coupon.validity { end = date }
      if !search.isEver(coupon.when, through: end) {
        findings.add(
          .couponNeverApplies,
          path,
          "is never valid while its conditions hold",
          "在有效期内其使用条件永远不会满足"
        )
      }
      switch coupon.kind {
      case .freeOrder(let most) where most < coupon.thresholdMinor:
        findings.add(
          .couponNeverApplies,
          path,
          "never frees a whole order: the order must come to \(coupon.thresholdMinor) fen, and "
            + "\(most) are paid at most",
          "永远无法免单：订单须满 \(coupon.thresholdMinor) 分，最多只抵 \(most) 分"
        )
      case .amountOff(let off) where coupon.thresholdMinor > 0 && off > coupon.thresholdMinor:
        findings.add(
          .couponAboveThreshold,
          path,
          "takes off \(off) fen from a basket that need only come to \(coupon.thresholdMinor)",
          "抵扣 \(off) 分，而门槛只有 \(coupon.thresholdMinor) 分"
        )
      case .delivery where !isCategory("delivery"):
        findings.add(
          .couponNeverApplies,
          path,
          "pays lines of the category delivery, which categories does not have",
          "用于配送类商品，而 categories 中没有 delivery"
        )
      default: break
      }
    }
  }

  private func isCategory(_ name: String) -> Bool {
    programme.categories.isEmpty || programme.categories.contains(name)
  }

  /// Steps of the top-up table that bring less for more, or that nobody comes to.
  func checkTopUp(_ findings: inout Findings) {
    guard let rules = programme.topUp else { return }
    let most = max(rules.namedMaxMinor ?? .max, rules.bearerMaxMinor ?? .max)
    if rules.minMinor > most {
      findings.add(
        .topUpStepUnreachable,
        "topup.min_fen",
        "is above the largest balance: nothing can be topped up",
        "高于余额上限，无法充值"
      )
    }
    for (index, step) in rules.steps.enumerated() {
      let path = "topup.tiers[\(index)]"
      let isSkipped =
        index + 1 < rules.steps.count && rules.steps[index + 1].fromMinor <= rules.minMinor
      let (sum, overflow) = step.fromMinor.addingReportingOverflow(step.bonusMinor)
      if isSkipped || overflow || sum > most {
        findings.add(
          .topUpStepUnreachable,
          path,
          "no top-up comes to this step: the least amount or the largest balance forbids it",
          "没有充值能落在这一档：受最低充值额或余额上限限制"
        )
      }
      guard index > 0 else { continue }
      if isLess(step, than: rules.steps[index - 1]) {
        findings.add(
          .topUpGivesLess,
          path,
          "brings less than the step before, which costs less",
          "赠送少于更低的一档"
        )
      }
    }
  }

  /// Whether a step brings less; goods of unknown worth may make up for anything.
  private func isLess(
    _ step: Programme.TopUpRules.Step,
    than before: Programme.TopUpRules.Step
  ) -> Bool {
    let worth = Int128(step.bonusMinor) * 1000 + Int128(value(of: step.gifts))
    let worthBefore = Int128(before.bonusMinor) * 1000 + Int128(value(of: before.gifts))
    let goods = step.gifts.filter { value(of: [$0]) == 0 }
    let goodsBefore = before.gifts.filter { value(of: [$0]) == 0 }
    if !goods.isEmpty, goods != goodsBefore { return false }
    let (factor, factorBefore) = (step.pointsBasisPoints ?? 0, before.pointsBasisPoints ?? 0)
    return factor <= factorBefore
      && (worth < worthBefore
        || (worth == worthBefore && (factor < factorBefore || goods.count < goodsBefore.count)))
  }

  /// What points are worth, the balance for redemption and the life of points.
  func checkPoints(multiplierMax: Int64, _ findings: inout Findings) {
    checkWorth(multiplierMax: multiplierMax, &findings)
    if let cash = programme.pointsAsCash, programme.redeemMin > 0, programme.redeemMin < cash.step {
      findings.add(
        .redeemMinimumBelowStep,
        "redeem.min_balance",
        "is \(programme.redeemMin): whoever has just that cannot redeem one step of \(cash.step)",
        "最低 \(programme.redeemMin) 分不足一个抵现单位 \(cash.step) 分"
      )
    }
    guard let expiry = programme.pointsExpiry, let pending = programme.pointsPending else { return }
    for offset in 0..<800 {
      let date = programme.validFrom.adding(days: offset)
      guard expiry.end(from: date) < pending.end(from: date) else { continue }
      findings.add(
        .expiryBeforeMaturity,
        "assets.points.expiry",
        "points of \(date) expire on \(expiry.end(from: date)), and can be spent from "
          + "\(pending.end(from: date)) on",
        "\(date) 的积分在 \(expiry.end(from: date)) 过期，而 \(pending.end(from: date)) 起才能使用"
      )
      return
    }
  }

  /// Points of a receipt that pay for a receipt as large, or a larger one.
  private func checkWorth(multiplierMax: Int64, _ findings: inout Findings) {
    guard let cash = programme.pointsAsCash else { return }
    for rule in programme.earn where rule.asset == .points && rule.quantity == nil {
      let worth = Int128(rule.give) * Int128(multiplierMax) * Int128(cash.minor)
      let paid = Int128(rule.perFen) * 10_000 * Int128(cash.points)
      guard worth >= paid else { continue }
      findings.add(
        .pointsWorthReceipt,
        "earn[\(rule.id)]",
        "the points of a receipt can pay for a whole one: at \(multiplierMax) basis points they "
          + "are worth \(worth * 100 / paid)% of what was paid",
        "一张小票的积分足以抵付整张小票：最高倍率下价值为实付的 \(worth * 100 / paid)%"
      )
    }
  }

  /// Prizes without weight, and draws whose prizes are worth more than they cost.
  func checkDraws(_ findings: inout Findings) {
    for draw in programme.draws {
      var weights: Int128 = 0
      var worth: Int128 = 0
      for prize in draw.prizes {
        if prize.weight == 0 {
          findings.add(
            .prizeNeverDrawn,
            "draws[\(draw.id)].prizes[\(prize.id)]",
            "has the weight 0 and is never drawn",
            "权重为 0，永远不会抽中"
          )
        }
        weights += Int128(prize.weight)
        let gifts = prize.gives.filter(isComparable)
        worth += Int128(prize.weight) * Int128(value(of: gifts))
      }
      let price = Int128(value(of: [.points(draw.points)]))
      guard worth > price * weights else { continue }
      findings.add(
        .drawAbovePrice,
        "draws[\(draw.id)]",
        "its prizes are worth more on average than the \(draw.points) points that it costs",
        "奖品平均价值高于所花的 \(draw.points) 积分"
      )
    }
  }

  /// Whether a gift's worth can be held against points: always, where points have a rate.
  private func isComparable(_ gift: Programme.Gift) -> Bool {
    if case .points = gift { return true }
    return programme.pointsAsCash != nil
  }

  /// What gifts are worth in thousandths of a fen, as far as the file says: goods have no price
  /// there. Without a rate of points to money, a point counts as a fen.
  private func value(of gifts: [Programme.Gift]) -> Int64 {
    var sum: Int128 = 0
    for gift in gifts {
      switch gift {
      case .points(let points):
        let rate = programme.pointsAsCash
        sum += Int128(points) * 1000 * Int128(rate?.minor ?? 1) / Int128(rate?.points ?? 1)
      case .coupon(let template, let count):
        let coupon = programme.coupons.first { $0.id == template }
        sum += Int128(coupon?.kind.worthMinor ?? 0) * 1000 * Int128(count)
      case .counted(let asset, let quantity):
        let pass = programme.counted.first { $0.id == asset }
        sum +=
          Int128(pass?.priceMinor ?? 0) * 1000 * Int128(quantity) / Int128(max(1, pass?.uses ?? 1))
      case .item: break
      }
    }
    return Int64(clamping: sum)
  }
}

extension Programme.CouponTemplate.Kind {
  /// What it takes off at most, where that is known.
  fileprivate var worthMinor: Int64 {
    switch self {
    case .amountOff(let minor): minor
    case .percent(_, let most): most ?? 0
    case .freeOrder(let most): most
    case .freeItem, .service, .delivery: 0
    }
  }
}
