import Foundation

/// The built executable, and folders for it to work in.
enum Program {
  /// The executable that was built with these tests: it lies beside them.
  static let path: String = {
    // Every Linux has /proc/self/exe; without it each run fails with "no such file".
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent()
      .appendingPathComponent("tapgate").path
  }()

  /// Whether the long variants are to run: they take an hour.
  static var isSoak: Bool { ProcessInfo.processInfo.environment["TAPGATE_SOAK"] == "1" }

  /// Minutes of the soak run's plugging, `scripts/soak --hours`; 10 where only TAPGATE_SOAK is set,
  /// 0 in the slice that every test run has.
  static var soakMinutes: Int {
    guard isSoak else { return 0 }
    return ProcessInfo.processInfo.environment["TAPGATE_SOAK_MINUTES"].flatMap { Int($0) } ?? 10
  }

  /// Whether how long something takes is to be judged: in the long run of an optimised build.
  static var isTimed: Bool {
    #if DEBUG
    false
    #else
    isSoak
    #endif
  }

  /// What `scripts/sanitize` tells sanitizers: a gateway that a test starts is watched like the
  /// test.
  private static let sanitizerOptions = ProcessInfo.processInfo.environment.filter {
    ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key)
  }

  /// Whether a sanitizer watches: then memory and time say nothing about the gateway.
  static var isSanitized: Bool { !sanitizerOptions.isEmpty }

  /// A process of `executable`, not yet started. `error` and `output` are files.
  static func process(
    _ executable: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    error: String
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ["LC_ALL": "C", "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"]
      .merging(sanitizerOptions) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    if !FileManager.default.fileExists(atPath: error) {
      try Data().write(to: URL(fileURLWithPath: error))
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: error))
    try handle.seekToEnd()
    process.standardError = handle
    return process
  }
}

/// A folder that goes with the last who knows it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    // Short: a socket's path has 107 bytes.
    path = "/tmp/tge-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and answers its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// One run of `tapgate`.
final class CommandRun {
  private let process: Process
  private let folder: TemporaryFolder

  /// Starts it with `input` to read; `wait` ends the run.
  init(
    _ arguments: [String],
    environment: [String: String] = [:],
    input: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    process = try Program.process(
      Program.path,
      arguments,
      environment: environment,
      error: folder.path + "/err"
    )
    process.standardOutput = try FileHandle(
      forWritingTo: URL(fileURLWithPath: try folder.write("", to: "out"))
    )
    if let input {
      process.standardInput = try FileHandle(
        forReadingFrom: URL(fileURLWithPath: try folder.write(input, to: "in"))
      )
    }
    try process.run()
  }

  deinit {
    if process.isRunning { System.kill(process.processIdentifier) }
  }

  var isRunning: Bool { process.isRunning }

  /// What it had to say.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Waits for its end.
  func wait() throws -> Outcome {
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: folder.path + "/out", encoding: .utf8),
      errors: try String(contentsOfFile: folder.path + "/err", encoding: .utf8)
    )
  }
}
