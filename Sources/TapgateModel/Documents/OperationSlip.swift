public import TapgateJSON

/// The slip of an operation other than a receipt: made from the row that was committed with it.
public struct OperationSlip: Sendable {
  public var language: String
  public var store: String
  public var counter: String
  public var operatorName: String?
  public var operationID: String
  /// When it takes effect: RFC 3339.
  public var time: String
  public var kind: JournalKind
  /// The operation's result.
  public var reply: JSON
  public var effects: [Effect]
  /// The member after it; `nil` where it concerns none.
  public var member: MemberView?

  /// Creates a slip.
  public init(
    language: String,
    store: String,
    counter: String,
    operatorName: String?,
    operationID: String,
    time: String,
    kind: JournalKind,
    reply: JSON,
    effects: [Effect],
    member: MemberView?
  ) {
    self.language = language
    self.store = store
    self.counter = counter
    self.operatorName = operatorName
    self.operationID = operationID
    self.time = time
    self.kind = kind
    self.reply = reply
    self.effects = effects
    self.member = member
  }

  /// The frozen document; `nil` for a kind that prints no slip.
  public var document: JSON? {
    guard let title else { return nil }
    var slip = SlipBlocks(language: language)
    slip.title(title.zh, title.en)
    slip.row("门店", "Store", "\(store) / \(counter)")
    slip.row("时间", "Time", String(time.prefix(19).map { $0 == "T" ? " " : $0 }))
    slip.row("操作员", "Operator", operatorName)
    slip.rule()
    if let member {
      slip.row("会员", "Member", member.displayName)
      slip.row("等级", "Tier", member.tier.name)
    }
    body(&slip)
    if isSigned { slip.signature() }
    slip.code(operationID)
    return slip.document()
  }

  private var title: (zh: String, en: String)? {
    switch kind {
    case .topUp where reply["state"]?.string == "pending":
      ("充值受理", "Top-up pending")
    case .topUp, .confirmTopUp: ("会员充值", "Top-up")
    case .cancelTopUp: ("充值取消", "Top-up cancelled")
    case .closeCard: ("退卡", "Card closed")
    case .enrol: ("会员入会", "Welcome")
    case .reportLost: ("挂失", "Card lost")
    case .cancelLost: ("取消挂失", "Card found")
    case .freezeCard: ("冻结", "Card frozen")
    case .unfreezeCard: ("解冻", "Card unfrozen")
    case .replaceCard: ("补卡/换卡", "Card replaced")
    case .redeem: ("积分兑换", "Redemption")
    case .draw: ("积分抽奖", "Lottery")
    case .refund: ("退货", "Refund")
    case .reverse where isTopUp: ("充值冲正", "Top-up reversed")
    case .shiftClose: ("交班", "Shift closed")
    default: nil
    }
  }

  /// Whether the customer signs.
  private var isSigned: Bool {
    switch kind {
    case .topUp, .confirmTopUp, .closeCard, .reportLost, .cancelLost, .freezeCard, .unfreezeCard,
      .replaceCard, .reverse:
      true
    default: false
    }
  }

  /// Whether a reversal gave money back that a top-up had brought.
  private var isTopUp: Bool {
    effects.contains {
      if case .tendered(_, let amount, _) = $0 { amount < 0 } else { false }
    }
  }

  private func body(_ slip: inout SlipBlocks) {
    switch kind {
    case .topUp, .confirmTopUp, .cancelTopUp, .reverse: topUp(&slip)
    case .closeCard, .enrol, .reportLost, .cancelLost, .freezeCard, .unfreezeCard, .replaceCard:
      card(&slip)
    case .redeem: redemption(&slip)
    case .draw: lottery(&slip)
    case .refund: refund(&slip)
    case .shiftClose: shift(&slip)
    default: break
    }
  }

  private func number(_ name: String) -> Int64? { reply[name]?.integer }

  // MARK: Stored value

  private func topUp(_ slip: inout SlipBlocks) {
    for effect in effects {
      switch effect {
      case .tendered(let kind, let amount, let reference):
        slip.row("渠道", "Channel", slip.tender(kind))
        slip.row("单号", "Reference", reference)
        slip.money("金额", "Amount", amount)
      case .topUpOpened(let topUp), .topUpEnded(let topUp, .cancelled):
        slip.row("渠道", "Channel", slip.tender(topUp.channel))
        slip.row("单号", "Reference", topUp.reference)
        slip.money("金额", "Amount", topUp.amountMinor)
      default: break
      }
    }
    slip.money("充值本金", "Principal", number("principalMinor"))
    slip.money("赠送金额", "Bonus", number("bonusMinor"))
    slip.money("归还欠款", "Debt repaid", number("repaidMinor"))
    gifts(&slip)
    balance(&slip)
  }

  private func balance(_ slip: inout SlipBlocks) {
    guard let member else { return }
    slip.money("本金余额", "Principal left", member.principalMinor, evenZero: true)
    slip.money("赠金余额", "Bonus left", member.bonusMinor)
  }

  private func gifts(_ slip: inout SlipBlocks) {
    guard let gifts = reply["gifts"] else { return }
    slip.count("赠送积分", "Points given", gifts["points"]?.integer)
    for code in gifts["coupons"]?.array ?? [] { slip.row("优惠券", "Coupon", code.string) }
    for item in gifts["items"]?.array ?? [] {
      let count = item["quantity"]?.integer ?? 1
      slip.row("礼品", "Gift", "\(item["sku"]?.string ?? "") ×\(count)")
    }
    for pass in gifts["passes"]?.array ?? [] {
      let count = pass["quantity"]?.integer ?? 1
      slip.row("次卡/印花", "Pass", "\(pass["pass"]?.string ?? "") ×\(count)")
    }
  }

  // MARK: Cards and members

  private func card(_ slip: inout SlipBlocks) {
    if kind == .enrol { slip.row("会员号", "Member number", member?.id) }
    slip.row("卡类型", "Card type", reply["card"]?["type"]?.string)
    slip.row("原因", "Reason", reply["reason"]?.string)
    guard kind == .closeCard else { return }
    for case .tendered(let tender, let amount, _) in effects {
      slip.money("退款（\(slip.tender(tender))）", "Paid out (\(slip.tender(tender)))", 0 &- amount)
    }
    for case .post(.bonusForfeited, let amount) in effects {
      slip.money("作废赠金", "Bonus forfeited", amount)
    }
    balance(&slip)
  }

  // MARK: Points

  private func redemption(_ slip: inout SlipBlocks) {
    slip.row("礼品", "Reward", reply["reward"]?.string)
    slip.count("使用积分", "Points spent", number("points"))
    slip.money("抵现", "Worth", number("worthMinor"))
    gifts(&slip)
    slip.count("可用积分", "Points available", number("available"), evenZero: true)
    slip.row("取货码", "Pick-up code", number("sequence").map { "P\($0)" })
  }

  private func lottery(_ slip: inout SlipBlocks) {
    slip.row("奖品", "Prize", reply["prize"]?.string ?? slip.word("未中奖", "none"))
    gifts(&slip)
    slip.count("可用积分", "Points available", number("available"), evenZero: true)
    slip.rule()
    let proof = reply["proof"] ?? .null
    slip.row("抽奖", "Draw", proof["draw"]?.string)
    slip.count("抽中号码", "Ticket", proof["ticket"]?.integer, evenZero: true)
    slip.count("号码总数", "Of", proof["totalWeight"]?.integer)
    slip.row("随机数", "Nonce", proof["nonce"]?.string)
    slip.text(slip.word("公示值：", "Reveal: ") + (proof["reveal"]?.string ?? ""))
  }

  // MARK: Refunds

  private func refund(_ slip: inout SlipBlocks) {
    slip.row("原小票", "Receipt", reply["receiptId"]?.string)
    slip.money("退款", "Refunded", number("amountMinor"), evenZero: true)
    for tender in reply["tenders"]?.array ?? [] {
      let name = slip.tender(tender["kind"]?.string ?? "")
      slip.money("  " + name, "  " + name, tender["amountMinor"]?.integer)
    }
    slip.money("退回储值本金", "Principal back", number("principalMinor"))
    slip.money("退回储值赠金", "Bonus back", number("bonusMinor"))
    slip.count("退还积分", "Points given back", number("pointsRestored"))
    slip.count("扣回积分", "Points taken back", number("pointsTakenBack"))
    slip.count("欠缺积分", "Points short", number("pointsShort"))
    for case .refunded(_, let packed) in effects {
      // A damaged progress is `verify`'s to tell of.
      guard let progress = try? RefundProgress(packed: packed) else { continue }
      let sum = progress.entries.reduce(Int64(0)) { $1.parts.reduce($0, &+) }
      slip.money("累计已退", "Refunded so far", sum)
    }
    if let member {
      slip.count("可用积分", "Points available", member.pointsAvailable, evenZero: true)
      slip.count("积分欠款", "Points owed", member.pointsDebt)
    }
  }

  // MARK: Shifts

  private func shift(_ slip: inout SlipBlocks) {
    slip.row("班次", "Shift of", reply["shiftOperator"]?.string)
    slip.row("起始流水", "First row", number("firstSequence").map { "\($0)" })
    slip.row("截止流水", "Last row", number("sequence").map { "\($0)" })
    slip.count("业务笔数", "Operations", number("operations"), evenZero: true)
    slip.count("小票数", "Receipts", number("receipts"), evenZero: true)
    slip.money("小票金额", "Receipts' amount", number("receiptsMinor"), evenZero: true)
    slip.count("退货笔数", "Refunds", number("refunds"))
    slip.money("退货金额", "Refunded", number("refundedMinor"))
    slip.rule()
    for tender in reply["tenders"]?.array ?? [] {
      let name = slip.tender(tender["kind"]?.string ?? "")
      slip.money(name + " 收", name + " in", tender["inMinor"]?.integer, evenZero: true)
      slip.money(name + " 付", name + " out", tender["outMinor"]?.integer)
    }
    slip.rule()
    slip.count("充值笔数", "Top-ups", number("topUps"))
    slip.money("充值金额", "Topped up", number("topUpMinor"))
    slip.money("充值赠送", "Bonus given", number("topUpBonusMinor"))
    slip.money("储值消费本金", "Principal spent", number("principalSpentMinor"))
    slip.money("储值消费赠金", "Bonus spent", number("bonusSpentMinor"))
    slip.count("发放积分", "Points issued", number("pointsIssued"), evenZero: true)
    slip.count("使用积分", "Points spent", number("pointsSpent"), evenZero: true)
    slip.count("发卡", "Cards issued", number("cardsIssued"))
    slip.count("入会", "Enrolments", number("enrolments"))
    slip.count("未结预占", "Open holds", number("openHoldCount"), evenZero: true)
  }
}

extension JournalKind {
  /// Whether an operation of this kind prints a slip that is no receipt.
  public var hasSlip: Bool {
    switch self {
    case .topUp, .confirmTopUp, .cancelTopUp, .closeCard, .enrol, .reportLost, .cancelLost,
      .freezeCard, .unfreezeCard, .replaceCard, .redeem, .draw, .refund, .reverse, .shiftClose:
      true
    default: false
    }
  }
}
