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
    var arrived: [CheckedContinuation<Void, Never>] = []
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
  func waitForFlush() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.blockedCount == 0 { state.arrived.append(continuation) }
        return state.blockedCount > 0
      }
      if isThere { continuation.resume() }
    }
  }

  @Sendable func flush(_ descriptor: Int32) -> Int32 {
    let (mustWait, arrived) = state.withLock { state in
      guard state.isHeld else { return (false, [CheckedContinuation<Void, Never>]()) }
      state.blockedCount += 1
      defer { state.arrived = [] }
      return (true, state.arrived)
    }
    for waiter in arrived { waiter.resume() }
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
