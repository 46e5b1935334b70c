import CLinux
import Dispatch
import TapgateLock

/// A disk that tests stop and start.
final class HeldDisk: Sendable {
  private struct State {
    var isHeld = false
    /// Flushes that wait for the disk.
    var blockedCount = 0
    var flushCount = 0
  }

  private let state = Mutex(State())
  private let gate = DispatchSemaphore(value: 0)
  private let flushed: @Sendable () -> Void

  /// Creates a disk; `flushed` is called on the flushing thread after each flush.
  init(flushed: @escaping @Sendable () -> Void = {}) { self.flushed = flushed }

  var flushCount: Int { state.withLock { $0.flushCount } }

  func hold() { state.withLock { $0.isHeld = true } }

  /// Lets everything pass, from now on.
  func release() {
    let blocked = state.withLock { state in
      state.isHeld = false
      return state.blockedCount
    }
    for _ in 0..<blocked { gate.signal() }
  }

  /// Lets the flush pass that waits; the next one waits again.
  func releaseOne() { gate.signal() }

  /// Returns once somebody waits for the disk.
  func waitForFlush() async throws {
    try await eventually("a flush") { state.withLock { $0.blockedCount } > 0 }
  }

  @Sendable func flush(_ descriptor: Int32) -> Int32 {
    let mustWait = state.withLock { state in
      if state.isHeld { state.blockedCount += 1 }
      return state.isHeld
    }
    if mustWait {
      gate.wait()
      state.withLock { $0.blockedCount -= 1 }
    }
    let code = tapgate_fdatasync(descriptor)
    state.withLock { $0.flushCount += 1 }
    flushed()
    return code
  }
}

/// What did not come about in time: a test that waits for it fails, and does not hang.
struct NotInTime: Error, CustomStringConvertible {
  var description: String
}

/// Returns once `isSo`; gives up after half a minute.
func eventually(_ what: String, _ isSo: () throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(30)
  while try !isSo() {
    guard ContinuousClock.now < deadline else { throw NotInTime(description: "no \(what) in time") }
    await Task.yield()
  }
}
