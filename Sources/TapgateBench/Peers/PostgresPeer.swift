/// A PostgreSQL cluster of its own, on a Unix socket only, made for the run.
final class PostgresPeer: Peer {
  let name: String
  private(set) var description = "postgresql"
  let socketPath: String
  private let workload: Workload
  private let shape: PostgresShape
  private let population: Population
  private let identity: RunIdentity
  private let workspace: Workspace
  private var process: ChildProcess?

  private var couponCount = 0

  /// `workload` is one that it does: `accrue` (`PostgresSchema`) or `checkout`
  /// (`PostgresCheckout`).
  init(
    workload: Workload,
    shape: PostgresShape,
    population: Population,
    identity: RunIdentity,
    workspace: Workspace
  ) {
    self.workload = workload
    self.shape = shape
    name = shape.rawValue
    self.population = population
    self.identity = identity
    self.workspace = workspace
    socketPath = workspace.file("\(name)/.s.PGSQL.5432")
  }

  var processID: Int32? { process?.id }

  func start() throws(BenchError) {
    let folder = try workspace.makeFolder(name, ownedBy: "postgres")
    let log = workspace.file("\(name).log")
    let version = try ChildProcess.run([try program("postgres"), "--version"])
    let data = "\(folder)/data"
    _ = try ChildProcess.run(
      try lowered([
        try program("initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
        "--locale=C", "--no-sync",
      ]),
      environment: ["LC_ALL=C"],
      log: log
    )
    var arguments = [try program("postgres"), "-D", data, "-k", folder]
    for setting in Self.settings { arguments += ["-c", setting] }
    let process = try ChildProcess(try lowered(arguments), environment: ["LC_ALL=C"], log: log)
    self.process = process
    try waitUntilListening(process)
    try fill(process)
    description =
      "PostgreSQL \(version.split(separator: " ").dropFirst(2).first ?? "?"): "
      + "one prepared call a transaction, synchronous_commit=on, fsync=on; "
      + Self.explanation(shape)
      + (workload == .checkout ? "; what a receipt comes to is handed to it, without rules" : "")
  }

  private static func explanation(_ shape: PostgresShape) -> String {
    switch shape {
    case .chained: "rows in order and chained by hash, as the gateway's are"
    case .loose: "the same without order and chain, which is less than the gateway does"
    case .rows: "without order and chain, a row for each line of the receipt"
    }
  }

  /// One transaction at a time is a connection's; its commits share a flush across connections.
  func connectionCount(inFlight: Int) -> Int { min(inFlight, 128) }

  func wire() -> any WireProtocol {
    workload == .checkout
      ? PostgresCheckouts(shape: shape, population: population, identity: identity)
      : PostgresAccruals(population: population, identity: identity)
  }

  /// Each receipt has a coupon of its own, as at the gateway.
  func prepare(below count: Int) throws(BenchError) {
    guard workload == .checkout, count > couponCount else { return }
    let statements = stride(from: couponCount, to: count, by: 1000).map { first in
      let rows = (first..<min(first + 1000, count))
        .map { "(\($0),\(population.member(ofRequest: UInt64($0))),1)" }
      return "insert into coupon values " + rows.joined(separator: ",")
    }
    try perform(PostgresScript(statements), count: statements.count, doing: "issue coupons")
    couponCount = count
  }

  /// SIGINT is PostgreSQL's fast shutdown; it leaves no shared memory behind.
  func stop() { process?.stop(by: .interrupt) }

  /// What its manual advises for a machine of this size, with no checkpoint during a run.
  private static let settings = [
    "listen_addresses=", "max_connections=300", "shared_buffers=1GB", "wal_buffers=16MB",
    "max_wal_size=8GB", "min_wal_size=1GB", "checkpoint_timeout=1h", "synchronous_commit=on",
    "fsync=on", "full_page_writes=on", "autovacuum=off", "jit=off",
  ]

  private func fill(_ process: ChildProcess) throws(BenchError) {
    let filling = """
      insert into member select n, 0, 100, 0, 0, 0, '{}', '{}', 0, 0, ''
      from generate_series(0, \(population.count - 1)) n
      """
    let statements =
      (workload == .checkout
        ? PostgresCheckout.statements(shape) + [PostgresCheckout.filling(population.count)]
        : PostgresSchema.statements(isChained: shape == .chained) + [filling])
      + ["vacuum analyze", "checkpoint"]
    var attempts = 0
    while true {
      do {
        let script = PostgresScript(statements)
        return try perform(script, count: statements.count, doing: "fill PostgreSQL")
      } catch  where attempts < 100 && error.cause.contains("starting up") {
        attempts += 1
        Clock.pause(milliseconds: 50)
      }
    }
  }

  /// The path of one of its programs: Debian keeps them out of PATH.
  private func program(_ name: String) throws(BenchError) -> String {
    let script = "command -v \(name) || ls -d /usr/lib/postgresql/*/bin/\(name) | tail -n 1"
    let path = try ChildProcess.run(["sh", "-c", script])
    guard !path.isEmpty else {
      throw BenchError(.notInstalled, doing: "start PostgreSQL", cause: "no \(name) found")
    }
    return path
  }

  /// `arguments` as a user whom PostgreSQL accepts: it refuses to run as root.
  private func lowered(_ arguments: [String]) throws(BenchError) -> [String] {
    guard workspace.isRoot else { return arguments }
    guard workspace.isUser("postgres") else {
      throw BenchError(.notInstalled, doing: "start PostgreSQL", cause: "no user postgres")
    }
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + arguments
  }
}
