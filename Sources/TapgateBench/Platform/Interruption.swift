internal import Glibc
internal import Synchronization

/// Turns SIGINT and SIGTERM into a flag, so that peers and their folder are cleared away in order.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether somebody asked this program to stop.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Catches the signals from now on, and ignores SIGPIPE.
  public static func catchSignals() {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      // Safety: a store to a lock-free atomic is all the handler does; signal-safety(7) allows it.
      signal(number) { _ in Interruption.flag.store(true, ordering: .relaxed) }
    }
  }
}
