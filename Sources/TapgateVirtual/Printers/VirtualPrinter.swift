internal import TapgateLock

/// A receipt printer on TCP that exists in software only: it serves one client at a time, as most
/// printers do, prints onto paper that can be read, and fails on demand.
///
/// Every function may be called on any thread.
public final class VirtualPrinter: Sendable {
  /// What goes wrong.
  public enum Fault: Hashable, Sendable {
    /// Nothing; paper is put in again.
    case none
    /// Nobody listens: connections are refused, the one there is ends.
    case refuse
    /// Connections come about and nothing is ever read from them.
    case neverRead
    /// The connection breaks after this many bytes more were read; then all is well again.
    case dropAfter(byteCount: Int)
    /// The paper ends after this many lines more; what comes in waits for `none`.
    case paperOut(afterLines: Int)
    /// Everything is printed, no fence is answered.
    case silentFence
    /// Power goes and comes back: the connection and what was not yet printed are lost.
    case reset

    /// The fault that `simulate.printer` calls `name`; a number may follow after a colon, such as
    /// `paperOut:3` or `dropAfter:100`. `nil` for any other text.
    public init?(name: String) {
      let parts = name.split(separator: ":", maxSplits: 1)
      let number = parts.count == 2 ? Int(parts[1]) : nil
      if parts.count == 2, number == nil || (number ?? 0) < 0 { return nil }
      switch parts.first {
      case "none": self = .none
      case "refuse", "offline": self = .refuse
      case "neverRead", "stuck": self = .neverRead
      case "dropAfter": self = .dropAfter(byteCount: number ?? 64)
      case "paperOut": self = .paperOut(afterLines: number ?? 0)
      case "silentFence": self = .silentFence
      case "reset": self = .reset
      default: return nil
      }
    }
  }

  struct Shared {
    var state: VirtualPrinterState
    var watchers: [AsyncStream<[String]>.Continuation] = []
    var lastPaper: [String] = []
    var connectionCount = 0
  }

  private let server: VirtualPrinterServer
  private let shared: SharedState

  /// Lets the server's thread and the callers share the printer's inside.
  final class SharedState: Sendable {
    let value: Mutex<Shared>

    init(_ shared: sending Shared) { value = Mutex(shared) }

    /// Runs `body` and tells the watchers where the paper changed.
    func change<Value: Sendable>(_ body: (inout Shared) -> Value) -> Value {
      value.withLock { shared in
        let result = body(&shared)
        let paper = shared.state.paper
        if paper != shared.lastPaper {
          shared.lastPaper = paper
          for watcher in shared.watchers { watcher.yield(paper) }
        }
        return result
      }
    }
  }

  /// Creates a printer of `columnCount` cells whose font is `decode`: the bytes of one multibyte
  /// character to text. By default it is GB18030 as glibc's `iconv` has it.
  public init(
    columnCount: Int = 48,
    decode: @escaping @Sendable ([UInt8]) -> String? = { GB18030Font.text(of: $0) }
  ) {
    let state = VirtualPrinterState(columnCount: columnCount, decode: decode)
    shared = SharedState(Shared(state: state))
    server = VirtualPrinterServer(shared: shared)
  }

  /// Listens on 127.0.0.1.
  ///
  /// - Returns: the port; `port` itself where it is not 0.
  /// - Throws: `VirtualPrinterError` where the socket cannot be had.
  @discardableResult
  public func start(port: UInt16 = 0) throws(VirtualPrinterError) -> UInt16 {
    try server.start(port: port)
  }

  /// Listens on an AF_UNIX socket at `socketPath`, mode 0600, instead of a port.
  ///
  /// - Throws: `VirtualPrinterError` where the socket cannot be had.
  public func start(socketPath: String) throws(VirtualPrinterError) {
    try server.start(path: socketPath)
  }

  /// Ends the connection and the thread.
  public func stop() {
    server.stop()
    shared.value.withLock { shared in
      for watcher in shared.watchers { watcher.finish() }
      shared.watchers = []
    }
  }

  /// Makes the printer fail, or work again. In force when it returns, but for `refuse` and `reset`,
  /// which take effect on the printer's own thread at once afterwards.
  public func set(_ fault: Fault) {
    shared.change { $0.state.set(fault) }
    server.wake()
  }

  /// The paper: each piece that was cut off, then what hangs in the printer. Every line ends with a
  /// line feed; alignment shows as spaces; symbols show as `[qr …]` and `[barcode …]`.
  public func paper() -> [String] { shared.value.withLock { $0.state.paper } }

  /// The paper as it is, then as it is after each change.
  public func papers() -> AsyncStream<[String]> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: [String].self,
      bufferingPolicy: .bufferingNewest(64)
    )
    shared.value.withLock { shared in
      continuation.yield(shared.state.paper)
      shared.watchers.append(continuation)
    }
    return stream
  }

  /// Bytes that were read since the start.
  public var receivedByteCount: Int { shared.value.withLock { $0.state.receivedByteCount } }

  /// Commands that no printer of this kind knows, in hex; empty where the sender is right.
  public var unknownCommands: [String] { shared.value.withLock { $0.state.unknownCommands } }

  /// Connections accepted since the start.
  public var connectionCount: Int { shared.value.withLock { $0.connectionCount } }
}

/// Which system call refused what a virtual printer needs.
public struct VirtualPrinterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Such as `bind`.
  public let call: String
  /// The value of `errno`.
  public let code: Int32

  /// The call and the number.
  public var description: String { "\(call): errno \(code)" }
}
