import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  @Suite("Ledger", .timeLimit(.minutes(60)))
  struct LedgerTests {
    @Test("an operation sent again is answered the same, from any connection, after any restart")
    func replay() throws {
      let gateway = try LiveGateway.started()
      let first = try gateway.client("first")
      let member = try first.enrol("顾客", uid: "04AABBCCDDEE01")
      let request = JSON.accrual("replay-1", member: member)
      let answer = try first.call("points.accrue", request)
      #expect(answer["replay"] == false)
      try expectReplay(of: answer, to: request, on: try gateway.client("second"))
      gateway.kill()
      try gateway.start()
      let third = try gateway.client("third")
      try expectReplay(of: answer, to: request, on: third)
      let other = JSON.accrual("replay-1", member: member, amount: 9900)
      #expect(try third.refusal("points.accrue", other)?.name == "E_EXISTS")
      let found = try third.call("member.lookup", ["memberId": .string(member)])
      #expect(found[path: "points.available"] == 28)
    }

    private func expectReplay(
      of answer: JSON,
      to request: JSON,
      on client: GatewayClient
    ) throws {
      let again = try client.call("points.accrue", request)
      #expect(again["replay"] == true)
      var (old, new) = (try #require(answer.object), try #require(again.object))
      (old["replay"], new["replay"]) = (nil, nil)
      #expect(old == new)
    }

    @Test("a refusal is remembered under its id across a restart, and moves nothing")
    func refusal() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let card = JSON.uid("04AABBCCDDEE02")
      try client.enrol("顾客", uid: "04AABBCCDDEE02")
      let request: JSON = [
        "operationId": "refused-1", "credential": card, "receiptNo": "R1", "amountMinor": 2800,
      ]
      _ = try client.call("card.reportLost", ["operationId": "lost-1", "credential": card])
      #expect(try client.refusal("points.accrue", request)?.reason == "cardLost")
      gateway.kill()
      try gateway.start()
      let later = try gateway.client("till")
      let found: JSON = ["operationId": "found-1", "credential": card, "reason": "found again"]
      _ = try later.call("card.cancelLost", found)
      #expect(try later.refusal("points.accrue", request)?.reason == "cardLost")
      let status = try later.call("operation.status", ["operationId": "refused-1"])
      #expect(status["state"] == "refused")
      #expect(status[path: "error.data.reason"] == "cardLost")
      let lookup = try later.call("member.lookup", ["credential": card])
      #expect(lookup[path: "points.available"] == 0)
      #expect(lookup[path: "card.status"] == "active")
    }

    @Test("kill -9 at random moments under load: nothing acknowledged is lost or doubled")
    func crash() throws {
      let folder = try TemporaryFolder()
      let rounds = Program.isSoak ? 200 : 5
      let run = try CommandRun([
        "bench", "crash", "--rounds", String(rounds), "--directory", folder.path,
      ]).wait()
      #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test("a second gateway on the same data folder is refused by name of the first")
    func secondGateway() throws {
      let gateway = try LiveGateway.started()
      let second = try CommandRun([
        "serve", "--data", gateway.dataPath, "--socket", gateway.folder.path + "/other",
      ]).wait()
      #expect(second.status == 2)
      let pid = try gateway.client("till").call("daemon.status")["pid"]?.integer ?? 0
      #expect(second.errors.contains(String(pid)))
      let third = try CommandRun([
        "serve", "--data", gateway.folder.path + "/other-data", "--socket", gateway.socketPath,
      ]).wait()
      #expect(third.status == 2)
      #expect(third.errors.contains(String(pid)))
      _ = try gateway.client("till").call("device.list")
    }

    @Test("SIGTERM under load: what was answered is on disk, and the rest can be sent again")
    func stopUnderLoad() throws {
      let gateway = try LiveGateway.started()
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: "04AABBCCDDEE12")
      let requests = try (0..<250).map { number in
        try client.send("points.accrue", .accrual("t-\(number)", member: member))
      }
      let first = try client.reply(to: requests[0], timeoutMilliseconds: 20_000)
      #expect(first?["durable"] == "local")
      #expect(gateway.stop() == 0)
      var answered: Set<Int> = []
      for (number, request) in requests.enumerated() {
        do {
          let reply = try client.reply(to: request, timeoutMilliseconds: 0)
          if reply != nil { answered.insert(number) }
        } catch let error as GatewayError {
          #expect(error.name == "E_CLOSED")
        } catch is GatewayConnectionError {
          break
        }
      }
      answered.insert(0)
      try gateway.start()
      let later = try gateway.client("till")
      for number in requests.indices {
        let again = try later.call("points.accrue", .accrual("t-\(number)", member: member))
        if answered.contains(number) { #expect(again["replay"] == true) }
      }
      let found = try later.call("member.lookup", ["memberId": .string(member)])
      #expect(found[path: "points.available"] == 7000)
    }

    @Test("without its key the gateway does not start, and says what is missing")
    func lostKey() throws {
      let gateway = try LiveGateway.started()
      try gateway.client("till").enrol("顾客", uid: "04AABBCCDDEE13")
      #expect(gateway.stop() == 0)
      let files = try FileManager.default.contentsOfDirectory(atPath: gateway.dataPath)
      let key = try #require(files.first { $0.contains("key") }, "\(files)")
      let path = gateway.dataPath + "/" + key
      let safe = gateway.folder.path + "/safe"
      try FileManager.default.moveItem(atPath: path, toPath: safe)
      #expect(throws: GatewayFailure.self) { try gateway.start() }
      gateway.kill()
      #expect(gateway.log.contains(path), "\(gateway.log)")
      #expect(!FileManager.default.fileExists(atPath: path))
      try FileManager.default.moveItem(atPath: safe, toPath: path)
      try gateway.start()
      let found = try gateway.client("till").call(
        "member.lookup",
        ["credential": .uid("04AABBCCDDEE13")]
      )
      #expect(found[path: "member.id"] != nil)
    }
  }
}
