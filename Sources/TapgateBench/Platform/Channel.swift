internal import Glibc

/// One connected stream socket, not blocking, with what waits to be sent and to be understood.
///
/// Used by one thread.
final class Channel {
  let descriptor: Int32
  var incoming = ReceiveBuffer()
  /// Bytes to send; append here, then `flush()`.
  var outgoing: [UInt8] = []
  private var sentCount = 0
  /// Bytes received since the socket was connected.
  private(set) var receivedByteCount = 0
  /// Bytes sent since the socket was connected.
  private(set) var sentByteCount = 0
  /// Whether the poller watches for room to send.
  var isWatchedForRoom = false

  /// Takes over `descriptor`, which is closed with this object.
  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Whether everything appended was handed to the kernel.
  var isFlushed: Bool { outgoing.isEmpty }

  /// Reads what there is, once.
  ///
  /// - Returns: `false` where the other end closed or broke the connection.
  func receive() -> Bool {
    while true {
      let byteCount = incoming.fill(from: descriptor)
      if byteCount > 0 {
        receivedByteCount += byteCount
        return true
      }
      if byteCount == 0 { return false }
      if errno == EINTR { continue }
      return errno == EAGAIN
    }
  }

  /// Sends what waits, as far as there is room.
  ///
  /// - Returns: `false` where the connection is broken.
  func flush() -> Bool {
    while sentCount < outgoing.count {
      let offset = sentCount
      let byteCount = outgoing.withUnsafeBytes { buffer in
        // Safety: offset < buffer.count, and the length ends where the buffer does.
        send(
          descriptor,
          buffer.baseAddress.map { $0 + offset },
          buffer.count - offset,
          Int32(MSG_NOSIGNAL)
        )
      }
      if byteCount > 0 {
        sentCount += byteCount
        sentByteCount += byteCount
      } else if errno == EAGAIN {
        return true
      } else if errno != EINTR {
        return false
      }
    }
    outgoing.removeAll(keepingCapacity: true)
    sentCount = 0
    return true
  }
}
