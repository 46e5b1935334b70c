import Foundation
import Logging
import TapgateAPI
import TapgateCore
import TapgateJSON
import TapgateServer
import Testing

@Suite("Starting and stopping", .timeLimit(.minutes(1)))
struct LifecycleTests {
  private func server(_ path: String) -> GatewayServer {
    GatewayServer(
      configuration: ServerConfiguration(
        socketPath: path,
        version: "0.0.0",
        store: "S001",
        counter: "C01"
      ),
      directory: FakeDirectory(),
      ledger: FakeLedger(),
      backOffice: FakeBackOffice(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  @Test("a second gateway on a live socket is told the first one's pid and does no harm")
  func alive() async throws {
    try await World.run { world in
      let second = server(world.path)
      let pid = ProcessInfo.processInfo.processIdentifier
      let error = await #expect(throws: ServerStartFailure.self) { try await second.start() }
      #expect(error == .alive(socketPath: world.path, pid: pid))
      #expect(error?.description.contains("pid \(pid)") == true)
      let client = try await world.client()
      #expect(try await client.ask("device.list")["result"] != nil)
    }
  }

  @Test("what a dead gateway left behind is taken over")
  func dead() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/s"
    try Data("4711\n".utf8).write(to: URL(filePath: path + ".lock"))
    try Data().write(to: URL(filePath: path))
    let server = server(path)
    try await server.start()
    let lock = try String(contentsOfFile: path + ".lock", encoding: .utf8)
    #expect(lock == "\(ProcessInfo.processInfo.processIdentifier)\n")
    _ = try RawClient(path: path)
    await server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("owner and group may connect, nobody else, and the lock is the owner's")
  func mode() async throws {
    try await World.run { world in
      #expect(permissions(of: world.path) == 0o660)
      #expect(permissions(of: world.path + ".lock") == 0o600)
    }
  }

  @Test("a path that the kernel cannot hold is refused with its length")
  func longPath() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 103)
    let server = server(path)
    await #expect(throws: ServerStartFailure.pathTooLong(socketPath: path, byteCount: 108)) {
      try await server.start()
    }
  }

  @Test("after a stop the same path can be listened on again, and reports are no fault")
  func again() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for _ in 0..<3 {
      let server = server(folder.path + "/s")
      try await server.start()
      let client = try RawClient(path: folder.path + "/s")
      await server.stop()
      server.receive(.deviceLost(id: "reader"))
      #expect(try await client.next() == nil)
    }
  }

  @Test("rpc.discover answers the document that is kept beside the tests")
  func discover() async throws {
    try await World.run { world in
      let client = try await world.client()
      let document = try #require(try await client.ask("rpc.discover")["result"])
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/openrpc.json")
      let text = Self.lines(of: document)
      if ProcessInfo.processInfo.environment["TAPGATE_RECORD"] != nil {
        try Data(text.utf8).write(to: file)
      }
      let kept = try String(contentsOf: file, encoding: .utf8)
      let hint = "if the change is meant, run the tests once with TAPGATE_RECORD=1"
      #expect(text == kept, "\(hint)")
      #expect(try JSONParser.parse(Array(kept.utf8)) == document)
    }
  }

  /// The document with one method, event or component a line, so that a difference shows what
  /// changed.
  private static func lines(of document: JSON) -> String {
    let members = (document.object?.members ?? []).map { member in
      let name = String(decoding: JSON.string(member.name).encoded(), as: UTF8.self)
      guard let elements = member.value.array else {
        return "\(name):\(String(decoding: member.value.encoded(), as: UTF8.self))"
      }
      let lines = elements.map { String(decoding: $0.encoded(), as: UTF8.self) }
      return "\(name):[\n\(lines.joined(separator: ",\n"))\n]"
    }
    return "{\n\(members.joined(separator: ",\n"))\n}\n"
  }
}
