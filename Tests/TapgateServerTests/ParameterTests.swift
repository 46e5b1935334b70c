import TapgateAPI
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateServer

@Suite("Parameters", .timeLimit(.minutes(1)))
struct ParameterTests {
  struct Bad: Sendable, CustomTestStringConvertible {
    var method: String
    var params: String
    /// A protocol's code, or -32000 for E_ILLEGAL.
    var code: Int64
    var field: String
    var testDescription: String { "\(method) \(params.prefix(120))" }

    init(_ method: String, _ params: String, _ code: Int64, _ field: String) {
      self.method = method
      self.params = params
      self.code = code
      self.field = field
    }
  }

  private static let accrual = #""operationId":"o1","memberId":"m1","receiptNo":"r1""#
  private static let checkout = #""operationId":"o1","receiptNo":"r1","tenders":[]"#
  private static let line = #"{"sku":"a","category":"c","quantity":1,"unitPriceMinor":100}"#
  private static let lines501 = Array(repeating: line, count: 501).joined(separator: ",")

  static let wrong: [Bad] = [
    Bad("member.lookup", "{}", -32602, "credential"),
    Bad("member.lookup", #"{"memberId":5}"#, -32602, "memberId"),
    Bad("member.lookup", #"{"memberId":"a","eventId":"b"}"#, -32602, "eventId"),
    Bad("member.lookup", #"{"member":"a"}"#, -32602, "member"),
    Bad("member.lookup", #"{"credential":{"kind":"cardUid"}}"#, -32602, "credential.value"),
    Bad("member.lookup", #"{"credential":{"kind":1,"value":"a"}}"#, -32602, "credential.kind"),
    Bad(
      "member.lookup",
      #"{"credential":{"kind":"cardUid","value":"04","x":1}}"#,
      -32602,
      "credential.x"
    ),
    Bad("points.accrue", "{\(accrual)}", -32602, "amountMinor"),
    Bad("points.accrue", #"{\#(accrual),"amountMinor":1.5}"#, -32602, "amountMinor"),
    Bad("points.accrue", #"{\#(accrual),"amountMinor":"1"}"#, -32602, "amountMinor"),
    Bad("points.accrue", #"{\#(accrual),"amountMinor":1,"lines":[\#(line)]}"#, -32602, "lines"),
    Bad("points.accrue", #"{\#(accrual),"lines":[\#(line),{}]}"#, -32602, "lines[1].sku"),
    Bad("points.accrue", #"{\#(accrual),"amountMinor":1,"print":"no"}"#, -32602, "print"),
    Bad(
      "points.accrue",
      #"{"memberId":"m","receiptNo":"r","amountMinor":1}"#,
      -32602,
      "operationId"
    ),
    // A wrong type anywhere is told before an impossible value.
    Bad("points.accrue", #"{\#(accrual),"amountMinor":-1,"print":1}"#, -32602, "print"),
    Bad(
      "points.accrue",
      #"{\#(accrual),"amountMinor":1,"quantities":{"km":"1"}}"#,
      -32602,
      "quantities.km"
    ),
    Bad("checkout.commit", "{\(checkout)}", -32602, "lines"),
    Bad(
      "checkout.commit",
      #"{\#(checkout),"lines":[\#(line)],"quoteToken":"q"}"#,
      -32602,
      "quoteToken"
    ),
    Bad("refund.create", #"{"operationId":"o","receiptId":"R1"}"#, -32602, "lines"),
    Bad("events.subscribe", #"{"kinds":"scan.data"}"#, -32602, "kinds"),
    Bad(
      "member.importChunk",
      #"{"importId":"i","rows":[{"line":1,"fields":{"name":7}}]}"#,
      -32602,
      "rows[0].fields.name"
    ),
  ]

  static let impossible: [Bad] = [
    Bad(
      "member.lookup",
      #"{"credential":{"kind":"carduid","value":"04"}}"#,
      -32000,
      "credential.kind"
    ),
    Bad(
      "member.lookup",
      #"{"credential":{"kind":"cardUid","value":"xyz"}}"#,
      -32000,
      "credential.value"
    ),
    Bad(
      "member.lookup",
      #"{"credential":{"kind":"cardUid","value":"08A1B2C3"}}"#,
      -32000,
      "credential.value"
    ),
    Bad(
      "member.lookup",
      #"{"credential":{"kind":"barcode","value":"4111111111111111"}}"#,
      -32000,
      "credential.value"
    ),
    Bad("member.lookup", #"{"memberId":""}"#, -32000, "memberId"),
    Bad("points.accrue", #"{\#(accrual),"amountMinor":-1}"#, -32000, "amountMinor"),
    Bad(
      "points.accrue",
      #"{\#(accrual),"amountMinor":1,"quantities":{"km":-1}}"#,
      -32000,
      "quantities.km"
    ),
    Bad(
      "checkout.commit",
      #"{\#(checkout),"quoteToken":"q","usePoints":5}"#,
      -32000,
      "usePoints"
    ),
    Bad(
      "checkout.commit",
      #"{\#(checkout),"lines":[\#(line)],"coupons":["c10-1"]}"#,
      -32000,
      "coupons[0]"
    ),
    Bad(
      "points.accrue",
      #"{\#(accrual),"amountMinor":9223372036854775807}"#,
      -32000,
      "amountMinor"
    ),
    Bad(
      "points.accrue",
      #"{\#(accrual),"amountMinor":99999999999999999999}"#,
      -32000,
      "amountMinor"
    ),
    Bad("points.accrue", #"{\#(accrual),"lines":[]}"#, -32000, "lines"),
    Bad("points.accrue", #"{\#(accrual),"lines":[\#(lines501)]}"#, -32000, "lines"),
    Bad(
      "points.accrue",
      #"{\#(accrual),"lines":[{"sku":"a","category":"c","quantity":0,"unitPriceMinor":1}]}"#,
      -32000,
      "lines[0].quantity"
    ),
    Bad(
      "points.accrue",
      #"{\#(accrual),"lines":[\#(line),{"sku":"a","category":"c","quantity":1000000,"#
        + #""unitPriceMinor":1000000000000}]}"#,
      -32000,
      "lines[1]"
    ),
    Bad(
      "points.accrue",
      #"{"operationId":"é","memberId":"m1","receiptNo":"r1","amountMinor":1}"#,
      -32000,
      "operationId"
    ),
    Bad(
      "points.accrue",
      #"{"operationId":"\#(String(repeating: "x", count: 65))","memberId":"m1","receiptNo":"r1","#
        + #""amountMinor":1}"#,
      -32000,
      "operationId"
    ),
    Bad(
      "points.accrue",
      #"{\#(accrual),"amountMinor":1,"businessTime":"yesterday"}"#,
      -32000,
      "businessTime"
    ),
    Bad("member.enrol", #"{"birthday":"2026-02-30"}"#, -32000, "birthday"),
    Bad("member.enrol", #"{"phone":"call me"}"#, -32000, "phone"),
    Bad("member.search", #"{"text":"a","limit":21}"#, -32000, "limit"),
    Bad("events.subscribe", #"{"kinds":["device.status","dance"]}"#, -32000, "kinds[1]"),
    Bad("print.submit", #"{"operationId":"o","document":[]}"#, -32000, "document.blocks"),
    Bad("simulate.tap", #"{"uid":"zz"}"#, -32000, "uid"),
  ]

  @Test(
    "a fault of the protocol or an impossible value names its field",
    arguments: wrong + impossible
  )
  func bad(_ bad: Bad) async throws {
    try await World.run { world in
      let client = try await world.client()
      let params = bad.params
      try client.send(
        line: #"{"jsonrpc":"2.0","id":1,"method":"\#(bad.method)","params":\#(params)}"#
      )
      let reply = try #require(try await client.next())
      #expect(reply.errorCode == bad.code, "\(reply)")
      #expect(reply.errorField == bad.field, "\(reply)")
      #expect(reply.errorName == (bad.code == -32000 ? "E_ILLEGAL" : nil))
      #expect(world.ledger.submitted.isEmpty)
    }
  }

  @Test("what is null counts as left out, in the request and in its content")
  func nulls() async throws {
    try await World.run { world in
      world.ledger.decideAtOnce { .example($0) }
      let client = try await world.client()
      for params in [
        "{\(Self.accrual),\"amountMinor\":2800,\"tenders\":null}",
        "{\"amountMinor\":2800,\(Self.accrual)}",
      ] {
        try client.send(
          line: #"{"jsonrpc":"2.0","id":1,"method":"points.accrue","params":\#(params)}"#
        )
        #expect(try await client.next()?["result"] != nil)
      }
      let contents = world.ledger.submitted.map(\.content)
      #expect(contents.count == 2)
      #expect(contents.first == contents.last)
    }
  }

  @Test("every method of the catalogue is answered by something, and nothing else is")
  func routes() {
    #expect(Set(Switchboard.routes.keys) == Set(Catalogue.methods.map(\.name)))
    #expect(Catalogue.methods.count == Set(Catalogue.methods.map(\.name)).count)
  }

  @Test("the catalogue's lists are the model's")
  func lists() {
    #expect(Catalogue.reasons == RefusalReason.allCases.map(\.rawValue))
    #expect(Set(Catalogue.credentialKinds) == Set(CredentialKind.allCases.map(\.rawValue)))
    #expect(Catalogue.basketLineCountMax == Limits.basketLineCountMax)
    let codes = ResultCode.allCases.map { "\($0.rawValue) \($0.number)" }
    #expect(Catalogue.errors.map { "\($0.name) \($0.number)" } == codes)
  }

  @Test("every refusal has a sentence of its own in both languages")
  func sentences() {
    for language in Language.allCases {
      let sentences = RefusalReason.allCases.map { Sentence.refused($0).text(in: language) }
      #expect(Set(sentences).count == RefusalReason.allCases.count)
    }
    let isChinese = Sentence.memberUnknown.text(in: .zh).unicodeScalars.contains {
      $0.value > 0x4E00
    }
    #expect(isChinese)
  }
}
