import Logging
import TapgateCore
import TapgateJSON
import TapgateLock
import TapgateModel
import TapgateServer
import Testing

/// A desk that answers what the test sets, and keeps what it was asked.
private final class FakeReports: ReportDesk {
  enum Answer {
    case document
    case refusal(ReportRefusal)
    /// Works for as long as it is wanted.
    case untilAbandoned
  }

  let answer = Mutex(Answer.document)
  let asked = Mutex<[ReportQuery]>([])
  private let steps: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  init() { (steps, continuation) = AsyncStream.makeStream() }

  func nextStep() async -> String? {
    var iterator = steps.makeAsyncIterator()
    return await iterator.next()
  }

  func reports() -> JSON { .object(["reports": .array([.string("a")])]) }

  func report(
    _ query: ReportQuery,
    isWanted: @escaping @Sendable () -> Bool
  ) async throws -> JSON {
    asked.withLock { $0.append(query) }
    switch answer.withLock({ $0 }) {
    case .document: return .object(["report": .string(query.name)])
    case .refusal(let refusal): throw refusal
    case .untilAbandoned:
      continuation.yield("begun")
      while isWanted() { await Task.yield() }
      continuation.yield("given up")
      throw ReportRefusal.abandoned
    }
  }
}

@Suite("Reports on the wire", .timeLimit(.minutes(1)))
struct ReportTests {
  /// A server with a desk, for one test.
  private static func run(
    _ body: (FakeReports, _ path: String) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var configuration = ServerConfiguration(
      socketPath: folder.path + "/s",
      version: "0.0.0",
      store: "S001",
      counter: "C01",
      language: .en
    )
    configuration.organisation = try Organisation([
      Organisation.Node(id: "east", kind: .region),
      Organisation.Node(id: "S002", kind: .store, parent: "east"),
      Organisation.Node(id: "S003", kind: .store, parent: "east"),
    ])
    let desk = FakeReports()
    let server = GatewayServer(
      configuration: configuration,
      directory: FakeDirectory(),
      ledger: FakeLedger(),
      backOffice: FakeBackOffice(),
      reports: desk,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    try await server.start()
    do {
      try await body(desk, configuration.socketPath)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private static func client(_ path: String) async throws -> RawClient {
    let client = try RawClient(path: path)
    _ = try await client.ask("hello", .object(["client": .object(["name": .string("office")])]))
    return client
  }

  private static func parameters(_ text: String) throws -> JSON {
    try JSONParser.parse(Array(text.utf8))
  }

  @Test("a query reaches the desk as it was asked, a region as its stores")
  func query() async throws {
    try await Self.run { desk, path in
      let client = try await Self.client(path)
      let asked = try Self.parameters(
        #"{"name":"points","from":"2026-01-01","to":"2026-01-31","#
          + #""scope":["east","S001","S009"],"memberId":"M1","operator":"Li","#
          + #""parameters":{"rows":7}}"#
      )
      let answer = try await client.ask("report.run", asked)
      #expect(answer["result"]?["report"]?.string == "points")
      let last = desk.asked.withLock { $0.last }
      let query = try #require(last)
      #expect(query.from == BusinessDate("2026-01-01"))
      #expect(query.through == BusinessDate("2026-01-31"))
      #expect(query.stores == ["S001", "S002", "S003", "S009"])
      #expect(query.unlistedStores == ["S009"])
      #expect(query.memberID == "M1")
      #expect(query.operatorName == "Li")
      #expect(query.parameters == ["rows": 7])
      let list = try await client.ask("report.list")
      #expect(list["result"]?["reports"]?.array?.count == 1)
      _ = try await client.ask("report.run", .object(["name": .string("points")]))
      #expect(desk.asked.withLock { $0.last } == ReportQuery(name: "points"))
    }
  }

  @Test("values of the wrong type or form do not reach the desk")
  func wrong() async throws {
    try await Self.run { desk, path in
      let client = try await Self.client(path)
      for (text, field) in [
        (#"{}"#, "name"), (#"{"name":"a","scope":"S1"}"#, "scope"),
        (#"{"name":"a","parameters":{"rows":"7"}}"#, "parameters.rows"),
        (#"{"name":"a","from":"2026-02-30"}"#, "from"), (#"{"name":"a","to":"soon"}"#, "to"),
      ] {
        let answer = try await client.ask("report.run", try Self.parameters(text))
        #expect(answer.errorField == field, "\(text)")
      }
      #expect(desk.asked.withLock { $0.isEmpty })
    }
  }

  @Test("each refusal is told by UnifiedPOS name and field")
  func refusals() async throws {
    try await Self.run { desk, path in
      let client = try await Self.client(path)
      let cases: [(ReportRefusal, String, String?)] = [
        (.unknownReport, "E_NOEXIST", "name"), (.unknownMember, "E_NOEXIST", "memberId"),
        (.unknownStore, "E_NOEXIST", "scope"),
        (.illegal(field: "to", isParameter: false, problem: "p"), "E_ILLEGAL", "to"),
        (
          .illegal(field: "rows", isParameter: true, problem: "p"), "E_ILLEGAL", "parameters.rows"
        ),
        (.damaged(place: "journal row 7"), "E_FAILURE", nil),
      ]
      for (refusal, name, field) in cases {
        desk.answer.withLock { $0 = .refusal(refusal) }
        let answer = try await client.ask("report.run", .object(["name": .string("a")]))
        #expect(answer.errorName == name)
        #expect(answer.errorField == field)
      }
    }
  }

  @Test("a report is given up when its client is gone, and the next client's is made")
  func abandoned() async throws {
    try await Self.run { desk, path in
      let client = try await Self.client(path)
      desk.answer.withLock { $0 = .untilAbandoned }
      let line = #"{"jsonrpc":"2.0","id":2,"method":"report.run","params":{"name":"a"}}"#
      try client.send(line: line)
      #expect(await desk.nextStep() == "begun")
      desk.answer.withLock { $0 = .document }
      // Look-ups go on beside a report.
      let other = try await Self.client(path)
      let missing = JSON.object(["memberId": .string("nobody")])
      #expect(try await other.ask("member.lookup", missing).errorName == "E_NOEXIST")
      client.shutdown()
      #expect(await desk.nextStep() == "given up")
      let made = try await other.ask("report.run", .object(["name": .string("b")]))
      #expect(made["result"]?["report"]?.string == "b")
    }
  }

  @Test("without a desk there are no reports")
  func absent() async throws {
    try await World.run { world in
      let client = try await world.client()
      let answer = try await client.ask("report.run", .object(["name": .string("a")]))
      #expect(answer["error"]?["code"] == .integer(-32601))
    }
  }
}
