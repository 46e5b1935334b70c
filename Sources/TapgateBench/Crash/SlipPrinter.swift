internal import Glibc

/// A printer on loopback TCP that writes into a file which receipts came out, as a process of its
/// own: it lives on while the gateway is killed.
public enum SlipPrinter {
  /// Serves until SIGINT or SIGTERM. Prints `ready` and its port when it listens; appends a line to
  /// file `list` for each slip, in one write. Throws where the port or the file cannot be had.
  public static func run(list: String) throws(BenchError) {
    Interruption.catchSignals()
    let (listener, port) = try Sockets.listenOnLoopback()
    let file = open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system("open \(list)") }
    defer { close(file) }
    var readers: [ObjectIdentifier: SlipReader] = [:]
    let server = try StreamServer(listener: listener) { channel in
      var reader = readers[ObjectIdentifier(channel)] ?? SlipReader()
      reader.read(channel.incoming.bytes(0..<channel.incoming.count))
      channel.incoming.consume(channel.incoming.count)
      channel.outgoing.append(contentsOf: reader.takeReplies())
      note(reader.takeFinished(), in: file)
      readers[ObjectIdentifier(channel)] = reader
    }
    server.onClose = { channel in
      var reader = readers.removeValue(forKey: ObjectIdentifier(channel))
      reader?.end()
      note(reader?.takeFinished() ?? [], in: file)
    }
    print("ready \(port)")
    fflush(nil)
    do {
      while true { try server.turn(milliseconds: 1000) }
    } catch  where error.code == .interrupted {}
  }

  private static func note(_ slips: [UInt64?], in file: Int32) {
    guard !slips.isEmpty else { return }
    let lines = slips.map { $0.map { "\($0)\n" } ?? "?\n" }
    let bytes = Array(lines.joined().utf8)
    _ = Glibc.write(file, bytes, bytes.count)
  }
}
