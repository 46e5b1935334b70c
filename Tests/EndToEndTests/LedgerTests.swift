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
    }
  }

  /// A disk that really has no room left: a small tmpfs.
  @Suite("Full disk", .enabled(if: SmallDisk.canMount, "mounting is not permitted"))
  struct FullDiskTests {
    @Test("writes are refused, look-ups go on, nothing is lost, and it resumes by itself")
    func fullDisk() throws {
      let disk = try SmallDisk(megabytes: 144)
      // Nobody listens there: the slips wait, and the file grows.
      let gateway = try LiveGateway(printers: [("receipt", 1)], dataPath: disk.path + "/data")
      defer { gateway.kill() }
      try gateway.start()
      let client = try gateway.client("till")
      let member = try client.enrol("顾客", uid: "04AABBCCDDEE03")
      let ballast = disk.path + "/ballast"
      #expect(System.fill(ballast) > 0)
      var acknowledged: [String] = []
      let refusal = try fillLedger(client, &acknowledged)
      #expect(refusal.name == "E_BUSY")
      #expect(refusal.data["retryAfterMs"]?.integer ?? 0 > 0)
      #expect(refusal.hint?.contains("full") == true)
      #expect(refusal.data["outcome"] == "notStarted")
      for _ in 0..<100 {
        let found = try client.call("member.lookup", ["credential": .uid("04AABBCCDDEE03")])
        #expect(found[path: "member.id"]?.string == member)
      }
      #expect(gateway.isRunning)
      try FileManager.default.removeItem(atPath: ballast)
      // The same ids: what was refused for want of room was not remembered.
      let retried = "full-\(acknowledged.count)"
      _ = try client.call("print.submit", Self.bigSlip(retried))
      acknowledged.append(retried)
      let accrued = try client.call("points.accrue", .accrual("full-end", member: member))
      #expect(accrued["durable"] == "local")
      try expectAll(acknowledged + ["full-end"], gateway)
    }

    /// Writes until the gateway refuses.
    ///
    /// - Returns: the refusal.
    private func fillLedger(
      _ client: GatewayClient,
      _ acknowledged: inout [String]
    ) throws -> GatewayError {
      while acknowledged.count < 2000 {
        let id = "full-\(acknowledged.count)"
        if let refusal = try client.refusal("print.submit", Self.bigSlip(id)) { return refusal }
        acknowledged.append(id)
      }
      throw NotInTime(description: "2000 big rows did not fill the disk")
    }

    private static func bigSlip(_ id: String) -> JSON {
      let block: JSON = ["type": "text", "text": .string(String(repeating: "长", count: 900))]
      return [
        "operationId": .string(id),
        "document": .array([JSON](repeating: block, count: 20)),
      ]
    }

    private func expectAll(_ ids: [String], _ gateway: LiveGateway) throws {
      gateway.kill()
      try gateway.start()
      let client = try gateway.client("again")
      for id in ids {
        let status = try client.call("operation.status", ["operationId": .string(id)])
        #expect(status["state"] == "committed", "\(id)")
      }
      let proof = try gateway.verify()
      #expect(proof.status == 0, "\(proof.output)")
      #expect(gateway.stop() == 0)
    }
  }
}

/// A file system of a few megabytes in memory.
final class SmallDisk {
  let path: String
  private let folder: TemporaryFolder

  /// Whether this process may mount one.
  static let canMount: Bool = {
    guard System.isRoot else { return false }
    return (try? SmallDisk(megabytes: 1)) != nil
  }()

  init(megabytes: Int) throws {
    folder = try TemporaryFolder()
    path = folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
  }

  deinit { try? Self.run("/bin/umount", ["--lazy", path]) }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = try Program.process(program, arguments, error: "/dev/null")
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw GatewayFailure(description: "\(program) is refused")
    }
  }
}
