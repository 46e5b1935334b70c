import Foundation
import Logging
import TapgateLock
import TapgateAPI
import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@testable import TapgateServer

@Suite("Clients, many and strange", .timeLimit(.minutes(2)))
struct ClientTests {
  @Test(
    "1,000 idle clients and 20 half-said requests cost nobody else an answer; one too many is told"
  )
  func many() async throws {
    try await World.run({ $0.connectionCountMax = 1024 }) { world in
      let busy = try await world.client("busy")
      var idle: [RawClient] = []
      for number in 0..<1003 {
        let client = try world.connect(isReading: false)
        if number < 20 { try client.send(Array(#"{"jsonrpc":"2.0","id":1,"me"#.utf8)) }
        idle.append(client)
      }
      var count: Int64?
      while count != 1004 {
        count = try await busy.ask("daemon.status")["result"]?["connections"]?.integer
      }
      for _ in 0..<20 { idle.append(try world.connect(isReading: false)) }
      let tooMany = try world.connect()
      let told = try #require(try await tooMany.next())
      #expect(told.errorName == "E_BUSY")
      #expect(told["id"] == .null)
      #expect(try await tooMany.next() == nil)
      #expect(try await busy.ask("device.list")["result"] != nil)
      for client in idle { client.shutdown() }
      while count != 1 {
        count = try await busy.ask("daemon.status")["result"]?["connections"]?.integer
      }
    }
  }

  @Test("a client that does not read loses events, is told how many, and delays nobody")
  func slow() async throws {
    try await World.run { world in
      let slow = try world.connect(isReading: false)
      let kinds = JSON.object(["kinds": .array([.string("operation.committed")])])
      let who = JSON.object(["client": .object(["name": .string("slow")])])
      try slow.request("hello", who, id: 1)
      try slow.request("events.subscribe", kinds, id: 2)
      let other = try await world.client("other")
      var counters = JSON.null
      while counters["requests"]?.integer ?? 0 < 4 {
        counters = try await other.ask("daemon.status")["result"]?["counters"] ?? .null
      }
      // Each is an event of about 400 bytes.
      let eventCount: Int64 = 8000
      for number in 0..<eventCount {
        world.ledger.tell(
          CommittedOperation(
            sequence: number,
            operationID: "o\(number)",
            method: "points.accrue",
            memberID: "m1",
            businessDate: BusinessDate(day: 20_000),
            job: nil,
            isSimulated: false
          )
        )
        if number % 1000 == 0 { #expect(try await other.ask("device.list")["result"] != nil) }
      }
      #expect(try await other.ask("device.list")["result"] != nil)
      slow.startReading()
      _ = try await slow.answer(to: 1)
      _ = try await slow.answer(to: 2)
      var heard: Int64 = 0
      var lost: Int64 = 0
      while heard + lost < eventCount {
        let event = try await slow.event()
        if event.kind == "events.lost" {
          #expect(event["reason"]?.string == "queueOverflow")
          lost += event["count"]?.integer ?? 0
        } else {
          heard += 1
        }
      }
      #expect(lost > 0)
      #expect(heard + lost == eventCount)
    }
  }

  @Test("a client that asks and does not read is not read from, and later gets every answer")
  func deaf() async throws {
    try await World.run { world in
      let deaf = try world.connect(isReading: false)
      try deaf.request("hello", .object(["client": .object(["name": .string("deaf")])]), id: 0)
      let flags = fcntl(deaf.descriptor, F_GETFL)
      _ = fcntl(deaf.descriptor, F_SETFL, flags | O_NONBLOCK)
      let other = try await world.client("other")
      // Until the kernel takes no more, however often others are answered: nobody reads this
      // client.
      var sent: Int64 = 0
      var refusals = 0
      while refusals < 5 {
        do {
          try deaf.request("no.such.method", id: sent + 1)
          sent += 1
          refusals = 0
        } catch {
          refusals += 1
          #expect(try await other.ask("device.list")["result"] != nil)
        }
        try #require(sent < 100_000, "the server reads on without end")
      }
      _ = fcntl(deaf.descriptor, F_SETFL, flags)
      deaf.startReading()
      for id in 0...sent { #expect(try await deaf.next()?["id"] == .integer(id)) }
      #expect(try await deaf.ask("device.list", id: -1)["result"] != nil)
    }
  }

  @Test("a user whom no role names is told which group to join, and the connection ends")
  func stranger() async throws {
    let setpriv = "/usr/bin/setpriv"
    // Only root can connect as somebody else.
    guard ownUserID == 0, FileManager.default.isExecutableFile(atPath: setpriv) else { return }
    let grant = RoleGrant(role: .pos, groups: ["tapgate", "65533"])
    try await World.run({ $0.roles = [grant] }) { world in
      let folder = URL(filePath: world.path).deletingLastPathComponent().path
      for (path, mode) in [(folder, 0o755), (world.path, 0o666)] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      }
      let script = """
        import socket,sys
        s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
        s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":{"name":"x"}}}\\n')
        s.shutdown(socket.SHUT_WR)
        print(s.makefile().read(),end='')
        """
      func connect(_ groups: [String]) async throws -> JSON {
        let words =
          [setpriv, "--reuid=65532", "--regid=65532"] + groups
          + ["/usr/bin/python3", "-c", script, world.path]
        return try JSONParser.parse(try output(of: words))
      }
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
      let refused = try await connect(["--clear-groups"])
      #expect(refused.errorName == "E_ILLEGAL")
      #expect(
        refused["error"]?["data"]?["hint"]?.string?.contains("join the group tapgate") == true
      )
      // A supplementary group is enough.
      let welcome = try await connect(["--groups=65533"])
      #expect(welcome["result"]?["role"]?.string == "pos")
    }
  }

  @Test("a role is the highest that the user or a group of theirs has")
  func roles() {
    let table = RoleTable(
      [
        RoleGrant(role: .observe, groups: ["300"]), RoleGrant(role: .pos, users: ["1000"]),
        RoleGrant(role: .technician, groups: ["400"]),
      ],
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      ownUserID: 900
    )
    let peer = { (uid: UInt32, groups: [UInt32]) in
      table.role(of: PeerIdentity(uid: uid, pid: 1, groups: groups))
    }
    #expect(peer(0, []) == .manager)
    #expect(peer(900, []) == .manager)
    #expect(peer(1000, [300]) == .pos)
    #expect(peer(1000, [300, 400]) == .technician)
    #expect(peer(1001, [300]) == .observe)
    #expect(peer(1001, [5]) == nil)
  }

  @Test("no log line ever holds a card's number, whatever is asked or tapped")
  func log() async throws {
    let log = LogCapture()
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let configuration = ServerConfiguration(
      socketPath: folder.path + "/s",
      version: "0.0.0",
      store: "S001",
      counter: "C01"
    )
    var logger = Logger(label: "test") { _ in log }
    logger.logLevel = .trace
    let server = GatewayServer(
      configuration: configuration,
      directory: FakeDirectory(),
      ledger: FakeLedger(),
      backOffice: FakeBackOffice(),
      logger: logger
    )
    try await server.start()
    let client = try RawClient(path: configuration.socketPath)
    _ = try await client.ask("hello", .object(["client": .object(["name": .string("pos")])]))
    let canary = "04CAFEBABE0042"
    let answers = [
      try await client.ask(
        "member.lookup",
        .object(["credential": .object(["kind": .string("cardUid"), "value": .string(canary)])])
      ),
      try await client.ask("member.lookup", .object([canary: .string("x")])),
      try await client.ask(
        "member.lookup",
        .object([
          "credential": .object(["kind": .string("barcode"), "value": .string("4111111111111111")])
        ])
      ),
    ]
    server.receive(
      .presented(
        Presentation(
          deviceID: "reader",
          presence: 1,
          credential: try Credential(kind: .cardUid, value: canary),
          technology: "iso14443a.t2",
          assurance: .a1,
          detectedNanoseconds: 0
        )
      )
    )
    let trace = try await client.ask("trace.last")
    #expect(trace["result"]?["taps"]?.array?.count == 1)
    await server.stop()
    let text = log.lines.withLock { $0.joined(separator: "\n") }
    #expect(!text.isEmpty)
    for secret in [canary, "4111111111111111"] { #expect(!text.contains(secret)) }
    // Answers do not repeat values either; a name that is unknown is repeated, because it is a
    // name.
    for answer in [answers[0], answers[2], trace] {
      let words = String(decoding: answer.encoded(), as: UTF8.self)
      #expect(!words.contains(canary) && !words.contains("4111111111111111"))
    }
  }
}

/// Keeps every line that is logged.
struct LogCapture: LogHandler {
  final class Lines: Sendable {
    private let kept = Mutex<[String]>([])
    func withLock<Value>(_ body: (inout [String]) -> Value) -> Value where Value: Sendable {
      kept.withLock { body(&$0) }
    }
  }

  let lines = Lines()
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
  }
}
