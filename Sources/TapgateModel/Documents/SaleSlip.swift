public import TapgateJSON

/// The receipt that a checkout prints: made from the row that was committed with it.
public struct SaleSlip: Sendable {
  public var language: String
  public var store: String
  public var counter: String
  public var operatorName: String?
  public var receiptNo: String
  /// What a refund asks for; printed as a QR code.
  public var receiptID: String
  public var time: String
  /// The member after it; `nil` for a receipt without one.
  public var member: MemberView?
  public var sale: CheckedOut

  /// Creates a slip.
  public init(
    language: String,
    store: String,
    counter: String,
    operatorName: String?,
    receiptNo: String,
    receiptID: String,
    time: String,
    member: MemberView?,
    sale: CheckedOut
  ) {
    self.language = language
    self.store = store
    self.counter = counter
    self.operatorName = operatorName
    self.receiptNo = receiptNo
    self.receiptID = receiptID
    self.time = time
    self.member = member
    self.sale = sale
  }

  private func word(_ chinese: String, _ english: String) -> String {
    language != "en" ? chinese : english
  }

  private func yuan(_ fen: Int64) -> String { AccrualSlip.yuan(fen) }

  /// The frozen document.
  public var document: JSON {
    let rule = JSON.object(["type": .string("rule")])
    var blocks: [JSON] = [
      .object([
        "type": .string("text"), "text": .string(word("购物小票", "Receipt")),
        "align": .string("center"), "bold": .bool(true), "height": .integer(2),
        "width": .integer(2),
      ]),
      row(word("门店", "Store"), "\(store) / \(counter)"),
      row(word("小票号", "Receipt"), receiptNo),
      row(word("时间", "Time"), String(time.prefix(19).map { $0 == "T" ? " " : $0 })),
    ]
    if let operatorName { blocks.append(row(word("收银员", "Operator"), operatorName)) }
    blocks.append(rule)
    blocks += goods
    blocks.append(rule)
    blocks += payment
    if let member { blocks += [rule] + membership(of: member) }
    blocks.append(
      .object(["type": .string("qr"), "data": .string(receiptID), "size": .integer(4)])
    )
    blocks.append(.object(["type": .string("cut")]))
    return .object(["v": .integer(1), "blocks": .array(blocks)])
  }

  /// The lines at their list prices, then what rules took off.
  private var goods: [JSON] {
    var blocks = sale.record.lines.map { line in
      row(line.quantity == 1 ? line.sku : "\(line.sku) ×\(line.quantity)", yuan(line.listMinor))
    }
    let member = sale.quote.lines.reduce(Int64(0)) { $0 &+ $1.listMinor &- $1.memberMinor }
    if member > 0 { blocks.append(row(word("会员价优惠", "Members' prices"), "-" + yuan(member))) }
    for discount in sale.quote.discounts where discount.amountMinor > 0 {
      blocks.append(row(discount.name, "-" + yuan(discount.amountMinor)))
    }
    return blocks
  }

  private var payment: [JSON] {
    let paid = sale.quote.payment
    var blocks = [row(word("应付", "Total"), yuan(sale.quote.payableMinor))]
    if paid.points > 0 {
      blocks.append(
        row(word("积分抵现 \(paid.points) 分", "\(paid.points) points"), yuan(paid.pointsMinor))
      )
    }
    if paid.value.principalMinor > 0 {
      blocks.append(row(word("储值本金", "Stored value"), yuan(paid.value.principalMinor)))
    }
    if paid.value.bonusMinor > 0 {
      blocks.append(row(word("储值赠金", "Stored value, bonus"), yuan(paid.value.bonusMinor)))
    }
    for tender in sale.record.tenders where tender.kind == .external && tender.amountMinor > 0 {
      blocks.append(row(name(of: tender.name), yuan(tender.amountMinor)))
    }
    return blocks
  }

  private func membership(of member: MemberView) -> [JSON] {
    var blocks = [
      row(word("会员", "Member"), member.displayName),
      row(word("等级", "Tier"), member.tier.name),
      row(word("本次积分", "Points earned"), "+\(sale.record.points)"),
      row(word("可用积分", "Points available"), "\(member.pointsAvailable)"),
    ]
    if member.pointsPending > 0 {
      blocks.append(row(word("待生效积分", "Points pending"), "\(member.pointsPending)"))
    }
    let value = member.principalMinor &+ member.bonusMinor
    if value > 0 || sale.quote.payment.valueMinor > 0 {
      blocks.append(row(word("储值余额", "Stored value left"), yuan(value)))
    }
    if sale.earned.tier.after != sale.earned.tier.before {
      let words = word(
        "恭喜升级为\(member.tier.name)",
        "Congratulations: you are now \(member.tier.name)"
      )
      blocks.append(.object(["type": .string("text"), "text": .string(words)]))
    }
    return blocks
  }

  private func name(of tender: String) -> String {
    switch tender {
    case "cash": word("现金", "Cash")
    case "card": word("银行卡", "Card")
    case "wechat": word("微信支付", "WeChat Pay")
    case "alipay": word("支付宝", "Alipay")
    default: tender
    }
  }

  private func row(_ left: String, _ right: String) -> JSON {
    .object([
      "type": .string("row"),
      "columns": .array([
        .object(["text": .string(left), "flex": .integer(2)]),
        .object([
          "text": .string(right), "flex": .integer(1), "align": .string("right"),
        ]),
      ]),
    ])
  }
}
