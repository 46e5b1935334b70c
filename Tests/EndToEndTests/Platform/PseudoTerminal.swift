import Glibc

/// A serial line whose other end the test holds: pty(7).
final class PseudoTerminal {
  struct Failed: Error {
    var call: String
    var error: Int32
  }

  /// TIOCSPTLCK and TIOCGPTN of asm-generic/ioctls.h, which Swift does not import: ioctl_tty(2).
  private static let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  private var master: Int32
  /// The device file of the line.
  let path: String

  init() throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw Failed(call: "open", error: errno) }
    var (isLocked, number): (Int32, Int32) = (0, 0)
    // Safety: both requests take the address of an int, which outlives the call.
    guard ioctl(master, Self.unlock, &isLocked) == 0, ioctl(master, Self.number, &number) == 0
    else {
      let code = errno
      close(master)
      throw Failed(call: "ioctl", error: code)
    }
    path = "/dev/pts/\(number)"
  }

  deinit { hangUp() }

  /// What a scanner sends.
  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard Glibc.write(master, bytes, bytes.count) == bytes.count else {
      throw Failed(call: "write", error: errno)
    }
  }

  /// Whether whoever opened the line reads bytes as they come: no lines, no echo, CR stays CR, no
  /// flow control. termios(3).
  var isRaw: Bool {
    var line = termios()
    guard tcgetattr(master, &line) == 0 else { return false }
    let input = tcflag_t(ICRNL | INLCR | IGNCR | ISTRIP | IXON)
    let local = tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    return line.c_iflag & input == 0 && line.c_lflag & local == 0
  }

  /// Pulls the plug.
  func hangUp() {
    if master >= 0 { close(master) }
    master = -1
  }
}
