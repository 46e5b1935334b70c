import TapgateCodec
import TapgateJSON
import TapgateModel
import Testing

/// What GB 18030 has of the slips' characters.
private struct PaperCharacterSet: PrinterCharacterSet {
  let name = "paper"

  func bytes(of scalar: Unicode.Scalar) -> [UInt8]? {
    scalar.value >= 0x2E80 || scalar == "×" ? [0xA1, 0xC1] : nil
  }
}

@Suite("Slips on paper")
struct SlipLayoutTests {
  /// Kinds with results and effects that show every row of their slips.
  static let cases: [(JournalKind, String, [Effect])] = [
    (
      .topUp,
      """
      {"state":"confirmed","principalMinor":20000,"bonusMinor":5000,"repaidMinor":100,
       "gifts":{"points":100,"coupons":["C10-ABCDEFGH-7"],"items":[{"sku":"SKU-CUP","quantity":1}],
       "passes":[{"pass":"yoga","quantity":10}]}}
      """,
      [.tendered(kind: "lianhua_card", amountMinor: 20_100, reference: "2026031000000000000001")]
    ),
    (.enrol, #"{"card":{"type":"supplementary"}}"#, []),
    (.reportLost, #"{"card":{"type":"personal"},"reason":"客户在商场遗失会员卡，已核对身份证件"}"#, []),
    (
      .closeCard, #"{"card":{"type":"personal"}}"#,
      [.tendered(kind: "cash", amountMinor: -17_000, reference: ""), .post(.bonusForfeited, 300)]
    ),
    (
      .redeem,
      #"{"reward":"cup","points":1000,"worthMinor":0,"available":500,"sequence":123456}"#, []
    ),
    (
      .draw,
      """
      {"prize":"yoga","available":0,"proof":{"draw":"wheel","ticket":12,"totalWeight":100,
       "nonce":"n1","reveal":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}}
      """, []
    ),
    (
      .refund,
      """
      {"receiptId":"R17","amountMinor":5000,"tenders":[{"kind":"wechat","amountMinor":5000}],
       "principalMinor":100,"bonusMinor":50,"pointsRestored":3,"pointsTakenBack":50,"pointsShort":1}
      """, []
    ),
    (
      .shiftClose,
      """
      {"shiftOperator":"lina","firstSequence":1,"sequence":99,"operations":80,"receipts":60,
       "receiptsMinor":1234567,"refunds":2,"refundedMinor":5000,"tenders":[
       {"kind":"cash","inMinor":100000,"outMinor":5000},{"kind":"telecom_card","inMinor":1,
       "outMinor":0}],"topUps":1,"topUpMinor":20000,"topUpBonusMinor":5000,
       "principalSpentMinor":1,"bonusSpentMinor":1,"pointsIssued":99,"pointsSpent":1,
       "cardsIssued":3,"enrolments":2,"openHoldCount":1}
      """, []
    ),
  ]

  @Test(
    "every slip fits paper of 58 and of 80 mm, in both languages",
    arguments: cases.indices,
    ["zh", "en"]
  )
  func widths(index: Int, language: String) throws {
    let (kind, reply, effects) = Self.cases[index]
    let slip = OperationSlip(
      language: language,
      store: "S001-WANGFUJING",
      counter: "C01",
      operatorName: "李娜",
      operationID: "01930f3a-1111-7222-8333-944455556666",
      time: "2026-03-10T12:00:00.000+08:00",
      kind: kind,
      reply: try JSONParser.parse(Array(reply.utf8)),
      effects: effects,
      member: nil
    )
    let document = try PrintDocument(json: try #require(slip.document))
    for name in ["generic-58", "generic-80"] {
      let profile = try #require(PrinterProfile.named(name))
      let list = try document.layout(for: profile, characterSet: PaperCharacterSet())
      for line in list.previewText().split(separator: "\n") {
        // The preview's own words for a code and a cut are on no paper.
        if line.contains("[qr ") || line.contains("✂") { continue }
        let width = line.unicodeScalars.reduce(0) {
          $0 + ($1.value >= 0x2E80 || $1 == "×" ? 2 : 1)
        }
        #expect(width <= profile.columnCount, "\(name) \(kind): \(line)")
      }
    }
    let text = String(decoding: slip.document?.encoded() ?? [], as: UTF8.self)
    let hasChinese = text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    #expect(hasChinese || language == "en")
  }

  @Test("an English slip of English facts has no Chinese, a Chinese one no English sentence")
  func languages() throws {
    for (kind, reply, effects) in Self.cases where kind != .reportLost {
      let slip = OperationSlip(
        language: "en",
        store: "S001",
        counter: "C01",
        operatorName: "lina",
        operationID: "o1",
        time: "2026-03-10T12:00:00.000+08:00",
        kind: kind,
        reply: try JSONParser.parse(Array(reply.utf8)),
        effects: effects,
        member: nil
      )
      let text = String(decoding: try #require(slip.document).encoded(), as: UTF8.self)
      #expect(!text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(kind)")
    }
  }
}
