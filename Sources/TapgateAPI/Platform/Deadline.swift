internal import Glibc

/// An instant by which something has to be over, on the monotonic clock.
struct Deadline {
  private let instant: Int64?

  /// `milliseconds` from now; negative for never.
  init(milliseconds: Int) {
    instant =
      milliseconds < 0 ? nil : ProcessFacts.monotonicMilliseconds() + Int64(clamping: milliseconds)
  }

  /// Whether it is over.
  var hasPassed: Bool { instant.map { $0 <= ProcessFacts.monotonicMilliseconds() } ?? false }

  /// Milliseconds left as poll(2) wants them; -1 for ever.
  var remaining: Int32 {
    guard let instant else { return -1 }
    return Int32(clamping: max(0, instant - ProcessFacts.monotonicMilliseconds()))
  }
}

/// The values of `errno` after which another path may be tried.
enum UnixSocketErrors {
  /// No such file, no such folder, or a file that nobody listens at any more.
  static let meanNobodyListens: Set<Int32> = [ENOENT, ENOTDIR, ECONNREFUSED]
}
