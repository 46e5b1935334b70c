import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Operators", .timeLimit(.minutes(3)))
  struct OperatorTests {
    private static let uid = "04AABBCCDDEE41"
    private static let operators = """
      [[node]]
      id = "HQ"
      kind = "headOffice"
      [[node]]
      id = "S001"
      kind = "store"
      parent = "HQ"
      [[operator]]
      id = "lina"
      name = "李娜"
      scope = "S001"
      [[operator.permission]]
      verbs = ["points.accrue"]
      maxMinor = 10000
      [[operator]]
      id = "boss"
      pin = true
      [[operator.permission]]
      verbs = ["*"]

      """

    /// A gateway whose configuration was read with operators.
    private func started(_ text: String = operators) throws -> LiveGateway {
      let gateway = try LiveGateway(scanners: text)
      try gateway.start()
      return gateway
    }

    private func enrol(_ client: GatewayClient, _ id: String) throws -> JSON {
      try client.call(
        "member.enrol",
        [
          "operationId": .string(id), "name": "张三", "credential": .uid(Self.uid),
          "operator": "boss", "operatorPin": "739184",
        ]
      )
    }

    @Test("an operator does what the configuration allows, proves it, and is told what is missing")
    func operators() throws {
      let gateway = try started()
      let client = try gateway.client("till", language: "zh")
      #expect(
        try client.refusal("member.enrol", ["operationId": "e0", "operator": "boss"])?.reason
          == "pinRequired"
      )
      let none = try gateway.command(["operator", "list"])
      #expect(none.status == 0 && none.output.contains("lina"))
      _ = try client.call("operator.setPin", ["operator": "boss", "pin": "739184"])
      let member = try enrol(client, "e1")[path: "member.id"] ?? .null
      func accrue(_ id: String, _ amount: Int64, _ name: JSON) throws -> GatewayError? {
        try client.refusal(
          "points.accrue",
          [
            "operationId": .string(id), "memberId": member, "receiptNo": .string(id),
            "amountMinor": .integer(amount), "operator": name,
          ]
        )
      }
      #expect(try accrue("a1", 10_000, "lina") == nil)
      let more = try #require(try accrue("a2", 10_001, "lina"))
      #expect(more.reason == "operatorNotAllowed" && more.message.contains("100.00"))
      #expect(try accrue("a3", 1, .null)?.message == "请注明操作员。")
      let update: JSON = [
        "operationId": "u1", "memberId": member, "name": "李四", "operator": "lina",
      ]
      #expect(
        try client.refusal("member.update", update)?.message == "该操作员没有 member.update 权限。"
      )
      let report = try gateway.command(["report", "refusals", "--format", "csv"])
      #expect(report.output.contains("operatorNotAllowed") && report.output.contains("lina"))
      #expect(!gateway.log.contains("739184"))
      #expect(try gateway.verify().status == 0)
    }

    @Test("a reload puts nodes and operators in force, tells what waits, and refuses faults")
    func reload() throws {
      let gateway = try started("")
      let client = try gateway.client("till")
      let empty = try client.call("daemon.reload", [:])
      #expect(empty["applied"] == [] && empty["pending"] == [])
      let head = "[gateway]\nprogramme = \"programme.json\"\n[usb]\nenabled = false\n"
      let pcsc = "[pcsc]\nenabled = false\n"
      try gateway.folder.write(head + pcsc + Self.operators, to: "tapgate.toml")
      let run = try gateway.command(["reload", "--json"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("\"operator\""))
      let asked = try client.refusal("member.enrol", ["operationId": "e1", "operator": "lina"])
      #expect(asked?.reason == "operatorNotAllowed")
      let inputs = "[input]\nbounceMs = 700\n"
      try gateway.folder.write(head + pcsc + inputs, to: "tapgate.toml")
      let later = try gateway.command(["reload", "--json"])
      #expect(later.status == 1 && later.output.contains("\"input\""))
      #expect(try client.refusal("member.enrol", ["operationId": "e2", "name": "王五"]) == nil)
      try gateway.folder.write(head + "[[node]]\nid = 5\n", to: "tapgate.toml")
      let faults = try client.refusal("daemon.reload", [:])
      #expect(faults?.name == "E_ILLEGAL")
      #expect(faults?.hint?.contains("tapgate.toml:6:1") == true)
    }
  }
}
