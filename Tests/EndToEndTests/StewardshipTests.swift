import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  /// Programmes, the date, invitations and reversals on the built executable.
  @Suite("Stewardship", .timeLimit(.minutes(3)))
  struct StewardshipTests {
    private static let chinese = ["LC_ALL": "zh_CN.UTF-8"]

    /// The tests' programme with a referral, under another revision; 3 points a yuan.
    private static let referring = TestProgramme.text
      .replacingOccurrences(of: "\"rev\": 1", with: "\"rev\": 2")
      .replacingOccurrences(of: "\"give\":1,", with: "\"give\":3,")
      .replacingOccurrences(
        of: "\"earn\": [",
        with: """
          "earn": [
            {"id":"referral","asset":"points","event":"referral_first_receipt","give":100,
             "limit":{"per":"life","n":20}},
            {"id":"welcome","asset":"points","event":"referral_welcome","give":50},
          """
      )

    private func json(_ gateway: LiveGateway, _ words: [String]) throws -> JSON {
      let run = try gateway.command(words + ["--json"])
      #expect(run.status == 0, "\(words): \(run.output)\(run.errors)")
      return try JSONParser.parse(Array(run.output.utf8).dropLast())
    }

    @Test("a programme is activated, told of, kept over a restart; one that waits is shown")
    func programmes() throws {
      let gateway = try LiveGateway.started()
      let file = try gateway.folder.write(Self.referring, to: "next.json")
      let client = try gateway.client("till")
      _ = try client.call("events.subscribe", ["kinds": ["programme.changed"]])
      let done = try json(gateway, ["programme", "activate", file])
      #expect(done["state"] == "active")
      let event = try client.event("programme.changed")
      #expect(event[path: "programme.revision"] == 2)
      let later = try json(gateway, ["programme", "activate", file, "--from", Self.nextYear])
      #expect(later["state"] == "scheduled")
      #expect(gateway.stop() == 0)
      try gateway.start()
      let shown = try json(gateway, ["programme", "show"])
      #expect(shown[path: "programme.revision"] == 2)
      #expect(shown[path: "pending.from"] == .string(Self.nextYear))
      let people = try gateway.command(["programme", "show"], environment: Self.chinese)
      #expect(people.status == 0 && people.output.contains("待生效"), "\(people.output)")
      let broken = try gateway.folder.write("{}", to: "broken.json")
      #expect(try gateway.command(["programme", "activate", broken]).status == 2)
      let past = try gateway.command(["programme", "activate", file, "--from", "2020-01-01"])
      #expect(past.status == 1, "\(past.output)\(past.errors)")
      #expect(try gateway.verify().status == 0)
    }

    /// A day that is ahead for a year at least; activations reach two years.
    private static var nextYear: String {
      let date = Date(timeIntervalSinceNow: 400 * 86_400)
      return String(date.formatted(.iso8601).prefix(10))
    }

    @Test(
      "an invitation is printed, noted, rewarded with the first receipt, and taken back with it"
    )
    func invitations() throws {
      let gateway = try LiveGateway.started()
      let file = try gateway.folder.write(Self.referring, to: "next.json")
      _ = try json(gateway, ["programme", "activate", file])
      for name in ["甲", "乙"] { _ = try json(gateway, ["member", "enrol", "--name", name]) }
      let shown = try json(gateway, ["member", "invite-code", "M1"])
      let code = try #require(shown["code"]?.string)
      let printed = try json(gateway, ["member", "invite-code", "M1", "--print"])
      #expect(printed["jobId"]?.string != nil)
      let noted = try json(gateway, ["member", "invite", "M2", "--code", code])
      #expect(noted["inviter"] == "M1")
      let client = try gateway.client("till")
      let receipt: JSON = [
        "operationId": "r1", "memberId": "M2", "receiptNo": "1", "amountMinor": 1000,
        "print": false,
      ]
      #expect(try client.call("points.accrue", receipt)["earned"] == 30)
      func points(_ id: String) throws -> JSON? {
        try client.call("member.lookup", ["memberId": .string(id)])[path: "points.available"]
      }
      #expect(try points("M1") == 100 && points("M2") == 80)
      let back = try json(gateway, ["reverse", "r1", "--reason", "wrong card"])
      #expect(back["operation"] == "points.accrue")
      #expect(try points("M1") == 0 && points("M2") == 0)
      let unknown = try gateway.command(
        ["member", "invite", "M2", "--code", "TGR.AAAAAAAAAAAAAAAA"],
        environment: Self.chinese
      )
      #expect(unknown.status == 1 && unknown.output.isEmpty)
      #expect(try gateway.verify().status == 0)
    }

    @Test("the date is confirmed by naming it, and another one is refused with the clock's")
    func dates() throws {
      let gateway = try LiveGateway.started()
      let today = try #require(
        try json(gateway, ["status"])[path: "ledger.date.today"]?.string
      )
      #expect(try json(gateway, ["status"])[path: "ledger.date.inDoubt"] == false)
      #expect(try json(gateway, ["confirm-date", today])["today"] == .string(today))
      let other = try gateway.command(["confirm-date", "2020-01-01", "--json"])
      #expect(other.status == 1 && other.output.contains(today), "\(other.output)")
    }
  }
}
