/// A Redis server on a Unix socket of its own.
final class RedisPeer: Peer {
  let name: String
  private(set) var description = "redis"
  let socketPath: String
  private let workload: Workload
  private let population: Population
  private let identity: RunIdentity
  private let workspace: Workspace
  private var process: ChildProcess?
  private var scriptHash: [UInt8] = []

  init(
    workload: Workload,
    population: Population,
    identity: RunIdentity,
    workspace: Workspace
  ) {
    self.workload = workload
    self.population = population
    self.identity = identity
    self.workspace = workspace
    name = "redis"
    socketPath = workspace.file("redis.sock")
  }

  var processID: Int32? { process?.id }

  func start() throws(BenchError) {
    let version = try ChildProcess.run(["redis-server", "--version"])
    let number = version.split(separator: " ").first { $0.hasPrefix("v=") }?.dropFirst(2)
    var arguments = [
      "redis-server", "--port", "0", "--unixsocket", socketPath, "--save", "",
      "--dir", try workspace.makeFolder("redis"), "--daemonize", "no", "--loglevel", "warning",
      "--maxmemory", "0",
    ]
    if workload == .accrue {
      arguments += [
        "--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0",
      ]
    }
    let process = try ChildProcess(arguments, log: workspace.file("redis.log"))
    self.process = process
    try waitUntilListening(process)
    if workload == .lookup { try fillLookups() } else { try fillAccruals() }
    let durability =
      workload == .lookup
      ? "GET, nothing kept on disk" : "one Lua script, appendonly yes, appendfsync always"
    description = "Redis \(number ?? "?"): \(durability)"
  }

  func wire() -> any WireProtocol {
    workload == .lookup
      ? RedisLookups(population: population)
      : RedisAccruals(population: population, identity: identity, scriptHash: scriptHash)
  }

  func stop() { process?.stop(by: .kill) }

  private func fillLookups() throws(BenchError) {
    let filling = RedisLookups(population: population, isFilling: true)
    try perform(filling, count: population.count, inFlight: 512, doing: "fill Redis")
  }

  /// The members are written without a flush each; the flush is switched on before measuring.
  private func fillAccruals() throws(BenchError) {
    let filling = RedisAccruals(population: population, identity: identity, scriptHash: [])
    try perform(filling, count: population.count, inFlight: 512, doing: "fill Redis")
    let script = RedisScript([
      ["SCRIPT", "LOAD", RedisAccruals.script],
      ["CONFIG", "SET", "appendfsync", "always"],
      ["CONFIG", "GET", "appendfsync"],
    ])
    try perform(script, count: 3, doing: "set Redis up")
    // A bulk string of 40 digits: `$40`, CR LF, the digits, CR LF.
    guard script.replies.count == 3, script.replies[0].count == 47,
      String(decoding: script.replies[2], as: UTF8.self).contains("always")
    else { throw .protocolFault("Redis did not take its script and setting") }
    scriptHash = Array(script.replies[0][5..<45])
  }
}
