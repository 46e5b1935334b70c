internal import Glibc

/// A program that this one started, by posix_spawn(3), and that it ends.
///
/// Used by one thread.
public final class ChildProcess {
  /// The process id; of the child alone, never reused before `wait`.
  let id: Int32
  private let output: Int32
  private var received = ReceiveBuffer()
  private var status: Int32?

  /// Starts `arguments[0]`, looked for in PATH, with its standard error going to file `log`.
  /// `NAME=value` lines of `environment` replace those of this process or add to them.
  init(
    _ arguments: [String],
    environment: [String] = [],
    log: String = "/dev/null"
  ) throws(BenchError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("make a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    Self.resetSignals(&attributes)
    // Safety: strdup's copies and the list's terminating null live until posix_spawnp returned.
    var words = arguments.map { strdup($0) } + [nil]
    var variables = Self.inherited(without: environment).map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var started: pid_t = 0
    let problem = posix_spawnp(
      &started,
      arguments[0],
      &actions,
      &attributes,
      &words,
      &variables
    )
    close(ends[1])
    guard problem == 0 else {
      close(ends[0])
      throw BenchError(
        problem == ENOENT ? .notInstalled : .system,
        doing: "start \(arguments[0])",
        cause: String(cString: strerror(problem))
      )
    }
    id = started
    output = ends[0]
  }

  deinit {
    if status == nil {
      kill(id, SIGKILL)
      var discarded: Int32 = 0
      waitpid(id, &discarded, 0)
    }
    close(output)
  }

  /// Blocks and ignores nothing in the child, whatever the thread that starts it blocks.
  private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  /// This process's environment with `changes` in it.
  private static func inherited(without changes: [String]) -> [String] {
    let names = changes.map { $0.prefix { $0 != "=" } + "=" }
    var lines = changes
    var entry = environ
    // Safety: environ(7) is an array of C strings that a null pointer ends.
    while let text = entry.pointee {
      let line = String(cString: text)
      if !names.contains(where: { line.hasPrefix($0) }) { lines.append(line) }
      entry += 1
    }
    return lines
  }

  /// The next line of its standard output, without the line feed; `nil` at its end. Throws where
  /// none came within `deadline` seconds.
  func nextLine(deadline: Int = 600) throws(BenchError) -> String? {
    let end = Clock.nanoseconds + Int64(deadline) * 1_000_000_000
    while true {
      if let lineEnd = received.firstOffset(of: 0x0A) {
        defer { received.consume(lineEnd + 1) }
        return String(decoding: received.bytes(0..<lineEnd), as: UTF8.self)
      }
      if Interruption.isRequested { throw .interrupted }
      let rest = end - Clock.nanoseconds
      guard rest > 0 else {
        throw BenchError(.peer, doing: "read a program's output", cause: "it said nothing in time")
      }
      var watched = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let count = poll(&watched, 1, Int32(min(rest / 1_000_000 + 1, 1000)))
      if count > 0, received.fill(from: output) == 0 { return nil }
    }
  }

  /// All the rest of its standard output; waits for its end.
  func remainingOutput() throws(BenchError) -> String {
    var lines: [String] = []
    while let line = try nextLine() { lines.append(line) }
    return lines.joined(separator: "\n")
  }

  /// Whether it has not ended yet.
  var isRunning: Bool {
    guard status == nil else { return false }
    var ended: Int32 = 0
    if waitpid(id, &ended, WNOHANG) == id { status = ended }
    return status == nil
  }

  /// Signals that a process is ended by: signal(7).
  enum Signal: Int32 {
    case interrupt = 2
    case kill = 9
    case terminate = 15
  }

  /// Sends a signal, unless it has ended.
  func send(_ signal: Signal) {
    if isRunning { kill(id, signal.rawValue) }
  }

  /// Waits for its end.
  ///
  /// - Returns: its exit status, or 128 and the number of the signal that ended it.
  @discardableResult
  func wait() -> Int32 {
    while status == nil {
      var ended: Int32 = 0
      if waitpid(id, &ended, 0) == id { status = ended }
    }
    let ended = status ?? 0
    return ended & 0x7F == 0 ? ended >> 8 & 0xFF : 128 + ended & 0x7F
  }

  /// Asks it to end by `signal`, and ends it with SIGKILL after `seconds`.
  func stop(by signal: Signal = .terminate, seconds: Int = 20) {
    send(signal)
    let end = Clock.nanoseconds + Int64(seconds) * 1_000_000_000
    while isRunning, Clock.nanoseconds < end { usleep(5000) }
    send(.kill)
    wait()
  }

  /// Runs a program to its end and answers its standard output; throws where it fails.
  static func run(
    _ arguments: [String],
    environment: [String] = [],
    log: String = "/dev/null"
  ) throws(BenchError) -> String {
    let child = try ChildProcess(arguments, environment: environment, log: log)
    let text = try child.remainingOutput()
    let code = child.wait()
    guard code == 0 else {
      throw BenchError(.peer, doing: "run \(arguments[0])", cause: "it answered \(code)")
    }
    return text
  }
}
