internal import TapgateJSON

/// The gateway: started from this executable with a ledger of its own, or one that runs already.
final class GatewayPeer: Peer {
  let name = "tapgate"
  private(set) var description = "tapgate"
  let socketPath: String
  private let workload: Workload
  private let population: Population
  private let identity: RunIdentity
  private let origin: Origin
  /// Prices and coupons of receipts.
  let desk: CheckoutDesk
  private var process: ChildProcess?
  private var ledgerPath: String?

  /// How the gateway comes to run.
  enum Origin {
    /// `executable serve`, with its files in a folder of the workspace, filled by an import.
    case child(executable: String, workspace: Workspace)
    /// One that runs and holds the population already.
    case running
  }

  init(
    workload: Workload,
    population: Population,
    identity: RunIdentity,
    socketPath: String,
    origin: Origin
  ) {
    self.workload = workload
    self.population = population
    self.identity = identity
    self.socketPath = socketPath
    self.origin = origin
    desk = CheckoutDesk(population: population, identity: identity)
  }

  var processID: Int32? { process?.id }

  func start() throws(BenchError) {
    if case .child(let executable, let workspace) = origin {
      let folder = try workspace.makeFolder("ledger")
      ledgerPath = folder + "/tapgate.sqlite"
      process = try GatewayProcess.start(
        executable: executable,
        folder: folder,
        socketPath: socketPath,
        log: workspace.file("gateway.log"),
        programme: workload.sellsGoods ? BenchProgramme.text : nil
      )
    }
    let hello = try PopulationImport(population: population, hasValue: workload.sellsGoods).run(
      path: socketPath,
      isNeeded: process != nil
    )
    if workload.sellsGoods {
      try desk.issueCoupons(path: socketPath, below: Self.firstCouponCount)
      try desk.askPrices(path: socketPath)
    }
    description = "tapgate \(hello["serverVersion"]?.string ?? "?")" + durability + settings
  }

  /// What the ledger was measured with; nothing where the gateway runs already.
  private var settings: String {
    guard let path = ledgerPath, let size = Machine.pageByteCount(ofDatabase: path) else {
      return ""
    }
    return "; logMiB \(GatewayProcess.logMebibytes), pages of \(size) bytes"
  }

  /// Coupons that are there before the first run; quotes need no more.
  private static let firstCouponCount = 10_000

  private var durability: String {
    switch workload {
    case .lookup: ": member.lookup"
    case .accrue: ": points.accrue, answered when it is on disk"
    case .checkout:
      ": checkout.commit of 20 lines with prices, an offer, a coupon, points, stored value and "
        + "what it earns, answered when it is on disk"
    case .quote: ": checkout.quote of the same basket"
    }
  }

  func prepare(below count: Int) throws(BenchError) {
    guard workload == .checkout else { return }
    try desk.issueCoupons(path: socketPath, below: count)
  }

  func wire() -> any WireProtocol {
    switch workload {
    case .lookup: JSONLookups(population: population)
    case .accrue: JSONAccruals(population: population, identity: identity)
    case .checkout: JSONCheckouts(desk: desk, identity: identity)
    case .quote: JSONQuotes(desk: desk)
    }
  }

  func stop() { process?.stop() }
}

/// `tapgate serve` as a child.
enum GatewayProcess {
  /// The write-ahead log's size that gateways are measured with.
  static let logMebibytes = 256

  /// Starts it and waits for its `ready` line. `settings` is TOML that follows the tables of the
  /// shop and of PC/SC; `programme` the text of a programme in place of the shipped one.
  static func start(
    executable: String,
    folder: String,
    socketPath: String,
    log: String,
    settings: String = "",
    programme: String? = nil
  ) throws(BenchError) -> ChildProcess {
    let process = try spawn(
      executable: executable,
      folder: folder,
      socketPath: socketPath,
      log: log,
      settings: settings,
      programme: programme
    )
    guard let line = try process.nextLine(deadline: 120), line.hasPrefix("ready") else {
      let last = Machine.text(of: log)?.split(separator: "\n").last.map { ": \($0.prefix(300))" }
      throw BenchError(
        .peer,
        doing: "start the gateway",
        cause: "it did not say ready\(last ?? "")"
      )
    }
    return process
  }

  /// Starts it without waiting for anything.
  static func spawn(
    executable: String,
    folder: String,
    socketPath: String,
    log: String,
    settings: String,
    programme: String? = nil
  ) throws(BenchError) -> ChildProcess {
    let programmeFile = "\(folder)-programme.json"
    if let programme { try Workspace.write(programme, to: programmeFile) }
    let configuration = """
      [gateway]
      store = "S001"
      counter = "C01"
      language = "en"
      logMiB = \(logMebibytes)
      \(programme == nil ? "" : "programme = \"\(programmeFile)\"")

      [pcsc]
      enabled = false

      \(settings)
      """
    let file = "\(folder).toml"
    try Workspace.write(configuration, to: file)
    return try ChildProcess(
      [executable, "serve", "--config", file, "--data", folder, "--socket", socketPath],
      log: log
    )
  }
}

/// Brings the members into a gateway the way a shop does, in chunks of rows, a few in flight.
struct PopulationImport {
  private static let rowsPerChunk = 2000
  let population: Population
  /// Whether members start with stored value and more points.
  var hasValue = false

  /// Imports over one connection, where `isNeeded`, and answers the result of `hello`.
  func run(path: String, isNeeded: Bool = true) throws(BenchError) -> JSON {
    let chunkCount = (population.count + Self.rowsPerChunk - 1) / Self.rowsPerChunk
    var importID = JSON.null
    let script = JSONScript(
      call: { number in
        switch number {
        case 0: JSONScript.Call(method: "member.importBegin", params: .object([:]))
        case chunkCount + 1:
          JSONScript.Call(
            method: "member.importCommit",
            params: .object(["importId": importID])
          )
        default: chunk(number - 1, of: importID)
        }
      },
      receive: { number, reply in
        if number == 0 { importID = reply["result"]?["importId"] ?? .null }
        guard let result = reply["result"] else { return false }
        return result["problems"]?.array?.isEmpty ?? true
      }
    )
    let generator = try LoadGenerator(
      path: path,
      wire: script,
      connectionCount: 1,
      inFlight: 4,
      firstNumber: 0
    )
    for count in isNeeded ? [1, chunkCount, 1] : [] {
      let outcome = try generator.run(count: count)
      guard outcome.failedCount == 0 else {
        throw BenchError(.peer, doing: "import members", cause: outcome.firstFailure ?? "?")
      }
    }
    return script.hello
  }

  private func chunk(_ number: Int, of importID: JSON) -> JSONScript.Call {
    let first = number * Self.rowsPerChunk
    let rows = (first..<min(first + Self.rowsPerChunk, population.count))
      .map { population.importRow($0, hasValue: hasValue) }
    return JSONScript.Call(
      method: "member.importChunk",
      params: .object(["importId": importID, "rows": .array(rows)])
    )
  }
}

extension Population {
  /// Member `index` as a row of `member.importChunk`.
  func importRow(_ index: Int, hasValue: Bool = false) -> JSON {
    var phone = Array("+86139".utf8)
    phone.appendDecimal(UInt64(index), digitCount: 8)
    var fields = JSONObject([
      .init(name: "memberId", value: .string(memberID(index))),
      .init(name: "name", value: .string("会员\(index)")),
      .init(name: "phone", value: .string(String(decoding: phone, as: UTF8.self))),
      .init(name: "cardKind", value: .string("cardUid")),
      .init(name: "cardValue", value: .string(uid(index))),
      .init(
        name: "points",
        value: .string("\(hasValue ? Self.richPoints : Self.openingPoints)")
      ),
    ])
    if hasValue {
      fields["valuePrincipalMinor"] = .string("\(Self.richPrincipalMinor)")
      fields["valueBonusMinor"] = .string("\(Self.richBonusMinor)")
    }
    return .object(["line": .integer(Int64(index) + 2), "fields": .object(fields)])
  }
}
