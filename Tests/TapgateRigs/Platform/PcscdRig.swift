internal import CPCSC
internal import Foundation
internal import Glibc
internal import TapgateLock

/// A real pcscd with virtual readers, two for each pair.
///
/// Its socket's path is fixed, so only one can run at a time: a lock file makes other rigs wait,
/// also those of other test processes. vpcd keeps its slots in globals, so every pair gets its own
/// copy of the driver. At most eight pairs: pcscd has sixteen readers at most.
public final class PcscdRig: Sendable {
  private struct State {
    var pairs = 0
    var process: pid_t = 0
  }

  private static let program = "/usr/sbin/pcscd"
  private static let driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
  private static let socketPath = "/run/pcscd/pcscd.comm"

  /// Whether this machine has pcscd and vpcd, and lets this user run them.
  public static var isAvailable: Bool {
    guard access(program, X_OK) == 0, access(driver, R_OK) == 0 else { return false }
    return access("/run/pcscd", W_OK) == 0 || access("/run", W_OK) == 0
  }

  /// The base of the readers' names: `NAME 00 00` and `NAME 00 01`, then `NAME B 00 00`, …
  public let name: String
  private let folder: String
  private let ports: [UInt16]
  private let lock: Int32
  /// What pcscd is started with: a USB rig's, or nothing.
  private let environment: [String: String]
  private let state = Mutex(State())

  private init(
    name: String,
    folder: String,
    ports: [UInt16],
    lock: Int32,
    environment: [String: String]
  ) {
    self.name = name
    self.folder = folder
    self.ports = ports
    self.lock = lock
    self.environment = environment
  }

  deinit { close() }

  /// Waits for other rigs to end, and starts pcscd with `pairs` pairs of readers. With `usb` its
  /// driver of CCID readers, unmodified, finds those that are plugged in that rig's first view.
  ///
  /// - Throws: `RigError` where pcscd does not start, or one runs that no rig started.
  public static func launch(
    pairs: Int = 1,
    name: String = "Tapgate Sim",
    usb: USBRig? = nil
  ) async throws -> PcscdRig {
    let lock = try await takeLock()
    if let user = ReaderUser.found() {
      Glibc.close(lock)
      throw RigError("\(user) uses the card readers of this machine; end it: kill \(user.process)")
    }
    let folder = NSTemporaryDirectory() + "tapgate-pcscd-\(UUID().uuidString)"
    let rig = PcscdRig(
      name: name,
      folder: folder,
      ports: try freePorts(pairs: 8),
      lock: lock,
      environment: usb?.environment() ?? [:]
    )
    try rig.endStranded()
    try rig.configure(pairs: pairs)
    try rig.start()
    return rig
  }

  /// The names of the readers, in the order of `card(_:reader:)`.
  public var readers: [String] {
    (0..<(state.withLock { $0.pairs } * 2)).map { "\(base($0 / 2)) 00 0\($0 % 2)" }
  }

  /// A card for one of the readers; `insert()` puts it on.
  public func card(
    _ profile: CardProfile,
    reader: Int = 0,
    fault: VirtualCard.Fault = .none
  ) -> VirtualCard {
    VirtualCard(profile, port: ports[reader / 2] + UInt16(reader % 2), fault: fault)
  }

  /// Sockets of this process whose other end is, or was, pcscd: what a client must not leak.
  public static var clientSocketCount: Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return files.count { file in
      guard let file = Int32(file) else { return false }
      var address = sockaddr_un()
      var length = socklen_t(MemoryLayout<sockaddr_un>.size)
      // Safety: the length goes with the address, and sockaddr_un is the sockaddr of AF_UNIX.
      let code = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getpeername(file, $0, &length)
        }
      }
      guard code == 0, address.sun_family == sa_family_t(AF_UNIX) else { return false }
      return withUnsafeBytes(of: &address.sun_path) { $0.starts(with: socketPath.utf8) }
    }
  }

  /// Sets the number of pairs that the next start has.
  public func configure(pairs: Int) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: folder + "/conf")  // There is none before the first time.
    try files.createDirectory(atPath: folder + "/conf", withIntermediateDirectories: true)
    for pair in 0..<pairs {
      let library = "\(folder)/libifdvpcd\(pair).so"
      if !files.fileExists(atPath: library) {
        // The name is a link, and a copy of the link would be the same library again.
        let original = URL(fileURLWithPath: Self.driver).resolvingSymlinksInPath().path
        try files.copyItem(atPath: original, toPath: library)
      }
      let port = "0x" + String(ports[pair], radix: 16, uppercase: true)
      let text = """
        FRIENDLYNAME "\(base(pair))"
        DEVICENAME /dev/null:\(port)
        LIBPATH \(library)
        CHANNELID \(port)

        """
      try text.write(toFile: "\(folder)/conf/reader\(pair)", atomically: true, encoding: .utf8)
    }
    state.withLock { $0.pairs = pairs }
  }

  /// Starts pcscd; returns when it takes connections.
  public func start() throws {
    let arguments = [Self.program, "--foreground", "--config", folder + "/conf"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions,
      1,
      folder + "/log",
      O_WRONLY | O_CREAT | O_APPEND,
      0o600
    )
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Safety: the strings live until posix_spawn has copied them, and each array ends in NULL.
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in pointers + variables { free(pointer) } }
    // The threads of the tests block signals; pcscd must take SIGTERM all the same.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignal = sigset_t()
    sigemptyset(&noSignal)
    posix_spawnattr_setsigmask(&attributes, &noSignal)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    let code = posix_spawn(
      &process,
      Self.program,
      &actions,
      &attributes,
      &pointers,
      &variables
    )
    guard code == 0 else { throw RigError("pcscd cannot be started: errno \(code)") }
    state.withLock { $0.process = process }
    record(process)
    let deadline = Date().addingTimeInterval(10)
    while !Self.takesConnections() {
      guard Date() < deadline, waitpid(process, nil, WNOHANG) == 0 else {
        let log = try? String(contentsOfFile: folder + "/log", encoding: .utf8)
        throw RigError("pcscd does not come up: \(log ?? "it says nothing")")
      }
      usleep(2000)
    }
  }

  /// Stops pcscd as systemd would, SIGTERM; returns when it is gone. The lock is kept.
  public func stop() { end(SIGTERM) }

  /// Kills pcscd, SIGKILL; its socket stays behind. The lock is kept.
  public func kill() { end(SIGKILL) }

  /// Stops pcscd and lets the next rig start.
  public func close() {
    end(SIGTERM)
    try? FileManager.default.removeItem(atPath: folder)  // A folder left in /tmp harms nobody.
    if state.withLock({ state in
      defer { state.pairs = -1 }
      return state.pairs >= 0
    }) {
      Glibc.close(lock)
    }
  }

  private func base(_ pair: Int) -> String {
    guard pair > 0, let letter = Unicode.Scalar(65 + UInt32(pair)) else { return name }
    return "\(name) \(letter)"
  }

  private func end(_ signal: Int32) {
    let process = state.withLock { state in
      defer { state.process = 0 }
      return state.process
    }
    guard process > 0 else { return }
    Glibc.kill(process, signal)
    waitpid(process, nil, 0)
    record(0)
  }

  // MARK: One rig at a time

  private static func takeLock() async throws -> Int32 {
    let file = open(
      NSTemporaryDirectory() + "tapgate-pcscd.lock",
      O_RDWR | O_CREAT | O_CLOEXEC,
      0o666
    )
    guard file >= 0 else { throw RigError("the lock file cannot be opened: errno \(errno)") }
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      Thread.detachNewThread {
        while flock(file, LOCK_EX) != 0, errno == EINTR {}
        done.resume()
      }
    }
    return file
  }

  /// Writes into the lock file which pcscd is a rig's, for the case that the tests crash.
  private func record(_ process: pid_t) {
    ftruncate(lock, 0)
    let text = Array("\(process)".utf8)
    pwrite(lock, text, text.count, 0)
  }

  /// Ends a pcscd that a crashed rig left behind.
  private func endStranded() throws {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(lock, &bytes, bytes.count, 0)
    let process = pid_t(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)) ?? 0
    if process > 1 {
      let command = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
      if command?.contains("tapgate-pcscd-") == true {
        Glibc.kill(process, SIGKILL)
        while Glibc.kill(process, 0) == 0, Self.takesConnections() { usleep(2000) }
      }
    }
    if Self.takesConnections() {
      throw RigError(
        "a pcscd runs that no rig started; end it: systemctl stop pcscd.socket pcscd.service"
      )
    }
  }

  private static func takesConnections() -> Bool {
    let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard file >= 0 else { return false }
    defer { Glibc.close(file) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safety: the path is shorter than sun_path, which is zero to its end.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
    return withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  /// Pairs of neighbouring ports that nobody listens on, below the range of outgoing connections.
  private static func freePorts(pairs: Int) throws -> [UInt16] {
    var found: [UInt16] = []
    var port = UInt16.random(in: 10_000...20_000) & ~1
    while found.count < pairs {
      if isFree(port), isFree(port + 1) { found.append(port) }
      port += 2
      guard port < 32_000 else { throw RigError("no free ports") }
    }
    return found
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard file >= 0 else { return false }
    defer { Glibc.close(file) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    // Safety: sockaddr_in is the sockaddr of AF_INET, and its length goes with it.
    return withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
