import TapgateCore
import TapgateModel
import Testing

@Suite("What a scan is")
struct ScanClassifierTests {
  private static let classifier = ScanClassifier(patterns: [
    ScanPattern(kind: .memberNumber, prefix: "88", length: 12),
    ScanPattern(kind: .phoneNumber, prefix: "1", length: 11),
    ScanPattern(kind: .memberNumber, prefix: "4", length: 16),
  ])

  /// The kinds as words, so that a table can be read.
  private static func word(_ kind: ScanClassifier.Kind) -> String {
    switch kind {
    case .empty: "empty"
    case .paymentCode(let service): service
    case .paymentCard: "paymentCard"
    case .rotating(let token): token == nil ? "misshapen" : "rotating"
    case .member(let credential): credential.kind.rawValue
    case .other: "other"
    }
  }

  @Test(
    "a scan is what its text says, and a means of payment before anything else",
    arguments: [
      ("", nil, "empty"),
      // Codes of payment services: Alipay 25 to 30 with 16 to 24 digits, WeChat 10 to 15 with 18.
      ("2800000000000000", "]Q1", "alipay"), ("251234567890123456", "]Q1", "alipay"),
      ("300000000000000000000000", "]C0", "alipay"), ("134567890123456789", "]Q1", "wechat"),
      ("151234567890123456", nil, "wechat"), ("101234567890123456", nil, "wechat"),
      ("161234567890123456", nil, "other"), ("13456789012345678", nil, "other"),
      ("280000000000000", nil, "other"), ("3000000000000000000000001", nil, "other"),
      ("31000000000000000", nil, "other"), ("28000000000000X0", nil, "other"),
      // UnionPay's: 62 and 19 digits, whether or not the check digit is a card's.
      ("6212345678901234567", "]C0", "unionpay"), ("6212345678901234569", "]Q1", "paymentCard"),
      ("6212345678901234560", nil, "unionpay"), ("621234567890123456", nil, "other"),
      // What scanners send around a code.
      ("134567890123456789 ", nil, "wechat"), ("134567890123456789x", "]Q1", "wechat"),
      ("134567890123456789\t", nil, "wechat"), ("\u{2}134567890123456789\r\n", nil, "wechat"),
      ("Q134567890123456789", nil, "wechat"), (" -C- 134567890123456789", nil, "other"),
      ("  *2800000000000000*", "]C0", "alipay"), ("6212345678901234567\n", nil, "unionpay"),
      // Serial numbers, and several numbers in one.
      ("SN134567890123456789", nil, "other"), ("134567890123456789AB", nil, "other"),
      ("134567890123456789-1", nil, "other"), ("1 134567890123456789", nil, "other"),
      ("某134567890123456789", nil, "other"), ("13456789012345678901", "]A0", "other"),
      // GS1 symbologies, and what begins or ends with a GS, hold goods.
      ("112505011012345678", "]C1", "other"), ("112505011012345678", "]e0", "other"),
      ("112505011012345678", "]d2", "other"), ("112505011012345678", "]Q3", "other"),
      ("112505011012345678", "]E0", "other"), ("112505011012345678", "]C0", "wechat"),
      ("2811223344556677", "]C1", "other"), ("6212345678901234567", "]d2", "other"),
      ("\u{1D}112505011012345678", nil, "other"), ("112505011012345678\u{1D}", nil, "other"),
      // Payment cards: test numbers of the schemes.
      ("4111111111111111", "]C0", "paymentCard"), ("5555 5555 5555 4444", nil, "paymentCard"),
      ("378282246310005", "]Q1", "paymentCard"), ("6200000000000005", nil, "paymentCard"),
      (";4111111111111111=25121010000000000000?", nil, "paymentCard"),
      ("4111111111111112", nil, "memberNumber"),
      // Goods whose numbers would do for a payment card, and say that they are goods.
      ("4000000000006", "]E0", "other"), ("4000000000006", nil, "other"),
      ("4000000000014", nil, "paymentCard"), ("4111111111111111", "]E0", "other"),
      ("0104006381333931", "]d2", "other"), ("6901234567892", nil, "other"),
      // Members.
      ("880000000002", "]C0", "memberNumber"), ("8800000000022", "]C0", "other"),
      ("13900001234", nil, "phoneNumber"), ("139000012345", nil, "other"),
      // Rotating codes.
      ("TG1.ABCD.AAAAAAAAAAAAAAAA.58123456.AAAAAAAAAAAAAAAA", "]Q1", "rotating"),
      ("TG1.ABCD.AAAAAAAAAAAAAAAA.058123456.AAAAAAAAAAAAAAAA", "]Q1", "misshapen"),
      ("TG1.", nil, "misshapen"), ("TG2.ABCD.AAAAAAAA.1.AAAAAAAAAAAAAAAA", nil, "other"),
      ("https://example.com/p?id=1", "]Q1", "other"),
    ] as [(String, String?, String)]
  )
  func table(text: String, aim: String?, word: String) {
    #expect(Self.word(Self.classifier.classify(text, aim: aim)) == word)
  }

  @Test("a part of a code is nobody's, but a means of payment all the same")
  func partial() {
    let classify = { (text: String) in
      Self.word(Self.classifier.classify(text, aim: nil, isPartial: true))
    }
    #expect(classify("880000000002") == "other")
    #expect(classify("TG1.ABCD.AAAAAAAA.1.AAAAAAAAAAAAAAAA") == "other")
    #expect(classify("4111111111111111") == "paymentCard")
    #expect(classify("134567890123456789") == "wechat")
  }

  @Test("the shop's own table takes the place of the usual one")
  func ownTable() {
    let own = ScanClassifier(
      paymentCodes: [PaymentCodeRange(name: "x", prefixes: ["77"], lengths: 10...12)]
    )
    #expect(Self.word(own.classify("7712345678", aim: nil)) == "x")
    #expect(Self.word(own.classify("134567890123456789", aim: nil)) == "other")
  }

  @Test("every text is something, and none ends the process")
  func total() {
    var generator = Seeded(state: 1)
    let alphabet = Array("TG1.0123456789ABCDEF 某\u{1D}=?;%é")
    for _ in 0..<100_000 {
      let count = Int.random(in: 0...40, using: &generator)
      var text = Bool.random(using: &generator) ? "TG1." : ""
      for _ in 0..<count { text.append(alphabet.randomElement(using: &generator) ?? "0") }
      let kind = Self.classifier.classify(text, aim: nil)
      if case .rotating(let token?) = kind { #expect(token.text == text) }
    }
  }
}
