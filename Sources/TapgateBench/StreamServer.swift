internal import Glibc

/// A server for stream sockets on one thread: whatever arrives is handed to a closure, whatever the
/// closure appends to the channel is sent.
final class StreamServer {
  private static let listenerToken = 0
  private let listener: Int32
  private let poller: Poller
  private var channels: [Int: Channel] = [:]
  private var nextToken = 1
  private let answer: (Channel) -> Void
  /// Told of a channel that the other end closed, after its last bytes.
  var onClose: ((Channel) -> Void)?

  /// Serves `listener`, a listening descriptor, which is closed with this object.
  init(listener: Int32, answer: @escaping (Channel) -> Void) throws(BenchError) {
    self.listener = listener
    self.answer = answer
    poller = try Poller()
    try poller.add(listener, token: Self.listenerToken)
  }

  deinit { close(listener) }

  /// Waits for something to do, at most for `milliseconds`, and does it.
  func turn(milliseconds: Int32) throws(BenchError) {
    for ready in try poller.wait(milliseconds: milliseconds) {
      if ready.token == Self.listenerToken {
        try admit()
      } else if let channel = channels[ready.token] {
        try serve(channel, ready)
      }
    }
  }

  private func admit() throws(BenchError) {
    while let descriptor = try Sockets.accept(listener) {
      try poller.add(descriptor, token: nextToken)
      channels[nextToken] = Channel(descriptor: descriptor)
      nextToken += 1
    }
  }

  private func serve(_ channel: Channel, _ ready: Poller.Readiness) throws(BenchError) {
    if ready.isReadable {
      guard channel.receive() else { return drop(channel, ready.token) }
      answer(channel)
    }
    guard channel.flush() else { return drop(channel, ready.token) }
    try poller.adjust(channel, token: ready.token)
  }

  private func drop(_ channel: Channel, _ token: Int) {
    channels[token] = nil
    onClose?(channel)
  }
}

/// Sends every byte back: the least that a server on this kind of socket can cost.
public enum EchoServer {
  /// Serves the socket at `path` until SIGINT or SIGTERM. Prints `ready` when it listens.
  ///
  /// - Throws: `BenchError` where the socket cannot be had.
  public static func run(path: String) throws(BenchError) {
    Interruption.catchSignals()
    let server = try StreamServer(listener: try Sockets.listen(path: path)) { channel in
      let byteCount = channel.incoming.count
      channel.outgoing.append(contentsOf: channel.incoming.bytes(0..<byteCount))
      channel.incoming.consume(byteCount)
    }
    print("ready")
    fflush(nil)
    do {
      while true { try server.turn(milliseconds: 1000) }
    } catch  where error.code == .interrupted {
      unlink(path)
    }
  }
}
