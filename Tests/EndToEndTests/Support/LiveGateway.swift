import Foundation
import TapgateAPI
import TapgateJSON
import TapgateRigs

/// A gateway that did not start, and what it said.
struct GatewayFailure: Error, CustomStringConvertible {
  var description: String
}

/// A `tapgate serve` of the built executable, with a data folder, a configuration and a log.
///
/// It can be killed and started again on the same data. For one test.
final class LiveGateway {
  let folder: TemporaryFolder
  let socketPath: String
  let dataPath: String
  let logPath: String
  let configurationPath: String
  private let limits: String
  private let environment: [String: String]
  private var process: Process?

  /// Prepares a gateway; `start` starts it. `printers` are ids and TCP ports of receipt printers:
  /// without any there is a virtual one. With `hasCardReaders` it uses the machine's pcscd.
  /// `limits` is what its shell is told first; systemd and login shells give 1,024 files. With
  /// `usb` it sees that rig's devices, and `scanners` is what its configuration says of them;
  /// otherwise it looks for no scanners.
  init(
    printers: [(id: String, port: UInt16)] = [],
    hasCardReaders: Bool = false,
    dataPath: String? = nil,
    limits: String = "ulimit -Sn 1024",
    usb: USBRig? = nil,
    view: Int = 0,
    scanners: String = ""
  ) throws {
    self.limits = limits
    environment = usb?.environment(view: view) ?? [:]
    folder = try TemporaryFolder()
    socketPath = folder.path + "/s"
    self.dataPath = dataPath ?? folder.path + "/data"
    logPath = folder.path + "/log"
    try folder.write(TestProgramme.text, to: "programme.json")
    let head = """
      [gateway]
      programme = "programme.json"
      [pcsc]
      enabled = \(hasCardReaders)
      [usb]
      enabled = \(usb != nil)

      """
    let parts = printers.map { printer in
      """
      [[printer]]
      id = "\(printer.id)"
      transport = "tcp"
      address = "127.0.0.1:\(printer.port)"
      profile = "generic-80"
      charset = "gb18030"

      """
    }
    configurationPath = try folder.write(head + parts.joined() + scanners, to: "tapgate.toml")
  }

  deinit { kill() }

  /// A started gateway.
  static func started(printers: [(id: String, port: UInt16)] = []) throws -> LiveGateway {
    let gateway = try LiveGateway(printers: printers)
    try gateway.start()
    return gateway
  }

  /// Starts it; returns when it answers.
  func start() throws {
    let arguments = [
      "-c", limits + " && exec \"$@\"", "sh", Program.path, "serve", "--simulate", "--data",
      dataPath, "--socket", socketPath, "--config",
      configurationPath,
    ]
    let process = try Program.process(
      "/bin/sh",
      arguments,
      environment: environment,
      error: logPath
    )
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    self.process = process
    var said = Data()
    while !said.contains(0x0A) {
      let more = pipe.fileHandleForReading.availableData
      guard !more.isEmpty else { throw GatewayFailure(description: "no ready: " + log) }
      said += more
    }
    let line = String(decoding: said, as: UTF8.self)
    guard line == "ready socket=\(socketPath)\n" else {
      throw GatewayFailure(description: "it says \(line)")
    }
  }

  /// SIGKILL; returns when it is gone.
  func kill() {
    guard let process else { return }
    if process.isRunning { System.kill(process.processIdentifier) }
    process.waitUntilExit()
    self.process = nil
  }

  /// SIGTERM; returns its exit status when it is gone.
  @discardableResult
  func stop() -> Int32 {
    guard let process else { return -1 }
    process.terminate()
    process.waitUntilExit()
    self.process = nil
    return process.terminationStatus
  }

  /// Its process; 0 where it does not run. The shell that set its limits became it.
  var processID: Int32 { process?.processIdentifier ?? 0 }

  /// Whether it lives.
  var isRunning: Bool { process?.isRunning ?? false }

  /// Whether it ended without having been told to.
  var hasDied: Bool { process.map { !$0.isRunning } ?? false }

  /// How it ended: an exit status, or the number of the signal that killed it.
  var ending: String {
    guard let process, !process.isRunning else { return "not at all" }
    let kind = process.terminationReason == .exit ? "exit" : "signal"
    return "\(kind) \(process.terminationStatus)"
  }

  /// Everything it wrote to standard error.
  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// How many threads and open files it has, as proc(5) tells.
  var resources: (threads: Int, files: Int) {
    let folder = "/proc/\(processID)"
    let count = { (name: String) in
      // A process that has ended has none.
      (try? FileManager.default.contentsOfDirectory(atPath: folder + name))?.count ?? 0
    }
    return (count("/task"), count("/fd"))
  }

  /// KiB of its memory that are resident, as proc(5) tells.
  func residentKilobytes() throws -> Int {
    let path = "/proc/\(processID)/status"
    let line = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  /// A client that has said hello.
  func client(_ name: String, lane: String? = nil, language: String? = nil) throws -> GatewayClient
  {
    let client = try GatewayClient(paths: [socketPath])
    try client.hello(name: name, version: "1", lane: lane, language: language)
    return client
  }

  /// Runs a command against it, or on its data, to its end.
  func command(
    _ arguments: [String],
    environment: [String: String] = [:],
    input: String? = nil
  ) throws -> CommandRun.Outcome {
    try CommandRun(
      arguments,
      environment: ["TAPGATE_SOCKET": socketPath].merging(environment) { $1 },
      input: input
    ).wait()
  }

  /// Whether `tapgate verify` proves the ledger.
  func verify() throws -> CommandRun.Outcome {
    try command(["verify", "--data", dataPath, "--json"])
  }
}
