import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  /// Requests that must not be done: what each is answered, and that nothing has changed after it.
  @Suite("Wrong requests", .timeLimit(.minutes(3)))
  struct WrongRequestTests {
    /// A request and its answer.
    struct Wrong {
      var method: String
      var parameters: JSON
      /// The error's name; `nil` for a fault of the protocol, -32602.
      var name: String?
      var reason: String?
      var field: String?

      init(
        _ method: String,
        _ parameters: JSON,
        _ name: String?,
        reason: String? = nil,
        field: String? = nil
      ) {
        self.method = method
        self.parameters = parameters
        self.name = name
        self.reason = reason
        self.field = field
      }
    }

    private static let uid = "04AABBCCDDEE41"
    private static let other = "04AABBCCDDEE42"

    private static let programme = TestProgramme.text.replacing(
      "\"growth\": {\"kind\":\"counted\",\"lots\":false} }",
      with: """
        "growth": {"kind":"counted","lots":false},
        "sv": {"kind":"money","parts":["principal","bonus"],"spend_order":"pro_rata"} }
        """
    ).replacing(
      "\"card_types\"",
      with: """
        "redeem": {"min_balance":100,
          "cash":{"points":100,"fen":100,"max_share_bp":5000,"step":100}},
        "catalogue": [{"id":"cup","points":1000,"gives":{"item":"SKU-CUP","qty":1}}],
        "coupons": [
          {"id":"c10","name":"十元券","kind":"amount_off","off_fen":1000,"valid":{"after":"P30D"}}],
        "topup": {"min_fen":1000,"max_balance_fen":{"named":500000,"bearer":100000},
          "channels":["cash"],"tiers":[{"fen":20000,"bonus_fen":5000}]},
        "holds": {"ttl":"PT5M","max_ttl":"P7D"},
        "card_types"
        """
    )

    private static func line(_ quantity: Int64, _ price: Int64) -> JSON {
      [
        "sku": "A", "category": "goods", "quantity": .integer(quantity),
        "unitPriceMinor": .integer(price),
      ]
    }

    /// The world of the table: a member with points, stored value, a coupon that is used up, a
    /// receipt of 100.00 of which 40.00 went back, and a quote.
    private struct Shop {
      let gateway: LiveGateway
      let client: GatewayClient
      let member: String
      let stranger: String
      let coupon: JSON
      let receipt: JSON
      let token: JSON

      init() throws {
        gateway = try LiveGateway()
        try gateway.folder.write(programme, to: "programme.json")
        try gateway.start()
        client = try gateway.client("till")
        member = try client.enrol("张三", uid: uid)
        stranger = try client.enrol("李四", uid: other)
        let key: JSON = .string(member)
        _ = try client.call("points.accrue", .accrual("A1", member: member, amount: 50_000))
        _ = try client.call(
          "value.topUp",
          [
            "operationId": "T1", "memberId": key, "amountMinor": 20_000, "channel": "cash",
            "tenderReference": "slip-1",
          ]
        )
        let issued = try client.call(
          "coupon.issue",
          ["operationId": "C1", "memberId": key, "template": "c10"]
        )
        coupon = issued["coupons"]?.array?.first?["code"] ?? .null
        let sale = try client.call(
          "checkout.commit",
          [
            "operationId": "S1", "memberId": key, "receiptNo": "S1", "print": false,
            "lines": [line(1, 11_000)], "coupons": [coupon],
            "tenders": [["kind": "cash", "amountMinor": 10_000]],
          ]
        )
        receipt = sale["receiptId"] ?? .null
        _ = try client.call(
          "refund.create",
          ["operationId": "B1", "receiptId": receipt, "amountMinor": 4000]
        )
        let quote = try client.call(
          "checkout.quote",
          ["memberId": key, "lines": [line(1, 5000)], "useValueMinor": 1000]
        )
        token = quote["quoteToken"] ?? .null
      }

      /// Everything that a wrong request could have changed.
      func state() throws -> [JSON] {
        let members = try [member, stranger].map { id in
          var view = try client.call("member.lookup", ["memberId": .string(id)]).object
          view?["asOf"] = nil
          return view.map(JSON.object) ?? .null
        }
        let run = try gateway.verify()
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let proof = try JSONParser.parse(Array(run.output.utf8))
        return members + [proof["accounts"] ?? .null, proof["members"] ?? .null]
      }

      /// `parameters` under an id and a receipt number of their own.
      func own(_ number: Int, _ parameters: JSON) -> JSON {
        var object = parameters.object ?? JSONObject()
        let id: JSON = .string("wrong-\(number)")
        if object["operationId"] == nil { object["operationId"] = id }
        return .object(object)
      }
    }

    private func amounts(_ shop: Shop) -> [Wrong] {
      let me: JSON = .string(shop.member)
      func accrue(_ name: String, _ value: JSON) -> JSON {
        .object(
          JSONObject([
            .init(name: "memberId", value: me), .init(name: "receiptNo", value: "W"),
            .init(name: name, value: value),
          ])
        )
      }
      let large: Int64 = 1_000_000_000_000
      var named = Self.line(1, 100).object ?? JSONObject()
      named["colour"] = "red"
      let many = JSON.array(Array(repeating: Self.line(1, 100), count: 501))
      return [
        Wrong("points.accrue", accrue("amountMinor", -1), "E_ILLEGAL", field: "amountMinor"),
        Wrong("points.accrue", accrue("amountMinor", .integer(.max)), "E_ILLEGAL"),
        Wrong("points.accrue", accrue("amountMinor", .integer(.min)), "E_ILLEGAL"),
        Wrong("points.accrue", accrue("amountMinor", "100"), nil, field: "amountMinor"),
        Wrong("points.accrue", accrue("lines", []), "E_ILLEGAL", field: "lines"),
        Wrong("points.accrue", accrue("lines", many), "E_ILLEGAL", field: "lines"),
        Wrong(
          "points.accrue",
          accrue("lines", [Self.line(1, -1)]),
          "E_ILLEGAL",
          field: "lines[0].unitPriceMinor"
        ),
        Wrong("points.accrue", accrue("lines", [Self.line(1_000_000, large)]), "E_ILLEGAL"),
        Wrong(
          "points.accrue",
          accrue("lines", .array(Array(repeating: Self.line(1_000_000, large / 1000), count: 9))),
          "E_ILLEGAL"
        ),
        Wrong(
          "points.accrue",
          accrue("lines", [.object(named)]),
          nil,
          field: "lines[0].colour"
        ),
        Wrong("points.accrue", accrue("lines", [["sku": "A"]]), nil, field: "lines[0].category"),
        Wrong(
          "points.accrue",
          ["memberId": me, "receiptNo": "W", "amountMinor": 100, "currency": "USD"],
          "E_FAILURE",
          reason: "currencyMismatch"
        ),
        Wrong(
          "points.accrue",
          [
            "memberId": me, "receiptNo": "W", "amountMinor": 100,
            "businessTime": "2019-01-01T12:00:00+08:00",
          ],
          "E_FAILURE",
          reason: "businessTimeOutOfRange"
        ),
        Wrong(
          "points.accrue",
          ["memberId": "nobody", "receiptNo": "W", "amountMinor": 100],
          "E_NOEXIST"
        ),
        Wrong("points.accrue", .accrual("A1", member: shop.member, amount: 1), "E_EXISTS"),
        Wrong(
          "points.accrue",
          ["memberId": me, "receiptNo": "A1", "amountMinor": 100],
          "E_FAILURE",
          reason: "receiptUsed"
        ),
      ]
    }

    private func sales(_ shop: Shop) -> [Wrong] {
      let me: JSON = .string(shop.member)
      let basket: JSON = [Self.line(1, 5000)]
      func commit(_ more: [(String, JSON)], due: Int64 = 5000, to member: JSON) -> JSON {
        var object = JSONObject([
          .init(name: "memberId", value: member), .init(name: "receiptNo", value: "W"),
          .init(name: "lines", value: basket),
          .init(name: "tenders", value: [["kind": "cash", "amountMinor": .integer(due)]]),
        ])
        for (name, value) in more { object[name] = value }
        return .object(object)
      }
      var quoted = JSONObject([
        .init(name: "receiptNo", value: "W"), .init(name: "quoteToken", value: shop.token),
        .init(name: "memberId", value: .string(shop.stranger)),
        .init(name: "tenders", value: [["kind": "cash", "amountMinor": 4000]]),
      ])
      let stale = JSON.object(quoted)
      quoted["quoteToken"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      let forged = JSON.object(quoted)
      let method = "checkout.commit"
      return [
        Wrong(method, commit([("usePoints", -100)], to: me), "E_ILLEGAL", field: "usePoints"),
        Wrong(
          method,
          commit([("usePoints", 900)], due: 4100, to: me),
          "E_FAILURE",
          reason: "insufficientPoints"
        ),
        Wrong(method, commit([("usePoints", 150)], due: 4850, to: me), "E_ILLEGAL"),
        Wrong(
          method,
          commit([("lines", [Self.line(1, 90_000)]), ("useValueMinor", 30_000)], to: me),
          "E_FAILURE",
          reason: "insufficientValue"
        ),
        Wrong(method, commit([], due: 4999, to: me), "E_ILLEGAL", field: "tenders"),
        Wrong(method, commit([], due: -5000, to: me), "E_ILLEGAL"),
        Wrong(
          method,
          commit([("currency", "JPY")], to: me),
          "E_FAILURE",
          reason: "currencyMismatch"
        ),
        Wrong(method, commit([("coupons", [shop.coupon])], due: 4000, to: me), "E_FAILURE"),
        Wrong(method, commit([("receiptNo", "S1")], to: me), "E_FAILURE", reason: "receiptUsed"),
        Wrong(method, stale, "E_FAILURE", reason: "quoteStale"),
        Wrong(method, forged, "E_ILLEGAL", field: "quoteToken"),
        Wrong(
          "coupon.use",
          ["memberId": me, "code": shop.coupon, "receiptNo": "W"],
          "E_FAILURE"
        ),
        Wrong(
          "refund.create",
          ["receiptId": shop.receipt, "amountMinor": 6001],
          "E_FAILURE",
          reason: "refundExceedsReceipt"
        ),
        Wrong(
          "refund.create",
          ["receiptId": shop.receipt, "lines": [["line": 0, "quantity": 2]]],
          "E_FAILURE",
          reason: "refundExceedsReceipt"
        ),
        Wrong(
          "refund.create",
          ["receiptId": shop.receipt, "lines": [["line": 7, "quantity": 1]]],
          "E_ILLEGAL"
        ),
        Wrong("refund.create", ["receiptId": shop.receipt, "amountMinor": -1], "E_ILLEGAL"),
        Wrong("refund.create", ["receiptId": "R999999", "amountMinor": 1], "E_NOEXIST"),
      ]
    }

    private func value(_ shop: Shop) -> [Wrong] {
      let me: JSON = .string(shop.member)
      return [
        Wrong(
          "value.spend",
          ["memberId": me, "amountMinor": 25_001],
          "E_FAILURE",
          reason: "insufficientValue"
        ),
        Wrong(
          "value.spend",
          ["memberId": me, "amountMinor": -1],
          "E_ILLEGAL",
          field: "amountMinor"
        ),
        Wrong("value.spend", ["memberId": me, "amountMinor": .integer(.max)], "E_ILLEGAL"),
        Wrong(
          "value.topUp",
          ["memberId": me, "amountMinor": 480_000, "channel": "cash"],
          "E_FAILURE",
          reason: "balanceCapExceeded"
        ),
        Wrong(
          "value.topUp",
          [
            "memberId": me, "amountMinor": 2000, "channel": "cash", "tenderReference": "slip-1",
          ],
          "E_FAILURE",
          reason: "receiptUsed"
        ),
        Wrong(
          "value.topUp",
          ["memberId": me, "amountMinor": 2000, "channel": "gold"],
          "E_FAILURE",
          reason: "notSupportedByProgramme"
        ),
        Wrong(
          "points.redeem",
          ["memberId": me, "reward": "cup"],
          "E_FAILURE",
          reason: "insufficientPoints"
        ),
        Wrong(
          "hold.create",
          ["memberId": me, "valueMinor": 25_001],
          "E_FAILURE",
          reason: "insufficientValue"
        ),
        Wrong("hold.capture", ["holdId": "H999999"], "E_NOEXIST"),
        Wrong("operation.reverse", ["reverses": "none", "reason": "wrong"], "E_NOEXIST"),
      ]
    }

    @Test("each is answered as the contract says, twice, and nothing has changed")
    func table() throws {
      let shop = try Shop()
      let before = try shop.state()
      for (number, wrong) in (amounts(shop) + sales(shop) + value(shop)).enumerated() {
        let parameters = shop.own(number, wrong.parameters)
        let label = "\(wrong.method) \(parameters.text.prefix(200))"
        for _ in 0..<2 {
          let error = try #require(try shop.client.refusal(wrong.method, parameters), "\(label)")
          #expect(error.code == (wrong.name == nil ? -32602 : -32000), "\(label): \(error)")
          #expect(error.name == wrong.name, "\(label): \(error) \(error.data.text)")
          if let reason = wrong.reason { #expect(error.reason == reason, "\(label)") }
          if let field = wrong.field { #expect(error.field == field, "\(label)") }
        }
      }
      #expect(try shop.state() == before)
    }

    @Test("of two who spend at once what is there for one, one does")
    func twoSpenders() async throws {
      let shop = try Shop()
      let key: JSON = .string(shop.member)
      for round in 0..<10 {
        let value = try shop.client.call("member.lookup", ["memberId": key])["value"]
        let left = ["principalMinor", "bonusMinor"].reduce(Int64(0)) {
          $0 + (value?[$1]?.integer ?? 0)
        }
        let amount = left / 2 + 1
        let answers = try await Self.spendTwice(amount, round, key, at: shop.gateway.socketPath)
        let refused = answers.compactMap { $0 }
        #expect(refused == ["insufficientValue"], "round \(round), \(amount) of \(left)")
      }
      #expect(try shop.gateway.verify().status == 0)
    }

    /// Two tills at once; the reason by which each was refused, `nil` where it was not.
    private static func spendTwice(
      _ amount: Int64,
      _ round: Int,
      _ member: JSON,
      at socketPath: String
    ) async throws -> [String?] {
      try await withThrowingTaskGroup(of: String?.self) { group in
        for till in 0..<2 {
          group.addTask {
            let client = try GatewayClient(paths: [socketPath])
            try client.hello(name: "till-\(till)", version: "1", lane: nil, language: nil)
            let request: JSON = [
              "operationId": .string("two-\(round)-\(till)"), "memberId": member,
              "amountMinor": .integer(amount),
            ]
            return try client.refusal("value.spend", request)?.reason
          }
        }
        var reasons: [String?] = []
        for try await reason in group { reasons.append(reason) }
        return reasons
      }
    }
  }
}
