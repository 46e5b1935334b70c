/// A bare socket echo as a process of its own.
final class EchoPeer: Peer {
  let name = "echo"
  let description = "bare echo of the request's line: the socket and nothing else"
  let socketPath: String
  private let executable: String
  private let lines: JSONLines
  private var process: ChildProcess?

  /// `executable` is the path of `tapgate`; what `lines` sends is what comes back.
  init(executable: String, lines: JSONLines, workspace: Workspace) {
    self.executable = executable
    self.lines = lines
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

  func wire() -> any WireProtocol { EchoLines(lines) }

  func stop() { process?.stop() }
}
