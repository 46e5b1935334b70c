public import TapgateJSON

/// The receipt that an accrual prints: made from the row that was committed with it.
public struct AccrualSlip: Sendable {
  public var language: String
  public var store: String
  public var counter: String
  public var operatorName: String?
  public var receiptNo: String
  public var operationID: String
  public var time: String
  public var member: MemberView
  /// The name of the tier before.
  public var tierBefore: String
  public var decision: AccrualDecision

  /// Creates a slip.
  public init(
    language: String,
    store: String,
    counter: String,
    operatorName: String?,
    receiptNo: String,
    operationID: String,
    time: String,
    member: MemberView,
    tierBefore: String,
    decision: AccrualDecision
  ) {
    self.language = language
    self.store = store
    self.counter = counter
    self.operatorName = operatorName
    self.receiptNo = receiptNo
    self.operationID = operationID
    self.time = time
    self.member = member
    self.tierBefore = tierBefore
    self.decision = decision
  }

  private var isChinese: Bool { language != "en" }

  private func word(_ chinese: String, _ english: String) -> String {
    isChinese ? chinese : english
  }

  /// The frozen document.
  public var document: JSON {
    var blocks: [JSON] = [
      .object([
        "type": .string("text"), "text": .string(word("会员积分", "Membership points")),
        "align": .string("center"), "bold": .bool(true), "height": .integer(2),
        "width": .integer(2),
      ]),
      row(word("门店", "Store"), "\(store) / \(counter)"),
      row(word("小票号", "Receipt"), receiptNo),
      row(word("时间", "Time"), String(time.prefix(19)).replacingT),
    ]
    if let operatorName { blocks.append(row(word("收银员", "Operator"), operatorName)) }
    blocks.append(.object(["type": .string("rule")]))
    blocks.append(row(word("会员", "Member"), member.displayName))
    blocks.append(row(word("等级", "Tier"), member.tier.name))
    blocks.append(row(word("消费金额", "Amount"), Self.yuan(decision.totalMinor)))
    blocks.append(row(word("本次积分", "Points earned"), "+\(decision.earned)"))
    for fired in decision.fired where fired.basisPoints > 10_000 {
      let times = Self.hundredths(fired.basisPoints / 100)
      blocks.append(row("  " + name(of: fired.id), "×" + times))
    }
    blocks.append(row(word("可用积分", "Points available"), "\(member.pointsAvailable)"))
    if member.pointsPending > 0 {
      blocks.append(row(word("待生效积分", "Points pending"), "\(member.pointsPending)"))
    }
    blocks += closing
    return .object(["v": .integer(1), "blocks": .array(blocks)])
  }

  private var closing: [JSON] {
    var blocks: [JSON] = []
    if let date = member.nextExpiryDate {
      blocks.append(
        text(
          word(
            "\(date) 将过期 \(member.nextExpiryPoints) 分",
            "\(member.nextExpiryPoints) points expire on \(date)"
          )
        )
      )
    }
    if decision.tierAfter != decision.tierBefore {
      blocks.append(
        text(
          word("恭喜升级为\(member.tier.name)", "Congratulations: you are now \(member.tier.name)")
        )
      )
    }
    if let missing = member.tier.toNextMinor, member.tier.nextTier != nil {
      let amount = Self.yuan(missing)
      blocks.append(
        text(
          word("再消费 \(amount) 元可升级", "\(amount) more to the next tier")
        )
      )
    }
    blocks.append(
      .object([
        "type": .string("qr"), "data": .string(operationID), "size": .integer(4),
      ])
    )
    blocks.append(.object(["type": .string("cut")]))
    return blocks
  }

  private func name(of rule: String) -> String {
    guard isChinese else { return rule }
    return rule == "member_day" ? "会员日" : rule
  }

  private func text(_ text: String) -> JSON {
    .object(["type": .string("text"), "text": .string(text)])
  }

  private func row(_ left: String, _ right: String) -> JSON {
    .object([
      "type": .string("row"),
      "columns": .array([
        .object(["text": .string(left), "flex": .integer(1)]),
        .object(["text": .string(right), "flex": .integer(2), "align": .string("right")]),
      ]),
    ])
  }

  /// Fen as yuan with two decimals.
  static func yuan(_ fen: Int64) -> String { hundredths(fen) }

  private static func hundredths(_ value: Int64) -> String {
    let rest = value.magnitude % 100
    let sign = value < 0 ? "-" : ""
    return "\(sign)\(value.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension String {
  fileprivate var replacingT: String { String(map { $0 == "T" ? " " : $0 }) }
}
