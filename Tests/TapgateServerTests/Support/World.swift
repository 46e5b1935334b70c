import Logging
import TapgateLock
import TapgateCore
import TapgateJSON
import TapgateModel
import TapgateServer
import Testing

/// A server on a real socket, with everything behind it faked.
struct World: Sendable {
  let directory = FakeDirectory()
  let ledger = FakeLedger()
  let backOffice = FakeBackOffice()
  let desk = FakeDesk()
  let simulator = FakeSimulator()
  let freshness = FakeFreshness()
  let codes = FakeCodes()
  let profiles = FakeProfiles()
  let backend = FakeBackend()
  let server: GatewayServer
  let path: String
  private let clients = Clients()

  /// Keeps clients connected for as long as the world is there.
  private final class Clients: Sendable {
    let all = Mutex<[RawClient]>([])
  }

  /// Runs a test in a world of its own.
  static func run(
    _ configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (World) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var configuration = ServerConfiguration(
      socketPath: folder.path + "/s",
      version: "0.0.0",
      store: "S001",
      counter: "C01",
      language: .en,
      defaultPrinter: "receipt",
      isSimulation: true
    )
    configure(&configuration)
    let world = World(configuration)
    try await world.server.start()
    do {
      try await body(world)
    } catch {
      await world.server.stop()
      throw error
    }
    await world.server.stop()
  }

  init(_ configuration: ServerConfiguration) {
    path = configuration.socketPath
    server = GatewayServer(
      configuration: configuration,
      directory: directory,
      ledger: ledger,
      backOffice: backOffice,
      backends: [backend],
      printing: desk,
      simulator: simulator,
      freshness: freshness,
      codes: codes,
      profiles: profiles,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  /// A connection on which nothing was said.
  func connect(isReading: Bool = true) throws -> RawClient {
    let client = try RawClient(path: path, isReading: isReading)
    clients.all.withLock { $0.append(client) }
    return client
  }

  /// A client that has said hello.
  func client(
    _ name: String = "pos",
    lane: String? = nil,
    language: String? = nil
  ) async throws -> RawClient {
    let client = try connect()
    var who = JSONObject([.init(name: "name", value: .string(name))])
    who["lane"] = lane.map(JSON.string)
    who["language"] = language.map(JSON.string)
    let reply = try await client.ask("hello", .object(["client": .object(who)]))
    try #require(reply["result"] != nil, "\(reply)")
    return client
  }

  /// A reader of lane 1, or of `lane`, appears.
  func plug(_ id: String = "reader", lane: String? = "1", power: PowerState = .online) {
    server.receive(
      .device(
        DeviceDescription(
          id: id,
          deviceClass: .rfidScanner,
          name: "Virtual \(id)",
          state: .idle,
          power: power,
          verdict: .used,
          identity: "name",
          lane: lane
        )
      )
    )
  }

  /// A card is laid on a reader.
  func tap(_ uid: String, presence: UInt64, reader: String = "reader") throws {
    server.receive(
      .presented(
        Presentation(
          deviceID: reader,
          presence: presence,
          credential: try Credential(kind: .cardUid, value: uid),
          technology: "iso14443a.t2",
          assurance: .a1,
          detectedNanoseconds: ServerClock.system.monotonicNanoseconds()
        )
      )
    )
  }
}

extension RawClient {
  /// Asks and waits for the answer; events that come in between are dropped.
  func ask(_ method: String, _ params: JSON = .object([:]), id: Int64 = 1) async throws -> JSON {
    try request(method, params, id: id)
    return try await answer(to: id)
  }

  /// Asks without waiting.
  func request(_ method: String, _ params: JSON = .object([:]), id: Int64) throws {
    let request = JSON.object([
      "jsonrpc": .string("2.0"), "id": .integer(id), "method": .string(method),
      "params": params,
    ])
    try send(request.encoded() + [0x0A])
  }

  /// The answer to request `id`.
  func answer(to id: Int64) async throws -> JSON {
    while let line = try await next() {
      if line["id"] == .integer(id) { return line }
      try #require(line["method"] != nil, "an answer to another request: \(line)")
    }
    throw Closed()
  }

  /// The next event's parameters.
  func event() async throws -> JSON {
    let line = try #require(try await next())
    try #require(line["method"]?.string == "event", "\(line)")
    return try #require(line["params"])
  }

  /// Everything that came before an answer asked for now: proof of what did not come.
  func eventsSoFar() async throws -> [JSON] {
    try request("device.list", id: 999_999)
    var events: [JSON] = []
    while let line = try await next() {
      if line["id"] == .integer(999_999) { return events }
      events.append(try #require(line["params"]))
    }
    throw Closed()
  }

  struct Closed: Error {}
}

extension JSON {
  /// The code, UnifiedPOS name and field of an error.
  var errorCode: Int64? { self["error"]?["code"]?.integer }
  var errorName: String? { self["error"]?["data"]?["name"]?.string }
  var errorField: String? { self["error"]?["data"]?["field"]?.string }
  var kind: String? { self["kind"]?.string }
}
