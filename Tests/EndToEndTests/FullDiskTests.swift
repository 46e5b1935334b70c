import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
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

    @Test("on a disk that is too small it does not start, says so, and starts when there is room")
    func smallDisk() throws {
      let disk = try SmallDisk(megabytes: 16)
      let gateway = try LiveGateway(dataPath: disk.path + "/data")
      defer { gateway.kill() }
      #expect(throws: GatewayFailure.self) { try gateway.start() }
      gateway.kill()
      #expect(gateway.log.contains("full"), "\(gateway.log)")
      try disk.resize(megabytes: 144)
      try gateway.start()
      try gateway.client("till").enrol("顾客", uid: "04AABBCCDDEE14")
      #expect(gateway.stop() == 0)
      #expect(try gateway.verify().status == 0)
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

  /// Makes it larger.
  func resize(megabytes: Int) throws {
    try Self.run("/bin/mount", ["-o", "remount,size=\(megabytes)m", path])
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
