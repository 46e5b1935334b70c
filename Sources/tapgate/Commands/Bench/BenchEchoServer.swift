internal import ArgumentParser
internal import TapgateBench

/// `tapgate bench echo-server`: the bare echo that look-ups are compared with.
struct BenchEchoServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo-server",
    abstract: "Sends every byte back.",
    shouldDisplay: false
  )

  @Option(help: "The path of its socket.")
  var socket: String

  func run() throws {
    do { try EchoServer.run(path: socket) } catch {
      Notes.write("tapgate bench echo-server: \(error)")
      throw ExitCode(3)
    }
  }
}
