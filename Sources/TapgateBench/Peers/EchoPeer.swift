/// A bare socket echo as a process of its own.
final class EchoPeer: Peer {
  let name = "echo"
  let description = "bare echo of the look-up's line: the socket and nothing else"
  let socketPath: String
  private let executable: String
  private let population: Population
  private var process: ChildProcess?

  /// `executable` is the path of `tapgate`.
  init(executable: String, population: Population, workspace: Workspace) {
    self.executable = executable
    self.population = population
    socketPath = workspace.file("echo.sock")
  }

  var processID: Int32? { process?.id }

  func start() throws(BenchError) {
    let process = try ChildProcess([executable, "bench", "echo-server", "--socket", socketPath])
    guard try process.nextLine(deadline: 30) == "ready" else {
      throw BenchError(.peer, doing: "start the echo server", cause: "it ended")
    }
    self.process = process
  }

  func wire() -> any WireProtocol { EchoLines(population: population) }

  func stop() { process?.stop() }
}
