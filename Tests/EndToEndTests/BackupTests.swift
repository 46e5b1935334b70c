import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Backup and proof", .timeLimit(.minutes(3)))
  struct BackupTests {
    private static let sqlite = "/usr/bin/sqlite3"

    @Test("a backup of the running gateway, restored, is the ledger that it was")
    func roundTrip() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: "04AABBCCDDEE09")
      _ = try client.call("points.accrue", .accrual("b-1", member: member))
      let file = gateway.folder.path + "/backup.sqlite"
      let data = ["--data", gateway.dataPath, "--json"]
      #expect(try gateway.command(["backup", file] + data).status == 0)
      #expect(try gateway.command(["backup", file] + data).status == 2)
      _ = try client.call("points.accrue", .accrual("b-2", member: member))
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      let other = try LiveGateway()
      let restored = try other.command(["restore", file, "--data", other.dataPath, "--json"])
      #expect(restored.status == 0, "\(restored.errors)")
      #expect(try JSONParser.parse(Array(restored.output.utf8))["proven"] == true)
      let again = try other.command(["restore", file, "--data", other.dataPath])
      #expect(again.status == 2)
      try other.start()
      let later = try other.client("till")
      let found = try later.call("member.lookup", ["credential": .uid("04AABBCCDDEE09")])
      #expect(found[path: "member.id"]?.string == member)
      #expect(found[path: "points.available"] == 28)
      #expect(try later.call("points.accrue", .accrual("b-1", member: member))["replay"] == true)
      let fresh = try later.call("points.accrue", .accrual("b-2", member: member))
      #expect(fresh["replay"] == false)
    }

    @Test("a backup made at full speed holds all that was answered before, and stops nobody")
    func underLoad() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let members = try (20..<40).map { try client.enrol("顾客", uid: "04AABBCCDDEE\($0)") }
      var sent = 0
      var answered: Set<Int> = []
      /// Asks for a basket of accruals at once and takes their answers.
      func accrue(_ count: Int) throws {
        let requests = try (sent..<sent + count).map { number in
          let member = members[number % members.count]
          return try client.send("points.accrue", .accrual("u-\(number)", member: member))
        }
        for request in requests {
          let reply = try client.reply(to: request, timeoutMilliseconds: 60_000)
          #expect(reply?["durable"] == "local")
          answered.insert(sent)
          sent += 1
        }
      }
      for _ in 0..<3 { try accrue(200) }
      let before = answered
      let file = gateway.folder.path + "/backup.sqlite"
      let data = ["--data", gateway.dataPath]
      let run = try CommandRun(["backup", file] + data)
      repeat { try accrue(100) } while run.isRunning
      #expect(try run.wait().status == 0)
      try accrue(100)
      let other = try LiveGateway()
      let restored = try other.command(["restore", file, "--data", other.dataPath, "--json"])
      #expect(restored.status == 0, "\(restored.output)\(restored.errors)")
      try other.start()
      let later = try other.client("till")
      var copied = 0
      for number in answered.sorted() {
        let member = members[number % members.count]
        let again = try later.call("points.accrue", .accrual("u-\(number)", member: member))
        if again["replay"] == true { copied += 1 }
        if before.contains(number) { #expect(again["replay"] == true) }
      }
      #expect(copied < answered.count, "what came after the copy is not in it")
      for member in members {
        let who: JSON = ["memberId": .string(member)]
        let there = try later.call("member.lookup", who)
        let here = try client.call("member.lookup", who)
        #expect(there["points"] == here["points"])
      }
      #expect(other.stop() == 0 && gateway.stop() == 0)
      #expect(try other.verify().status == 0)
      #expect(try gateway.verify().status == 0)
    }

    @Test(
      "verify finds every change that somebody made with sqlite3",
      .enabled(if: FileManager.default.isExecutableFile(atPath: sqlite), "no sqlite3"),
      arguments: [
        "UPDATE journal SET operation = x'01' WHERE sequence = 2",
        "UPDATE journal SET kind = kind + 1 WHERE sequence = 2",
        "UPDATE journal SET refused = 1 WHERE sequence = 2",
        "UPDATE journal SET member = 2 WHERE sequence = 2",
        "UPDATE journal SET previous = 0 WHERE sequence = 2",
        "UPDATE journal SET date = date + 1 WHERE sequence = 2",
        "UPDATE journal SET at = at + 1 WHERE sequence = 2",
        "UPDATE journal SET origin = 'elsewhere' WHERE sequence = 2",
        "UPDATE journal SET receipt = NULL WHERE sequence = 2",
        "UPDATE journal SET programme = x'00' WHERE sequence = 2",
        "UPDATE journal SET content = x'00' WHERE sequence = 2",
        "UPDATE journal SET effects = x'00' WHERE sequence = 2",
        "UPDATE journal SET reply = replace(reply, '28', '99') WHERE sequence = 2",
        "UPDATE journal SET print = NULL WHERE sequence = 2",
        "UPDATE journal SET simulated = 1 WHERE sequence = 2",
        "UPDATE journal SET hash = x'00' WHERE sequence = 2",
        "DELETE FROM journal WHERE sequence = 2",
        "DELETE FROM journal WHERE sequence = 4",
        "DELETE FROM journal",
        "UPDATE member SET state = (SELECT state FROM member WHERE number = 2) WHERE number = 1",
        "DELETE FROM member WHERE number = 2",
      ]
    )
    func tampering(_ statement: String) throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: "04AABBCCDDEE10")
      _ = try client.call("points.accrue", .accrual("v-1", member: member, print: true))
      try client.enrol("顾客", uid: "04AABBCCDDEE11")
      _ = try client.call("points.accrue", .accrual("v-2", member: member))
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
      let shell = try Program.process(
        Self.sqlite,
        [gateway.dataPath + "/tapgate.sqlite", statement],
        error: gateway.folder.path + "/sqlite"
      )
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0)
      let proof = try gateway.verify()
      #expect(proof.status == 2, "\(proof.output)\(proof.errors)")
      let report = try JSONParser.parse(Array(proof.output.utf8))
      #expect(report["proven"] == false)
      #expect(report["problems"]?.array?.isEmpty == false)
    }
  }
}
