internal import Glibc

/// A system call that a printer's connection failed in.
struct PrinterLinkError: Error, Hashable {
  /// Such as `connect`.
  let call: String
  /// The value of `errno`, or of `getaddrinfo`.
  let code: Int32
  /// What it means, in words a technician can act on.
  let text: String

  init(call: String, code: Int32) {
    self.call = call
    self.code = code
    // Safety: glibc's strerror answers with a string that lives until this thread's next call.
    let words = String(cString: strerror(code))
    text =
      switch code {
      case ECONNREFUSED: "\(call): \(words); it is off, or serves another client"
      case EHOSTUNREACH, ENETUNREACH, ETIMEDOUT: "\(call): \(words); check cable and address"
      case EACCES: "\(call): \(words); the gateway's user must be in the device's group"
      case EBUSY: "\(call): \(words); another program holds the device"
      default: "\(call): \(words)"
      }
  }

  init(call: String, code: Int32, text: String) {
    self.call = call
    self.code = code
    self.text = "\(call): \(text)"
  }
}

/// A descriptor to a printer, non-blocking. Used on its spooler's thread only; closed with its
/// owner.
final class PrinterLink {
  /// For poll(2).
  let descriptor: Int32
  /// Whether `connect` has not yet said how it went.
  private(set) var isConnecting: Bool
  /// Whether the printer may still say something: not over a one-way cable, nor after the end of
  /// what a device file gives.
  private(set) var canRead: Bool
  private let isSocket: Bool

  private init(
    descriptor: Int32,
    isSocket: Bool,
    isConnecting: Bool = false,
    canRead: Bool = true
  ) {
    self.descriptor = descriptor
    self.canRead = canRead
    self.isSocket = isSocket
    self.isConnecting = isConnecting
  }

  deinit { close(descriptor) }

  /// Opens a device file or a pseudo terminal: open(2), and cfmakeraw(3) where it is a terminal.
  static func file(path: String) throws(PrinterLinkError) -> PrinterLink {
    let flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    var descriptor = open(path, O_RDWR | flags)
    // A one-way cable's device may be for writing only.
    var canRead = true
    if descriptor < 0, errno == EACCES || errno == EINVAL {
      descriptor = open(path, O_WRONLY | flags)
      canRead = false
    }
    guard descriptor >= 0 else { throw PrinterLinkError(call: "open", code: errno) }
    if isatty(descriptor) == 1 {
      var settings = termios()
      // Safety: termios is a local of the type the calls ask for.
      if tcgetattr(descriptor, &settings) == 0 {
        cfmakeraw(&settings)
        tcsetattr(descriptor, TCSANOW, &settings)
      }
    }
    return PrinterLink(descriptor: descriptor, isSocket: false, canRead: canRead)
  }

  /// Begins to connect: getaddrinfo(3), which blocks where `host` is a name, then connect(2).
  ///
  /// - Throws: where no attempt can be begun; `finishConnecting` tells how a begun one went.
  static func tcp(
    host: String,
    port: UInt16,
    userTimeoutMilliseconds: Int
  ) throws(PrinterLinkError) -> PrinterLink {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let answer = getaddrinfo(host, String(port), &hints, &list)
    guard answer == 0, let first = list else {
      // Safety: gai_strerror answers with a constant string.
      let words = String(cString: gai_strerror(answer))
      throw PrinterLinkError(call: "getaddrinfo", code: answer, text: words)
    }
    defer { freeaddrinfo(list) }
    var failure = PrinterLinkError(call: "connect", code: EADDRNOTAVAIL)
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let entry = next?.pointee {
      next = entry.ai_next
      let descriptor = socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
      guard descriptor >= 0 else {
        failure = PrinterLinkError(call: "socket", code: errno)
        continue
      }
      prepare(descriptor, userTimeoutMilliseconds: userTimeoutMilliseconds)
      let result = connect(descriptor, entry.ai_addr, entry.ai_addrlen)
      let code = errno
      if result == 0 || code == EINPROGRESS {
        return PrinterLink(descriptor: descriptor, isSocket: true, isConnecting: result != 0)
      }
      failure = PrinterLinkError(call: "connect", code: code)
      close(descriptor)
    }
    throw failure
  }

  /// Non-blocking, noticed when the other end dies (tcp(7)), and with a send buffer small enough
  /// for "accepted" to mean that the printer is near.
  private static func prepare(_ descriptor: Int32, userTimeoutMilliseconds: Int) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let tcp = Int32(IPPROTO_TCP)
    let options: [(level: Int32, name: Int32, value: Int32)] = [
      (SOL_SOCKET, SO_KEEPALIVE, 1),
      (SOL_SOCKET, SO_SNDBUF, 8192),
      (tcp, TCP_NODELAY, 1),
      (tcp, TCP_KEEPIDLE, 15),
      (tcp, TCP_KEEPINTVL, 5),
      (tcp, TCP_KEEPCNT, 4),
      (tcp, TCP_USER_TIMEOUT, Int32(clamping: userTimeoutMilliseconds)),
    ]
    for option in options {
      var value = option.value
      // Safety: the value is a local of the size given. A refused option costs speed, not truth.
      setsockopt(
        descriptor,
        option.level,
        option.name,
        &value,
        socklen_t(MemoryLayout<Int32>.size)
      )
    }
  }

  /// How `connect` went, once the descriptor is writable: SO_ERROR, socket(7).
  func finishConnecting() throws(PrinterLinkError) {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    // Safety: the value is a local of the size given.
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      throw PrinterLinkError(call: "getsockopt", code: errno)
    }
    guard code == 0 else { throw PrinterLinkError(call: "connect", code: code) }
    isConnecting = false
  }

  /// Hands bytes over; returns how many were taken, 0 where none can be now. send(2), write(2).
  func write(_ bytes: ArraySlice<UInt8>) throws(PrinterLinkError) -> Int {
    // Safety: the buffer is valid for the call and as long as its count says.
    let count = bytes.withUnsafeBytes { buffer in
      isSocket
        ? send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        : Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
    if count >= 0 { return count }
    if errno == EAGAIN || errno == EINTR { return 0 }
    throw PrinterLinkError(call: isSocket ? "send" : "write", code: errno)
  }

  /// What the printer said; empty when a connection has ended, `nil` where there is nothing now.
  /// A device file that says "end" only has nothing more to say. read(2).
  func read() throws(PrinterLinkError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    if count == 0, !isSocket {
      canRead = false
      return nil
    }
    if count >= 0 { return Array(bytes.prefix(count)) }
    if errno == EAGAIN || errno == EINTR { return nil }
    throw PrinterLinkError(call: "read", code: errno)
  }

  /// Says that no more will come, so that the printer takes in the tail: shutdown(2).
  ///
  /// - Returns: whether the printer will say when it has, by closing its side.
  func halfClose() -> Bool { isSocket && shutdown(descriptor, Int32(SHUT_WR)) == 0 }
}
