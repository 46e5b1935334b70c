internal import TapgateJSON

/// The blocks that slips are made of, in one language.
struct SlipBlocks {
  let isChinese: Bool
  private(set) var blocks: [JSON] = []

  init(language: String) { isChinese = language != "en" }

  /// The one of two texts that the slip speaks.
  func word(_ chinese: String, _ english: String) -> String { isChinese ? chinese : english }

  mutating func title(_ chinese: String, _ english: String) {
    blocks.append(
      .object([
        "type": .string("text"), "text": .string(word(chinese, english)),
        "align": .string("center"), "bold": .bool(true), "height": .integer(2),
        "width": .integer(2),
      ])
    )
  }

  mutating func rule() { blocks.append(.object(["type": .string("rule")])) }

  /// A name and what belongs to it; nothing where there is nothing.
  mutating func row(_ chinese: String, _ english: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    blocks.append(
      .object([
        "type": .string("row"),
        "columns": .array([
          .object(["text": .string(word(chinese, english)), "flex": .integer(1)]),
          .object(["text": .string(value), "flex": .integer(1), "align": .string("right")]),
        ]),
      ])
    )
  }

  /// A row of money; nothing for 0 unless it is wanted.
  mutating func money(_ chinese: String, _ english: String, _ minor: Int64?, evenZero: Bool = false)
  {
    guard let minor, minor != 0 || evenZero else { return }
    row(chinese, english, AccrualSlip.yuan(minor))
  }

  /// A row of a count; nothing for 0 unless it is wanted.
  mutating func count(_ chinese: String, _ english: String, _ value: Int64?, evenZero: Bool = false)
  {
    guard let value, value != 0 || evenZero else { return }
    row(chinese, english, "\(value)")
  }

  mutating func text(_ text: String) {
    blocks.append(.object(["type": .string("text"), "text": .string(text)]))
  }

  /// Where the customer signs.
  mutating func signature() {
    text("")
    text(word("顾客签名：______________", "Signature: ______________"))
  }

  mutating func code(_ data: String) {
    blocks.append(.object(["type": .string("qr"), "data": .string(data), "size": .integer(4)]))
  }

  /// Ends the slip.
  mutating func document() -> JSON {
    blocks.append(.object(["type": .string("cut")]))
    return .object(["v": .integer(1), "blocks": .array(blocks)])
  }

  /// What a kind of tender or a channel is called.
  func tender(_ name: String) -> String {
    switch name {
    case "cash": word("现金", "Cash")
    case "card", "bank_card": word("银行卡", "Bank card")
    case "wechat": word("微信支付", "WeChat Pay")
    case "alipay": word("支付宝", "Alipay")
    case "lianhua_card": word("联华卡", "Lianhua card")
    case "telecom_card": word("电信卡", "Telecom card")
    case "store_terminal": word("门店终端", "Store terminal")
    case "web_self": word("互联网自助", "Web")
    case "corporate_batch": word("企业批量", "Corporate batch")
    default: name
    }
  }
}
