import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Import", .timeLimit(.minutes(20)))
  struct ImportTests {
    private static let rowCount = Program.isSoak ? 1_000_000 : 20_000

    private static func id(_ number: Int) -> String { "M" + String(1_000_000 + number) }

    /// A sheet whose row `bad` has a birthday that no calendar has.
    private static func sheet(_ count: Int, bad: Int? = nil) -> String {
      var text = "memberId,name,phone,birthday,tier,cardKind,cardValue,points\n"
      for number in 0..<count {
        let seven = String(1_000_000 + number)
        let birthday = number == bad ? "1990-02-30" : "1990-02-03"
        text += "\(id(number)),顾客\(number),1380\(seven),\(birthday),silver,"
        text += "cardUid,04\(seven)00000,\(number % 500)\n"
      }
      return text
    }

    private func memberCount(_ client: GatewayClient) throws -> Int64 {
      try client.call("daemon.status")[path: "ledger.members"]?.integer ?? -1
    }

    @Test("members are imported while accruals go on")
    func importing() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: "04AABBCCDDEE04")
      let file = try gateway.folder.write(Self.sheet(Self.rowCount), to: "members.csv")
      let started = System.monotonicMicroseconds
      let run = try CommandRun([
        "member", "import", file, "--json", "--socket", gateway.socketPath,
      ])
      var accrued = 0
      while run.isRunning {
        let answer = try client.call("points.accrue", .accrual("i-\(accrued)", member: member))
        #expect(answer["durable"] == "local")
        accrued += 1
      }
      let outcome = try run.wait()
      let seconds = (System.monotonicMicroseconds - started) / 1_000_000
      print("import: \(Self.rowCount) members in \(seconds) s, \(accrued) accruals meanwhile")
      if Program.isTimed { #expect(seconds <= 60) }
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(accrued > 0)
      let report = try JSONParser.parse(Array(outcome.output.utf8))
      #expect(report["state"] == "imported")
      #expect(report["rows"]?.integer == Int64(Self.rowCount))
      #expect(try memberCount(client) == Int64(Self.rowCount) + 1)
      try expectMembers(client)
      let own = try client.call("member.lookup", ["memberId": .string(member)])
      #expect(own[path: "points.available"]?.integer == Int64(accrued) * 28)
      gateway.kill()
      try gateway.start()
      try expectMembers(try gateway.client("again"))
      #expect(try gateway.verify().status == 0)
    }

    private func expectMembers(_ client: GatewayClient) throws {
      for number in stride(from: 0, to: Self.rowCount, by: Self.rowCount / 100) {
        let card = JSON.uid("04\(1_000_000 + number)00000")
        let found = try client.call("member.lookup", ["credential": card])
        #expect(found[path: "member.id"]?.string == Self.id(number))
        #expect(found[path: "points.available"]?.integer == Int64(number % 500))
        #expect(found[path: "member.tier.id"] == "silver")
      }
    }

    @Test("one bad row is named by line and column, and nothing is imported")
    func badRow() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let file = try gateway.folder.write(Self.sheet(20_000, bad: 14_997), to: "bad.csv")
      let run = try gateway.command(["member", "import", file, "--json"])
      #expect(run.status == 1)
      let report = try JSONParser.parse(Array(run.output.utf8))
      #expect(report["state"] == "refused")
      let problems = report["problems"]?.array ?? []
      #expect(problems.count == 1)
      #expect(problems.first?["line"] == 14_999)
      #expect(problems.first?["column"] == "birthday")
      #expect(!run.output.contains("1990-02-30"))
      #expect(try memberCount(client) == 0)
      let first: JSON = ["memberId": .string(Self.id(0))]
      #expect(try client.refusal("member.lookup", first)?.name == "E_NOEXIST")
      let good = try gateway.folder.write(Self.sheet(1000), to: "good.csv")
      #expect(try gateway.command(["member", "import", good, "--json"]).status == 0)
      #expect(try memberCount(client) == 1000)
    }

    @Test("kill -9 in the middle of an import leaves all of it or nothing, and a clear error")
    func killed() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let file = try gateway.folder.write(Self.sheet(20_000), to: "members.csv")
      let run = try CommandRun([
        "member", "import", file, "--json", "--socket", gateway.socketPath,
      ])
      var own: Int64 = 4
      _ = try client.wait("daemon.status") { status in
        own += 1
        return (status[path: "counters.requests"]?.integer ?? 0) - own > 8
      }
      gateway.kill()
      let outcome = try run.wait()
      let isDone = outcome.status == 0
      #expect(isDone || outcome.status == 2 && outcome.output.contains("gateway.closed"))
      try gateway.start()
      #expect((isDone ? [20_000] : [0, 20_000]).contains(try memberCount(gateway.client("again"))))
      #expect(try gateway.verify().status == 0)
      let again = try gateway.command(["member", "import", file, "--json"])
      #expect(again.status == (isDone ? 1 : 0), "\(again.output)")
      #expect(try memberCount(try gateway.client("again")) == 20_000)
    }

    @Test("an import whose sender or gateway dies leaves nothing behind")
    func cutOff() throws {
      let gateway = try LiveGateway.started()
      let sender = try gateway.client("sender")
      let begun = try sender.call("member.importBegin", ["dryRun": false])
      let rows = (0..<1000).map { number -> JSON in
        let fields: JSON = ["memberId": .string(Self.id(number)), "points": "5"]
        return ["line": .integer(Int64(number) + 2), "fields": fields]
      }
      let chunk: JSON = ["importId": begun["importId"] ?? .null, "rows": .array(rows)]
      #expect(try sender.call("member.importChunk", chunk)["problems"] == [])
      gateway.kill()
      try gateway.start()
      let client = try gateway.client("till")
      #expect(try memberCount(client) == 0)
      #expect(try client.refusal("member.importCommit", chunk)?.code == -32602)
      #expect(try gateway.verify().status == 0)
    }
  }
}
