import TapgateAPI
import TapgateJSON
import TapgateVirtual
import Testing

extension EndToEnd {
  @Suite("Checkout", .timeLimit(.minutes(3)))
  struct CheckoutTests {
    private static let uid = "04AABBCCDDEE31"

    /// The tests' programme with prices, an offer and points as cash.
    private static let programme = TestProgramme.text.replacing(
      "\"card_types\"",
      with: """
        "redeem": {"min_balance":100,
          "cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100}},
        "member_price": [{"id":"dishes","when":{"category":["dish"]},"bp":9000}],
        "promotions": [
          {"id":"full100","name":"满100减20","threshold_fen":10000,"off_fen":2000,"repeat":true}],
        "enrol_on_spend_fen": 10000,
        "card_types"
        """
    )

    private static let lines: JSON = [
      ["sku": "牛肉面", "category": "dish", "quantity": 4, "unitPriceMinor": 5000],
      ["sku": "B1", "category": "drink", "quantity": 1, "unitPriceMinor": 3000],
    ]

    private func started(_ printer: VirtualPrinter) throws -> LiveGateway {
      let gateway = try LiveGateway(printers: [("receipt", try printer.start())])
      try gateway.folder.write(Self.programme, to: "programme.json")
      try gateway.start()
      return gateway
    }

    @Test("a quote's token is committed, printed, answered again and given back over the socket")
    func receipt() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try started(printer)
      let client = try gateway.client("till")
      try client.subscribe(["print.job"])
      let member = try client.enrol("欧阳小明", uid: Self.uid)
      _ = try client.call("points.accrue", .accrual("first", member: member, amount: 15_000))
      let quote = try client.call(
        "checkout.quote",
        ["credential": .uid(Self.uid), "lines": Self.lines, "usePoints": 100]
      )
      #expect(quote["payableMinor"] == 17_000)
      #expect(quote["dueMinor"] == 16_900)
      #expect(quote["pointsToEarn"] == 169)
      #expect(quote["explain"]?.array?.contains { $0["kind"] == "promotion" } == true)
      let request: JSON = [
        "operationId": "sale-1", "receiptNo": "A17", "quoteToken": quote["quoteToken"] ?? .null,
        "tenders": [["kind": "wechat", "amountMinor": 16_900, "reference": "wx1"]],
      ]
      let sale = try client.call("checkout.commit", request)
      #expect(sale["earned"] == 169)
      #expect(sale["available"] == 219)
      let done = try client.event("print.job") { $0["state"] == "confirmed" }
      #expect(done["jobId"] == sale["printJobId"])
      let paper = printer.paper().joined()
      for text in ["购物小票", "A17", "牛肉面", "满100减20", "170.00", "微信支付", "169.00", "+169", "219"] {
        #expect(paper.contains(text), "\(text) is not on the paper:\n\(paper)")
      }
      #expect(!paper.contains("小明"))
      gateway.kill()
      try gateway.start()
      let later = try gateway.client("till")
      #expect(try later.call("checkout.commit", request)["replay"] == true)
      let status = try later.call("operation.status", ["operationId": "sale-1"])
      #expect(status[path: "result.receiptId"] == sale["receiptId"])
      try giveBack(sale, of: member, later)
    }

    private func giveBack(_ sale: JSON, of member: String, _ client: GatewayClient) throws {
      let receipt = sale["receiptId"] ?? .null
      let part: JSON = [
        "operationId": "back-1", "receiptId": receipt, "lines": [["line": 1, "quantity": 1]],
      ]
      let first = try client.call("refund.create", part)
      #expect(first["whole"] == false)
      #expect(try client.call("refund.create", part)["replay"] == true)
      let amount = 17_000 - (first["amountMinor"]?.integer ?? 0)
      let rest: JSON = [
        "operationId": "back-2", "receiptId": receipt, "amountMinor": .integer(amount),
      ]
      let second = try client.call("refund.create", rest)
      #expect(second["whole"] == true)
      #expect(second["available"] == 150)
      #expect(second["tenders"]?.array?.first?["reference"] == "wx1")
      let more: JSON = ["operationId": "back-3", "receiptId": receipt, "amountMinor": 1]
      #expect(try client.refusal("refund.create", more)?.reason == "refundExceedsReceipt")
    }

    @Test("whoever has no card is asked to join, pays, and gives back by the command line")
    func guest() throws {
      let printer = VirtualPrinter()
      defer { printer.stop() }
      let gateway = try started(printer)
      let client = try gateway.client("till")
      let quote = try client.call("checkout.quote", ["lines": Self.lines])
      #expect(quote[path: "enrolOffer.pointsIfJoined"] == 190)
      let sale = try client.call(
        "checkout.commit",
        [
          "operationId": "guest-1", "receiptNo": "G1", "lines": Self.lines, "print": false,
          "tenders": [["kind": "cash", "amountMinor": 19_000]],
        ]
      )
      #expect(sale[path: "enrolOffer.pointsIfJoined"] == 190)
      #expect(sale["memberId"] == .null)
      #expect(sale["printJobId"] == .null)
      let receipt = try #require(sale["receiptId"]?.string)
      let run = try CommandRun([
        "refund", receipt, "--amount", "190.00", "--socket", gateway.socketPath, "--json",
      ]).wait()
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(try JSONParser.parse(Array(run.output.utf8))["whole"] == true)
      let unknown: JSON = ["operationId": "back-9", "receiptId": "R999", "amountMinor": 1]
      #expect(try client.refusal("refund.create", unknown)?.name == "E_NOEXIST")
    }
  }
}
