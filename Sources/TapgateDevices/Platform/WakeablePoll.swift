internal import Glibc
internal import TapgateLock

/// poll(2) that other threads can end.
final class WakeablePoll: Sendable {
  /// What there is to do.
  struct Readiness {
    var isReadable = false
    var isWritable = false
    /// The other end is gone: POLLHUP, POLLERR.
    var isBroken = false
  }

  private let reader: Int32
  private let writer: Int32
  private let isSignalled = Mutex(false)

  /// Creates the pipe(2) that wakes it; `nil` where the process has no descriptors left.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    reader = ends[0]
    writer = ends[1]
    for descriptor in ends {
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(reader)
    close(writer)
  }

  /// Ends the wait under way, or the next one. Any thread; never blocks.
  func wake() {
    let isFirst = isSignalled.withLock { isSignalled in
      defer { isSignalled = true }
      return !isSignalled
    }
    guard isFirst else { return }
    var byte: UInt8 = 1
    // Safety: one byte of a local; the pipe holds at most this one.
    _ = write(writer, &byte, 1)
  }

  /// Waits until there is something to do with `descriptor`, or `wake` is called, or time is up.
  func wait(
    descriptor: Int32?,
    wantsRead: Bool,
    wantsWrite: Bool,
    milliseconds: Int32
  ) -> Readiness {
    let events = (wantsRead ? Int16(POLLIN) : 0) | (wantsWrite ? Int16(POLLOUT) : 0)
    var entries = [
      pollfd(fd: reader, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor ?? -1, events: events, revents: 0),
    ]
    // Safety: the array is as long as the count says.
    guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return Readiness() }
    if entries[0].revents != 0 {
      // In this order: the other way round, a byte written in between would be read here while its
      // mark stayed, and no later call would wake. What a call in between posted is seen by the
      // caller, who looks after this returns.
      var bytes = [UInt8](repeating: 0, count: 16)
      _ = read(reader, &bytes, bytes.count)
      isSignalled.withLock { $0 = false }
    }
    let found = entries[1].revents
    let isBroken = found & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
    return Readiness(
      isReadable: found & Int16(POLLIN) != 0 || isBroken,
      isWritable: found & Int16(POLLOUT) != 0 || (isBroken && wantsWrite),
      isBroken: isBroken
    )
  }
}
