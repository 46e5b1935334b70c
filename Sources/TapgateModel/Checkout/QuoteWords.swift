/// One rule that counted, or one that nearly did, in words for a screen or a receipt.
public struct Explanation: Hashable, Sendable {
  /// What it is about, in the order in which rules count.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case memberPrice, agreement, promotion, coupon, pointsAsCash, storedValue
    case earned, multiplier, tier, nextOffer, topUp, enrol
  }

  public var kind: Kind
  /// The rule's id in the programme, where it has one.
  public var rule: String?
  /// What it takes off or pays, in fen, where it does.
  public var amountMinor: Int64?
  /// What it gives or takes, in points, where it does.
  public var points: Int64?
  public var text: String
}

extension Programme {
  /// Why a quote comes to what it does, in `language` (`zh`, or anything else for English): prices,
  /// offers, coupons, payment, points, then what would come with a little more.
  public func explain(_ quote: Quote, language: String) -> [Explanation] {
    let words = QuoteWords(isChinese: language != "en")
    var list = words.prices(of: quote)
    for discount in quote.discounts { list.append(words.discount(discount)) }
    list += words.payment(of: quote.payment)
    list += words.earning(of: quote)
    if let after = quote.tierAfter, after != quote.tierBefore {
      let name = levels.first { $0.id == after }?.name ?? after
      list.append(
        Explanation(
          kind: .tier,
          rule: after,
          text: words.word("本单后升级为\(name)", "this receipt makes you \(name)")
        )
      )
    }
    return list + words.hints(of: quote)
  }
}

/// The sentences.
private struct QuoteWords {
  var isChinese: Bool

  func word(_ chinese: String, _ english: String) -> String { isChinese ? chinese : english }

  func yuan(_ fen: Int64) -> String { AccrualSlip.yuan(fen) }

  func prices(of quote: Quote) -> [Explanation] {
    var list: [Explanation] = []
    for line in quote.lines {
      guard let rule = line.priceRule else { continue }
      let saving = line.listMinor - line.memberMinor
      if let known = list.firstIndex(where: { $0.rule == rule }) {
        list[known].amountMinor = (list[known].amountMinor ?? 0) + saving
      } else {
        let kind = line.isAgreement ? Explanation.Kind.agreement : .memberPrice
        list.append(Explanation(kind: kind, rule: rule, amountMinor: saving, text: ""))
      }
    }
    return list.map { item in
      var item = item
      let amount = yuan(item.amountMinor ?? 0)
      item.text =
        item.kind == .agreement
        ? word("协议价，省 \(amount) 元", "agreement price, \(amount) saved")
        : word("会员价，省 \(amount) 元", "members' price, \(amount) saved")
      return item
    }
  }

  func discount(_ discount: Quote.Discount) -> Explanation {
    let (name, amount) = (discount.name, yuan(discount.amountMinor))
    let isCoupon = discount.kind == .coupon
    let text =
      if isCoupon, discount.amountMinor == 0 {
        word("用券：\(name)", "coupon: \(name)")
      } else if isCoupon {
        word("用券：\(name)，减 \(amount) 元", "coupon: \(name), \(amount) off")
      } else {
        word("\(name)，减 \(amount) 元", "\(name), \(amount) off")
      }
    return Explanation(
      kind: isCoupon ? .coupon : .promotion,
      rule: discount.id,
      amountMinor: discount.amountMinor,
      text: text
    )
  }

  func payment(of payment: Quote.Payment) -> [Explanation] {
    var list: [Explanation] = []
    if payment.points > 0 {
      let amount = yuan(payment.pointsMinor)
      list.append(
        Explanation(
          kind: .pointsAsCash,
          amountMinor: payment.pointsMinor,
          points: payment.points,
          text: word(
            "\(payment.points) 积分抵 \(amount) 元",
            "\(payment.points) points pay \(amount)"
          )
        )
      )
    }
    if payment.valueMinor > 0 {
      let amount = yuan(payment.valueMinor)
      let bonus = yuan(payment.value.bonusMinor)
      list.append(
        Explanation(
          kind: .storedValue,
          amountMinor: payment.valueMinor,
          text: word(
            "储值支付 \(amount) 元，其中赠金 \(bonus) 元",
            "stored value pays \(amount), \(bonus) of it bonus"
          )
        )
      )
    }
    return list
  }

  func earning(of quote: Quote) -> [Explanation] {
    let earned = quote.earned
    guard earned.points > 0 else { return [] }
    var list = [
      Explanation(
        kind: .earned,
        points: earned.points,
        text: word("本单得 \(earned.points) 积分", "\(earned.points) points for this receipt")
      )
    ]
    for fired in earned.fired where fired.basisPoints != 10_000 {
      let name = name(of: fired.id)
      let times = times(fired.basisPoints)
      list.append(
        Explanation(
          kind: .multiplier,
          rule: fired.id,
          text: word("\(name)积分 ×\(times)", "\(name): points ×\(times)")
        )
      )
    }
    return list
  }

  func hints(of quote: Quote) -> [Explanation] {
    var list: [Explanation] = []
    if let next = quote.nextOffer {
      let (missing, saving) = (yuan(next.missingMinor), yuan(next.savingMinor))
      list.append(
        Explanation(
          kind: .nextOffer,
          rule: next.id,
          amountMinor: next.missingMinor,
          text: word(
            "再买 \(missing) 元：\(next.name)，减 \(saving) 元",
            "\(missing) more: \(next.name), \(saving) off"
          )
        )
      )
    }
    if let hint = quote.topUpHint {
      let (amount, bonus) = (yuan(hint.amountMinor), yuan(hint.bonusMinor))
      let saves = yuan(hint.savesNowMinor)
      list.append(
        Explanation(
          kind: .topUp,
          amountMinor: hint.amountMinor,
          text: word(
            "充 \(amount) 元送 \(bonus) 元，本单省 \(saves) 元",
            "top up \(amount), get \(bonus) more: \(saves) saved on this receipt"
          )
        )
      )
    }
    if let offer = quote.enrolOffer {
      list.append(
        Explanation(
          kind: .enrol,
          points: offer.pointsIfJoined,
          text: word(
            "现在注册会员，本单可得 \(offer.pointsIfJoined) 积分",
            "join now and get \(offer.pointsIfJoined) points for this receipt"
          )
        )
      )
    }
    return list
  }

  /// The name of a multiplier: the shipped programme's ids have names, others speak for themselves.
  private func name(of rule: String) -> String {
    switch (rule, isChinese) {
    case ("member_day", true): "会员日"
    case ("birthday", true): "生日"
    default: rule
    }
  }

  /// Basis points as a factor without idle zeros: 20,000 is 2, 12,500 is 1.25.
  private func times(_ basisPoints: Int64) -> String {
    var digits = String(basisPoints.magnitude % 10_000 + 10_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    let whole = "\(basisPoints.magnitude / 10_000)"
    return digits.isEmpty ? whole : "\(whole).\(digits)"
  }
}
