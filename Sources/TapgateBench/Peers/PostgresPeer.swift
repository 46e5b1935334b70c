/// A PostgreSQL cluster of its own, on a Unix socket only, made for the run.
final class PostgresPeer: Peer {
  let name: String
  private(set) var description = "postgresql"
  let socketPath: String
  private let isChained: Bool
  private let population: Population
  private let identity: RunIdentity
  private let workspace: Workspace
  private var process: ChildProcess?

  /// With `isChained` its journal is what the gateway's is; see `PostgresSchema`.
  init(isChained: Bool, population: Population, identity: RunIdentity, workspace: Workspace) {
    self.isChained = isChained
    name = isChained ? "postgresql" : "pg-loose"
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
      + (isChained
        ? "rows in order and chained by hash, as the gateway's are"
        : "the same without order and chain, which is less than the gateway does")
  }

  /// One transaction at a time is a connection's; its commits share a flush across connections.
  func connectionCount(inFlight: Int) -> Int { min(inFlight, 128) }

  func wire() -> any WireProtocol {
    PostgresAccruals(population: population, identity: identity)
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
      PostgresSchema.statements(isChained: isChained) + [filling, "vacuum analyze", "checkpoint"]
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
