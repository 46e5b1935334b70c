internal import ArgumentParser
internal import CLinux
internal import Dispatch
internal import Foundation
internal import Logging
internal import TapgateAPI
internal import TapgateCore
internal import TapgateDevices

/// `tapgate serve`: the gateway.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: Words.aboutServe()
  )

  @Option(help: ArgumentHelp(Words.helpServeConfig(), valueName: "file"), completion: .file())
  var config: String?

  @Option(help: ArgumentHelp(Words.helpServeData(), valueName: "dir"), completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp(Words.helpSocket(), valueName: "path"))
  var socket: String?

  @Flag(help: ArgumentHelp(Words.helpSimulate()))
  var simulate = false

  @Flag(help: ArgumentHelp(Words.helpDemo()))
  var demo = false

  func validate() throws {
    if demo, config != nil || data != nil { throw ValidationError(Words.demoExcludes()) }
  }

  func run() async throws {
    let console = Console(isJSON: false)
    // No core of this process may hold a card's number; a kernel that refuses leaves it as it was.
    _ = tapgate_forbid_core_dumps()
    signal(SIGPIPE, SIG_IGN)
    umask(0o077)  // What the gateway writes is its own; the socket's mode is set apart.
    do {
      try await serve(console)
    } catch let problems as ConfigurationProblems {
      for error in problems.errors { console.complainError("\(error)") }
      throw ExitCode(ExitStatus.fault.rawValue)
    } catch {
      console.complainError(Words.problem(error))
      throw ExitCode(ExitStatus.fault.rawValue)
    }
  }

  private func serve(_ console: Console) async throws {
    let settings =
      try config.map { try GatewayConfiguration.read(path: $0) }
      ?? GatewayConfiguration()
    // Where a card reader is there, cards are laid on it; the shop's own ledger is never touched.
    let isVirtual = demo && PCSCBackend.readerNames().isEmpty
    let folder = try dataFolder(settings)
    defer {
      // A throw-away folder, thrown away; one that is gone already is as good.
      if demo { try? FileManager.default.removeItem(atPath: folder) }
    }
    let socketPath = try listeningSocket()
    let logger = Logger(label: "tapgate") { StreamLogHandler.standardError(label: $0) }
    let gateway = try GatewayProcess(
      settings,
      path: config,
      dataFolder: folder,
      socketPath: socketPath,
      isSimulation: simulate || isVirtual,
      logger: logger
    )
    if demo { try await DemoMembers.enrol(in: gateway.store) }
    // Before it says that it is ready: who started it may end it at once.
    let ending = Self.ending()
    do {
      try await gateway.start()
    } catch {
      await gateway.stop()
      throw error
    }
    print("ready socket=\(socketPath)")
    if demo {
      console.complain(Words.demoNext(folder))
      let isSimulation = simulate || isVirtual
      for line in DemoMembers.commands(socketPath, isSimulation: isSimulation) {
        console.complain("  " + line)
      }
    }
    fflush(nil)
    for await _ in ending.told { break }
    for source in ending.sources { source.cancel() }
    await gateway.stop()
  }

  private func dataFolder(_ settings: GatewayConfiguration) throws -> String {
    guard demo else {
      return GatewayPaths.current.dataFolder(option: data, configured: settings.dataFolder)
    }
    let folder =
      NSTemporaryDirectory() + "tapgate-demo-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    return folder
  }

  private func listeningSocket() throws -> String {
    let path = GatewayPaths.current.listeningSocket(option: socket)
    let folder = (path as NSString).deletingLastPathComponent
    if folder == GatewayPaths.current.temporaryFolder {
      try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    }
    return path
  }

  /// SIGTERM and SIGINT from now on, and what listens to them.
  private static func ending() -> (
    told: AsyncStream<Void>, sources: [any DispatchSourceSignal]
  ) {
    let signals = [SIGTERM, SIGINT]
    for number in signals { signal(number, SIG_IGN) }
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let sources = signals.map { number in
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
    return (stream, sources)
  }
}
