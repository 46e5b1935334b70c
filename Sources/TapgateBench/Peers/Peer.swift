/// One side of a comparison: a server that is started, filled, measured and stopped.
///
/// Used by one thread.
protocol Peer: AnyObject {
  /// Its name in the table.
  var name: String { get }
  /// Its name and version, and how it keeps what it is told; known once it runs.
  var description: String { get }
  /// The path of its socket.
  var socketPath: String { get }
  /// The process whose processor time counts; `nil` where it is not known.
  var processID: Int32? { get }

  /// Starts it and fills it with the members.
  ///
  /// - Throws: `BenchError` of code `notInstalled` where its program is not on this machine.
  func start() throws(BenchError)

  /// Sees to what the requests numbered below `count` need; called between runs.
  func prepare(below count: Int) throws(BenchError)

  /// The protocol of a measured load.
  func wire() -> any WireProtocol

  /// How many connections carry `inFlight` requests.
  func connectionCount(inFlight: Int) -> Int

  /// Stops it.
  func stop()
}

extension Peer {
  func prepare(below count: Int) throws(BenchError) {}

  /// Up to eight connections; more requests are pipelined over these.
  func connectionCount(inFlight: Int) -> Int { min(inFlight, 8) }

  /// Sends the requests of `wire` numbered from 0 and wants every answer to be right.
  func perform(
    _ wire: some WireProtocol,
    count: Int,
    inFlight: Int = 1,
    doing: String
  ) throws(BenchError) {
    let generator = try LoadGenerator(
      path: socketPath,
      wire: wire,
      connectionCount: 1,
      inFlight: inFlight,
      firstNumber: 0
    )
    let outcome = try generator.run(count: count)
    guard outcome.failedCount == 0 else {
      throw BenchError(.peer, doing: doing, cause: outcome.firstFailure ?? "a wrong answer")
    }
  }

  /// Tries to connect until somebody listens, while `process` runs.
  func waitUntilListening(_ process: ChildProcess) throws(BenchError) {
    let end = Clock.nanoseconds + 60_000_000_000
    while Clock.nanoseconds < end {
      if let descriptor = try? Sockets.connect(path: socketPath) {
        // Only the attempt counts: a failed one means that nobody listens yet.
        _ = Channel(descriptor: descriptor)
        return
      }
      guard process.isRunning else { break }
      if Interruption.isRequested { throw .interrupted }
      Clock.pause(milliseconds: 10)
    }
    throw BenchError(.peer, doing: "start \(name)", cause: "nobody listens at its socket")
  }
}
