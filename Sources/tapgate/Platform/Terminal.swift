internal import Glibc

/// The three standard streams, by their file descriptors.
enum Terminal {
  static let input: Int32 = 0
  static let output: Int32 = 1
  static let error: Int32 = 2

  /// Whether a descriptor is a terminal. The C function is `isatty`.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The cells of a terminal's line; `nil` where it is none or does not say. The C function is
  /// `ioctl` with TIOCGWINSZ, tty_ioctl(4).
  static func columns(_ descriptor: Int32) -> Int? {
    guard isTerminal(descriptor) else { return nil }
    var size = winsize()
    // Safety: TIOCGWINSZ fills the winsize that is passed and nothing else.
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Keeps what is typed during `work` off the screen and away from the shell behind it, line ends
  /// with it; Ctrl-C works. The C functions are `tcsetattr` and `tcflush`, termios(3).
  static func silenced<Value, Failure: Error>(
    _ work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var before = termios()
    guard isTerminal(input), tcgetattr(input, &before) == 0 else { return try work() }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ICANON | ECHO)
    _ = tcsetattr(input, TCSANOW, &silent)
    defer {
      _ = tcflush(input, TCIFLUSH)
      _ = tcsetattr(input, TCSANOW, &before)
    }
    return try work()
  }

  /// A line that somebody types unseen; of anything but a terminal its next line, without a word.
  /// `nil` at the end of the input. The C function is `read`.
  static func secretLine(_ question: String) -> String? {
    let asks = isTerminal(input)
    if asks { write(Array((question + " ").utf8), to: error) }
    defer { if asks { write([0x0A], to: error) } }
    return silenced {
      var line: [UInt8] = []
      while line.count < 256 {
        var byte: UInt8 = 0
        // Safety: read(2) writes at most the one byte that is passed.
        let count = Glibc.read(input, &byte, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
        switch byte {
        case 0x0A: return String(decoding: line, as: UTF8.self)
        case 0x0D: continue
        case 0x04 where asks && line.isEmpty: return nil
        case 0x08 where asks, 0x7F where asks: _ = line.popLast()
        default: line.append(byte)
        }
      }
      return String(decoding: line, as: UTF8.self)
    }
  }

  /// Writes all of `bytes`. What cannot be written (a closed pipe, a full disk) is lost: there is
  /// nobody left to tell. The C function is `write`.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
      // Safety: the pointer and the length lie within `bytes`, which outlives the call.
      let written = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, bytes.count - start)
      }
      if written > 0 {
        start += written
      } else if errno != EINTR {
        return
      }
    }
  }
}
