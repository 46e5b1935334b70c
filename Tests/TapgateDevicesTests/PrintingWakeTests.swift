import TapgateLock
import Testing

@testable import TapgateDevices

@Suite("Waking a printer's thread", .timeLimit(.minutes(1)))
struct PrintingWakeTests {
  private final class Counter: Sendable {
    let value = Mutex(0)
  }

  @Test("no call is lost, whenever it comes")
  func everyCall() async throws {
    let poll = try #require(WakeablePoll())
    let (posted, seen) = (Counter(), Counter())
    let total = 40_000
    async let isComplete = Task.detached {
      while true {
        let count = posted.value.withLock { $0 }
        seen.value.withLock { $0 = count }
        if count == total { return true }
        let before = ContinuousClock.now
        _ = poll.wait(descriptor: nil, wantsRead: false, wantsWrite: false, milliseconds: 5000)
        if before.duration(to: .now) > .seconds(4) {
          posted.value.withLock { $0 = total }
          seen.value.withLock { $0 = total }
          return false
        }
      }
    }.value
    // Two calls close together, so that the second meets every moment of the other thread's waking;
    // then none until both were seen.
    for round in 1...total / 2 {
      posted.value.withLock { $0 = max($0, round * 2 - 1) }
      poll.wake()
      for _ in 0..<round % 64 { _ = seen.value.withLock { $0 } }
      posted.value.withLock { $0 = max($0, round * 2) }
      poll.wake()
      while seen.value.withLock({ $0 }) < round * 2 { await Task.yield() }
    }
    #expect(await isComplete)
  }
}
